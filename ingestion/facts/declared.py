"""What a page declares for machines (schema.org, JSON-LD or microdata) in, its facts out. Called by recognise.py.

Only of what declares itself a business, an organisation or a place, of its departments and contact points; an event's
place and a product's maker are somebody else's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import phonenumbers

from ingestion.facts.drafts import Draft
from ingestion.facts.model import FactKind, Place, value_key_of
from ingestion.facts.prices import read_amount
from ingestion.facts.scene import join_subject
from ingestion.facts.sentences import DAY, Span, in_order
from ingestion.facts.weekly import clock
from ingestion.model import Version

_DAYS = {"mo": 1, "tu": 2, "we": 3, "th": 4, "fr": 5, "sa": 6, "su": 7}
_OPENING = re.compile(r"(?P<days>[A-Za-z ,\-–]*?)\s*(?P<times>\d{1,2}:\d{2}.*|closed|off)$", re.I)
_SPAN = re.compile(r"^(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})$")
_TIME = re.compile(r"^T?(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?$")
_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}")
# Types that are no business though they may have hours or a telephone.
_OTHERS = re.compile(
    r"Event$|^(?:Person|Product|Offer|AggregateOffer|Course|CourseInstance|JobPosting|Article|NewsArticle|BlogPosting|"
    r"Review|Recipe|Book|Movie|CreativeWork|Festival|Rating|ImageObject|BreadcrumbList|Service|Brand)$"
)
_CONTAINERS = ("publisher", "mainEntity", "mainEntityOfPage", "about", "provider", "copyrightHolder")
_DEPTH, _NODES = 4, 300
_OPENING_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class _Node:
    types: tuple[str, ...]
    properties: dict[str, list[Any]]

    def texts(self, name: str) -> list[str]:
        return [value.strip() for value in self.properties.get(name, []) if isinstance(value, str) and value.strip()]

    def text(self, name: str) -> str:
        return next(iter(self.texts(name)), "")

    def nodes(self, name: str) -> list[_Node]:
        return [
            _node(cast(dict[str, Any], value)) for value in self.properties.get(name, []) if isinstance(value, dict)
        ]


def read_declared(version: Version, place: Place, names: frozenset[str]) -> list[Draft]:
    """`names`: of the businesses that declare hours on this site, see business_names; with several each has its own."""
    drafts: list[Draft] = []
    for item in version.structured:
        node = _Node(item.types, item.properties)
        for found in _businesses(node, 0):
            name = found.text("name")
            subject = join_subject(name) if len(names) > 1 and name in names else ""
            drafts += list(_of_business(found, subject, place, item.origin))
    unlike: dict[tuple[str, str, str], Draft] = {}
    for draft in drafts:
        unlike.setdefault((draft.kind, draft.subject, value_key_of(draft.value)), draft)
    return list(unlike.values())


def business_names(versions: Sequence[Version]) -> frozenset[str]:
    """With more than one, hours belong to each of them and not to all."""
    found: set[str] = set()
    for version in versions:
        for item in version.structured:
            for node in _businesses(_Node(item.types, item.properties), 0):
                if "openingHours" in node.properties or "openingHoursSpecification" in node.properties:
                    found.add(node.text("name"))
    return frozenset(found)


def _node(value: dict[str, Any]) -> _Node:
    types = value.get("types") or ()
    properties: dict[str, list[Any]] = value.get("properties") or {}
    return _Node(tuple(map(str, types)), properties)


def _businesses(node: _Node, depth: int) -> Iterator[_Node]:
    if depth > _DEPTH or any(_OTHERS.search(kind) for kind in node.types):
        return
    page = any(kind in ("WebSite", "Thing") or kind.endswith("Page") for kind in node.types)
    if node.types and not page:
        yield node
    for name in _CONTAINERS:
        for inner in node.nodes(name)[:_NODES]:
            yield from _businesses(inner, depth + 1)


def _of_business(node: _Node, subject: str, place: Place, origin: str) -> Iterator[Draft]:
    is_business = any(name in node.properties for name in ("address", "telephone", "openingHours", "name", "email"))
    if not is_business or set(node.types) & {"OpeningHoursSpecification", "PostalAddress", "ContactPoint"}:
        return
    yield from _hours(node, "openingHours", "openingHoursSpecification", subject, origin)
    yield from _special(node, subject, origin)
    yield from _contact(node, subject, place, origin)
    for address in node.nodes("address"):
        yield from _address(address, subject, origin)
    for department in node.nodes("department")[:_NODES]:
        name = department.text("name")
        if name:
            own = join_subject(subject, name)
            yield from _hours(department, "openingHours", "openingHoursSpecification", own, origin)
            yield from _contact(department, own, place, origin)
    for point in node.nodes("contactPoint")[:_NODES]:
        own = join_subject(subject, point.text("name") or point.text("contactType"))
        yield from _contact(point, own, place, origin)
        if own:
            yield from _hours(point, "", "hoursAvailable", own, origin)
    for name in ("makesOffer", "offers", "hasOfferCatalog"):
        for offer in node.nodes(name)[:_NODES]:
            yield from _offer(offer, subject, origin)


# ---------------------------------------------------------------- hours


_Season = tuple[str, str] | None


def _hours(node: _Node, plain: str, specified: str, subject: str, origin: str) -> Iterator[Draft]:
    told: dict[tuple[_Season, int], list[tuple[Span, ...]]] = {}
    doubtful = False
    for text in node.texts(plain) if plain else []:
        for one in re.split(r";|\n", text):
            read = _opening(one.strip())
            if read is None:
                doubtful = doubtful or bool(one.strip())
                continue
            for day in read[0]:
                told.setdefault((None, day), []).append(read[1])
    for specification in node.nodes(specified)[:_NODES]:
        days = _days_of(specification)
        spans = _spans_of(specification)
        if spans is None:
            doubtful = True
            continue
        for day in days:
            told.setdefault((_season_of(specification), day), []).append(spans)
    if doubtful:
        return  # half of the week would be read as all of it
    by_spans: dict[tuple[_Season, tuple[Span, ...]], list[int]] = {}
    for (season, day), parts in told.items():
        # The same hours given twice, as a text and as specifications, are given once.
        spans = in_order(sorted({span for part in parts for span in part}))
        if spans is None or (spans and () in parts):
            return
        by_spans.setdefault((season, spans), []).append(day)
    for (season, spans), days in sorted(by_spans.items(), key=lambda one: (one[0][0] or ("", ""), min(one[1]))):
        value: dict[str, Any] = {"days": sorted(days), "spans": [[clock(start), clock(end)] for start, end in spans]}
        if season is not None:
            value |= {"from": season[0], "until": season[1]}
        shown = _spans_shown(spans)
        names = "Mo Tu We Th Fr Sa Su".split()
        yield Draft(
            FactKind.HOURS,
            subject,
            value,
            origin=origin,
            shown=f"{' '.join(names[day - 1] for day in sorted(days))} {shown}",
        )


def _spans_shown(spans: Sequence[Span]) -> str:
    return ", ".join(f"{clock(start)}-{clock(end)}" for start, end in spans) or "closed"


def _opening(text: str) -> tuple[frozenset[int], tuple[Span, ...]] | None:
    """`Mo-Fr 09:00-12:00,14:00-18:00`."""
    match = _OPENING.match(text) if len(text) <= _OPENING_CHARACTERS else None
    if match is None:
        return None
    days: set[int] = set()
    for part in re.split(r"[,\s]+", match["days"].replace("–", "-").strip()):
        names = [_DAYS.get(name[:2].lower(), 0) for name in part.split("-")] if part else []
        if 0 in names or len(names) > 2:
            return None
        if names:
            days |= {(names[0] - 1 + step) % 7 + 1 for step in range((names[-1] - names[0]) % 7 + 1)}
    spans: list[Span] = []
    for part in match["times"].split(","):
        if part.strip().lower() in ("closed", "off"):
            continue
        span = _SPAN.match(part.strip())
        if span is None:
            return None
        read = _span(*(int(figure) for figure in span.groups()))
        if read is None:
            return None
        spans.append(read)
    ordered = in_order(spans)
    return (frozenset(days or range(1, 8)), ordered) if ordered is not None else None


def _span(hour: int, minute: int, end_hour: int, end_minute: int) -> Span | None:
    start, end = hour * 60 + minute, end_hour * 60 + end_minute
    if end in (0, DAY - 1):
        end = DAY
    if start >= DAY or end > DAY or minute > 59 or end_minute > 59 or start == end:
        return None
    return start, end


def _days_of(node: _Node) -> list[int]:
    """schema.org/Monday, Monday, Mo; a range of dates without days means each of them and is read as special."""
    days: list[int] = []
    for text in node.texts("dayOfWeek"):
        for one in re.split(r"[,\s]+", text):
            name = one.rsplit("/", 1)[-1].rsplit("#", 1)[-1].lower()
            if name[:2] in _DAYS and name.isalpha():
                days.append(_DAYS[name[:2]])
    return sorted(set(days))


def _spans_of(node: _Node) -> tuple[Span, ...] | None:
    """() is closed, None not understood."""
    opens, closes = node.text("opens"), node.text("closes")
    if not opens and not closes:
        return ()
    begin, finish = _TIME.match(opens), _TIME.match(closes)
    if begin is None or finish is None:
        return None
    if begin.groups() == finish.groups():
        return () if int(begin[1]) == 0 == int(begin[2]) else None
    span = _span(int(begin[1]), int(begin[2]), int(finish[1]), int(finish[2]))
    return (span,) if span is not None else None


def _season_of(node: _Node) -> _Season:
    since, until = node.text("validFrom"), node.text("validThrough")
    return (since[:10], until[:10]) if _DATE.match(since) and _DATE.match(until) else None


def _special(node: _Node, subject: str, origin: str) -> Iterator[Draft]:
    """specialOpeningHoursSpecification, and specifications with dates but no days."""
    told = node.nodes("specialOpeningHoursSpecification") + [
        one for one in node.nodes("openingHoursSpecification") if not _days_of(one)
    ]
    for one in told[:_NODES]:
        season, spans = _season_of(one), _spans_of(one)
        if season is None or spans is None or _days_of(one):
            continue
        hours = [[clock(start), clock(end)] for start, end in spans]
        value: dict[str, Any] = {"from": season[0], "until": season[1], "spans": hours}
        shown = _spans_shown(spans)
        dates = season[0] if season[0] == season[1] else f"{season[0]} - {season[1]}"
        yield Draft(FactKind.SPECIAL_HOURS, subject, value, origin=origin, shown=f"{dates} {shown}")


# ---------------------------------------------------------------- contact, address, offers


def _contact(node: _Node, subject: str, place: Place, origin: str) -> Iterator[Draft]:
    for name, fax in (("telephone", False), ("faxNumber", True)):
        for text in node.texts(name):
            number = _e164(text.removeprefix("tel:"), place.country)
            if number is not None:
                own = join_subject(subject, "Fax") if fax else subject
                yield Draft(FactKind.PHONE, own, {"e164": number}, origin=origin, shown=text[:60])
    for text in node.texts("email"):
        address = text.removeprefix("mailto:").strip().lower()
        if re.fullmatch(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}", address):
            yield Draft(FactKind.EMAIL, subject, {"address": address}, origin=origin, shown=address)


def _e164(text: str, region: str | None) -> str | None:
    if len(text) > 40:
        return None
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None  # whatever stands there is not shown as a telephone
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _address(node: _Node, subject: str, origin: str) -> Iterator[Draft]:
    value = {
        key: " ".join(node.text(name).split())[:120]
        for key, name in (
            ("street", "streetAddress"), ("postcode", "postalCode"), ("city", "addressLocality"),
            ("region", "addressRegion"), ("country", "addressCountry"),
        )
    }  # fmt: skip
    value = {key: text for key, text in value.items() if text}
    if "street" in value and ("postcode" in value or "city" in value):
        if not re.fullmatch(r"[A-Za-z]{2}", value.get("country", "")):
            value.pop("country", None)
        else:
            value["country"] = value["country"].upper()
        yield Draft(FactKind.ADDRESS, subject, value, origin=origin, shown=", ".join(value.values()))


def _offer(node: _Node, subject: str, origin: str) -> Iterator[Draft]:
    """Of an offer with a name, its price."""
    item = next(iter(node.nodes("itemOffered")), None)
    name = node.text("name") or (item.text("name") if item else "")
    currency = node.text("priceCurrency").upper()
    written = node.text("price")
    if name and re.fullmatch(r"[A-Z]{3}", currency) and re.fullmatch(r"\d{1,7}(?:[.,]\d{1,2})?", written):
        amount = read_amount(written if re.search(r"[.,]\d$", written) is None else written + "0")
        if amount is not None and amount > 0:
            value = {"amount": str(amount), "currency": currency}
            shown = f"{name}: {amount} {currency}"
            yield Draft(FactKind.PRICE, join_subject(subject, name), value, origin=origin, shown=shown[:200])
