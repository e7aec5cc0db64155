"""Times of day, as digits and as words. A text in; spans with minutes after midnight out. Called by figures.py."""

from __future__ import annotations

import re
from collections.abc import Iterator

from retrieval.verify.days import weekdays
from retrieval.verify.folded import fold
from retrieval.words.numbers import number_of

CLOCK = re.compile(
    r"(?<![\d.,:])(?P<hour>[01]?\d|2[0-4])(?!\d)(?:(?P<mark>[:.]|\s?h)\s?(?P<minute>[0-5]\d)(?!\d))?\s?"
    r"(?:(?P<half>[ap])\.?\s?m\b\.?|(?P<sure>uhr\b|o'clock|o’clock|h\b(?!\d)|heures?\b|uur\b))?",
    re.IGNORECASE,
)
TWELVE_HOURS = frozenset({"en"})  # elsewhere 7.00 is never seven in the evening
_HOUR = r"(?P<hour>\d{1,2}|[^\W\d_]+)"
# What is said, and minutes from the full hour that is named. "Halb zehn" is half past nine.
_SPOKEN: tuple[tuple[str, str, int], ...] = (
    ("en", rf"\bhalf past {_HOUR}", 30),
    ("en", rf"\b(?:a )?quarter past {_HOUR}", 15),
    ("en", rf"\b(?:a )?quarter to {_HOUR}", -15),
    ("en", rf"\bten past {_HOUR}", 10),
    ("en", rf"\b{_HOUR} o['’]clock", 0),
    ("de", rf"\bhalb {_HOUR}", -30),
    ("de", rf"\bviertel nach {_HOUR}", 15),
    ("de", rf"\b(?:viertel vor|dreiviertel) {_HOUR}", -15),
    ("de", rf"\b{_HOUR} Uhr dreißig", 30),
    ("de", rf"\b(?:um|ab|bis|gegen|vor|nach|von|zwischen|und) {_HOUR} Uhr\b(?! \d)", 0),
    ("da no sv", rf"\bhalv {_HOUR}", -30),
    ("da no", rf"\bkvart(?:er)? over {_HOUR}", 15),
    ("sv", rf"\bkvart över {_HOUR}", 15),
    ("da no sv", rf"\bkvart(?:er)? (?:i|på) {_HOUR}", -15),
    ("da no sv", rf"\b(?:klokken|kl\.|klockan) {_HOUR}", 0),
    ("nl", rf"\bhalf {_HOUR}", -30),
    ("nl", rf"\bkwart over {_HOUR}", 15),
    ("nl", rf"\bkwart voor {_HOUR}", -15),
    ("fr", rf"\b{_HOUR} heures? et demie", 30),
    ("fr", rf"\b{_HOUR} heures? et quart", 15),
    ("fr", rf"\b{_HOUR} heures? moins le quart", -15),
    ("fr", rf"\b(?:à|dès|de|vers|jusqu['’]à|avant|après|entre) {_HOUR} heures?\b(?! ?\d| et demie| et quart)", 0),
    ("es", rf"\blas? {_HOUR} y media", 30),
    ("es", rf"\blas? {_HOUR} y cuarto", 15),
    ("es", rf"\blas? {_HOUR} menos cuarto", -15),
    ("it", rf"\ble {_HOUR} e mezza", 30),
    ("it", rf"\ble {_HOUR} e un quarto", 15),
    ("it", rf"\ble {_HOUR} meno un quarto", -15),
    ("pl", rf"\bwpół do {_HOUR}", -30),
)
_PATTERNS = tuple(
    (frozenset(codes.split()), re.compile(pattern, re.IGNORECASE), shift) for codes, pattern, shift in _SPOKEN
)
_NAMED = re.compile(
    r"(?P<noon>\b(?:noon|midday|midi|mediodía|mezzogiorno|12 noon)\b)"
    r"|(?P<night>\b(?:midnight|mitternacht|minuit|medianoche|mezzanotte|midnat|midnatt|middernacht)\b)",
    re.IGNORECASE,
)
_BEFORE_HOUR = re.compile(
    r"(?:\d\s*[-–—]|\d\s+to|\b(?:at|from|until|till|by|since|before|after|um|ab|von|bis|gegen|vor|nach|kl"
    r"|klokken|klockan|fra|til|før|efter"
    r"|inden|à|de|dès|avant|après|a las|las|desde|hasta|alle|dalle|om|van|vanaf|tot|från|às|das|od|do|opens?"
    r"|closes?|open"
    r"|between|zwischen|mellem|entre)\b\.?)\s*$",
    re.IGNORECASE,
)
_AFTER_HOUR = re.compile(
    r"\s*(?:[-–—]|to|until|bis|til|till|tot|à|a|al|do|and|und|og)\s*(?:\d+|half|noon)(?!\d)", re.IGNORECASE
)
# What may follow an hour; any other word is taken for what is counted.
_BESIDE_HOURS = frozenset(
    fold(word)
    for word in "and every each daily from until except only the during but with while und von bis außer nur täglich"
    " dagligt alle chaque tous sauf todos cada tutti ogni elke our für for you before after then oder dann sowie"
    " next last this these when pour sur sul samt men aber mais you visitors".split()
)


def spoken(text: str, languages: tuple[str, ...]) -> Iterator[tuple[int, int, frozenset[int]]]:
    """ "Half past ten", "viertel nach zehn", "noon". Either half of the day may be meant."""
    taken: list[tuple[int, int]] = []
    for codes, pattern, shift in _PATTERNS:
        if not codes & set(languages):
            continue
        for match in pattern.finditer(text):
            hours = {int(match["hour"])} if match["hour"].isdigit() else number_of(fold(match["hour"]), languages)
            hours = {hour for hour in hours if 1 <= hour <= 24}
            if shift == 0 and match["hour"].isdigit():
                continue  # read as digits
            if hours and not any(start < match.end() and match.start() < end for start, end in taken):
                taken.append(match.span())
                told = {(hour * 60 + shift) % 1440 for hour in hours}
                yield *match.span(), frozenset(told | {(m + 720) % 1440 for m in told if m < 780})
    for match in _NAMED.finditer(text):
        yield *match.span(), frozenset({720 if match["noon"] else 0})


def minutes_of(match: re.Match[str], languages: tuple[str, ...]) -> tuple[frozenset[int], frozenset[int]]:
    """As written, and as it may be meant: in "10-4" the 4 is 4 or 16 o'clock; with am, pm or Uhr it is one."""
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    if match["half"]:
        told = frozenset({(hour % 12 + (12 if match["half"].lower() == "p" else 0)) * 60 + minute})
        return told, told
    told = frozenset({hour % 24 * 60 + minute})
    sure = match["sure"] or (match["minute"] and not TWELVE_HOURS & set(languages))
    if not 1 <= hour <= 12 or sure or match["hour"].startswith("0"):
        return told, told
    return told, told | {(hour % 12 + 12) * 60 + minute}


def is_hour(text: str, start: int, end: int) -> bool:
    """Whether a bare number may be an hour: only then 4 is also 16. "2 days" must not rest on "14 days"."""
    ahead = _AFTER_HOUR.match(text, end)
    if ahead is None and not _BEFORE_HOUR.search(text, 0, start):
        return False
    following = re.match(r"\s*([^\W\d_]{3,})", text[ahead.end() if ahead else end :])
    return following is None or bool(weekdays(following[1])) or fold(following[1]) in _BESIDE_HOURS
