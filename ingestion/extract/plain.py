"""Bytes of a plain text or Markdown file in, an `ExtractedDocument` out. Runs in the child."""

from __future__ import annotations

import re

from ingestion.extract.clean import clean, count_words
from ingestion.extract.decode import decode
from ingestion.extract.lines import join_lines
from ingestion.extract.markdown import markdown_blocks
from ingestion.model import Block, BlockKind, ExtractedDocument, Reason

MAX_CHARACTERS = 2_000_000


def extract_plain(body: bytes, name: str, charset: str | None, *, markdown: bool) -> ExtractedDocument:
    if b"\0" in body[:1024] and not body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ExtractedDocument(title="", blocks=(), reason=Reason.NOT_TEXT)
    text = decode(body, charset, is_html=False)
    limited = len(text) > MAX_CHARACTERS
    text = text[:MAX_CHARACTERS]
    title, links = "", ()
    if markdown:
        title, blocks, links, removed = markdown_blocks(text)
    else:
        blocks, removed = join_lines(text)
    words = sum(count_words(block.text) for block in blocks)
    reason = Reason.EMPTY if words == 0 else Reason.PARSE_LIMIT if limited else None
    return ExtractedDocument(
        title=clean(title)[0][:300] or _first(blocks) or name,
        blocks=tuple(blocks),
        links=links,
        words=words,
        removed=removed,
        reason=reason,
        detail=f"{MAX_CHARACTERS} characters" if reason is Reason.PARSE_LIMIT else None,
    )


def _first(blocks: list[Block]) -> str:
    """The first heading, or a first line that is short enough to be one."""
    heading = next((block.text for block in blocks if block.kind is BlockKind.HEADING), "")
    if heading:
        return heading[:300]
    short = bool(blocks) and len(blocks[0].text) <= 100 and not re.search(r"[.!?;]$", blocks[0].text)
    return blocks[0].text if short else ""
