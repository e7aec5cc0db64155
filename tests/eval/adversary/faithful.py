"""Answers that say what the passages say, in other clothes. Sites and a seed in, answers with citation marks out.

Sentences as they stand, with an opening in front, two joined, figures in another form, rows told as sentences, rows
  of
a foreign page told in the visitor's language. Nothing here knows the verifier.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from retrieval.model import Passage
from retrieval.units import cut
from tests.eval.adversary.golden import GOLDEN
from tests.eval.adversary.pages import TOGETHER, Site


@dataclass(frozen=True)
class Said:
    """A sentence with the passage it rests on. `text` without marks."""

    text: str
    passage: int
    way: str


@dataclass(frozen=True)
class Answered:
    """An answer as a model would stream it. `lies`: of its sentences, with what gives each away."""

    site: Site
    language: str
    passages: tuple[Passage, ...]
    sentences: tuple[Said, ...]
    lies: tuple[Lie, ...] = ()
    question: str = "?"

    @property
    def text(self) -> str:
        return " ".join(_marked(said) for said in self.sentences)


@dataclass(frozen=True)
class Lie:
    text: str  # of the sentence
    tell: str  # what in it is untrue: it must not be shown
    kind: str


OPENINGS = {
    "en": ("According to the site: ", "In short: ", "Yes: ", "Good to know: ", "As stated here: "),
    "de": ("Laut der Website: ", "Kurz gesagt: ", "Gut zu wissen: ", "Dort steht: "),
    "da": ("Ifølge siden: ", "Kort sagt: ", "Godt at vide: "),
    "fr": ("Selon le site : ", "En bref : ", "Bon à savoir : "),
    "es": ("Según la página: ", "En resumen: "),
}
AND = {"en": ", and ", "de": ", und ", "da": ", og ", "fr": ", et ", "es": ", y "}
ROW = {
    "en": ("{a}: {b}.", "For “{a}” it says {b}.", "{a} is {b}."),
    "de": ("{a}: {b}.", "Für {a} gilt: {b}.", "{a} kostet {b}."),
    "da": ("{a}: {b}.", "For {a} gælder {b}.", "{a} koster {b}."),
    "fr": ("{a} : {b}.", "Pour {a} : {b}.", "{a} : {b} au total."),
    "es": ("{a}: {b}.",),
}
MONTHS_EN = "January February March April May June July August September October November December".split()
_LEANS = re.compile(
    r"(?:It|He|She|They|Das|Dies\w*|Er|Sie|Es|Det|Den|Prisen|Il|Elle|Ils|Elles|Ensuite|For|Dauer|This|These"
    r"|That|Its|His|Her|Their|In)\b"
)
NUMBERS = {
    "en": "- - two three four five six seven eight nine ten eleven twelve".split(),
    "de": "- - zwei drei vier fünf sechs sieben acht neun zehn elf zwölf".split(),
    "da": "- - to tre fire fem seks syv otte ni ti elleve tolv".split(),
    "fr": "- - deux trois quatre cinq six sept huit neuf dix onze douze".split(),
    "es": "- - dos tres cuatro cinco seis siete ocho nueve diez once doce".split(),
}


def faithful(sites: Sequence[Site], seed: int, count: int) -> Iterator[Answered]:
    random = Random(seed)
    for _ in range(count):
        site = random.choice(sites)
        passages = some_passages(site, random)
        language = site.language
        if random.random() < 0.12 and language != "en":
            found = list(_foreign(passages, random))
            language = "en"
        else:
            found = [_dressed(said, language, random) for said in _sentences(passages, random)]
            found += list(_rows(passages, language, random))
        random.shuffle(found)
        found = found[: random.randint(1, 3)]
        if found:
            yield Answered(site, language, passages, tuple(found))


def golden(sites: Sequence[Site], *, true: bool) -> Iterator[Answered]:
    """The sentences written by hand, each an answer of its own."""
    by_name = {site.name: site for site in sites}
    for name, language, told_truly, text in GOLDEN:
        if told_truly is true and name in by_name:
            site = by_name[name]
            lies = () if true else (Lie(text, text, "by hand"),)
            yield Answered(site, language, site.passages, (Said(text, -1, "by hand"),), lies)


def some_passages(site: Site, random: Random) -> tuple[Passage, ...]:
    chosen = list(site.passages)
    random.shuffle(chosen)
    return tuple(chosen[:TOGETHER])


def sentences_of(passages: Sequence[Passage]) -> list[Said]:
    """What a page says in whole sentences; questions and rows aside."""
    found: list[Said] = []
    for number, passage in enumerate(passages):
        for unit in cut(passage.text):
            words = len(unit.text.split())
            if _LEANS.match(unit.text):
                continue  # by itself it would be said of something else
            if " | " not in unit.text and 4 <= words <= 45 and unit.text[-1] == "." and "?" not in unit.text:
                found.append(Said(unit.text, number, "as it stands"))
    return found


def rows_of(passages: Sequence[Passage]) -> list[tuple[int, list[str], list[str]]]:
    """Passage, head and cells of each row of a table."""
    found: list[tuple[int, list[str], list[str]]] = []
    for number, passage in enumerate(passages):
        head: list[str] = []
        for line in passage.text.split("\n"):
            cells = [cell.strip() for cell in line.split(" | ")]
            if len(cells) < 2 or "@" in line or any(re.search(r"\d{4}", cell) for cell in cells):
                head = []
            elif not head and not any(sign.isdigit() for sign in line) and not re.search("lukket|closed", line):
                head = cells
            else:
                found.append((number, head, cells))
    return found


def _sentences(passages: Sequence[Passage], random: Random) -> list[Said]:
    found = sentences_of(passages)
    random.shuffle(found)
    return found[:3]


def _dressed(said: Said, language: str, random: Random) -> Said:
    ways: list[Callable[[str, str, Random], str | None]] = [_opened, _reformatted, _reformatted, _turned_round]
    way = random.choice([None, *ways])
    text = way(said.text, language, random) if way else None
    return said if text is None else Said(text, said.passage, way.__name__.strip("_") if way else said.way)


def _opened(text: str, language: str, random: Random) -> str | None:
    return random.choice(OPENINGS[language]) + text


def _turned_round(text: str, language: str, random: Random) -> str | None:
    """ "If A, B." becomes "B if A."; other sentences stay."""
    match = re.fullmatch(r"(If|Wenn|Hvis|Si) ([^,.]+), ([^,.]+)\.", text)
    if match is None or language in ("de", "da"):
        return None
    return f"{match[3][0].upper()}{match[3][1:]} {match[1].lower()} {match[2]}."


def _reformatted(text: str, language: str, random: Random) -> str | None:
    """Figures in another form; None where there is none."""
    made = text
    numbers = NUMBERS[language]
    made = re.sub(
        r"(?<![\d.,:£€$-])\b(\d{1,2}):(\d\d)\b(?!\d)",
        lambda m: (
            f"{m[1]}.{m[2]} Uhr"
            if language == "de"
            else f"{int(m[1]) % 12 or 12}:{m[2]} {'pm' if int(m[1]) > 11 else 'am'}"
        ),
        made,
    )
    made = re.sub(r"£(\d+)(?![\d.,])", r"£\1.00", made) if random.random() < 0.5 else made
    made = re.sub(r"\b(\d+) Euro\b", r"\1,00 €", made)
    made = re.sub(r"\b(\d+) €", r"\1 Euro" if language == "de" else r"\1 euros", made) if language != "da" else made
    made = (
        re.sub(r"\b(\d+) kr\b\.?", r"\1,00 kr." if random.random() < 0.5 else r"DKK \1", made)
        if language == "da"
        else made
    )
    if language == "en":
        made = re.sub(rf"\b(\d{{1,2}})(?:th|st|nd|rd)? ({'|'.join(MONTHS_EN)})\b", r"\2 \1", made)
        made = re.sub(r"\b(\d{1,2}) ([ap])m\b", lambda m: f"{m[1]}:00 {m[2]}.m.", made)
    if random.random() < 0.5:
        made = re.sub(
            r"(?<![\w.,:£€$/+-])([2-9]|1[0-2])(?= (?!%|€|Uhr|kr|h\b|am\b|pm\b|a\.m|p\.m|Euro|euro|heures|kW"
            r"|[A-ZÄÖÜ]?[a-zäöü]*\d|to\b|bis\b|til\b|à\b|og\b|and\b|\d)[a-zA-ZäöüæøåÄÖÜ]{4,})",
            lambda m: numbers[int(m[1])],
            made,
        )
    for value, word in enumerate(numbers):
        if word != "-" and random.random() < 0.7:
            made = re.sub(rf"(?<=[a-zæøåäöü,] ){word}(?= [a-zA-ZäöüæøåÄÖÜ]{{4,}})", str(value), made)
    made = re.sub(r"\b(0\d{3,4}) (\d{3}) (\d{4})\b", r"\1 \2\3", made)
    return None if made == text or made[-1] != "." else made


def _rows(passages: Sequence[Passage], language: str, random: Random) -> Iterator[Said]:
    rows = rows_of(passages)
    random.shuffle(rows)
    for number, head, cells in rows[:2]:
        columns = [at for at in range(1, len(cells)) if any(sign.isdigit() for sign in cells[at])]
        if not columns:
            continue
        at = random.choice(columns)
        name = cells[0]
        if head and len(cells) > 2:
            name = f"{cells[0]}, {head[at]}" if random.random() < 0.5 else f"{head[at]}, {cells[0]}"
            template = ROW[language][0]
        elif re.search(r"[£€]|kr|Euro", cells[at]):
            template = random.choice(ROW[language])
        else:
            template = ROW[language][0]
        yield Said(template.format(a=name[0].upper() + name[1:], b=cells[at]), number, "row told")


def _foreign(passages: Sequence[Passage], random: Random) -> Iterator[Said]:
    """Told in English, with the thing's own name as the page writes it."""
    rows = [row for row in rows_of(passages) if len(row[2]) == 2 and re.search(r"\d", row[2][1])]
    random.shuffle(rows)
    for number, _, cells in rows[:3]:
        if re.search(r"€|kr|Euro", cells[1]):
            template = random.choice(("“{a}” costs {b}.", "The price of {a} is {b}.", "You pay {b} for {a}."))
        else:
            template = "For “{a}” the page says {b}."
        yield Said(template.format(a=cells[0], b=cells[1]), number, "in another language")


def _marked(said: Said) -> str:
    return said.text if said.passage < 0 else f"{said.text[:-1]} [{said.passage + 1}]{said.text[-1]}"
