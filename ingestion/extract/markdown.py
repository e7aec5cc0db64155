"""Markdown text in, blocks out: headings, paragraphs, items, table rows, the rest as a reader sees it."""

from __future__ import annotations

import re
from html import unescape

from ingestion.extract.clean import clean
from ingestion.model import Block, BlockKind

_FRONT_MATTER = re.compile(r"\A---\s*\n(.*?)\n(?:---|\.\.\.)\s*(?:\n|\Z)", re.S)
_HEADING = re.compile(r"^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_UNDERLINE = re.compile(r"^ {0,3}(=+|-+)\s*$")
_RULE = re.compile(r"^ {0,3}(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})$")
_ITEM = re.compile(r"^\s*(?:[-*+]|\d{1,9}[.)])\s+(?:\[[ xX]\]\s+)?(.*)$")
_FENCE = re.compile(r"^\s*(```+|~~~+)")
_DELIMITERS = re.compile(r"^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_COMMENT = re.compile(r"<!--.*?-->", re.S)
_UNSEEN = re.compile(r"<(script|style)\b.*?</\1\s*>", re.S | re.I)
_IMAGE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]+)\]\(\s*<?([^)\s>]*)>?[^)]*\)|\[([^\]]+)\]\[[^\]]*\]")
_REFERENCE = re.compile(r"^ {0,3}\[[^\]]+\]:\s*\S+.*$", re.M)
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^>\s]+)>")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,500}>")
_STRONG = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_EMPHASIS = re.compile(r"(?<![\w*])([*_])(?=\S)(.+?)(?<=\S)\1(?![\w*])")
_CODE = re.compile(r"(`+)(.+?)\1")
_STRUCK = re.compile(r"~~(.+?)~~")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def markdown_blocks(text: str) -> tuple[str, list[Block], tuple[str, ...], int]:
    """Title (front matter or first heading, may be empty), blocks, http links, removed characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    title = ""
    if front := _FRONT_MATTER.match(text):
        named = re.search(r"^title:\s*[\"']?(.*?)[\"']?\s*$", front.group(1), re.M)
        title = named.group(1) if named else ""
        text = text[front.end() :]
    text = _REFERENCE.sub("", _UNSEEN.sub("", _COMMENT.sub("", text)))
    links = tuple(dict.fromkeys(found[1] for found in _LINK.findall(text) if found[1].startswith("http")))
    reader = _Reader()
    lines = text.split("\n")
    for index, line in enumerate(lines):
        reader.line(line, lines[index + 1] if index + 1 < len(lines) else "")
    reader.flush()
    return title, reader.blocks, links, reader.removed


class _Reader:
    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.removed = 0
        self._open: list[str] = []
        self._kind = BlockKind.PARAGRAPH
        self._fence = ""
        self._header: str | None = None

    def line(self, line: str, following: str) -> None:
        if fence := _FENCE.match(line):
            self.flush()
            self._fence = (
                "" if self._fence and fence.group(1).startswith(self._fence) else self._fence or fence.group(1)[:3]
            )
            return
        if self._fence:
            self._add(BlockKind.PARAGRAPH, line, plain=True)
            return
        line = re.sub(r"^ {0,3}(?:>\s?)+", "", line)
        if not line.strip():
            self.flush()
            self._header = None
        elif heading := _HEADING.match(line):
            self.flush()
            self._add(BlockKind.HEADING, heading.group(2), level=len(heading.group(1)))
        elif self._open and self._kind is BlockKind.PARAGRAPH and (under := _UNDERLINE.match(line)):
            text = " ".join(self._open)
            self._open.clear()
            self._add(BlockKind.HEADING, text, level=1 if under.group(1)[0] == "=" else 2)
        elif "|" in line and _DELIMITERS.match(line):
            self._header = self.blocks[-1].text if self.blocks and self.blocks[-1].kind is BlockKind.TABLE_ROW else None
        elif _RULE.match(line):
            self.flush()
        elif line.count("|") >= 1 and (self._header is not None or _DELIMITERS.match(following) and "|" in following):
            self.flush()
            cells = [self._plain(cell) for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
            self._add(BlockKind.TABLE_ROW, " | ".join(cells), plain=True, header=self._header)
        elif item := _ITEM.match(line):
            self.flush()
            self._kind = BlockKind.LIST_ITEM
            self._open.append(item.group(1))
        else:
            self._open.append(line.strip())
            if line.endswith(("  ", "\\")):
                self.flush()

    def flush(self) -> None:
        if self._open:
            text = " ".join(self._open)
            self._open.clear()
            self._add(self._kind, text)
        self._kind = BlockKind.PARAGRAPH

    def _add(
        self, kind: BlockKind, text: str, *, level: int = 0, plain: bool = False, header: str | None = None
    ) -> None:
        shown = text if plain else self._plain(text)
        shown, removed = clean(shown)
        self.removed += removed
        if any(map(str.isalnum, shown)):
            self.blocks.append(Block(kind, shown, level=level, header=header))

    def _plain(self, text: str) -> str:
        """Inline marks out; what they mark stays."""
        text = _IMAGE.sub(r"\1", text)
        text = _LINK.sub(lambda match: match.group(1) or match.group(3), text)
        text = _AUTOLINK.sub(lambda match: match.group(1).removeprefix("mailto:"), text)
        text = _CODE.sub(r"\2", text)
        text = _STRONG.sub(r"\2", text)
        text = _EMPHASIS.sub(r"\2", _STRUCK.sub(r"\1", text))
        text = re.sub(r"<br\s*/?>", " ", text, flags=re.I)
        return _ESCAPED.sub(r"\1", unescape(_TAG.sub("", text))).rstrip("\\").strip()
