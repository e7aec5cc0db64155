"""The versions of one source in, their lines in context out: headings above, what repeats, what a heading says.

`Scene.subject` decides what a line is about: '' (the business itself) is said only where opening hours, contact or the
like are named above it and nothing else is. Called by hours.py, prices.py, contacts.py and addresses.py.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

from ingestion.facts.atoms import Date, Sign, read_atoms
from ingestion.facts.model import Place, subject_key_of
from ingestion.facts.phrases import Part, read_phrase
from ingestion.facts.words import TOKENS, Lexicon, Word, folded, lexicon
from ingestion.model import BlockKind, StoredBlock, Version
from ingestion.recurring import clean_titles

REPEATS_FROM = 3  # pages
REPEATS_SHARE = 0.2
SUBJECT_CHARACTERS = 120
_HEADING_CHARACTERS = 200
_LEAD_CHARACTERS, _LEAD_WORDS = 60, 6
_TITLE_PARTS = re.compile(r"\s+[-–—:|»·•/]\s+|\s*[|»·•]\s*|:\s+")
_LANGUAGES = {"nb": "no", "nn": "no"}


class About(StrEnum):
    HOURS = "hours"
    PERIOD = "period"
    SPECIAL = "special"  # hours of days that are unlike others
    GENERAL = "general"
    PHONE = "phone"  # telephone and nothing else
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Heading:
    text: str
    about: About
    period: tuple[Date, Date] | None = None
    days: bool = False  # it names days and nothing else
    year: int | None = None  # the only one it names


@dataclass(frozen=True, slots=True)
class Line:
    """A block in its place. `path`: indexes of the headings above it that are of its own page."""

    block: StoredBlock
    text: str
    path: tuple[int, ...]
    repeats: bool


@dataclass(slots=True)
class Page:
    version: Version
    title: str  # without what stands in every title
    home: bool
    language: str
    lexicon: Lexicon
    twelve: bool  # 9-5 is nine to five in the afternoon
    month_first: bool
    first_heading: int = -1
    lines: list[Line] = field(default_factory=list["Line"])


@dataclass(slots=True)
class Scene:
    place: Place
    pages: list[Page]
    name_words: frozenset[str]
    _known: dict[tuple[str, str], Heading] = field(default_factory=dict[tuple[str, str], Heading])

    def heading(self, page: Page, text: str) -> Heading:
        """What a heading, a title or a label says; remembered, as most stand on every page."""
        key = (page.language, text)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._read_heading(page, text)
        return found

    def _read_heading(self, page: Page, text: str) -> Heading:
        text = text[:_HEADING_CHARACTERS]
        atoms = read_atoms(text, 0, len(text), page.lexicon, (), month_first=page.month_first)
        # A comma or dash in a heading lists; a stop is one sign more.
        atoms = [atom for atom in atoms if atom.kind not in (Sign.STOP, Sign.NEUTRAL)]
        own = [atom for atom in atoms if folded(text[atom.start : atom.end]) not in self.name_words]
        kinds = {atom.kind for atom in own}
        said = read_phrase(own, twelve=page.twelve)
        period = next((item.period for item in said.items if item.part is Part.PERIOD), None)
        strange = {Sign.UNKNOWN, Word.PHONE, Sign.NUMBER, Sign.STAR, Word.CLOSED, Word.EXCEPT, Word.BREAK}
        strange |= {Word.BY_APPOINTMENT, Word.NOTICE, Word.FOR_GOOD}
        years = [int(atom.value) for atom in own if atom.kind is Sign.YEAR]
        year = years[0] if len(years) == 1 else None
        named_hours = Word.HEAD in kinds or Word.OPEN in kinds
        # "Opening hours until 31 December 2019", "Opening hours July": a time that is not understood.
        unsure = sum(item.part is Part.UNSURE for item in said.items) - len(years)
        if Word.PHONE in kinds and not kinds & (strange - {Word.PHONE}) and len(said.items) == 1:
            return Heading(text, About.PHONE, year=year)
        if kinds & strange or (said.season and period is None) or len(years) > 1 or (named_hours and unsure > 0):
            return Heading(text, About.OTHER, year=year)
        if Word.SPECIAL in kinds or (named_hours and Word.HOLIDAYS in kinds):
            return Heading(text, About.SPECIAL, year=year)
        if named_hours and len(years) == 1 and period is None:
            period = (Date(1, 1, years[0]), Date(12, 31, years[0]))
        if named_hours:
            return Heading(text, About.HOURS, period, year=year)
        if years:
            return Heading(text, About.OTHER, year=year)
        if period is not None:
            return Heading(text, About.PERIOD, period, year=year)
        whens = [item for item in said.items if item.part is Part.WHEN]
        if whens and len(whens) == len(said.items):
            return Heading(text, About.OTHER, days=not whens[0].when.dates)
        if any(item.part is not Part.WORDS for item in said.items):
            return Heading(text, About.OTHER, year=year)
        return Heading(text, About.GENERAL, year=year)

    def lead(self, page: Page, line: Line) -> Heading | None:
        """The line before some lines, where it names them: "Kitchen:", "In der Schulzeit"."""
        text = line.text.strip()
        if line.block.kind is BlockKind.TABLE_ROW and "|" in text:
            return None  # column names, or a row of something else
        colon = text.endswith((":", "："))
        if line.block.kind is BlockKind.HEADING or len(text) > _LEAD_CHARACTERS or len(text.split()) > _LEAD_WORDS:
            return None
        if text.endswith((".", "!", "?", ",")) or (line.block.kind is BlockKind.LIST_ITEM and not colon):
            return None
        return self.heading(page, text.rstrip(" :："))

    def subject(
        self, page: Page, line: Line, lead: Heading | None, label: str, *, said: bool = False, dated: bool = False
    ) -> tuple[str | None, tuple[Date, Date] | None]:
        """What the line is about and in which period. None: nothing says what it is about.

        `label`: the line's own words; `said`: they name opening hours (or whatever is looked for).
        `dated`: of single dates or public holidays. The first heading of the home page is a greeting, not a subject.
        """
        nearest = ""
        period = None
        above = self._above(page, line)
        for heading in ([lead] if lead is not None else []) + above:
            period = period or heading.period
            if heading.about is About.HOURS or (dated and heading.about is About.SPECIAL):
                said = True
            elif heading.about in (About.OTHER, About.PHONE, About.SPECIAL) and not heading.days:
                if said and heading is not lead and self._greets(page, line, heading):
                    continue
                nearest = heading.text
                break
        if nearest:
            return join_subject(nearest, label), period
        if label:
            return join_subject(label), period
        return ("" if said else None), period

    def year(self, page: Page, line: Line, lead: Heading | None) -> int | None:
        """Of dates without one: "Christmas 2019" stands above them."""
        above = ([lead] if lead is not None else []) + self._above(page, line)
        return next((heading.year for heading in above if heading.year is not None), None)

    def context(self, page: Page, line: Line, lead: Heading | None) -> list[str]:
        """The three nearest names above it that say more than that this is about the business, outermost first."""
        above = self._above(page, line)
        told = [heading for heading in ([lead] if lead is not None else []) + above if heading.about is About.OTHER]
        told = [heading for heading in told if heading is lead or not self._greets(page, line, heading)]
        return [heading.text for heading in reversed(told[:3])]

    def _greets(self, page: Page, line: Line, heading: Heading) -> bool:
        """The title of the home page, or whatever heading it begins with."""
        if not page.home or not line.path:
            return False
        outermost = line.path[0]
        first = page.lines[outermost].block.level == 1 or outermost == page.first_heading
        return first and page.lines[outermost].text[:_HEADING_CHARACTERS] == heading.text

    def _above(self, page: Page, line: Line) -> list[Heading]:
        """Nearest first. On a page without a first heading its title stands for one; over a footer nothing does."""
        found = [
            self.heading(page, page.lines[index].text)
            for index in reversed(line.path)
            if page.lines[index].repeats or not line.repeats
        ]
        if line.repeats or page.home or (line.path and page.lines[line.path[0]].block.level == 1):
            return found
        parts = [part for part in _TITLE_PARTS.split(page.title) if part.strip()]
        titles = [self.heading(page, part.strip()) for part in parts]
        telling = [title for title in titles if title.about not in (About.OTHER, About.PHONE)]
        return found + (telling[:1] or titles[:1])


def set_scene(versions: Sequence[Version], place: Place) -> Scene:
    """Linear in the text."""
    titles, site = clean_titles(versions)
    counts: Counter[str] = Counter()
    for version in versions:
        counts.update({version.text[block.start : block.end] for block in version.blocks})
    least = max(REPEATS_FROM, REPEATS_SHARE * len(versions))
    homes = _homes(versions)
    pages = [
        _page(version, title, place, version.url in homes, counts, least)
        for version, title in zip(versions, titles, strict=True)
    ]
    return Scene(place, pages, _name_words(versions, site))


def join_subject(*parts: str) -> str:
    """ "Kitchen" and "our kitchen", nearest last: what says no new word is not said."""
    told: list[str] = []
    known: set[str] = set()
    for part in (" ".join(each.split()).strip(" :–-·|,;*/") for each in parts):
        words = {folded(token) for token in TOKENS.findall(part)}
        if words - known:
            told.append(part)
        known |= words
    return " · ".join(told)[:SUBJECT_CHARACTERS]


def _page(version: Version, title: str, place: Place, home: bool, counts: Counter[str], least: float) -> Page:
    spoken = _LANGUAGES.get(place.language, place.language)
    language = _LANGUAGES.get(version.language or "", version.language) or spoken
    page = Page(
        version,
        title,
        home,
        language,
        lexicon(language, spoken),
        twelve=language == "en",
        month_first=place.country == "US",
    )
    path: list[tuple[int, int]] = []  # level, index
    for index, block in enumerate(version.blocks):
        text = version.text[block.start : block.end]
        if block.kind is BlockKind.HEADING:
            while path and path[-1][0] >= block.level:
                path.pop()
        page.lines.append(Line(block, text, tuple(at for _, at in path), counts[text] >= least))
        if block.kind is BlockKind.HEADING:
            path.append((block.level, index))
            page.first_heading = index if page.first_heading < 0 else page.first_heading
    return page


def _homes(versions: Sequence[Version]) -> frozenset[str]:
    """The shortest path of each host; a file is none."""
    shortest: dict[str, tuple[int, str]] = {}
    for version in versions:
        parts = urlsplit(version.url)
        if parts.scheme in ("http", "https"):
            path = parts.path.rstrip("/")
            found = (path.count("/") * 1_000 + len(path), version.url)
            shortest[parts.netloc] = min(shortest.get(parts.netloc, found), found)
    return frozenset(url for length, url in shortest.values() if length < 2_000)


def _name_words(versions: Sequence[Version], site: str) -> frozenset[str]:
    """Words of the business's name as the site writes it: in its titles and in what it declares."""
    names = [site]
    for version in versions:
        for item in version.structured:
            if any(kind.endswith(("Business", "Organization")) or kind in _NAMED for kind in item.types):
                names += [name for name in item.properties.get("name", []) if isinstance(name, str)][:1]
    words = {folded(token) for name in set(names) for token in TOKENS.findall(name[:_HEADING_CHARACTERS])}
    return frozenset(word for word in words if subject_key_of(word) and not word.isdecimal())


_NAMED = frozenset({"Restaurant", "Store", "WebSite", "Dentist", "Hotel", "Bakery", "CafeOrCoffeeShop", "Museum"})
