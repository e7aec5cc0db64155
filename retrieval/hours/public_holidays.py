"""Public holidays of a business's country, by the `holidays` library. Country and day in, a Holiday or None out.

A business names its country and no region, so a day that is a holiday in parts of the country is told as that. Days
that are none by law but on which many close early (24 and 31 December, optional and half holidays) are told too.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from retrieval.analyse import fold
from retrieval.hours.model import Holiday, HolidayKind

_CUSTOMARY = ("optional", "half_day", "de_facto")
_PARTS = 20  # a holiday of fewer than one in so many regions (an Italian town's saint) is not told to all
_WIDELY = frozenset({(1, 1), (12, 24), (12, 25), (12, 26), (12, 31)})
# Where the names of those days are taken from when a business has named no country.
_NAMED_IN = {"de": "DE", "da": "DK", "fr": "FR", "es": "ES", "it": "IT", "nl": "NL", "sv": "SE", "no": "NO", "pt": "PT"}
# Easter follows another calendar there: names that hang on it are not reckoned by ours.
JULIAN_EASTER = frozenset("AL AM BG BY CY EG ER ET GE GR MD ME MK RO RS RU UA XK".split())
_EVES = {(12, 24): "christmas_eve", (12, 31): "new_years_eve"}
_EVE_NAMES = {
    "christmas_eve": {"en": "Christmas Eve", "de": "Heiligabend", "da": "juleaften", "fr": "la veille de Noël",
                      "es": "Nochebuena", "it": "la vigilia di Natale", "nl": "kerstavond", "sv": "julafton",
                      "no": "julaften", "pt": "véspera de Natal"},
    "new_years_eve": {"en": "New Year’s Eve", "de": "Silvester", "da": "nytårsaften", "fr": "la Saint-Sylvestre",
                      "es": "Nochevieja", "it": "San Silvestro", "nl": "oudejaarsdag", "sv": "nyårsafton",
                      "no": "nyttårsaften", "pt": "véspera de Ano Novo"},
}  # fmt: skip


def holiday_on(country: str | None, day: date, language: str) -> Holiday | None:
    """`country`: two capital letters. Where it is not known, the days that most of the world minds are told of."""
    if country is None or country not in _countries():
        return _minded_widely(day, language)
    spoken = _spoken(country, language)
    public = _year(country, day.year, spoken, "public").get(day)
    if public is not None:
        return Holiday(HolidayKind.PUBLIC, public)
    regional = _regional(country, day.year, spoken).get(day)
    if regional is not None:
        return Holiday(HolidayKind.REGIONAL, regional)
    eve = _EVES.get((day.month, day.day))
    if eve is not None and _year(country, day.year, spoken, "public").get(date(day.year, 12, 25)) is not None:
        return Holiday(HolidayKind.CUSTOMARY, _EVE_NAMES[eve].get(language, _EVE_NAMES[eve]["en"]))
    for category in _CUSTOMARY:
        name = _year(country, day.year, spoken, category).get(day)
        if name is not None:
            return Holiday(HolidayKind.CUSTOMARY, name)
    return None


def _minded_widely(day: date, language: str) -> Holiday | None:
    if (day.month, day.day) not in _WIDELY:
        return None
    named = holiday_on(_NAMED_IN.get(language, "GB"), day, language)
    return None if named is None else Holiday(HolidayKind.CUSTOMARY, named.name)


@lru_cache(maxsize=64)
def named_days(country: str | None, today: date, language: str) -> dict[str, date]:
    """Folded names of the coming year's holidays of this country, in its own language, English and the visitor's."""
    if country is None or country not in _countries():
        return {}
    found: dict[str, date] = {}
    for spoken in dict.fromkeys((_spoken(country, language), _spoken(country, "en"), None)):
        for year in (today.year, today.year + 1):
            for category in ("public", *_CUSTOMARY):
                for day, names in _year(country, year, spoken, category).items():
                    for name in names.split("; ") if today <= day < today + timedelta(days=365) else ():
                        found.setdefault(" ".join(re.findall(r"[^\W_]+", fold(name))), day)
    return found


def _library() -> Any:
    """Imported with the first question about a day: 0.17 s that no start should wait for."""
    import holidays

    return holidays


@lru_cache(maxsize=1)
def _countries() -> frozenset[str]:
    return frozenset(_library().list_supported_countries(include_aliases=False))


@lru_cache(maxsize=256)
def _made(country: str) -> Any:
    return _library().country_holidays(country)


def _spoken(country: str, language: str) -> str | None:
    """The library's name of this language for this country; None: the country's own."""
    known: tuple[str, ...] = _made(country).supported_languages or ()
    wanted = "nb" if language == "no" and "nb" in known else language
    return next((code for code in known if code == wanted or code.startswith(f"{wanted}_")), None)


@lru_cache(maxsize=512)
def _year(country: str, year: int, spoken: str | None, category: str) -> dict[date, str]:
    if category not in (_made(country).supported_categories or ()):
        return {}
    made = _library().country_holidays(country, years=[year], language=spoken, categories=(category,))
    return {day: _plain(name) for day, name in made.items() if day.year == year}


@lru_cache(maxsize=256)
def _regional(country: str, year: int, spoken: str | None) -> dict[date, str]:
    """Of the country's parts, unless only very few of them keep it."""
    parts: tuple[str, ...] = tuple(_made(country).subdivisions)
    counted: Counter[tuple[date, str]] = Counter()
    for part in parts:
        made = _library().country_holidays(country, subdiv=part, years=[year], language=spoken)
        counted.update((day, _plain(name)) for day, name in made.items() if day.year == year)
    kept = ((day, name) for (day, name), count in counted.items() if count * _PARTS >= len(parts))
    return dict(sorted(kept))


def _plain(name: str) -> str:
    """Without what the library adds in brackets, such as "(from 2pm)" or "(estimated)"."""
    return re.sub(r"\s*\([^)]*\)", "", name)
