"""Lines as they were set on a page or in a text file, joined back to paragraphs, items and headings.

Called by plain.py for a whole file, by pdf.py for each page that pypdf reads. A PDF knows no paragraphs: a line
goes on when it is about as long as its neighbours, or when no sentence ends and a small letter follows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingestion.extract.clean import clean
from ingestion.model import Block, BlockKind

_BULLET = re.compile(r"^(?:[•·▪●○◦‣∙■□➢✓*–-]|o(?= [A-ZÄÖÜ]))\s*(?=\S)")
_NUMBERED = re.compile(r"^(?:§+\s*\d+\w?|\(?\d{1,2}(?:\.\d{1,2})*[.)]|[a-zA-Z]\))(?=\s)")
_SECTION = re.compile(
    r"^(?:§+\s*\d+\w?|(?:article|artikel|kapitel|chapter|section|abschnitt|teil|part)\s+[\dIVX]+)\b", re.I
)
_SUSPENDED = re.compile(r"(?:und|oder|bzw\.?|sowie|and|or|et|ou|og|eller|och|en|of)\b")  # Sonn- und Feiertage
_ADDRESS_END = re.compile(r"(?:https?://|www\.)\S*[/_=&?-]$|(?:https?://|www\.)\S*\.$|\S@$")
_ENDS = ".!?:;…"
_PARAGRAPH_CHARACTERS = 2_000


def join_lines(text: str, page: int | None = None) -> tuple[list[Block], int]:
    """Blocks of one page, and how many unprintable characters were taken out."""
    removed = 0
    lines: list[str] = []
    for raw in text.splitlines():
        line, count = clean(raw)
        removed += count
        lines.append(line)
    lengths = sorted(len(line) for line in lines if len(line) > 20)
    width = lengths[int(len(lengths) * 0.75)] if lengths else 80
    blocks: list[Block] = []
    current: list[str] = []
    for index, line in enumerate(lines):
        following = lines[index + 1] if index + 1 < len(lines) else ""
        if not line:
            _end(blocks, current, page)
        elif not current and _is_heading(line, following):
            blocks.append(Block(BlockKind.HEADING, line, level=2, page=page))
        elif current and _goes_on(current[-1], line, width, sum(map(len, current))):
            current.append(line)
        else:
            _end(blocks, current, page)
            if _is_heading(line, following):
                blocks.append(Block(BlockKind.HEADING, line, level=2, page=page))
            else:
                current.append(line)
    _end(blocks, current, page)
    return blocks, removed


def join_broken(lines: Sequence[str]) -> str:
    """Lines of one paragraph on one line, words that were broken at a line's end whole again."""
    text = lines[0]
    for line in lines[1:]:
        if not line:
            continue
        if len(text) < 2:
            text = f"{text} {line}".strip()
        elif text[-1] in "-\u2010\u2013" and text[-2].isdigit() and line[0].isdigit():
            text += line  # a number with its own hyphen
        elif text[-1] in "-\u2010" and text[-2].isalpha() and not _SUSPENDED.match(line):
            # Before a capital letter and behind one the hyphen is the word's own.
            text = text[:-1] + line if line[0].islower() and not text[-2].isupper() else text + line
        elif text[-1] in "/@._=&?-" and _ADDRESS_END.search(text):
            text += line
        else:
            text = f"{text} {line}"
    return text


def _goes_on(line: str, following: str, width: int, length: int) -> bool:
    if _BULLET.match(following) or _NUMBERED.match(following) or length > _PARAGRAPH_CHARACTERS:
        return False
    if line[-1] in ",-–(/&" or (line[-1] not in _ENDS and following[0].islower()):
        return True
    if line[-1] == ":":
        return False
    full = len(line) >= width * 0.75
    return full and (line[-1] not in _ENDS or len(line) >= width * 0.9)


def _is_heading(line: str, following: str) -> bool:
    if len(line) > 90 or len(line.split()) > 12 or line[-1] in ".,;:-" or not any(map(str.isalpha, line)):
        return False
    if _SECTION.match(line):
        return True
    letters = [sign for sign in line if sign.isalpha()]
    shouted = len(letters) >= 6 and all(sign.isupper() for sign in letters) and len(line.split()) >= 2
    return shouted and bool(following) and not following.isupper()


def _end(blocks: list[Block], current: list[str], page: int | None) -> None:
    if not current:
        return
    text = join_broken(current)
    current.clear()
    kind = BlockKind.PARAGRAPH
    if _BULLET.match(text):
        kind, text = BlockKind.LIST_ITEM, _BULLET.sub("", text, count=1)
    elif _NUMBERED.match(text):
        kind = BlockKind.LIST_ITEM
    if any(map(str.isalnum, text)):
        blocks.append(Block(kind, text, page=page))
