"""The parsing child: a hostile document costs a child and never the service."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import pytest

from ingestion.extract import child as child_module
from ingestion.extract.child import ChildExtractor
from ingestion.model import Reason


async def test_a_document_comes_back_as_it_was_read():
    async with ChildExtractor() as extractor:
        found = await extractor.extract(
            "<title>T</title><p>Café".encode("cp1252"),
            url="http://a.example/",
            media_type="text/html",
            charset="latin1",
        )
    assert found.title == "T"
    assert found.blocks[0].text == "Café"


async def test_children_are_used_again_and_end_with_the_extractor():
    async with ChildExtractor(children=2) as extractor:
        for _ in range(3):
            await extractor.extract(b"<p>x", url="http://a.example/", media_type="text/html")
        (waiting,) = extractor._waiting
        pid = waiting._process.pid
        assert waiting.served == 3
        assert Path(f"/proc/{pid}").exists()
        environment = Path(f"/proc/{pid}/environ").read_bytes()
        assert b"MILO" not in environment and b"KEY" not in environment
        assert os.getpgid(pid) != os.getpgid(0)
    assert not Path(f"/proc/{pid}").exists()


async def test_a_child_retires_after_its_documents():
    async with ChildExtractor(documents_per_child=2) as extractor:
        for _ in range(2):
            await extractor.extract(b"<p>x", url="http://a.example/", media_type="text/html")
        assert extractor._waiting == []


async def test_an_idle_child_gives_its_memory_back():
    async with ChildExtractor(idle_seconds=0.2) as extractor:
        await extractor.extract(b"<p>x", url="http://a.example/", media_type="text/html")
        assert extractor._waiting
        for _ in range(40):
            await asyncio.sleep(0.05)
            if not extractor._waiting:
                break
        assert extractor._waiting == []


async def test_a_parser_that_takes_too_long_is_killed_and_the_next_document_read():
    slow = b"<p " + b" ".join(b'a%d="x"' % number for number in range(100_000)) + b">hello</p>"
    async with ChildExtractor(wall_seconds=1.0) as extractor:
        begun = time.monotonic()
        found = await extractor.extract(slow, url="http://a.example/", media_type="text/html")
        assert found.reason is Reason.PARSE_TIMEOUT
        assert time.monotonic() - begun < 10
        after = await extractor.extract(b"<p>fine", url="http://a.example/", media_type="text/html")
        assert after.blocks[0].text == "fine"


async def test_a_child_that_dies_says_broken_or_limit(monkeypatch: pytest.MonkeyPatch):
    for start, reason in (
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", Reason.BROKEN),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", Reason.PARSE_LIMIT),
        ("print('not a frame at all, and long enough to be read as one')", Reason.PARSE_LIMIT),
    ):
        monkeypatch.setattr(child_module, "_START", start)
        async with ChildExtractor() as extractor:
            found = await extractor.extract(b"<p>x", url="http://a.example/", media_type="text/html")
        assert found.reason in (reason, Reason.BROKEN)
        assert found.blocks == ()


async def test_memory_is_limited(monkeypatch: pytest.MonkeyPatch):
    greedy = child_module._START.replace(
        "from ingestion.extract.child_main import main; main()",
        "from ingestion.extract import child_main, read; "
        "child_main.read_document = lambda *_: bytearray(4 << 30); child_main.main()",
    )
    monkeypatch.setattr(child_module, "_START", greedy)
    async with ChildExtractor() as extractor:
        found = await extractor.extract(b"<p>x", url="http://a.example/", media_type="text/html")
    assert found.reason is Reason.PARSE_LIMIT


@pytest.mark.parametrize(("media_type", "limit"), [("text/html", 5), ("application/pdf", 20)])
async def test_what_is_over_the_limit_never_reaches_a_child(media_type: str, limit: int):
    async with ChildExtractor() as extractor:
        found = await extractor.extract(b"x" * (limit * 2**20 + 1), url="file:big", media_type=media_type)
        assert extractor._waiting == []
    assert found.reason is Reason.TOO_LARGE
    assert found.detail == f"{limit} MB"


async def test_a_cancelled_reading_leaves_no_child_behind():
    slow = b"<p " + b" ".join(b'a%d="x"' % number for number in range(100_000)) + b">hello</p>"
    async with ChildExtractor() as extractor:
        task = asyncio.create_task(extractor.extract(slow, url="http://a.example/", media_type="text/html"))
        await asyncio.sleep(0.5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert extractor._waiting == []
        found = await extractor.extract(b"<p>fine", url="http://a.example/", media_type="text/html")
        assert found.blocks[0].text == "fine"
