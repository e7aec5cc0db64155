"""`milo ingest`: which target is what, and one JSON object for all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.commands.ingest import _merged, _read_files, _sort_targets
from app.errors import BadInput
from app.knowledge.model import Outcome
from ingestion.model import LedgerEntry, PageCounts, PageStatus, Reason


def test_targets_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "menu.pdf").write_bytes(b"%PDF-")
    (tmp_path / "papers").mkdir()
    sites, paths = _sort_targets(["menu.pdf", "papers", "example.com", "http://127.0.0.1:9000/a", "example.com"])
    assert sites == ["example.com", "http://127.0.0.1:9000/a"]
    assert paths == [Path("menu.pdf"), Path("papers")]
    for missing in ("gone.pdf", "no/such/folder", "/nowhere/at/all"):
        with pytest.raises(BadInput, match="no file or folder"):
            _sort_targets([missing])
    with pytest.raises(BadInput, match="not a web address"):
        _sort_targets(["word"])


def test_a_folder_gives_its_files_by_their_paths_and_tells_what_it_leaves_out(tmp_path: Path):
    folder = tmp_path / "papers"
    (folder / "old").mkdir(parents=True)
    (folder / "a.txt").write_text("text")
    (folder / "old" / "b.md").write_text("# text")
    (folder / ".hidden").write_text("no")
    (folder / "c.xls").write_bytes(b"\xd0\xcf")
    (folder / "d.jpg").write_bytes(b"\xff\xd8")
    with (folder / "big.pdf").open("wb") as handle:
        handle.truncate(40 * 2**20)
    files, refused = _read_files([folder])
    assert [file.name for file in files] == ["papers/a.txt", "papers/old/b.md"]
    assert [(entry.url, str(entry.status), str(entry.reason)) for entry in refused] == [
        ("file:papers/big.pdf", "failed", "too_large"),
        ("file:papers/c.xls", "skipped", "unsupported"),
        ("file:papers/d.jpg", "skipped", "not_text"),
    ]
    assert refused[0].detail is not None and "40 MB; the limit is 20 MB" in refused[0].detail


def outcome(status: str, generation: int | None, reason: str | None = None) -> Outcome:
    entry = LedgerEntry("http://a.example/", PageStatus.FETCHED, http=200, bytes=9, words=2)
    chunks = {"total": 5, "new": 2, "reused": 3}
    return Outcome(generation, status, reason, 1.5, PageCounts(fetched=1), chunks, (entry,))


def test_one_object_for_all_targets():
    result = _merged([outcome("published", 3), outcome("held", 4, "Half is gone.")], [])
    assert result == {
        "generation": 4,
        "status": "held",
        "reason": "Half is gone.",
        "seconds": 3.0,
        "pages": {"fetched": 2, "unchanged": 0, "skipped": 0, "failed": 0},
        "chunks": {"total": 5, "new": 4, "reused": 1},
        "ledger": [{"url": "http://a.example/", "status": "fetched", "bytes": 9, "words": 2, "http": 200}] * 2,
    }


def test_refused_files_alone_are_a_failure_with_their_sentence():
    refused = [LedgerEntry("file:b.pdf", PageStatus.FAILED, Reason.TOO_LARGE, detail="b.pdf is too large.")]
    result = _merged([], refused)
    assert (result["status"], result["reason"], result["pages"]["failed"]) == ("failed", "b.pdf is too large.", 1)
