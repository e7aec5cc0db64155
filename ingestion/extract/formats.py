"""A cell's number and its number format in, what Excel shows for it out (ECMA-376 part 1, 18.8.31). For xlsx.py.

Which sign stands between thousands depends on the reader's own settings. A format that names a language
(`[$€-407]`) is shown as people write there; without one the thousands are not divided, because 1,234
is a thousand to some and little more than one to others. The system's short date is the ISO date.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

from ingestion.extract.format_names import COMMA_LANGUAGES, SPACED_LANGUAGES, month_name, weekday_name

BUILT_IN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?",
    13: "# ??/??", 14: "yyyy-mm-dd", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM",
    20: "h:mm", 21: "h:mm:ss", 22: "yyyy-mm-dd h:mm", 37: "#,##0 ;(#,##0)", 38: "#,##0 ;(#,##0)",
    39: "#,##0.00;(#,##0.00)", 40: "#,##0.00;(#,##0.00)", 5: "#,##0", 6: "#,##0", 7: "#,##0.00", 8: "#,##0.00",
    41: "#,##0", 42: "#,##0", 43: "#,##0.00", 44: "#,##0.00", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0",
    48: "##0.0E+0", 49: "@", **dict.fromkeys((*range(27, 37), *range(50, 59)), "yyyy-mm-dd"),
}  # fmt: skip
_LONGEST = 255  # characters of a format, as Excel allows
_ENGLISH = 0x409  # of the United States
_LARGEST = 1e15  # from here on Excel itself shows powers of ten
_DECIMALS = 10  # with the figures before the point, within what a Decimal holds
_LAST_DAY = 2_958_465  # 31 December 9999
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_(?P<padding>.)|\*(?P<filling>.)|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<general>General)|(?P<half>AM/PM|A/P)|(?P<power>E[+-])|(?P<date>y+|m+|d+|h+|s+|e+)|(?P<digit>[0#?])|(?P<sign>.)",
    re.I | re.S,
)
_CONDITION = re.compile(r"^(<=|>=|<>|<|>|=)\s*(-?[\d.]+)$")
_NO_SHOW = re.compile(r"^(?:black|blue|cyan|green|magenta|red|white|yellow|color\s*\d+|dbnum\d|natnum\d+)", re.I)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # literal, digit, point, comma, percent, power, slash, date, elapsed, half, text, general
    text: str


@dataclass(frozen=True, slots=True)
class _Section:
    tokens: tuple[_Token, ...]
    condition: tuple[str, float] | None
    language: int  # Windows' number of a language, 0 for none
    kinds: frozenset[str]

    def has(self, *kinds: str) -> bool:
        return not self.kinds.isdisjoint(kinds)

    @property
    def is_date(self) -> bool:
        return self.has("date", "elapsed")


@lru_cache(maxsize=20_000)
def show_number(value: float, code: str, *, from_1904: bool = False) -> str:
    """Empty where the format shows nothing (`;;;`)."""
    if not math.isfinite(value):
        return ""
    sections = _sections(code[:_LONGEST])
    section, signed = _section_for(value, sections)
    if not section.tokens:
        return ""
    if section.is_date:
        return _date(value, section, from_1904=from_1904)
    if section.has("general", "text") or abs(value) >= _LARGEST:
        shown = _general(value if not signed else abs(value), section.language)
        return "".join(
            token.text if token.kind == "literal" else shown if token.kind in ("general", "text") else ""
            for token in section.tokens
        ) or shown  # fmt: skip
    if not section.has("digit"):
        return "".join(token.text for token in section.tokens if token.kind in ("literal", "comma", "point", "slash"))
    return _number(abs(value) if signed or value < 0 else value, section, minus=value < 0 and not signed)


def show_text(text: str, code: str) -> str:
    """A format may hide text, or put words around it."""
    sections = _sections(code[:_LONGEST])
    section = sections[3] if len(sections) > 3 else next((one for one in sections if one.has("text")), None)
    if section is None:
        return text
    return "".join(text if token.kind == "text" else token.text for token in section.tokens)


@lru_cache(maxsize=2_000)
def _sections(code: str) -> tuple[_Section, ...]:
    found: list[_Section] = []
    tokens: list[_Token] = []
    condition: tuple[str, float] | None = None
    language = 0
    for match in _TOKEN.finditer(code):
        kind = match.lastgroup or "sign"
        text = match.group(kind) if match.lastgroup else ""
        if kind == "sign" and text == ";":
            found.append(_section(tokens, condition, language))
            tokens, condition = [], None
        elif kind == "bracket":
            if compared := _CONDITION.match(text):
                condition = (compared.group(1), _float(compared.group(2)))
            elif text.startswith("$"):
                symbol, _, number = text[1:].rpartition("-") if "-" in text else (text[1:], "", "")
                tokens.append(_Token("literal", symbol))
                language = int(number, 16) & 0xFFFF if re.fullmatch(r"[0-9a-fA-F]{1,8}", number) else language
            elif re.fullmatch(r"h+|m+|s+", text, re.I):
                tokens.append(_Token("elapsed", text.lower()))
            elif not _NO_SHOW.match(text):
                tokens.append(_Token("literal", ""))
        else:
            tokens.append(_token(kind, text))
    found.append(_section(tokens, condition, language))
    if not language and any(sign in code for sign in "$£"):
        found = [replace(section, language=_ENGLISH) for section in found]
    return tuple(found[:4])


def _section(tokens: list[_Token], condition: tuple[str, float] | None, language: int) -> _Section:
    if not any(token.kind in ("date", "elapsed") for token in tokens):
        tokens = [_Token("literal", token.text) if token.kind == "half" else token for token in tokens]
    return _Section(tuple(tokens), condition, language, frozenset(token.kind for token in tokens))


def _token(kind: str, text: str) -> _Token:
    if kind in ("quoted", "escaped"):
        return _Token("literal", text)
    if kind == "padding":
        return _Token("literal", " ")
    if kind == "filling":
        return _Token("literal", "")
    if kind == "sign":
        special = {".": "point", ",": "comma", "%": "percent", "/": "slash", "@": "text"}
        return _Token(special.get(text, "literal"), text)
    return _Token(kind, text.lower() if kind == "date" else text)


def _section_for(value: float, sections: tuple[_Section, ...]) -> tuple[_Section, bool]:
    """The section that holds for a value, and whether the section itself tells the minus."""
    if any(section.condition for section in sections[:2]):
        holding = (one for one in sections[:3] if one.condition is None or _holds(value, *one.condition))
        return next(holding, sections[-1]), False
    at = 2 if len(sections) > 2 and value == 0 else 1 if len(sections) > 1 and value < 0 else 0
    return sections[at], at == 1


def _holds(value: float, sign: str, bound: float) -> bool:
    return {"<": value < bound, ">": value > bound, "=": value == bound, "<=": value <= bound, ">=": value >= bound,
            "<>": value != bound}[sign]  # fmt: skip


def _general(value: float, language: int = 0) -> str:
    """Up to eleven figures, as a cell of format General."""
    if value == int(value) and abs(value) < 1e11:
        return str(int(value))
    return _pointed(f"{value:.10g}" if abs(value) < _LARGEST else f"{value:.5E}", language)


def _number(value: float, section: _Section, *, minus: bool) -> str:
    tokens = list(section.tokens)
    value *= 100 ** min(2, sum(1 for token in tokens if token.kind == "percent"))
    if any(before.kind == "slash" and after.kind == "digit" for before, after in pairwise(tokens)):
        return ("-" if minus else "") + _fraction(value, tokens)
    if section.has("power"):
        return ("-" if minus else "") + _power(value, tokens, section.language)
    point = next((at for at, token in enumerate(tokens) if token.kind == "point"), len(tokens))
    whole = [at for at, token in enumerate(tokens[:point]) if token.kind == "digit"]
    after = [at for at, token in enumerate(tokens) if at > point and token.kind == "digit"]
    last = max([*whole, *after], default=0)
    for at, token in enumerate(tokens):
        if token.kind == "comma" and at > last:
            value /= 1000  # a comma behind all figures counts in thousands
    divided = bool(whole) and any(token.kind == "comma" for token in tokens[whole[0] : whole[-1]])
    places = min(len(after), _DECIMALS)
    rounded = Decimal(repr(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    left, _, right = f"{rounded:f}".partition(".")
    shown_right = _decimals(right, [tokens[at].text for at in after])
    filled = _wholes(left.lstrip("0"), [tokens[at].text for at in whole], section.language if divided else None)
    out: list[str] = []
    for at, token in enumerate(tokens):
        if token.kind == "digit":
            out.append(filled[whole.index(at)] if at < point else shown_right[after.index(at)])
        elif token.kind == "point":
            out.append((_point(section.language)) if any(shown_right) or not after else "")
        elif token.kind in ("literal", "percent", "slash"):
            out.append(token.text)
    text = "".join(out).strip()
    return f"-{text}" if minus and any(sign in "123456789" for sign in left + right) else text


def _wholes(digits: str, places: list[str], divided_for: int | None) -> list[str]:
    """The figures before the point, one place each; the first place takes all that are too many."""
    if not places:
        return []
    needed = next((len(places) - at for at, place in enumerate(places) if place == "0"), 0)
    digits = digits.rjust(needed, "0")
    out = [""] * len(places)
    for back in range(1, len(places) + 1):
        if len(digits) >= back:
            out[-back] = digits[-back]
    if len(digits) > len(places):
        out[0] = digits[: len(digits) - len(places) + 1]
    if divided_for is None or not divided_for:
        return out
    divided = f"{int(digits or '0'):,}".replace(",", _divider(divided_for)) if digits else ""
    return [divided, *[""] * (len(places) - 1)]


def _decimals(digits: str, places: list[str]) -> list[str]:
    """`0.##` shows no zeros at the end."""
    shown = list(digits.ljust(len(places), "0"))
    for at in range(len(places) - 1, -1, -1):
        if places[at] == "0" or shown[at] != "0":
            break
        shown[at] = ""
    return shown


def _fraction(value: float, tokens: list[_Token]) -> str:
    slash = next(at for at, token in enumerate(tokens) if token.kind == "slash")
    places = sum(1 for token in tokens[slash:] if token.kind == "digit")
    whole = int(value)
    part = Fraction(value - whole).limit_denominator(10 ** min(places, 4) - 1)
    if part.numerator == 0:
        return str(whole)
    if part == 1:
        return str(whole + 1)
    return f"{whole} {part}" if whole else str(part)


def _power(value: float, tokens: list[_Token], language: int) -> str:
    point = next((at for at, token in enumerate(tokens) if token.kind == "point"), None)
    power = next(at for at, token in enumerate(tokens) if token.kind == "power")
    places = sum(1 for token in tokens[point:power] if token.kind == "digit") if point is not None else 0
    return _pointed(f"{value:.{min(places, 20)}E}", language)


def _date(value: float, section: _Section, *, from_1904: bool) -> str:
    if not 0 <= value <= _LAST_DAY:
        return _general(value)
    if any(token.kind == "elapsed" for token in section.tokens):
        at = datetime(1900, 1, 1) + timedelta(seconds=round(value % 1 * 86_400))  # noqa: DTZ001 - a wall clock's time
    else:
        days = value + 1462 if from_1904 else value
        # Excel counts a 29 February 1900 that never was; days before it are one later.
        days += 1 if days < 60 else 0
        exact = round(days * 86_400, 3)
        shows_parts = any(token.kind == "digit" for token in section.tokens)
        try:
            at = datetime(1899, 12, 30) + timedelta(seconds=exact if shows_parts else math.floor(exact + 0.5))  # noqa: DTZ001
        except OverflowError:
            return _general(value)
    halves = section.has("half")
    out: list[str] = []
    tokens = section.tokens
    for index, token in enumerate(tokens):
        if token.kind == "date":
            out.append(_date_part(token.text, at, section.language, halves=halves, minutes=_is_minutes(tokens, index)))
        elif token.kind == "elapsed":
            per = {"h": 3600, "m": 60, "s": 1}[token.text[0]]
            out.append(str(int(round(value * 86_400) // per)).rjust(len(token.text), "0"))
        elif token.kind == "half":
            out.append("AM" if at.hour < 12 else "PM")
        elif token.kind == "digit":
            out.append(str(at.microsecond // 100_000) if index and tokens[index - 1].kind == "point" else "")
        elif token.kind in ("literal", "point", "comma", "slash"):
            out.append(token.text)
    return "".join(out).strip()


def _date_part(part: str, at: datetime, language: int, *, halves: bool, minutes: bool) -> str:
    count = len(part)
    if part[0] in "ye":
        return f"{at.year:04d}" if count > 2 or part[0] == "e" else f"{at.year % 100:02d}"
    if part[0] == "m" and not minutes:
        if count >= 3:
            name = month_name(at.month, language, short=count == 3)
            return name[0] if count == 5 else name
        return f"{at.month:0{count}d}"
    if part[0] == "d":
        return f"{at.day:0{count}d}" if count < 3 else weekday_name(at.weekday(), language, short=count == 3)
    hour = (at.hour - 1) % 12 + 1 if halves else at.hour
    number = {"h": hour, "m": at.minute, "s": at.second}[part[0]]
    return f"{number:0{min(count, 2)}d}"


def _is_minutes(tokens: tuple[_Token, ...], index: int) -> bool:
    """`m` is minutes after hours or before seconds, else months."""
    if tokens[index].text[0] != "m" or len(tokens[index].text) > 2:
        return False
    before = next((one for one in reversed(tokens[:index]) if one.kind in ("date", "elapsed")), None)
    after = next((one for one in tokens[index + 1 :] if one.kind in ("date", "elapsed")), None)
    return (before is not None and before.text[0] == "h") or (after is not None and after.text[0] == "s")


def _point(language: int) -> str:
    return "," if language & 0x3FF in COMMA_LANGUAGES and language not in _POINTED else "."


def _divider(language: int) -> str:
    if language in (0x807, 0x1407):  # Switzerland, Liechtenstein
        return "’"
    if language & 0x3FF in SPACED_LANGUAGES:
        return " "
    return "." if _point(language) == "," else ","


_POINTED = frozenset({0x807, 0x1407, 0x80A, 0x810, 0x100C})  # Switzerland, Liechtenstein, Mexico


def _pointed(text: str, language: int) -> str:
    return text.replace(".", _point(language)) if language else text


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
