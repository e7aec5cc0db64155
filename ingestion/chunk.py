"""The versions of one source in, its passages out. Pure and linear; called by pipeline.py.

Passages hold at most 375 tokens, begin at a heading once 250 are reached, keep sentences and table
rows whole and do not overlap. What is embedded (`windows`) carries title and heading path in front:
first the whole passage, then small windows of at most 60 tokens (docs/decisions, retrieval figures).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from ingestion.model import BlockKind, Chunk, ChunkKind, StoredBlock, Version
from ingestion.pieces import Piece, Splitter, split_blocks
from ingestion.ports import Tokenizer
from ingestion.recurring import clean_titles, find_recurring

CHUNKER_VERSION = "2"  # part of a generation's fingerprint
MAX_TOKENS = 375
HARD_TOKENS = 400  # text with title and path in front; also a single table row
BREAK_TOKENS = 250  # from here a heading begins a new passage
TAIL_TOKENS = 50  # a smaller rest of a page goes with the passage before it, where it fits
WINDOW_TOKENS = 60
BESIDE_CHARACTERS = 1_000  # less of it beside a page's main text does no harm where it stands
_TITLE_TOKENS = 40
_HEADER_TOKENS = 60
_QUESTION_CHARACTERS = 250
_LEAD_WORDS = 25  # a question or a line with a colon that belongs to what follows


def chunk_source(
    versions: Sequence[Version], tokenizer: Tokenizer, tick: Callable[[], None] = lambda: None
) -> list[Chunk]:
    """Passages in the order of the versions; what recurs on the pages comes with the first page holding it.

    `tick` is called as each version is done.
    """
    recurring = find_recurring(versions)
    titles, site = clean_titles(versions)
    chunks: list[Chunk] = []
    for index, version in enumerate(versions):
        dropped = recurring.dropped[index]
        own = [block for at, block in enumerate(version.blocks) if at not in dropped]
        for part in _apart(own):
            chunks.extend(_Passages(version, titles[index], ChunkKind.PAGE, tokenizer).build(part))
        kept = [version.blocks[at] for at in recurring.kept[index]]
        if kept:
            title = site or titles[index]
            chunks.extend(_Passages(version, title, ChunkKind.RECURRING, tokenizer).build(kept))
        tick()
    return chunks


def _apart(blocks: Sequence[StoredBlock]) -> list[list[StoredBlock]]:
    """The page's main text, then what stands beside it: a menu is not to stand in front of every text.

    The page's own first heading leads its main text, wherever it stands.
    """
    main = [block for block in blocks if not block.aside or block.level == 1]
    beside = [block for block in blocks if block.aside and block.level != 1]
    if sum(block.end - block.start for block in beside) < BESIDE_CHARACTERS:
        return [list(blocks)]
    return [part for part in (main, beside) if part]


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece with its block and the headings it stands under (its own included, for a heading)."""

    piece: Piece
    block: StoredBlock
    path: tuple[str, ...]
    splitter: Splitter


@dataclass(slots=True)
class _Open:
    """The passage being filled."""

    parts: list[_Part] = field(default_factory=list["_Part"])
    tokens: int = 0

    def add(self, part: _Part) -> None:
        self.parts.append(part)
        self.tokens += part.piece.tokens


class _Passages:
    def __init__(self, version: Version, title: str, kind: ChunkKind, tokenizer: Tokenizer):
        self._version = version
        self._kind = kind
        self._tokenizer = tokenizer
        self._title, self._title_tokens = self._cut_title(title)
        self._limit = min(MAX_TOKENS, HARD_TOKENS - self._title_tokens - 10)
        named = {block.header for block in version.blocks if block.header}
        self._headers: dict[str, StoredBlock] = {}
        for block in version.blocks:
            if named and block.kind is BlockKind.TABLE_ROW and (row := version.text[block.start : block.end]) in named:
                self._headers.setdefault(row, block)

    def build(self, blocks: Sequence[StoredBlock]) -> Iterator[Chunk]:
        passage = _Open()
        before: _Open | None = None  # held back, in case the last one is too small to stand alone
        parts = list(self._parts(blocks))
        together = _questions(self._version.text, parts, self._limit)
        for index, part in enumerate(parts):
            heading = part.block.kind is BlockKind.HEADING
            only_headings = all(held.block.kind is BlockKind.HEADING for held in passage.parts)
            full = passage.tokens + together.get(index, part.piece.tokens) > self._limit
            if passage.parts and ((heading and passage.tokens >= BREAK_TOKENS and not only_headings) or full):
                carried = self._take_leads(passage, part)
                if before is not None:
                    yield self._close(before)
                before, passage = passage, _Open()
                for held in carried or self._header_of(part):
                    passage.add(held)
            passage.add(part)
        if before is not None and passage.tokens < TAIL_TOKENS and before.tokens + passage.tokens <= self._limit:
            starts = {part.piece.start for part in before.parts}
            for part in passage.parts:
                if part.piece.start not in starts:  # the repeated row of column names
                    before.add(part)
            passage = _Open()
        if before is not None:
            yield self._close(before)
        if passage.parts:
            yield self._close(passage)

    def _parts(self, blocks: Sequence[StoredBlock]) -> Iterator[_Part]:
        stack: list[tuple[int, str]] = []
        path: tuple[str, ...] = ()
        text = self._version.text
        for block, splitter in zip(blocks, split_blocks(text, blocks, self._tokenizer), strict=True):
            if block.kind is BlockKind.HEADING:
                while stack and stack[-1][0] >= block.level:
                    stack.pop()
                stack.append((block.level, text[block.start : block.end]))
                path = tuple(heading for _, heading in stack)
            for piece in splitter.pieces(self._limit):
                yield _Part(piece, block, path, splitter)

    def _take_leads(self, passage: _Open, part: _Part) -> list[_Part]:
        """Headings, questions and introductions at the end of a full passage go with what follows them."""
        carried: list[_Part] = []
        room = min(self._limit - part.piece.tokens, self._limit // 3)
        only_headings = part.block.kind is BlockKind.HEADING
        while len(passage.parts) > 1 and _leads(self._version.text, passage.parts[-1], only_headings=only_headings):
            room -= passage.parts[-1].piece.tokens
            if room < 0:
                break
            lead = passage.parts.pop()
            passage.tokens -= lead.piece.tokens
            carried.insert(0, lead)
        return carried

    def _header_of(self, part: _Part) -> list[_Part]:
        """A table that goes on in the next passage takes the row of its column names along."""
        row = self._headers.get(part.block.header or "")
        if row is None or row.end > part.block.start:
            return []
        (splitter,) = split_blocks(self._version.text, [row], self._tokenizer)
        if splitter.tokens > min(self._limit - part.piece.tokens, _HEADER_TOKENS):
            return []
        return [_Part(Piece(row.start, row.end, splitter.tokens), row, part.path, splitter)]

    def _close(self, passage: _Open) -> Chunk:
        text = self._version.text
        spans = _spans(text, passage.parts)
        path = _common_path(passage.parts)
        path = self._cut_path(path, HARD_TOKENS - self._title_tokens - passage.tokens)
        whole = "\n".join(text[start:end] for start, end in spans)
        return Chunk(
            document_id=self._version.document_id,
            version_id=self._version.version_id,
            kind=self._kind,
            title=self._title,
            heading_path=path,
            text=whole,
            spans=spans,
            tokens=passage.tokens,
            windows=(_in_front(self._title, path, whole), *dict.fromkeys(self._windows(passage.parts))),
            page=passage.parts[0].block.page,
            language=self._version.language,
        )

    def _windows(self, parts: Sequence[_Part]) -> Iterator[str]:
        """Sentences and lines of one section, as many as fit. A heading in front is not repeated as a line."""
        text = self._version.text
        lines: list[Piece] = []
        section: tuple[str, ...] = ()
        for index, part in enumerate(parts):
            path = part.path
            if part.block.kind is BlockKind.HEADING:
                if index + 1 < len(parts) and parts[index + 1].path[: len(path)] == path:
                    continue
                path = path[:-1]  # nothing stands below it here: it is a line of its own
            for piece in part.splitter.within(part.piece, WINDOW_TOKENS):
                if lines and (path != section or sum(line.tokens for line in lines) + piece.tokens > WINDOW_TOKENS):
                    # An introduction ("Write to us:") goes with what it introduces.
                    carry = path == section and len(lines) > 1 and text[lines[-1].start : lines[-1].end].endswith(":")
                    carry = carry and lines[-1].tokens + piece.tokens <= WINDOW_TOKENS
                    carried = [lines.pop()] if carry else []
                    yield self._window(section, lines)
                    lines = carried
                section = path
                lines.append(piece)
        if lines:
            yield self._window(section, lines)

    def _window(self, section: tuple[str, ...], lines: Sequence[Piece]) -> str:
        text = " ".join(self._version.text[line.start : line.end] for line in lines)
        return _in_front(self._title, self._own_path(section), text)

    def _own_path(self, path: tuple[str, ...]) -> tuple[str, ...]:
        return path[1:] if path and _same(path[0], self._title) else path

    def _cut_path(self, path: tuple[str, ...], room: int) -> tuple[str, ...]:
        """The nearest headings of the path that still fit in front."""
        kept: list[str] = []
        for heading in reversed(self._own_path(path)):
            room -= self._tokenizer.count(heading)
            if room < 0:
                break
            kept.insert(0, heading)
        return tuple(kept)

    def _cut_title(self, title: str) -> tuple[str, int]:
        offsets = self._tokenizer.offsets(title)
        if len(offsets) <= _TITLE_TOKENS:
            return title, len(offsets)
        return title[: offsets[_TITLE_TOKENS - 1][1]] + "…", _TITLE_TOKENS + 1


def _questions(text: str, parts: Sequence[_Part], limit: int) -> dict[int, int]:
    """Where a question stands: the tokens of it and its answer, which are not to be cut from each other.

    An answer ends at the next question or heading. Where both together are too long, the question and the beginning
    of its answer stay together.
    """
    found: dict[int, int] = {}
    index = 0
    while index < len(parts):
        if not _asks(text, parts[index]):
            index += 1
            continue
        end = index + 1
        total = parts[index].piece.tokens
        while end < len(parts) and parts[end].block.kind is not BlockKind.HEADING and not _asks(text, parts[end]):
            total += parts[end].piece.tokens
            end += 1
        if end > index + 1:
            first = parts[index].piece.tokens + parts[index + 1].piece.tokens
            found[index] = total if total <= limit else first if first <= limit else parts[index].piece.tokens
        index = end
    return found


def _asks(text: str, part: _Part) -> bool:
    """A question of a list of questions: a line of its own, as a heading, in bold or plain."""
    line = text[part.piece.start : part.piece.end]
    if part.block.kind is BlockKind.TABLE_ROW or len(line) > _QUESTION_CHARACTERS:
        return False
    return line.endswith(("?", "？", "؟")) or line.startswith(("Q:", "Q.", "F:", "Frage:", "Question:", "Pregunta:"))


def _spans(text: str, parts: Sequence[_Part]) -> tuple[tuple[int, int], ...]:
    """Pieces of one block with only a space between them become one span."""
    spans: list[tuple[int, int]] = []
    last: StoredBlock | None = None
    for part in parts:
        if last is part.block and not text[spans[-1][1] : part.piece.start].strip():
            spans[-1] = (spans[-1][0], part.piece.end)
        else:
            spans.append((part.piece.start, part.piece.end))
        last = part.block
    return tuple(spans)


def _common_path(parts: Sequence[_Part]) -> tuple[str, ...]:
    """The headings over all of a passage; a heading in it that has nothing below it here does not count."""
    paths = [part.path for part in parts if part.block.kind is not BlockKind.HEADING] or [parts[-1].path]
    common = paths[0]
    for path in paths[1:]:
        shared = 0
        while shared < min(len(common), len(path)) and common[shared] == path[shared]:
            shared += 1
        common = common[:shared]
    return common


def _leads(text: str, part: _Part, *, only_headings: bool) -> bool:
    if part.block.kind is BlockKind.HEADING or only_headings:
        return part.block.kind is BlockKind.HEADING
    line = text[part.piece.start : part.piece.end]
    return line.endswith(("?", ":", "：", "？")) and len(line.split()) <= _LEAD_WORDS


def _in_front(title: str, path: tuple[str, ...], text: str) -> str:
    front = " > ".join(part for part in (title, *path) if part)
    return f"{front}\n{text}" if front else text


def _same(one: str, other: str) -> bool:
    return [sign for sign in one.casefold() if sign.isalnum()] == [sign for sign in other.casefold() if sign.isalnum()]
