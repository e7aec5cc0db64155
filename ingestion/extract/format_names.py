"""Months and weekdays in the languages that number formats name, by the low ten bits of Windows' language numbers."""

from __future__ import annotations

_ENGLISH = 0x09
_MONTHS = {
    _ENGLISH: "January February March April May June July August September October November December",
    0x05: "leden únor březen duben květen červen červenec srpen září říjen listopad prosinec",
    0x06: "januar februar marts april maj juni juli august september oktober november december",
    0x07: "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    0x0A: "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    0x0B: "tammikuu helmikuu maaliskuu huhtikuu toukokuu kesäkuu heinäkuu elokuu syyskuu lokakuu marraskuu joulukuu",
    0x0C: "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    0x10: "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    0x13: "januari februari maart april mei juni juli augustus september oktober november december",
    0x14: "januar februar mars april mai juni juli august september oktober november desember",
    0x15: "styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień",
    0x16: "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    0x1D: "januari februari mars april maj juni juli augusti september oktober november december",
}
_DAYS = {
    _ENGLISH: "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    0x05: "pondělí úterý středa čtvrtek pátek sobota neděle",
    0x06: "mandag tirsdag onsdag torsdag fredag lørdag søndag",
    0x07: "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
    0x0A: "lunes martes miércoles jueves viernes sábado domingo",
    0x0B: "maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai",
    0x0C: "lundi mardi mercredi jeudi vendredi samedi dimanche",
    0x10: "lunedì martedì mercoledì giovedì venerdì sabato domenica",
    0x13: "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    0x14: "mandag tirsdag onsdag torsdag fredag lørdag søndag",
    0x15: "poniedziałek wtorek środa czwartek piątek sobota niedziela",
    0x16: "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo",
    0x1D: "måndag tisdag onsdag torsdag fredag lördag söndag",
}
# Any weekday in small letters, whole or in its first two or three.
WEEKDAYS = frozenset(
    short for names in _DAYS.values() for name in names.lower().split() for short in (name, name[:2], name[:3])
)
_SHORT_WEEKDAYS = {0x07: 2, 0x13: 2, 0x16: 3}  # letters; three elsewhere

# Languages that write 12,50; those of them that write 1 234,50.
COMMA_LANGUAGES = frozenset(
    {0x02, 0x03, 0x05, 0x06, 0x07, 0x08, 0x0A, 0x0B, 0x0C, 0x0E, 0x0F, 0x10, 0x13, 0x14, 0x15, 0x16, 0x18, 0x19, 0x1A,
     0x1B, 0x1D, 0x1F, 0x22, 0x24, 0x25, 0x26, 0x27}
)  # fmt: skip
SPACED_LANGUAGES = frozenset({0x02, 0x05, 0x0B, 0x0C, 0x0E, 0x14, 0x15, 0x19, 0x1B, 0x1D, 0x22, 0x25, 0x26, 0x27})


def month_name(month: int, language: int, *, short: bool) -> str:
    """1-12; English where the language is not known."""
    name = _MONTHS.get(language & 0x3FF, _MONTHS[_ENGLISH]).split()[month - 1]
    return name[:3] if short else name


def weekday_name(day: int, language: int, *, short: bool) -> str:
    """0 is Monday."""
    primary = language & 0x3FF
    name = _DAYS.get(primary, _DAYS[_ENGLISH]).split()[day]
    return name[: _SHORT_WEEKDAYS.get(primary, 3)] if short else name
