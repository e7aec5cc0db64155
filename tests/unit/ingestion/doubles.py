"""Small stand-ins for the ports of ingestion: a word tokenizer, versions from lines, a fetcher from a dict."""

from __future__ import annotations

import re
from collections.abc import Mapping
from uuid import UUID, uuid5

from ingestion.model import BlockKind, Reason, StoredBlock, Version
from ingestion.ports import FetchFailed, FetchResult

SPACE = UUID("00000000-0000-7000-8000-00000000abcd")


class WordTokenizer:
    """Words and single signs, as BERT's pre-tokenizer cuts; counts add up over spaces as WordPiece's do."""

    def count(self, text: str) -> int:
        return len(self.offsets(text))

    def offsets(self, text: str) -> list[tuple[int, int]]:
        return [match.span() for match in re.finditer(r"\w+|[^\w\s]", text)]


Line = tuple[BlockKind, str] | tuple[BlockKind, str, int] | str


def version(url: str, title: str, lines: list[Line], *, language: str | None = "en") -> Version:
    """A stored version: a plain string is a paragraph, (kind, text, level) anything else."""
    blocks: list[StoredBlock] = []
    texts: list[str] = []
    at = 0
    header: str | None = None
    for line in lines:
        if isinstance(line, str):
            line = (BlockKind.PARAGRAPH, line)
        kind, text = line[0], line[1]
        level = line[2] if len(line) == 3 else 0
        if kind is not BlockKind.TABLE_ROW:
            header = None
        blocks.append(StoredBlock(kind, at, at + len(text), level=level, header=header))
        if kind is BlockKind.TABLE_ROW and header is None:
            header = text
        texts.append(text)
        at += len(text) + 1
    return Version(uuid5(SPACE, url), uuid5(SPACE, url + "#v"), url, title, language, "\n".join(texts), tuple(blocks))


class ScriptedFetcher:
    """Answers from a dict: address → (status, headers, body), a FetchFailed, or a function of the address."""

    def __init__(self, pages: Mapping[str, object], *, owned: bool = True):
        self.pages = dict(pages)
        self.owned = owned
        self.asked: list[str] = []
        self.conditions: list[tuple[str, str | None, str | None]] = []

    def is_owned(self, url: str) -> bool:
        return self.owned

    async def fetch(
        self, url: str, *, max_bytes: int, etag: str | None = None, last_modified: str | None = None
    ) -> FetchResult:
        self.asked.append(url)
        self.conditions.append((url, etag, last_modified))
        passed: list[str] = []
        while True:
            page = self.pages.get(url, (404, {}, b""))
            if isinstance(page, FetchFailed):
                raise page
            assert isinstance(page, tuple)
            status, headers, body = page
            if status in (301, 302):
                passed.append(url)
                url = headers["location"]
                continue
            if etag is not None and headers.get("etag") == etag:
                return FetchResult(url, 304, headers, b"", tuple(passed))
            if len(body) > max_bytes:
                raise FetchFailed(Reason.TOO_LARGE, "1 MB", url=url)
            return FetchResult(url, status, {"content-type": "text/html", **headers}, body, tuple(passed))
