"""Whether a sentence says the opposite of its line, or leaves out what the line excludes. Clauses in, a verdict out.

"Dogs are welcome in the rooms" of "dogs are welcome in the garden, but not in the rooms"; "open" of "closed",
  "with" of
"without", adults of children, before of after. Called by bind.py after the figures were bound.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from retrieval.verify.clauses import JOINED_BY
from retrieval.verify.days import weekdays
from retrieval.verify.figures import currencies_in
from retrieval.verify.folded import fold
from retrieval.verify.lines import Line, Word, is_light, stems
from retrieval.verify.poles import poles_in
from retrieval.words.polarity import (
    FREE_WORDS,
    NEGATING,
    NEGATIVE_ENDS,
    NEGATIVE_WORDS,
    NEUTRAL,
    NOT_RESTRICTING,
    PAID_WORDS,
    POSITIVE_WORDS,
    RELATIVE,
    RESTRICTORS,
    WITHOUT_WORDS,
)

_THERE_IS = re.compile(
    r"\W*(?:there (?:is|are)|we have|es gibt|wir haben|der er|vi har|il y a|nous avons|hay|tenemos|c['’]è"
    r"|ci sono|er (?:is|zijn)|wij hebben)\b",
    re.IGNORECASE,
)
_NAMED_DAY = re.compile(r"[^\W\d_]+\.?\s?:(?=\s)")
_BUT_NO = re.compile(
    r"(?:but no|aber kein\w*|jedoch kein\w*|men (?:ingen|intet)|mais aucun\w*|maar geen)$", re.IGNORECASE
)
# Joints of clauses (lines.py) and what a condition begins with.
_CONDITIONS = {
    "en": "if when because unless while",
    "de": "wenn falls weil",
    "da": "hvis når",
    "no": "hvis når",
    "sv": "om när",
    "fr": "si quand lorsque",
    "es": "cuando si",
    "it": "se quando",
    "nl": "als wanneer",
}
_ADDED = re.compile(r"\W*(?:and|or|nor|und|oder|og|eller|et|ou|ni|y|o|e|en|of|och)\b", re.IGNORECASE)
_TURNED = re.compile(
    r"\W*(?:but|if|when|because|unless|while|aber|wenn|falls|weil|men|hvis|når|mais|si|quand|pero|ma|maar)\b",
    re.IGNORECASE,
)
_NEUTRAL = re.compile(rf"\b(?:{NEUTRAL})\b", re.IGNORECASE)
_RESTRICTS = re.compile(RESTRICTORS, re.IGNORECASE)
_NOT_RESTRICTING = re.compile(NOT_RESTRICTING, re.IGNORECASE)
_TOKEN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_YES_NO = re.compile(r"\W*(?:(?P<no>no|nein|nej|non|nee|nie|não|nei)|yes|ja|oui|sí|sì|sim|tak|jo)\b", re.IGNORECASE)
_INCLUDED = re.compile(r"inclu|inbegriff|inkl|compris|inbefatt|enthalten|indeholdt|gratuit|\b0\b", re.IGNORECASE)
# What it leaves out has the other sign.
_EXCEPT = re.compile(
    r"\b(?:except(?: for)?|apart from|other than|außer(?! haus)|ausgenommen|mit ausnahme von|undtagen"
    r"|bortset fra|undtaget"
    r"|sauf|excepté|hormis|excepto|salvo|tranne|eccetto|salvo che|behalve|uitgezonderd|utom|unntatt)\b",
    re.IGNORECASE,
)
# Here "18. We" may be a day of the month that goes on.
_ORDINAL_DOT = frozenset({"de", "da", "no", "nb", "nn", "pl"})
SCOPE = 2  # words that "without" takes away
LIGHT = 0.2
TURNING = 0.3
CARRIED = 0.8  # what was said earlier in the sentence, or asked
CLOSE = 0.15
ENOUGH = 0.5  # of a clause's words must meet a line's, or there is nothing to compare


@dataclass(frozen=True, slots=True)
class Said:
    """The smallest piece that has a yes or no of its own."""

    text: str
    terms: frozenset[str]
    carried: frozenset[str]  # of the pieces before it in the same sentence
    negative: bool
    lacking: frozenset[str]  # what stands behind "without"
    free: bool
    paid: bool
    days: frozenset[int]
    poles: frozenset[tuple[str, str]]
    around: frozenset[tuple[str, str]] = frozenset()  # with those of the piece before: "After that, half is due"


@lru_cache(maxsize=64)
def _fine(languages: tuple[str, ...]) -> re.Pattern[str]:
    words = "|".join(
        word for code in languages for word in f"{JOINED_BY.get(code, '')} {_CONDITIONS.get(code, '')}".split()
    )
    return re.compile(rf"[,;:–—()](?=\s|$)|(?<=\D[.!?])\s+(?=[A-ZÀ-Þ])|\s(?=(?:{words or 'and'})\s)")


@lru_cache(maxsize=8192)
def pieces(text: str, languages: tuple[str, ...]) -> tuple[Said, ...]:
    found: list[Said] = []
    carried = frozenset[str]()
    joints = {match.end() for match in _fine(languages).finditer(text)}
    joints -= {
        colon.end() for colon in [_NAMED_DAY.match(text)] if colon and weekdays(colon.group())
    }  # "Monday: closed" is one piece
    joints |= {match.start() for match in _EXCEPT.finditer(text)}
    if not _ORDINAL_DOT & set(languages[:1]):
        joints |= {match.end() for match in re.finditer(r"(?<=\d[.!?])\s+(?=[A-ZÀ-Þ])", text)}
    cuts = [0, *sorted(joints - {0}), len(text)]
    for start, end in pairwise(cuts):
        part = text[start:end]
        terms = stems(part, languages)
        negative, lacking, negated = _negative(part, languages)
        if found and (left := _EXCEPT.match(part)) and not _negative(part[left.end() :], languages)[2]:
            negative, negated = not found[-1].negative, True  # "no dogs except guide dogs"
        added = text[max(0, start - 1) : start + 1].strip(" ")[:1] == "," or _ADDED.match(part)
        short = len(_TOKEN.findall(part)) <= 4 and not _TURNED.match(part)
        if found and short and added and not negated and not _RESTRICTS.search(part):
            negative = found[-1].negative  # "no food and drinks", "without milk and eggs"
            lacking = lacking or (terms if found[-1].lacking else frozenset[str]())
        words = [fold(match.group()) for match in _TOKEN.finditer(part)]
        found.append(
            Said(
                part,
                terms,
                carried,
                negative,
                lacking,
                any(word in FREE_WORDS for word in words),
                any(word in PAID_WORDS for word in words) or bool(currencies_in(part)),
                weekdays(part),
                poles_in(part),
                poles_in(part)
                | (
                    frozenset[tuple[str, str]]()
                    if any(k in RELATIVE for k, _ in poles_in(part)) or not found
                    else found[-1].poles
                ),
            )
        )
        carried |= terms
    return tuple(said for said in found if any(sign.isalnum() for sign in said.text))


def turned(
    said: Said,
    words: Sequence[Word],
    lines: Sequence[Line],
    languages: tuple[str, ...],
    *,
    sure: bool = False,
    cells: frozenset[str] = frozenset(),
) -> Line | None:
    """The line that says the opposite, when none that fits as well says the same. `sure`: the lines are those that hold
    its figures, in tables in these cells."""
    heavy = [word for word in words if not word.light]
    light = [word for word in words if word.light and not weekdays(word.text)]
    # What turns the sentence must not choose the line that it is compared with.
    turning = {word.text for word in heavy if poles_in(word.text)}
    turning = turning if len(turning) < len(heavy) else set[str]()
    wanted = len(heavy) - len(turning) + TURNING * len(turning) + bool(said.days)
    if not wanted and not sure:
        return None
    held: list[tuple[float, Said, Line]] = []
    for line in lines:
        if line.question:
            continue
        for piece in _of_line(line, languages):
            if cells and " | " in line.unit.text and piece.text not in cells:
                continue
            if said.days and piece.days and not said.days & piece.days:
                continue
            score = float(bool(said.days and said.days <= (piece.days or line.days)))
            score += 0.3 * bool(said.days and said.days == piece.days)
            score += LIGHT * sum(not word.stems.isdisjoint(piece.terms) for word in light)
            own = 0
            for word in heavy:
                if not word.stems.isdisjoint(piece.terms):
                    score += TURNING if word.text in turning else 1
                    own += 1
                elif not word.stems.isdisjoint(piece.carried) or not word.stems.isdisjoint(line.asked):
                    score += CARRIED
                elif not (word.stems.isdisjoint(line.label) and word.stems.isdisjoint(line.head)):
                    score += 0.3
            if own or sure or (said.days and piece.days):
                held.append((score, piece, line))
    best = max((score for score, _, _ in held), default=0.0)
    if not held or (not sure and best < ENOUGH * wanted):
        return None
    close = [(piece, line) for score, piece, line in held if score >= best - CLOSE]
    if any(_agrees(said, piece, line, heavy) for piece, line in close):
        return None
    return close[0][1]


def turned_within(text: str, line: Line, spoken: tuple[str, ...], languages: tuple[str, ...]) -> bool:
    """Told piece by piece as the line tells it, but one piece says no where the line says yes."""
    said, held = pieces(text, spoken), pieces(line.unit.text, languages)
    if len(said) != len(held) or len(said) < 2 or " | " in line.unit.text:
        return False
    pairs = list(zip(said, held, strict=True))
    alike = sum(not one.terms.isdisjoint(other.terms) or one.terms == other.terms for one, other in pairs)
    if len(pairs) == 2:
        straight, across = (
            sum(len(one.terms & other.terms) for one, other in zip(said, theirs, strict=True))
            for theirs in (held, held[::-1])
        )
        if across >= straight:
            return False  # told in the other order
    return alike >= len(pairs) - 1 and any(one.negative != other.negative for one, other in pairs)


def poles_crossed(text: str, bound: Sequence[Line], near: Sequence[Line], languages: tuple[str, ...]) -> bool:
    """A line tells both of a pair, each with a limit of its own ("before, in full; after that, half"), or two lines
    beside one another do."""
    mine = poles_in(text)
    if not any(name in RELATIVE for name, _ in mine):
        return False
    for name, pole in mine:
        if name in RELATIVE:
            continue
        for lines in (*([line] for line in bound), *([near] if name == "part" else ())):
            parts = [
                piece for line in lines if " | " not in line.unit.text for piece in pieces(line.unit.text, languages)
            ]
            both = len({other for piece in parts for kind, other in piece.poles if kind == name}) > 1
            holders = [piece for piece in parts if (name, pole) in piece.poles]
            if (both or name == "part") and any(_limited_otherwise(mine, holders, limit) for limit in RELATIVE):
                return True
    return False


def _limited_otherwise(mine: frozenset[tuple[str, str]], holders: Sequence[Said], limit: str) -> bool:
    said = {other for kind, other in mine if kind == limit}
    held = [{other for kind, other in piece.around if kind == limit} for piece in holders]
    return bool(said and held) and all(poles and said.isdisjoint(poles) for poles in held)


def dropped(text: str, words: Sequence[Word], line: Line, languages: tuple[str, ...]) -> bool:
    """The line says "but not", "except", "only" right beside what is said, and the sentence does not."""
    if " | " in line.unit.text or _restricts(text):
        return False
    parts = pieces(line.unit.text, languages)
    heavy = [word for word in words if not word.light]
    if not parts or not heavy:
        return False
    meets = [sum(not word.stems.isdisjoint(piece.terms) for word in heavy) for piece in parts]
    best = max(range(len(parts)), key=lambda at: meets[at])
    if not meets[best]:
        return False
    free = any(fold(match.group()) in FREE_WORDS for match in _TOKEN.finditer(text))
    if free and parts[best].free and not {"who", "more"} & {name for name, _ in poles_in(text)}:
        said_for = {name for name, _ in parts[best].poles if name in ("who", "more")}
        if said_for and not any(sign.isdigit() for sign in text):
            return True  # "free for the over-60s" is not "free"
    for at in (best, best + 1):
        if at >= len(parts) or not (match := _restricts(parts[at].text)):
            continue
        joint = _ADDED.match(parts[at].text)
        if at > best and joint and len(parts[at].text[joint.end() : match.start()].split()) > 1:
            continue  # "and teaches automatic only" is a statement of its own
        after = _content(parts[at].text[match.end() :], languages)[:3]
        before = _content(parts[at].text[: match.start()], languages)[-2:]
        limits = frozenset[str]().union(*(after or before))
        days = weekdays(parts[at].text)
        if days and days & weekdays(text):
            continue
        figures = any(sign.isdigit() for sign in parts[at].text[match.end() :])
        if figures and any(sign.isdigit() for sign in text):
            continue
        if (
            _THERE_IS.match(line.unit.text)
            and _BUT_NO.match(match.group())
            and not any(not word.stems.isdisjoint(stems(parts[at].text[match.end() :], languages)) for word in heavy)
        ):
            continue  # "a heated pool, but no restaurant" leaves nothing of the pool out
        if limits and not any(not word.stems.isdisjoint(limits) for word in heavy):
            return not _contrast(parts[at].text[match.end() :], text, parts[best].text)
    return False


def _content(text: str, languages: tuple[str, ...]) -> list[frozenset[str]]:
    tokens = [match.group() for match in _TOKEN.finditer(text)]
    return [found for token in tokens if not is_light(token) and (found := stems(token, languages))]


def _contrast(limit: str, text: str, kept: str) -> bool:
    """ "In the garden, but not in the rooms": who says "in the garden" has left nothing out."""
    match = re.match(r"\s*([^\W\d_]{1,5})\s", limit)
    if match is None:
        return False
    same = re.search(rf"\b{re.escape(match[1])}\s+(?:\w{{1,4}}\s+)?(\w+)", kept, re.IGNORECASE)
    return same is not None and re.search(rf"\b{re.escape(same[1])}\b", text, re.IGNORECASE) is not None


def _agrees(said: Said, piece: Said, line: Line, heavy: Sequence[Word]) -> bool:
    if not _same_sign(said, piece, heavy):
        return False
    if said.free and not said.negative and not _says_free(line):
        return False
    if said.paid and not said.free and piece.free and not piece.paid and not said.negative:
        return False
    return not _other_pole(said, piece, line)


def _same_sign(said: Said, piece: Said, heavy: Sequence[Word]) -> bool:
    """Yes and no agree; "without X" agrees with "without X" and with "no X"."""
    mine, theirs = said.negative != bool(said.lacking), piece.negative != bool(piece.lacking)
    lacks = said.lacking.union(*(word.stems for word in heavy if not word.stems.isdisjoint(said.lacking)))
    if said.lacking and piece.lacking:
        return mine == theirs and not lacks.isdisjoint(piece.lacking)
    if said.lacking:
        return theirs and not lacks.isdisjoint(piece.terms | piece.carried)
    if piece.lacking and any(not word.stems.isdisjoint(piece.lacking) for word in heavy):
        return mine
    return mine == theirs


def _says_free(line: Line) -> bool:
    words = {fold(match.group()) for match in _TOKEN.finditer(line.unit.text)}
    return bool(words & FREE_WORDS or words & PAID_WORDS) or _INCLUDED.search(line.unit.text) is not None


def _other_pole(said: Said, piece: Said, line: Line) -> bool:
    for name, pole in said.poles:
        for poles in (piece.poles, line.poles, line.poles_around):
            of_set = {other for kind, other in poles if kind == name}
            if of_set:
                if pole not in of_set:
                    return True
                break
    return False


def _of_line(line: Line, languages: tuple[str, ...]) -> tuple[Said, ...]:
    if " | " not in line.unit.text:
        found = pieces(line.unit.text, languages)
        if line.asked and (answered := _YES_NO.match(line.unit.text)):
            said = Said(
                "", line.asked, frozenset(), bool(answered["no"]), frozenset(), False, False, frozenset(), frozenset()
            )
            return (said, *found)
        return found
    cells: list[Said] = []
    for part in line.parts:
        negative, lacking, _ = _negative(part.text, languages)
        words = [fold(match.group()) for match in _TOKEN.finditer(part.text)]
        free, paid = any(word in FREE_WORDS for word in words), bool(currencies_in(part.text))
        cells.append(
            Said(
                part.text,
                part.terms,
                frozenset(),
                negative,
                lacking,
                free,
                paid,
                part.days or line.days,
                poles_in(part.named),
            )
        )
    return tuple(cells[1:]) or tuple(cells)


@lru_cache(maxsize=16384)
def _negative(text: str, languages: tuple[str, ...]) -> tuple[bool, frozenset[str], bool]:
    """Whether it says no in the end, what it lacks, and whether it has any word of negation."""
    text = _NEUTRAL.sub(" ", text)
    words = [(fold(match.group()), match.end()) for match in _TOKEN.finditer(text)]
    negators = frozenset[str]().union(
        *(NEGATING.get("no" if code in ("nb", "nn") else code, frozenset()) for code in languages)
    )
    negative, count, lacking = False, 0, frozenset[str]()
    for word, end in words:
        whole = any(word.startswith(known) for known in POSITIVE_WORDS)
        ends = any(word.endswith(tail) for tail in NEGATIVE_ENDS) and not whole and len(word) > 6
        without = word in WITHOUT_WORDS
        if without:
            following = _TOKEN.findall(text[end:])
            scope = [one for one in following if stems(one, languages)][:SCOPE]
            lacking |= stems(" ".join(scope), languages)
        if word in negators or word.endswith(("n't", "n’t")) or word in NEGATIVE_WORDS or ends or without:
            negative, count = not negative, count + 1
    return negative, lacking, count > 0


def _restricts(text: str) -> re.Match[str] | None:
    return None if _NOT_RESTRICTING.search(text) else _RESTRICTS.search(text)
