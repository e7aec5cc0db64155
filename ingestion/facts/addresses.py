"""A page's lines in, its postal addresses out: a street's line with postcode and town. Called by recognise.py.

Only with both: a number of five digits before a word is many things.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ingestion.facts.contacts import region_of
from ingestion.facts.drafts import Draft
from ingestion.facts.model import FactKind
from ingestion.facts.scene import About, Page, Scene
from ingestion.model import BlockKind

_SMALL = r"am|an der|im|in|bei|ob der|sur|de la|de|del|della|d'|le|la|i|på"
_NAME = r"[^\W\d_][^\W\d_.'’\-]{1,30}"
_TOWN = rf"(?P<city>{_NAME}(?:(?: (?:{_SMALL})\b)?[ \-]{_NAME}){{0,3}}(?: [A-ZÆØÅ]{{1,2}}(?!\w))?)"
_WORDS = r"[^\W\d_][^\d,;|@:\n]{2,60}"
_FLOOR = r"(?:,? (?:st|kl|th|tv|mf|\d{1,2}\.? ?(?:sal|th|tv|mf|OG|Stock)?)\.?){0,2}"
_NORTHERN = rf"(?P<street>{_WORDS} \d{{1,4}} ?[a-zA-Z]?(?: ?[-–/] ?\d{{1,4}} ?[a-zA-Z]?)?{_FLOOR})"
_ROMAN = rf"(?P<street>(?:\d{{1,4}} ?(?:bis|ter)?,? )?{_WORDS}(?:,? (?:n[º°.] ?)?\d{{1,4}} ?[a-zA-Z]?)?)"
_ENGLISH = (
    r"(?P<street>(?:Unit |Suite |Flat )?\d{1,5}[a-zA-Z]?(?:[-–]\d{1,4})? [^\W\d_][^\d,;|@:\n]{2,50}"
    r"(?:,? (?:Suite|Ste|Unit|#) ?[\w-]{1,6})?)"
)
_BETWEEN = r"(?:\s?[,;|·•–-]\s?|\n)(?:[^\n\d,;|]{2,40}(?:, |\n))?"
_POSTBOX = re.compile(r"\b(?:postfach|p\.?o\.? box|boîte postale|apartado|postboks)\b", re.I)


@dataclass(frozen=True, slots=True)
class _Form:
    pattern: re.Pattern[str]
    hint: re.Pattern[str]  # stands in every address of this form, and costs little


def _form(street: str, code: str, *, city_first: bool = False, region: str = "") -> _Form:
    code = rf"(?P<postcode>{code})"
    place = rf"{_TOWN}{region},? {code}" if city_first else rf"(?:[A-Z]{{1,2}}-)?{code}\s{_TOWN}{region}"
    return _Form(re.compile(rf"{street}{_BETWEEN}{place}(?![\w])"), re.compile(rf"(?<![\w.,]){code}(?!\w)"))


_UK_CODE = r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}"
_FORMS: dict[str, _Form] = {
    "DE": _form(_NORTHERN, r"\d{5}"),
    "AT": _form(_NORTHERN, r"\d{4}"),
    "CH": _form(_NORTHERN, r"\d{4}"),
    "DK": _form(_NORTHERN, r"\d{4}"),
    "NO": _form(_NORTHERN, r"\d{4}"),
    "SE": _form(_NORTHERN, r"\d{3} ?\d{2}"),
    "NL": _form(_NORTHERN, r"\d{4} ?[A-Z]{2}"),
    "BE": _form(_ROMAN, r"\d{4}"),
    "FI": _form(_NORTHERN, r"\d{5}"),
    "PL": _form(_NORTHERN, r"\d{2}-\d{3}"),
    "PT": _form(_ROMAN, r"\d{4}-\d{3}"),
    "FR": _form(_ROMAN, r"\d{5}"),
    "ES": _form(_ROMAN, r"\d{5}"),
    "IT": _form(_ROMAN, r"\d{5}", region=r"(?: \([A-Z]{2}\))?"),
    "GB": _form(_ENGLISH, _UK_CODE, city_first=True),
    "US": _form(_ENGLISH, r"\d{5}(?:-\d{4})?", city_first=True, region=r",? (?P<region>[A-Z]{2})"),
}
_STREET_CHARACTERS = 150
_BEFORE = 2  # lines above the one with the postcode
_LINE_CHARACTERS = 400


def read_addresses(scene: Scene, page: Page) -> list[Draft]:
    """In the order in which they stand; a street may stand one or two lines above its town."""
    country = region_of(page, scene.place)
    form = _FORMS.get(country or "")
    if form is None or country is None:
        return []
    drafts: list[Draft] = []
    under: set[tuple[int, ...]] = set()
    done = 0
    for index, line in enumerate(page.lines):
        block = line.block
        if block.end - block.start > _LINE_CHARACTERS:
            continue
        for hint in form.hint.finditer(line.text):
            first = index
            while first > 0 and index - first < _BEFORE and _goes_with(page, first - 1):
                first -= 1
            start = max(done, page.lines[first].block.start, block.start + hint.start() - _STREET_CHARACTERS)
            found = _last(form.pattern, page.version.text, start, block.end, block.start + hint.start())
            if found is None or _POSTBOX.search(found[0]):
                continue
            value: dict[str, Any] = {"street": _street(found["street"]), "postcode": found["postcode"]}
            value |= {"city": found["city"].strip(), "country": country}
            if "region" in found.groupdict() and found["region"]:
                value["region"] = found["region"]
            begin = found.start("street") + len(found["street"]) - len(_street(found["street"]))
            subject = _subject(scene, page, index, begin, line.path not in under)
            under.add(line.path)
            drafts.append(Draft(FactKind.ADDRESS, subject, value, begin, found.end(), block.page))
            done = found.end()
    return drafts


def _goes_with(page: Page, index: int) -> bool:
    block = page.lines[index].block
    return block.kind is not BlockKind.HEADING and block.end - block.start <= _STREET_CHARACTERS


def _last(pattern: re.Pattern[str], text: str, start: int, end: int, code: int) -> re.Match[str] | None:
    """The match whose postcode stands at `code`, with the nearest street."""
    at = start
    best: re.Match[str] | None = None
    for _ in range(6):
        found = pattern.search(text, at, end)
        if found is None:
            break
        # 5, avenue Victor Hugo: what lost its number is not nearer.
        nearer = best is None or any(map(str.isdigit, found["street"]))
        if nearer and found.start("postcode") <= code < found.end("postcode"):
            best = found
        border = text.find("\n", found.start(), found.start("postcode"))
        comma = text.find(",", found.start(), found.start("postcode"))
        borders = [place for place in (border, comma) if place >= 0]
        if not borders:
            break
        at = min(borders) + 1
    return best


def _street(written: str) -> str:
    return written.strip().split("\n")[-1].strip(" ,")


def _subject(scene: Scene, page: Page, index: int, start: int, first: bool) -> str:
    """Whose it is: '' for the business. `first`: no address stands before it under its heading.

    The first one in a footer or below "Contact" is the business's; elsewhere the line before the street is a name.
    """
    line = page.lines[index]
    nearest = scene.heading(page, page.lines[line.path[-1]].text) if line.path else None
    subject, _ = scene.subject(page, line, None, "", said=True)
    if first and subject == "" and (line.repeats or (nearest is not None and nearest.about is About.GENERAL)):
        return ""
    street = index
    while page.lines[street].block.start > start:
        street -= 1
    before = page.lines[street - 1] if street else None
    if before is None or before.block.kind is BlockKind.HEADING:
        return subject or ""
    lead = scene.lead(page, before) if not any(map(str.isdigit, before.text)) else None
    subject, _ = scene.subject(page, line, lead if lead and lead.about is About.OTHER else None, "", said=True)
    return subject or ""
