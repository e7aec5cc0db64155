"""A page's lines in, its facts about hours out: weekly hours, single dates, public holidays.

Lines are read by sentences.py; here days and spans that stand in lines or cells of their own come together, each
group of lines is checked against itself (weekly.py), and scene.py says what it is about. Called by recognise.py.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingestion.facts.atoms import Sign, read_atoms
from ingestion.facts.drafts import Draft
from ingestion.facts.phrases import NO_DAYS, Part, When, read_phrase, split_atoms
from ingestion.facts.scene import About, Heading, Line, Page, Scene, join_subject
from ingestion.facts.sentences import Clause, Sentence, Shape, in_order, read_sentence
from ingestion.facts.timetables import is_header, read_row
from ingestion.facts.weekly import Entry, facts_of, reconcile
from ingestion.facts.words import TOKENS, Word, folded
from ingestion.model import BlockKind

_LINE_CHARACTERS = 1_500  # more is prose; and no hour of a business was ever lost in it
_LINES = 5_000  # that say something about hours; their facts fill a document many times over
_WORDY_CHARACTERS = 300  # without a digit
_TELLING = frozenset({Word.BREAK, Word.DAY, Word.CLOSED, Word.ALWAYS, Word.NAMED, Word.HOLIDAYS})
_SUBJECT_WORDS = 10


@dataclass(frozen=True, slots=True)
class _Reading:
    """`named`: it says that these are opening hours; `we`: that it is about the business."""

    index: int
    sentences: tuple[Sentence, ...]
    named: bool = False
    we: bool = False
    pauses: tuple[tuple[int, int], ...] | None = None  # "lunch break 12-13"; empty when it does not say when

    @property
    def shape(self) -> Sentence | None:
        only = self.sentences[0] if len(self.sentences) == 1 else None
        return only if only is not None and only.shape is not None else None


def read_hours(scene: Scene, page: Page, masks: Sequence[tuple[int, int]]) -> list[Draft]:
    """`masks`: spans of the page that are prices, numbers or addresses, in order."""
    groups: list[tuple[bool, list[Entry]]] = []
    group: list[_Reading] = []
    lead: Heading | None = None
    looked = 0
    for index, line in enumerate(page.lines):
        reading = _read_line(page, index, masks) if looked < _LINES else None
        looked += reading is not None
        heading = line.block.kind is BlockKind.HEADING
        if reading is not None and (not heading or reading.shape is not None):  # a heading may be a day
            if heading and not group:
                lead = None
            group.append(reading)
            continue
        if group:
            groups.append(_close(scene, page, group, lead))
            group = []
        # A line of contact data between a name and its hours names nothing itself.
        lead = None if heading else lead if _is_masked(line, masks) else scene.lead(page, line)
    if group:
        groups.append(_close(scene, page, group, lead))
    return [fact for entry in reconcile(groups) for fact in facts_of(entry)]


def _is_masked(line: Line, masks: Sequence[tuple[int, int]]) -> bool:
    at = bisect_left(masks, (line.block.start, line.block.start))
    return at < len(masks) and masks[at][0] < line.block.end


# ---------------------------------------------------------------- reading lines


def _read_line(page: Page, index: int, masks: Sequence[tuple[int, int]]) -> _Reading | None:
    """None where it says nothing about hours."""
    line = page.lines[index]
    if not _may_tell(page, line) or is_header(page, index):
        return None
    block = line.block
    text = page.version.text
    if block.kind is BlockKind.TABLE_ROW and block.header is not None:
        row = read_row(page, line)
        if row is not None:
            return _Reading(index, row)
    near = masks[max(0, bisect_left(masks, (block.start, 0)) - 1) : bisect_left(masks, (block.end, 0))]
    atoms = read_atoms(text, block.start, block.end, page.lexicon, near, month_first=page.month_first)
    if any(atom.kind is Word.BREAK for atom in atoms):
        said = read_phrase([atom for atom in atoms if atom.kind not in (Word.BREAK, Sign.STOP)], twelve=page.twelve)
        if not any(item.part is Part.WHEN for item in said.items):
            return _Reading(index, (), pauses=tuple(item.span for item in said.items if item.part is Part.SPAN))
    named = we = False
    sentences: list[Sentence] = []
    for part in split_atoms(atoms):
        said = read_phrase(part, twelve=page.twelve)
        # "opening hours" names what follows; a bare "open" does unless words stand beside it.
        named = named or said.opens
        we = we or said.we
        found = read_sentence(said, in_table=block.kind is BlockKind.TABLE_ROW)
        if found.clauses or found.shape is not None or any(atom.kind is not Sign.NEUTRAL for atom in part):
            sentences.append(found)
    if not any(found.clauses or found.shape for found in sentences):
        return None
    return _Reading(index, tuple(sentences), named, we)


def _may_tell(page: Page, line: Line) -> bool:
    """A look at the words: most lines of a site say nothing about hours."""
    length = line.block.end - line.block.start
    if length > _LINE_CHARACTERS:
        return False
    digits = any(map(str.isdecimal, line.text))
    if not digits and length > _WORDY_CHARACTERS:
        return False
    dashed = digits and any(sign in line.text for sign in "-–—−:") and length < 60
    if dashed:
        return True
    for token in TOKENS.findall(line.text):
        for phrase in page.lexicon.get(folded(token), ()):
            if phrase.kind in _TELLING:
                return True
    return digits and length < 40


# ---------------------------------------------------------------- groups of lines


def _close(scene: Scene, page: Page, group: Sequence[_Reading], lead: Heading | None) -> tuple[bool, list[Entry]]:
    """The entries of neighbouring lines, and whether these stand on many pages."""
    entries: list[Entry] = []
    label, named, we = "", False, False
    for reading in _paired(page, group):
        line = page.lines[reading.index]
        row = line.block.kind is BlockKind.TABLE_ROW
        if row or reading.named:
            label = ""  # a row stands for itself; a new name of hours ends what was named before
        named, we = named or reading.named, we or reading.we
        for sentence in reading.sentences:
            for clause in sentence.clauses:
                own = clause.told_label or (page.version.text[slice(*clause.label)] if clause.label else "")
                heading = scene.heading(page, own.strip(" :–-")) if own else None
                if heading is not None and heading.about in (About.HOURS, About.PERIOD, About.GENERAL):
                    own, named = "", named or heading.about is About.HOURS
                    clause = replace(clause, period=clause.period or heading.period)
                elif own:
                    label = own
                words = own or ("" if row else label)
                if clause.qualifier:
                    words = f"{words} · {page.version.text[slice(*clause.qualifier)]}"
                telling = named or (we and not clause.when.days)
                subject, period = scene.subject(
                    page, line, lead, join_subject(words), said=telling, dated=not clause.when.days
                )
                if subject is None or len(subject.split()) > _SUBJECT_WORDS:
                    continue
                if subject and not clause.spans and not words and lead is None:
                    continue  # "closed on Monday" below some heading
                if subject and clause.when.dates and not named:
                    continue  # an event
                clause = replace(clause, period=clause.period or period)
                year = scene.year(page, line, lead) if clause.when.dates else None
                if year is not None:
                    clause = replace(clause, when=clause.when.in_year(year))
                entries.append(Entry(clause, subject, line.block.page))
    pauses = [reading.pauses for reading in group if reading.pauses is not None]
    return page.lines[group[0].index].repeats, [entry for entry in entries if not _paused(entry, pauses)]


def _paused(entry: Entry, pauses: Sequence[tuple[tuple[int, int], ...]]) -> bool:
    """A pause is said beside it and does not stand in its spans: nobody knows on which days it is made."""
    return any(
        not told or any(start < pause[0] and end > pause[1] for start, end in entry.clause.spans for pause in told)
        for told in pauses
        if entry.clause.spans
    )


def _paired(page: Page, group: Sequence[_Reading]) -> Iterator[_Reading]:
    """Days in one line, their spans in the next: `Monday` / `8-12` / `14-18`; or all the days, then all the spans."""
    at = 0
    last: _Reading | None = None
    while at < len(group):
        reading = group[at]
        shape = reading.shape
        if shape is None:
            if last is not None:
                yield last
            last = reading
            at += 1
            continue
        days = _run(group, at, {Shape.DAYS})
        told = _run(group, at + len(days), {Shape.SPANS, Shape.CLOSED})
        if not days:
            last = _continued(page, last, told)
        else:
            if last is not None:
                yield last
            last = None
            yield from _matched(page, days, told)
        at += len(days) + len(told)
    if last is not None:
        yield last


def _run(group: Sequence[_Reading], at: int, shapes: set[Shape]) -> list[_Reading]:
    found: list[_Reading] = []
    for index in range(at, len(group)):
        reading = group[index]
        shape = reading.shape
        if shape is None or shape.shape not in shapes:
            break
        found.append(reading)
    return found


def _continued(page: Page, last: _Reading | None, told: Sequence[_Reading]) -> _Reading | None:
    """`Monday 8-12`, and on the next line `14-18`. What cannot be its second half makes the first one doubtful."""
    if last is None or not last.sentences or not last.sentences[-1].clauses:
        return last
    sentence = last.sentences[-1]
    clause = sentence.clauses[-1]
    spans = in_order([*clause.spans, *(span for one in told if one.shape for span in one.shape.spans)])
    if len(told) != 1 or told[0].shape is None or told[0].shape.shape is Shape.CLOSED or not clause.spans or not spans:
        return replace(last, sentences=(*last.sentences[:-1], replace(sentence, clauses=sentence.clauses[:-1])))
    longer = replace(clause, spans=spans, end=page.lines[told[0].index].block.end)
    return replace(last, sentences=(*last.sentences[:-1], replace(sentence, clauses=(*sentence.clauses[:-1], longer))))


def _matched(page: Page, days: Sequence[_Reading], told: Sequence[_Reading]) -> Iterator[_Reading]:
    if len(days) == 1 and told:
        spans = in_order([span for one in told if one.shape for span in one.shape.spans])
        closed = any(one.shape is not None and one.shape.shape is Shape.CLOSED for one in told)
        if spans is not None and closed != bool(spans) and (not closed or len(told) == 1):
            yield _made(page, days[0], told[0], told[-1], spans)
    elif len(days) == len(told):
        for day, one in zip(days, told, strict=True):
            if one.shape is not None:
                yield _made(page, day, one, one, one.shape.spans)


def _made(page: Page, day: _Reading, first: _Reading, last: _Reading, spans: tuple[tuple[int, int], ...]) -> _Reading:
    when: When = day.shape.when if day.shape is not None else NO_DAYS
    near = first.index == day.index + 1
    start = page.lines[day.index if near else first.index].block.start
    clause = Clause(when, spans, start, page.lines[last.index].block.end)
    return _Reading(first.index, (Sentence((clause,)),), day.named or first.named, day.we or first.we)
