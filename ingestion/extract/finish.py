"""Blocks as they were met on a page in, blocks as they are stored out: nothing twice, clutter aside.

The last step of blocks.py. `Line` says of a block what is not stored: whether all of it is bold, a picture's, a link.
"""

from __future__ import annotations

from dataclasses import replace

from ingestion.extract.inline import Line
from ingestion.model import Block, BlockKind

_BOLD_HEADING_WORDS = 12
_REPEATED_WITHIN = 2  # blocks around a picture that may say the same as it
_CAPTION_CHARACTERS = 90
_LINK_WORDS = 4

Met = tuple[Block, Line]


def finished(met: list[Met], *, is_article: bool) -> list[Block]:
    if is_article:
        met = _without_clutter(met)
    met = [each for index, each in enumerate(met) if not _says_it_again(met, index)]
    blocks = [block for block, _ in met]
    if any(block.kind is BlockKind.HEADING and block.level > 1 for block in blocks):
        return blocks
    # A page without headings: lines that are bold from end to end stand for them, unless all are.
    bold = [_is_bold_heading(block, line) for block, line in met]
    if sum(bold) * 2 > len(bold):
        return blocks
    return [
        replace(block, kind=BlockKind.HEADING, level=3) if promoted else block
        for block, promoted in zip(blocks, bold, strict=True)
    ]


def _without_clutter(met: list[Met]) -> list[Met]:
    """Lines in an article that are not of it stand aside: pictures' texts, captions said again, lone links."""
    said: set[str] = set()
    kept: list[Met] = []
    for block, line in met:
        again = len(block.text) >= _CAPTION_CHARACTERS and block.text in said
        said.add(block.text)
        lone_link = line.linked and block.kind is BlockKind.PARAGRAPH and len(block.text.split()) >= _LINK_WORDS
        kept.append((replace(block, aside=True) if line.picture or again or lone_link else block, line))
    return kept


def _says_it_again(met: list[Met], index: int) -> bool:
    """The same line twice, or a picture's text that its caption or heading says as well."""
    block, line = met[index]
    if block.kind is BlockKind.TABLE_ROW:
        return False
    if index and block.text == met[index - 1][0].text and sum(map(str.isalpha, block.text)) > 2:
        return True  # figures alone may be the same on several lines: the hours of each day
    if not line.picture:
        return False
    around = met[max(0, index - _REPEATED_WITHIN) : index + _REPEATED_WITHIN + 1]
    said = block.text.casefold()
    return any(said in other.text.casefold() for other, its in around if other is not block and not its.picture)


def _is_bold_heading(block: Block, line: Line) -> bool:
    return (
        line.bold
        and block.kind is BlockKind.PARAGRAPH
        and len(block.text.split()) <= _BOLD_HEADING_WORDS
        and block.text[-1] not in ".,;"
    )
