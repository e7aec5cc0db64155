"""Whether a sentence is a line of a page with one thing changed. Two texts in, what was changed out.

A model that copies a sentence and puts another word, figure or "not" into it says something else in the page's own
words; that few words are missing on the page would not tell. Called by bind.py for the lines that share most words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from retrieval.lexicon import concepts_of
from retrieval.verify.agree import Near, holds
from retrieval.verify.figures import Figure, figures_of, plain, units_in
from retrieval.verify.folded import fold
from retrieval.verify.lines import Line, is_light, stems
from retrieval.verify.poles import poles_in
from retrieval.words.polarity import NEGATING, RESTRICTORS

COPIED = 0.7  # of the tokens in the same order: told in the page's own words
SHORTEST = 4
SAME_BEGINNING = 12  # letters
FEW = 4  # tokens; more of them are another wording
_TOKEN = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:['’-][^\W\d_]+)*|[€$£%]")
# Small words of which one is not the other: where something begins, ends, lies.
_TURNS = (
    "from ab von vom fra dès desde dalle vanaf från since seit",
    "to until till bis til jusqu'à hasta fino tot",
    "before vor vorher inden avant antes prima voor",
    "after nach efter après después dopo na efter",
    "only nur kun seulement solo soltanto alleen bara",
    "with mit med avec con met",
    "without ohne uden sans sin senza zonder utan",
)
_RESTRICTS = re.compile(RESTRICTORS, re.IGNORECASE)
_ONLY = re.compile(
    r"\b(?:only|nur|kun|seulement|uniquement|s[oó]lo|solamente|soltanto|alleen|bara|bare)\b", re.IGNORECASE
)
_EXCEPT = re.compile(
    r"\b(?:except|außer|ausgenommen|undtagen|sauf|excepto|salvo|tranne|eccetto|behalve|utom|unntatt)\b", re.IGNORECASE
)
# What is added is another statement, with a limit of its own.
_GOES_ON = re.compile(
    r"(?:and|und|og|et|y|e|en|och)\s+(?!only|nur|kun|seulement|s[oó]lo|solo|alleen|bara|not|nicht)", re.IGNORECASE
)
_TURN_OF = {fold(word): at for at, words in enumerate(_TURNS) for word in words.split()}


def altered(text: str, line: Line, spoken: tuple[str, ...], languages: tuple[str, ...]) -> str | None:
    """The kind of what was changed, in the words of figures.Kind, or `detail`; None for any other sentence."""
    page = plain(line.unit.text)
    told = _unopened(text, page)
    said, held = _tokens(told), _tokens(_unopened(page, told))
    if len(said) < SHORTEST or len(held) < SHORTEST:
        return None
    matcher = SequenceMatcher(None, [fold(one[0]) for one in said], [fold(one[0]) for one in held], autojunk=False)
    if matcher.quick_ratio() < COPIED or matcher.ratio() < COPIED:
        return None
    if _reordered([one[0] for one in said], [one[0] for one in held]):
        return "number"
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag == "equal":
            continue
        mine, theirs = " ".join(one[0] for one in said[i:j]), " ".join(one[0] for one in held[k:m])
        found = _changed(
            text, mine, theirs, line, spoken, languages, whole=(tag == "replace" and j - i <= 3 and m - k <= 3)
        )
        if found is not None:
            return found
    return None


def _changed(
    text: str, mine: str, theirs: str, line: Line, spoken: tuple[str, ...], languages: tuple[str, ...], *, whole: bool
) -> str | None:
    few = max(len(_tokens(mine)), len(_tokens(theirs))) <= FEW  # a clause may be a part of a long line
    only = _ONLY.search(text) is not None and _EXCEPT.search(line.unit.text) is not None  # "only X" of "none but X"
    if few and not only and _negators(mine, spoken) != _negators(theirs, languages):
        return "detail"
    turns, held_turns = _turns(mine), _turns(theirs)
    if whole and turns and held_turns and not turns & held_turns:
        return "detail"
    if few and not mine and not _RESTRICTS.search(text) and _RESTRICTS.search(theirs) and not _GOES_ON.match(theirs):
        return "detail"
    if not theirs or not mine:
        return None
    poles, held_poles = poles_in(mine), poles_in(theirs)
    for name, pole in poles:
        of_set = {other for kind, other in held_poles if kind == name}
        if of_set and pole not in of_set:
            return "detail"
    spelled = bool(figures_of(mine, spoken)) and bool(figures_of(theirs, languages))
    if spelled or any(sign.isdigit() for sign in mine + theirs):
        return _other_figure(figures_of(mine, spoken), figures_of(theirs, languages))
    if not whole:
        return None
    spans, held_spans = units_in(mine), units_in(theirs)
    if spans and held_spans and not spans & held_spans and not figures_of(mine, spoken):
        return "measure"  # once a month of what is once a year
    ours, own = _heavy(mine, spoken), _heavy(theirs, languages)
    if not ours or not own or figures_of(mine, spoken) or figures_of(theirs, languages):
        return None
    if any(stems(word, languages) & (line.terms | line.label | line.head) for word in ours):
        return None
    if {c.name for word in ours for c in concepts_of(word, spoken)} & {
        c.name for word in own for c in concepts_of(word, languages)
    }:
        return None
    return "detail"


def _other_figure(mine: tuple[Figure, ...], theirs: tuple[Figure, ...]) -> str | None:
    if len(mine) == len(theirs) == 1 and mine[0].kind is theirs[0].kind and not holds(theirs[0], mine[0], Near()):
        return mine[0].kind
    return None


def _heavy(text: str, languages: tuple[str, ...]) -> list[str]:
    return [
        word
        for word, _ in _tokens(text)
        if word[0].isalpha() and len(word) > 3 and not is_light(word) and stems(word, languages)
    ]


def _turns(text: str) -> frozenset[int]:
    return frozenset(_TURN_OF[fold(word)] for word, _ in _tokens(text) if fold(word) in _TURN_OF)


def _negators(text: str, languages: tuple[str, ...]) -> int:
    known = frozenset[str]().union(*(NEGATING.get(code, frozenset()) for code in languages))
    return sum(fold(word) in known or word.endswith(("n't", "n’t")) for word, _ in _tokens(text)) % 2


def _unopened(text: str, other: str) -> str:
    """Without "According to the site:", unless the other begins so as well."""
    while not other.startswith(text[:SAME_BEGINNING]):
        head, colon, rest = text.partition(":")
        if not (colon and rest.startswith(" ") and len(head.split()) <= 5 and len(rest.split()) >= SHORTEST):
            break
        text = rest.lstrip()
    return text


def _reordered(said: Sequence[str], held: Sequence[str]) -> bool:
    """The same words, and the same figures in another order: 1 to 20 of what is 20 to 1."""
    figures, others = [one for one in said if one[0].isdigit()], [one for one in held if one[0].isdigit()]
    if figures == others or sorted(figures) != sorted(others):
        return False
    return [fold(one) for one in said if not one[0].isdigit()] == [fold(one) for one in held if not one[0].isdigit()]


@lru_cache(maxsize=8192)
def _tokens(text: str) -> tuple[tuple[str, int], ...]:
    return tuple((match.group(), match.start()) for match in _TOKEN.finditer(text))
