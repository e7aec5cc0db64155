"""A page's lines in, its prices out: amount, currency, what for. Called by recognise.py.

A price without a name is worth nothing: the row's first cell and the column's name, the words before the amount on
its line, the line or headings above. Long sentences that mention an amount are left to search.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from ingestion.facts.drafts import Draft
from ingestion.facts.model import FactKind, Place, subject_key_of, value_key_of
from ingestion.facts.scene import Heading, Line, Page, Scene, join_subject
from ingestion.model import BlockKind

_CURRENCY = r"€|\$|£|zł|EUR|Euro|euros?|USD|GBP|CHF|DKK|SEK|NOK|PLN|kr\.?|SFr\.?|Fr\."
_AMOUNT = (
    r"\d{1,3}(?:[.,'’ \u00a0\u202f]\d{3}){1,3}(?:[.,](?:\d{2}|[-–—]{1,2})(?!\d))?(?!\d)"
    r"|\d{1,6}(?:[.,](?:\d{2}(?!\d)|[-–—]{1,2}))?(?!\d)"
)
_RANGE = r"\s?(?:-|–|—|bis|to|til|à|al?|tot|do)\s?"
_PRICE = re.compile(
    rf"(?<![\w.,])(?:(?P<before>{_CURRENCY})\s?(?P<one>{_AMOUNT})(?:{_RANGE}(?:{_CURRENCY})?\s?(?P<two>{_AMOUNT}))?"
    rf"(?![\w%])"
    rf"|(?P<low>{_AMOUNT})(?:\s?(?:{_CURRENCY})?{_RANGE}(?P<high>{_AMOUNT}))?\s?(?P<after>{_CURRENCY})(?!\w)"
    rf"|(?P<bare>\d{{1,5}}[,:][-–—]{{1,2}})(?!\w))"
)
_HINT = re.compile(_CURRENCY + r"|[,:][-–—]")
_CODES = {
    "€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "£": "GBP", "gbp": "GBP", "usd": "USD", "chf": "CHF",
    "sfr": "CHF", "fr": "CHF", "dkk": "DKK", "sek": "SEK", "nok": "NOK", "pln": "PLN", "zł": "PLN",
}  # fmt: skip
_CROWNS = {"DK": "DKK", "SE": "SEK", "NO": "NOK", "da": "DKK", "sv": "SEK", "no": "NOK"}
_DOLLARS = {"CA": "CAD", "AU": "AUD", "NZ": "NZD"}
_FROM = re.compile(
    r"(?:\b(?:ab|from|starting (?:at|from)|fra|från|fr\.|vanaf|dès|à partir de|desde|a partir de|od|da)|\bpriser? fra)"
    r"\s*(?:ca\.?\s*)?$",
    re.I,
)
_PER = re.compile(
    r"\s?(?:/|\b(?:pro|per|pr\.?|par|por|je|each|an?|al|alla|à)\b)\s?"
    r"(?P<unit>100 ?g|[^\W\d_]{1,20}\.?)",
    re.I,
)
_UNITS = {
    "hour": "h hour hours hr std stunde time timen heure hora ora uur timme tim godzina godz godzinę",
    "day": "day tag dag jour día dia giorno doba dzień",
    "night": "night nacht nat nuit noche notte natt noite noc übernachtung overnatning",
    "week": "week woche uge semaine semana settimana vecka uke tydzień",
    "month": "month monat måned md mdr mois mes mese maand månad mês miesiąc mtl",
    "year": "year jahr år an año anno jaar ano rok",
    "person": "person pers persona personne persoon pessoa osoba osobę os p.p pp head kopf",
    "piece": "piece stück stk st pièce pieza pezzo stuk styck peça sztuka szt item",
    "kg": "kg kilo kilogramm", "100 g": "100g",
    "lesson": "lesson unterrichtsstunde lektion leçon clase lezione les",
}  # fmt: skip
_UNIT_OF = {word: unit for unit, words in _UNITS.items() for word in words.split()}
_TRAILING = re.compile(
    r"(?:\b(?:kostet|kosten|costs?|koster|coûte|cuesta|costa|kost|kostar|is|are|for|für|price|preis|pris|prix|precio|"
    r"prezzo|ab|from|fra|från|fr|od|da|desde|dès|vanaf|only|nur|kun|zzgl|zuzüglich|inkl|incl|beträgt|betragen|und|and|og|et|or|oder|eller|"
    r"around|about|ca|circa|je|nu|now|jetzt|der|die|das|the|at|of|von|zu|to|von|à|de)\b|[\s:.…=–—\-(|,;&+*_]+)$",
    re.I,
)
_NOT_A_PRICE = re.compile(r"^\s?(?:mio|mrd|million|billion|milliarde|tausend|thousand|k\b|m\b|bn\b|%)", re.I)
_TITLES = frozenset(
    "preise preis eintrittspreise preisliste prices price pricing pricelist rates fees admission priser prisliste pris "
    "tarifs tarif prix precios tarifas prezzi listinoprezzi tarieven prijzen preços cennik ceny unserepreise ourprices "
    "voresspriser nostarifs".split()
)
_LABEL_CHARACTERS, _LABEL_WORDS = 90, 9
_PROSE_CHARACTERS, _PROSE_WORDS = 90, 4
_LINE_CHARACTERS = 2_000
_SENTENCE = re.compile(r"(?<=\w{4})[.!?]\s+(?=\S)|[;•·]\s|\s[|]\s")
_COSTS = re.compile(
    r"\b(?:kost\w*|costs?|prices?|preise?|pris\w*|coûte\w*|tarif\w*|cuestan?|precios?|costa\w*|prezz\w*|prijs\w*|pay|zahl\w*|"
    r"fees?|gebühr\w*|tickets?|eintritt\w*|karten?|charges?|betaler?|entré\w*|admission|ab|from|fra|från|per|pro|pr|each)\b",
    re.I,
)
_TALK_WORDS = 8


def read_prices(scene: Scene, page: Page) -> list[Draft]:
    """In the order in which they stand."""
    drafts: list[Draft] = []
    lead: Heading | None = None
    for line in page.lines:
        text = line.text
        matches = list(_PRICE.finditer(text)) if len(text) <= _LINE_CHARACTERS and _HINT.search(text) else []
        if line.block.kind is BlockKind.HEADING:
            lead = None
        elif not matches and not _is_free(text):
            lead = scene.lead(page, line)
            if lead is not None and any(map(str.isdigit, lead.text)) and not text.rstrip().endswith(":"):
                lead = None  # an address, an hour
        for at, match in enumerate(matches):
            value = _value(match, text, page, scene.place)
            if value is None or (_is_talk(text) and not _COSTS.search(text)):
                continue
            after = text[match.end() : matches[at + 1].start() if at + 1 < len(matches) else None]
            before = text[matches[at - 1].end() if at else 0 : match.start()]
            label = (
                _row_label(line, match)
                if line.block.kind is BlockKind.TABLE_ROW
                else _label(before, after, talk=_is_talk(text) or len(text) > _PROSE_CHARACTERS)
            )
            subject = _subject(scene, page, line, lead, label)
            if subject:
                start, end = line.block.start + match.start(), line.block.start + match.end()
                drafts.append(Draft(FactKind.PRICE, subject, value, start, end, line.block.page))
    return _named_apart(drafts)


def _is_talk(text: str) -> bool:
    """A sentence that mentions an amount; a line of a price list has no full stop."""
    return text.endswith((".", "!", "?")) and len(text.split()) > _TALK_WORDS


def _named_apart(drafts: list[Draft]) -> list[Draft]:
    """Without those whose name stands for several prices of the page: it does not say which is whose."""
    amounts: dict[tuple[str, str], set[str]] = {}
    for draft in drafts:
        amounts.setdefault(_name(draft), set()).add(value_key_of(draft.value))
    return [draft for draft in drafts if len(amounts[_name(draft)]) == 1]


def _name(draft: Draft) -> tuple[str, str]:
    return subject_key_of(draft.subject), draft.value.get("per", "")


def _subject(scene: Scene, page: Page, line: Line, lead: Heading | None, label: str | None) -> str:
    """'' where nothing short says what it is for."""
    if label is None:
        return ""
    context = [text for text in scene.context(page, line, lead) if subject_key_of(text) not in _TITLES]
    if not label and not context:
        return ""
    return join_subject(*context, label)


def _value(match: re.Match[str], text: str, page: Page, place: Place) -> dict[str, Any] | None:
    written = match["one"] or match["low"] or match["bare"]
    currency = _currency(match["before"] or match["after"] or "", page, place)
    amount = read_amount(written)
    if currency is None or amount is None or _NOT_A_PRICE.match(text[match.end() : match.end() + 12]):
        return None
    value: dict[str, Any] = {"amount": str(amount), "currency": currency}
    higher = match["two"] or match["high"]
    if higher:
        top = read_amount(higher)
        if top is None or top <= amount:
            return None
        value["to"] = str(top)
    if _FROM.search(text[max(0, match.start() - 30) : match.start()]):
        value["from"] = True
    unit = _PER.match(text[match.end() : match.end() + 40])
    if unit is not None:
        word = unit["unit"].casefold().rstrip(".")
        known = _UNIT_OF.get(word.replace(" ", ""))
        if known is not None or "/" in unit[0]:
            value["per"] = known or word
    return value


def _currency(written: str, page: Page, place: Place) -> str | None:
    sign = written.casefold().rstrip(".")
    if sign == "$":
        return _DOLLARS.get(place.country or "", "USD")
    if sign in ("kr", ""):
        return _CROWNS.get(place.country or "") or _CROWNS.get(page.language)
    if sign == "fr" and place.country not in ("CH", "LI"):
        return None
    return _CODES.get(sign)


def read_amount(written: str) -> Decimal | None:
    """1.000,50 and 1,000.50 and 12,- and 12.– as a decimal with two places."""
    plain = re.sub(r"[ '’\u00a0\u202f]", "", written)
    plain = re.sub(r"[.,:][-–—]+$", "", plain)
    cents = re.search(r"[.,](\d{2})$", plain)
    whole = plain[: cents.start()] if cents else plain
    digits = whole.replace(".", "").replace(",", "")
    if not digits.isdecimal():
        return None
    return Decimal(f"{int(digits)}.{cents[1] if cents else '00'}")


def _label(before: str, after: str, *, talk: bool) -> str | None:
    """Words before the amount in its sentence, else those right after. None: a sentence too long to be a name."""
    pieces = _SENTENCE.split(before)
    label = _trimmed(pieces[-1])
    if not label:
        follows = _PER.sub("", after, count=1) if _PER.match(after) else after
        label = _trimmed(re.split(r"[.!?;,•|(]", follows, maxsplit=1)[0]) if follows[:1] in (" ", ":") else ""
    words = len(label.split())
    prose = talk and (words > _PROSE_WORDS or "," in label or label[:1].islower())
    if len(label) > _LABEL_CHARACTERS or words > _LABEL_WORDS or prose:
        return None
    return label


def _trimmed(label: str) -> str:
    label = label.strip(" \t:–—-|,;*.&+").lstrip(")")
    if label.startswith("(") and ")" not in label:
        label = label[1:]
    while len(label) <= 4 * _LABEL_CHARACTERS and (found := _TRAILING.search(label)) and found.end() > found.start():
        label = label[: found.start()].rstrip()
    return label if any(map(str.isalpha, label)) else ""


def _row_label(line: Line, match: re.Match[str]) -> str | None:
    """The row's cells without an amount, and the name of the amount's column."""
    cells = _cells(line.text)
    own = next((at for at, (start, end) in enumerate(cells) if start <= match.start() < max(end, start + 1)), 0)
    names = [
        line.text[start:end] for at, (start, end) in enumerate(cells) if at != own and not _priced(line, start, end)
    ]
    inside = _trimmed(line.text[cells[own][0] : match.start()])
    column = ""
    if line.block.header is not None:
        columns = [line.block.header[start:end] for start, end in _cells(line.block.header)]
        column = columns[own] if own < len(columns) else ""
        if subject_key_of(column) in _TITLES:
            column = ""
    label = join_subject(*names[:2], inside, column)
    return label if len(label) <= 2 * _LABEL_CHARACTERS else None


def _priced(line: Line, start: int, end: int) -> bool:
    return _PRICE.search(line.text, start, end) is not None or not any(map(str.isalpha, line.text[start:end]))


def _cells(text: str) -> list[tuple[int, int]]:
    edges = [0]
    for border in re.finditer(r"\s*\|\s*", text):
        edges += [border.start(), border.end()]
    edges.append(len(text))
    return list(zip(edges[::2], edges[1::2], strict=True))


def _is_free(text: str) -> bool:
    """A row of a price list that costs nothing ends no list."""
    return bool(re.search(r"\b(?:frei|free|gratis|gratuit|kostenlos|kostenfrei|gratuito)\b", text[-60:], re.I))
