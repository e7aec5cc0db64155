"""Hostile and damaged office files through the real child: a named reason, little memory, the next file is read."""

from __future__ import annotations

import random
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from ingestion.extract.child import ChildExtractor
from ingestion.extract.kinds import CSV, DOCX
from ingestion.model import Reason
from ingestion.sentences import sentence_for
from tests.unit.ingestion import hostile_files
from tests.unit.ingestion.hostile_files import CASES, MB
from tests.unit.ingestion.office_files import docx, p

PEAK = 512 * MB


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def extractor() -> AsyncIterator[ChildExtractor]:
    async with ChildExtractor(children=1) as opened:
        yield opened


def forget_peak(extractor: ChildExtractor) -> None:
    """From here on the kernel counts the waiting child's peak anew."""
    for child in extractor._waiting:
        Path(f"/proc/{child._process.pid}/clear_refs").write_text("5")


def peak_of(extractor: ChildExtractor) -> int:
    """The most memory the waiting child ever had, in bytes."""
    (child,) = extractor._waiting
    status = Path(f"/proc/{child._process.pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", CASES)
async def test_a_hostile_file_ends_in_a_named_reason_and_the_next_is_read(extractor: ChildExtractor, name: str):
    case = CASES[name]
    body = case.make()
    assert len(body) < 20 * MB
    forget_peak(extractor)
    found = await extractor.extract(body, url="file:hostile", media_type=case.media_type)
    assert found.reason in case.reasons, (found.reason, found.detail)
    assert case.says in (found.detail or ""), found.detail
    assert found.reason is None or sentence_for(found.reason, "file:x", found.detail)
    assert "root:" not in str(found.blocks)  # what a read /etc/passwd would say
    assert peak_of(extractor) < PEAK
    after = await extractor.extract(docx(p("Still here.")), url="file:b.docx", media_type=DOCX)
    assert [block.text for block in after.blocks] == ["Still here."]


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("names that climb", ["Read all the same."]),
        ("XML that stops", ["Kept text.", "Kept too.", "half"]),
        ("5,000 nested elements", ["Before."]),
        ("100,000 attributes", ["Before.", "After."]),
        ("strings that are not there", ["A", "Good text"]),
        ("a PDF before the zip", ["The first is read."]),
        ("a CSV in UTF-16", ["Ware | Preis", "Brot | 3,50 €"]),
        ("a dimension that lies", ["A", "1", "2"]),
    ],
)
async def test_what_can_be_read_of_it_is_kept(extractor: ChildExtractor, name: str, texts: list[str]):
    found = await extractor.extract(CASES[name].make(), url="file:x", media_type=CASES[name].media_type)
    assert [block.text for block in found.blocks] == texts


async def _fuzz(copies: int, seed: int) -> dict[Reason | None, int]:
    rng = random.Random(seed)
    seeds = list(hostile_files.seeds().values())
    seen: dict[Reason | None, int] = {}
    async with ChildExtractor(children=1, wall_seconds=10.0) as extractor:
        for number in range(copies):
            body, media_type = seeds[number % len(seeds)]
            damage = hostile_files.resealed if number // len(seeds) % 2 else hostile_files.damaged
            begun = time.monotonic()
            found = await extractor.extract(damage(body, rng), url="file:fuzz", media_type=media_type)
            assert time.monotonic() - begun < 12, "it was neither read nor stopped"
            assert found.reason is not Reason.PARSE_TIMEOUT
            assert found.blocks or found.reason is not None
            # A reader that stumbles over its own feet would be told as the name of an error.
            assert found.detail is None or not found.detail.endswith("Error"), (number, found.detail)
            seen[found.reason] = seen.get(found.reason, 0) + 1
        assert peak_of(extractor) < PEAK
        after = await extractor.extract(docx(p("Still here.")), url="file:b.docx", media_type=DOCX)
        assert after.blocks[0].text == "Still here."
    return seen


async def test_damaged_copies_are_read_or_refused_and_never_crash_the_reader():
    seen = await _fuzz(70, seed=3)
    assert len(seen) > 2  # some are read, some are refused, some are read in part


@pytest.mark.slow
async def test_many_damaged_copies_are_read_or_refused_and_never_crash_the_reader():
    seen = await _fuzz(3_500, seed=30)
    assert seen[Reason.BROKEN] > 100 and seen[None] > 100 and seen[Reason.PARSE_INCOMPLETE] > 100


@pytest.mark.asyncio(loop_scope="module")
async def test_a_value_is_never_cut_where_a_csv_is_too_long(extractor: ChildExtractor):
    lines = "".join(f"Artikel {n};{n % 97},50 €\n" for n in range(100_000))
    found = await extractor.extract(f"Ware;Preis\n{lines}".encode(), url="file:a.csv", media_type=CSV)
    assert found.reason is Reason.PARSE_LIMIT
    assert found.detail is not None and found.detail.endswith("of 100001 lines")
    last = found.blocks[-1].text
    number = int(last.split()[1])
    assert last == f"Artikel {number} | {number % 97},50 €"
    assert found.detail.split()[0] == str(len(found.blocks))
