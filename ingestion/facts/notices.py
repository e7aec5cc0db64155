"""A page's lines and its facts of hours in, notices out: sentences that say the business is closed for a time or for
good, by appointment only, or keeps other hours, in words that no fact of hours holds. Called by recognise.py.

A notice decides nothing. It keeps code from saying "yes, open" while it may count (retrieval/hours), so one too many
costs a quote, and one too few sends somebody to a closed door.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any, cast

from ingestion.facts.atoms import Atom, Date, Sign, read_atoms
from ingestion.facts.drafts import Draft
from ingestion.facts.model import FactKind
from ingestion.facts.notice_words import FEASTS, ONLY
from ingestion.facts.phrases import LAST_DAY, Part, Said, read_phrase, split_atoms
from ingestion.facts.scene import Line, Page, Scene
from ingestion.facts.sentences import Shape, read_sentence
from ingestion.facts.words import TOKENS, Word, folded
from ingestion.model import BlockKind

_SAYS = 200  # characters of a sentence that name it
_STRANGE = 4  # unknown words beside "closed": with more, the sentence is a story
_LEAP = 2028  # a year that has every day
_TELLING = frozenset(
    {
        Word.CLOSED,
        Word.NOTICE,
        Word.FOR_GOOD,
        Word.AGAIN,
        Word.VALID,
        Word.BY_APPOINTMENT,
        Word.DAY,
        Word.OPEN,
        Word.HEAD,
        Word.SPECIAL,
        Word.HOLIDAYS,
        Word.SEASON,
    }
)
_DATES = frozenset({Sign.DATE, Word.MONTH, Word.NAMED})
_BESIDE = 200  # characters between hours and "valid until …"
_SEASON_ITSELF = ("season", "saison", "sæson", "säsong", "sesong", "temporada", "stagione", "seizoen", "sezon", "época")
_CLOSING = ("clos", "schlie", "luk", "ferm", "cierr", "chiud", "sluit", "stäng", "steng", "fech", "encerr", "zamyk")


def read_notices(scene: Scene, page: Page, masks: Sequence[tuple[int, int]], hours: Sequence[Draft]) -> list[Draft]:
    """`hours`: the page's facts of hours. What they hold is no notice; those of a part of the year are."""
    told = [draft for draft in hours if draft.start is not None and draft.end is not None]
    drafts: list[Draft] = []
    for line in page.lines:
        if not _may_tell(page, line):
            continue
        block = line.block
        near = masks[max(0, bisect_left(masks, (block.start, 0)) - 1) : bisect_left(masks, (block.end, 0))]
        atoms = read_atoms(page.version.text, block.start, block.end, page.lexicon, near, month_first=page.month_first)
        for part in split_atoms(atoms):
            drafts += _of_sentence(scene, page, line, part, told)
    return drafts + [notice for draft in told for notice in _of_part_of_year(page, draft)]


def _may_tell(page: Page, line: Line) -> bool:
    return any(
        phrase.kind in _TELLING for token in TOKENS.findall(line.text) for phrase in page.lexicon.get(folded(token), ())
    )


def _of_sentence(scene: Scene, page: Page, line: Line, part: list[Atom], hours: Sequence[Draft]) -> Iterator[Draft]:
    start, end = part[0].start, part[-1].end
    text = page.version.text
    if text[end : line.block.end].lstrip()[:1] == "?":
        return
    said = read_phrase(part, twelve=page.twelve)
    held = [draft for draft in hours if (draft.start or 0) < end and (draft.end or 0) > start]
    for when in _counts(scene, page, line, part, said, held, hours):
        words = " ".join(text[start:end].split())[:_SAYS]
        yield Draft(FactKind.NOTICE, "", {"says": words, **when}, start, end, line.block.page)


def _counts(
    scene: Scene, page: Page, line: Line, part: list[Atom], said: Said, held: Sequence[Draft], hours: Sequence[Draft]
) -> list[dict[str, Any]]:
    """When it counts, one for each range of dates; none where it is no notice."""
    kinds = {atom.kind for atom in part}
    if Word.FOR_GOOD in kinds:
        return [{}]
    if Word.AGAIN in kinds and kinds & _DATES:
        return _until_again(part) if not _ranges(said) else _when(part, said)
    if Word.NOTICE in kinds:
        return _when(part, said)
    if Word.VALID in kinds and kinds & {Word.TO, Word.FROM} and _has_hours_beside(part, hours):
        return [{}]
    if held:
        return _doubtful_days(page, part, said, held)
    if Word.CLOSED in kinds:
        plain = said.we or (_is_near(scene, page, line) and _is_plain(page, part))
        return _when(part, said) if plain and not _is_part_of_another(page, line, said) else []
    dated = any(_bounded(part, at) for at, atom in enumerate(part) if atom.kind in _DATES)
    on_leave = (
        bool(kinds & {Word.SPECIAL, Word.HOLIDAYS})
        and bool(_ranges(said) or dated)
        and line.block.kind is not BlockKind.HEADING
    )
    timed = any(item.part in (Part.SPAN, Part.LONE) for item in said.items)
    if on_leave and not timed and (said.we or _is_near(scene, page, line)):
        return _when(part, said)
    if not _is_near(scene, page, line):
        return []
    if dated and (timed or Word.DAY in kinds):
        return _when(part, said)  # "From 1 November 2026: Mon-Fri 10-16"
    if _is_only_by_appointment(page, part, kinds):
        return [{}]
    if Word.OPEN in kinds and not timed and _says_only(page, part):
        return [{key: told for key, told in when.items() if key != "days"} for when in _when(part, said)]
    if (
        (said.opens or _names_season(page, part))
        and not kinds & {Sign.TIME, Word.DAY}
        and (since := _open_period(said)) is not None
    ):
        return [since]
    return _doubtful_days(page, part, said, held)


def _has_hours_beside(part: Sequence[Atom], hours: Sequence[Draft]) -> bool:
    """A voucher may be valid until some day, too."""
    start, end = part[0].start - _BESIDE, part[-1].end + _BESIDE
    return any(draft.start is not None and start < draft.start < end for draft in hours)


def _is_near(scene: Scene, page: Page, line: Line) -> bool:
    """Whether it speaks of the business: on its first page, on every page, or below nothing that names a part."""
    return page.home or line.repeats or scene.subject(page, line, None, "", said=True)[0] == ""


def _is_plain(page: Page, part: Sequence[Atom]) -> bool:
    """ "Closed for renovation", and not English "closed shoes": a story of many words may tell of anything."""
    if any(atom.kind in _DATES for atom in part):
        return True
    strange = sum(atom.kind is Sign.UNKNOWN for atom in part)
    at = next(index for index, atom in enumerate(part) if atom.kind is Word.CLOSED)
    following = next((atom for atom in part[at + 1 :] if atom.kind is not Sign.DASH), None)
    adjective = page.language == "en" and following is not None and following.kind is Sign.UNKNOWN
    return strange <= _STRANGE and not adjective


def _is_part_of_another(page: Page, line: Line, said: Said) -> bool:
    """A cell or line that is only "closed" or "Sunday closed" belongs to what stands around it."""
    if line.block.kind is BlockKind.TABLE_ROW:
        return True
    return read_sentence(said).shape is Shape.CLOSED


def _is_only_by_appointment(page: Page, part: Sequence[Atom], kinds: set[Word | Sign]) -> bool:
    if Word.BY_APPOINTMENT not in kinds or kinds & {Sign.TIME, Word.DAY}:
        return False
    return _says_only(page, part) and sum(atom.kind is Sign.UNKNOWN for atom in part) <= _STRANGE


def _says_only(page: Page, part: Sequence[Atom]) -> bool:
    return any(folded(word) in ONLY for word in TOKENS.findall(page.version.text[part[0].start : part[-1].end]))


def _names_season(page: Page, part: Sequence[Atom]) -> bool:
    """ "Season: May to September", not "Summer: …", which may be one of several."""
    text = page.version.text
    return any(
        atom.kind is Word.SEASON and folded(text[atom.start : atom.end]).startswith(_SEASON_ITSELF) for atom in part
    )


def _doubtful_days(page: Page, part: Sequence[Atom], said: Said, held: Sequence[Draft]) -> list[dict[str, Any]]:
    """Days of which it says something that is not understood: "Fridays only until 15", "Sat by appointment"."""
    half = any(item.part is Part.LONE for item in said.items) and any(
        atom.kind in (Word.TO, Word.FROM) or folded(page.version.text[atom.start : atom.end]).startswith(_CLOSING)
        for atom in part
    )
    if not half and not any(item.part in (Part.BY_APPOINTMENT, Part.EXCEPT) for item in said.items):
        return []
    days = _days(part, said) - {day for draft in held for day in draft.value.get("days", ())}
    return [{"days": sorted(days)}] if days else []


def _days(part: Sequence[Atom], said: Said) -> set[int]:
    named = {day for atom in part if atom.kind is Word.DAY for day in atom.value}
    return named.union(*(item.when.days for item in said.items))


# ---------------------------------------------------------------- when it counts


def _when(part: Sequence[Atom], said: Said) -> list[dict[str, Any]]:
    """The dates it names; always, where these are not understood."""
    ranges = _ranges(said) + [pair for item in said.items for pair in item.when.dates]
    loose = [at for at, atom in enumerate(part) if atom.kind in _DATES]
    if ranges and not any(item.part is Part.UNSURE and _names_date(item.start, item.end, part) for item in said.items):
        return [{"from": since.told(), "until": until.told()} for since, until in ranges]
    if len(loose) == 1:
        return [_around(part, loose[0])]
    years = [int(atom.value) for atom in part if atom.kind is Sign.YEAR]
    if not loose and len(years) == 1:
        return [{"from": f"{years[0]}-01-01", "until": f"{years[0]}-12-31"}]
    days = _days(part, said)
    # "Since Monday we are closed": a day narrows only what is wholly known.
    unclear = {Sign.UNKNOWN, Word.NOTICE, Word.FROM, Word.TO} & {atom.kind for atom in part}
    return [{"days": sorted(days)} if days and not loose and not unclear else {}]


def _ranges(said: Said) -> list[tuple[Date, Date]]:
    return [item.period for item in said.items if item.period is not None]


def _names_date(start: int, end: int, part: Sequence[Atom]) -> bool:
    return any(start <= atom.start < end and atom.kind in _DATES for atom in part)


def _around(part: Sequence[Atom], at: int) -> dict[str, Any]:
    """One date or month: on it, or from it on, or until it. Without a year the last two may be any time."""
    first, last = _bounds(part, at)
    edge = _bounded(part, at)
    if edge is None:
        return {"from": first.told(), "until": last.told()}
    if first.year is None:
        return {}
    return {"until": last.told()} if edge is Word.TO else {"from": first.told()}


def _bounded(part: Sequence[Atom], at: int) -> Word | None:
    """TO or FROM, where it stands before a date that no other one is joined to."""
    before = next((atom.kind for atom in reversed(part[:at]) if atom.kind is not Word.FILL), None)
    after = part[at + 1].kind if at + 1 < len(part) else None
    if after in (Word.TO, Sign.DASH) and any(atom.kind in _DATES for atom in part[at + 2 : at + 3]):
        return None
    earlier = part[at - 2].kind if at > 1 else None
    if before is Word.TO and (earlier in _DATES or earlier in (Sign.NUMBER, Sign.TIME)):
        return None
    return before if before in (Word.TO, Word.FROM) and isinstance(before, Word) else None


def _bounds(part: Sequence[Atom], at: int) -> tuple[Date, Date]:
    atom = part[at]
    if isinstance(atom.value, Date):
        day: Date = atom.value
        return day, day
    if isinstance(atom.value, int):  # a month
        following = part[at + 1] if at + 1 < len(part) else None
        year = int(following.value) if following is not None and following.kind is Sign.YEAR else None
        return Date(atom.value, 1, year), Date(atom.value, LAST_DAY[atom.value - 1], year)
    month, number = cast(tuple[int, int], atom.value)
    return Date(month, number), Date(month, number)


def _until_again(part: Sequence[Atom]) -> list[dict[str, Any]]:
    dates = [at for at, atom in enumerate(part) if atom.kind in _DATES]
    first = _bounds(part, dates[0])[0]
    return [{"until": first.told()} if len(dates) == 1 and first.year is not None else {}]


def _open_period(said: Said) -> dict[str, Any] | None:
    """ "Open from April to October" counts for the rest of the year."""
    periods = _ranges(said)
    unlike = [item for item in said.items if item.part not in (Part.PERIOD, Part.WORDS)]
    if len(periods) != 1 or unlike:
        return None
    since, until = periods[0]
    if since.year is not None:
        return None
    return {"from": _beside(until, 1), "until": _beside(since, -1)}


def _beside(day: Date, step: int) -> str:
    return f"--{date(_LEAP, day.month, day.day) + timedelta(days=step):%m-%d}"


def _of_part_of_year(page: Page, draft: Draft) -> Iterator[Draft]:
    """Hours "in winter" or "during Ramadan", nobody says from when to when: the others may not count then."""
    if draft.kind is not FactKind.HOURS or not draft.subject or "from" in draft.value:
        return
    atoms = read_atoms(draft.subject, 0, len(draft.subject), page.lexicon, (), month_first=page.month_first)
    if not any(atom.kind in (Word.SEASON, Word.SPECIAL) or atom.kind in _DATES for atom in atoms):
        return
    feast = next((FEASTS[word] for word in map(folded, TOKENS.findall(draft.subject)) if word in FEASTS), None)
    parts = split_atoms(atoms)
    dates = [part for part in parts if any(atom.kind in _DATES for atom in part)]
    if feast is not None:
        when: dict[str, Any] = {"from": feast[0], "until": feast[1]}
    else:
        when = _when(dates[0], read_phrase(dates[0], twelve=page.twelve))[0] if dates else {}
    text = page.version.text
    start, end = draft.start or 0, draft.end or 0
    # From its name on: its hours alone would be quoted as those of the whole year.
    begin = max(text.rfind(draft.subject.split(" · ")[0], 0, start), 0)
    begin = begin if start - begin <= _SAYS else start
    words = " ".join(f"{draft.subject}: {text[start:end]}".split())[:_SAYS]
    yield Draft(FactKind.NOTICE, "", {"says": words, **when}, begin, end, draft.page)
