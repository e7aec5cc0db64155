"""Spans of passages as sentences a visitor reads, each with the exact quotes it is made of. Called by quote.py.

A row is told with the heading it stands under and the names of its columns; nothing is added but the signs between.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from retrieval.model import Citation, Passage, Sentence
from retrieval.quoting.choose import LONG_WORDS, Span
from retrieval.quoting.features import Reading
from retrieval.quoting.layout import CELL, Laid, cells

OWN_ANSWER = "faq:"  # addresses of what the owner wrote as questions and answers
LABELLED_WORDS = 25  # a row that long speaks for itself
ENDS = ".!?:;,…|。！？"


def tell(reading: Reading, spans: Sequence[Span]) -> list[Sentence]:
    """Each but the last ends with a stop, so that they can be read on."""
    told = list(_told(reading, spans))
    return [*(replace(sentence, text=_ended(sentence.text)) for sentence in told[:-1]), *told[-1:]]


def _told(reading: Reading, spans: Sequence[Span]) -> Iterator[Sentence]:
    told: set[tuple[int, int]] = set()  # headings that were said
    for span in spans:
        units = reading.laid[span.passage]
        passage = reading.passages[span.passage]
        parts = range(span.first, span.last + 1)
        told.update((span.passage, at) for at in parts if units[at].heading)
        exact = passage.text[units[span.first].unit.start : units[span.last].unit.end]
        first = units[span.first]
        headings = [] if first.heading else _headings(units, first, span.passage, told)
        header = first.header if first.header >= 0 and first.header < span.first else -1
        citations = [cite(passage, span.passage, units[at].unit.text) for at in headings]
        text = exact
        if len(exact.split()) > LONG_WORDS and len(parts) == 1:
            start, stop = _shortened(reading, exact)
            citations.append(cite(passage, span.passage, exact[start:stop]))
            text = f"{'… ' if start else ''}{exact[start:stop]}{' …' if stop < len(exact) else ''}"
        else:
            if header >= 0 and _named(units, span):
                citations.append(cite(passage, span.passage, units[header].unit.text))
            citations.append(cite(passage, span.passage, exact))
            text = _joined([(units[at], _row(units, at)) for at in parts if not _skipped(units, at, span)])
        for at in reversed(headings):
            name = units[at].unit.text.rstrip()
            text = f"{name} {text}" if name[-1] in ENDS else f"{name}: {text}"
            told.add((span.passage, at))
        if text:
            yield Sentence(text, tuple(citations))


def _ended(text: str) -> str:
    last = text.rsplit(None, 1)[-1]
    address = "@" in last or "://" in last or "www." in last
    return text if text[-1] in f'{ENDS}”»"…' or address else f"{text}."


def tell_own(reading: Reading, number: int) -> Sentence:
    """What the owner wrote as the answer to a question: whole, without the question, its points kept apart."""
    passage, units = reading.passages[number], reading.laid[number]
    first = 1 if len(units) > 1 and units[0].unit.text.strip() == passage.title.strip() else 0
    exact = passage.text[units[first].unit.start : units[-1].unit.end]
    lines = exact.split("\n")
    ended = [line if line[-1:] in ENDS else f"{line};" for line in lines[:-1]]
    return Sentence(" ".join([*ended, *lines[-1:]]), (cite(passage, number, exact),))


def cite(passage: Passage, number: int, exact: str) -> Citation:
    """`number` counts from 0 here and from 1 for readers."""
    return Citation(
        passage=number + 1,
        quote=exact,
        url=passage.url,
        title=passage.title,
        chunk_no=passage.chunk_no,
        page=passage.page,
        checked_at=passage.checked_at,
    )


def _headings(units: Sequence[Laid], first: Laid, number: int, told: set[tuple[int, int]]) -> list[int]:
    """Of a row, once for rows that follow; a sentence speaks for itself."""
    at = first.section
    if at < 0 or (number, at) in told:
        return []
    asks = units[at].unit.text.endswith("?")
    short = first.unit.row and len(first.unit.text.split()) <= LABELLED_WORDS and first.unit.text[-1] not in ".!"
    return [at] if asks or short else []


def _named(units: Sequence[Laid], span: Span) -> bool:
    return any(len(cells(units[at].unit.text)) > 2 and units[at].header >= 0 for at in range(span.first, span.last + 1))


def _skipped(units: Sequence[Laid], at: int, span: Span) -> bool:
    """Links, and names of columns that are told with their rows."""
    return units[at].link or (
        units[at].columns and any(units[row].header == at for row in range(at + 1, span.last + 1))
    )


def _row(units: Sequence[Laid], at: int) -> str:
    """ "Adults | 5 € | 3 €" under "Ticket | Day | Evening" is "Adults – Day: 5 €, Evening: 3 €"."""
    text = units[at].unit.text
    if CELL not in text:
        return text
    parts = cells(text)
    if units[at].header >= 0 and len(parts) > 2:
        names = cells(units[units[at].header].unit.text)
        pairs = ", ".join(f"{name}: {value}" for name, value in zip(names[1:], parts[1:], strict=True) if value)
        return f"{parts[0]} – {pairs}"
    return f"{parts[0]}{' ' if parts[0][-1:] in ENDS else ': '}{', '.join(part for part in parts[1:] if part)}"


def _joined(parts: Sequence[tuple[Laid, str]]) -> str:
    """In one line: a colon after what names the next, a semicolon between rows, a space between sentences."""
    text = ""
    for at, (laid, said) in enumerate(parts):
        text += said
        if at + 1 == len(parts):
            break
        following = parts[at + 1][0]
        if said[-1] in ENDS or following.line == laid.line:
            text += " "
        elif laid.heading and not following.heading:
            text += ": "
        elif laid.heading:
            text += " – "
        elif following.unit.text[-1] in ".!?":
            text += ". "
        else:
            text += "; " if following.unit.row or laid.unit.row else " "
    return text


def _shortened(reading: Reading, text: str) -> tuple[int, int]:
    """A long sentence loses its ends, away from the figure or words that were asked; at a comma where one is near."""
    centre = _centre(reading, text)
    begins = [match.start() for match in re.finditer(r"\S+", text)]
    middle = max((index for index, at in enumerate(begins) if at <= centre), default=0)
    first = max(0, min(middle - LONG_WORDS // 2, len(begins) - LONG_WORDS))
    last = min(len(begins), first + LONG_WORDS)
    for index in range(first, min(first + 15, middle)):
        if first and text[begins[index] - 2 : begins[index] - 1] in ",;:–—":
            first = index
            break
    for index in range(last - 1, max(last - 15, middle), -1):
        if last < len(begins) and text[begins[index] - 2 : begins[index] - 1] in ",;:–—":
            last = index
            break
    stop = len(text) if last == len(begins) else begins[last]
    return begins[first], begins[first] + len(text[begins[first] : stop].rstrip())


def _centre(reading: Reading, text: str) -> int:
    for start in reading.figures_in(text):
        return start
    folded = text.casefold()
    stems = sorted((stem for term in reading.asked.terms for stem in term), key=len, reverse=True)
    return next((folded.find(stem) for stem in stems if stem in folded), 0)
