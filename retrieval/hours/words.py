"""The words of questions about opening times, and the names of days and months, in ten languages.

A question is understood only when every word of it stands here, is a date or a time, or names a part of the business:
"open a bank account" has words that do not. Read by asked.py and tell.py.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from retrieval.analyse import fold

LANGUAGES = ("en", "de", "da", "fr", "es", "it", "nl", "sv", "no", "pt")

WEEKDAYS = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "de": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
    "da": "mandag tirsdag onsdag torsdag fredag lørdag søndag",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "es": "lunes martes miércoles jueves viernes sábado domingo",
    "it": "lunedì martedì mercoledì giovedì venerdì sabato domenica",
    "nl": "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    "sv": "måndag tisdag onsdag torsdag fredag lördag söndag",
    "no": "mandag tirsdag onsdag torsdag fredag lørdag søndag",
    "pt": "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo",
}
MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "da": "januar februar marts april maj juni juli august september oktober november december",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "no": "januar februar mars april mai juni juli august september oktober november desember",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
}
# How a weekday is said of every week: "on Sundays", "sonntags".
_EVERY_WEEK = {"en": "s", "de": "s", "da": "e s ene", "fr": "s", "es": "s", "nl": "s en", "sv": "ar arna",
               "no": "er ene", "pt": "s", "it": ""}  # fmt: skip

_MONTH_EXTRA = {
    "en": "jan feb mar apr may jun jul aug sept oct nov dec", "de": "jan feb mrz apr mai jun jul aug sep okt nov dez",
    "da": "jan feb mar apr maj jun jul aug sep okt nov dec", "no": "jan feb mar apr mai jun jul aug sep okt nov des",
    "sv": "jan feb mar apr maj jun jul aug sep okt nov dec", "nl": "jan feb mrt apr mei jun jul aug sep okt nov dec",
}  # fmt: skip
_WEEKDAY_EXTRA = {
    "de": {"sonnabend": 6}, "pt": {"segunda": 1, "terca": 2, "quarta": 3, "quinta": 4, "sexta": 5},
    "en": {"mon": 1, "tue": 2, "tues": 2, "wed": 3, "thu": 4, "thurs": 4, "fri": 5, "sat": 6, "sun": 7},
}  # fmt: skip

Word = tuple[str, int | None]


@lru_cache(maxsize=4)
def sections(name: str, folder: Path = Path(__file__).parent) -> dict[str, dict[str, str]]:
    """A text file: [section], then "key: text" a line. What stands before a section is section ''."""
    found: dict[str, dict[str, str]] = {"": {}}
    section = ""
    for line in (folder / name).read_text(encoding="utf-8").replace("\n ", " ").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
            found[section] = {}
        elif line and not line.startswith("#"):
            key, _, text = line.partition(": ")
            found[section][key] = text
    return found


@lru_cache(maxsize=16)
def vocabulary(language: str) -> dict[str, Word]:
    """Folded phrase → (what it is, its value). Weekdays count from 1, "weekly" ones are said of every week.

    Of today and tomorrow 1 is a part of the day ("tonight").
    """
    known: dict[str, Word] = {}
    for what, phrases in sections("asked.txt")[language].items():
        whole, _, parts = phrases.partition("|")
        for number, group in enumerate((whole, parts)):
            for phrase in group.split(",") if group else ():
                known.setdefault(fold(phrase.strip()), (what, number))
    for number, name in enumerate(WEEKDAYS[language].split(), 1):
        plain = fold(name).replace("-", " ")
        for ending in _EVERY_WEEK[language].split():
            known.setdefault(plain + ending, ("weekly", number))
        known[plain] = ("weekday", number)
    for name, number in _WEEKDAY_EXTRA.get(language, {}).items():
        known.setdefault(name, ("weekday", number))
        known.setdefault(name + "s", ("weekly", number))
    return known


@lru_cache(maxsize=1)
def months() -> dict[str, int]:
    """Folded names of all languages; they count only beside a number."""
    found: dict[str, int] = {}
    for names in (*MONTHS.values(), *_MONTH_EXTRA.values()):
        for number, name in enumerate(names.split(), 1):
            found.setdefault(fold(name), number)
    return found
