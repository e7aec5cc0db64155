"""CSV and TSV in, rows with the names of their columns out. Runs in the child; called by read.py.

The sign between the values is the one by which the first lines divide into equally many; quotes may
hold signs and line ends. Character sets are read as those of pages are (decode.py).
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator

from ingestion.extract.decode import decode
from ingestion.extract.gather import Full, Gather, Unread
from ingestion.extract.grid import MAX_COLUMNS, Room, Sheet, Value, looks_like_figures, write_sheet
from ingestion.model import ExtractedDocument, Reason

_MAX_TEXT = 4_000_000  # characters looked at: twice of what may be kept, for quotes and signs between
_SAMPLE = 32_768
_SAMPLE_ROWS = 100
_SIGNS = ";,\t|"
_NAMED_SIGN = re.compile(r"\Asep=(.)\r?\n", re.I)


def extract_delimited(body: bytes, name: str, charset: str | None, *, tabs: bool) -> ExtractedDocument:
    """`tabs`: the file says that tabs divide it. `name` titles it."""
    if b"\0" in body[:4096] and not body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ExtractedDocument(title="", blocks=(), reason=Reason.BROKEN, detail="it is no text")
    text = decode(body, charset, is_html=False)
    gather = Gather()
    sign = "\t" if tabs else None
    if named := _NAMED_SIGN.match(text):
        sign, text = named.group(1), text[named.end() :]
    try:
        _read(gather, text, sign)
    except Unread as error:
        return ExtractedDocument(title="", blocks=(), reason=error.reason, detail=error.detail)
    except Full:
        return gather.close(title=name, name=name)  # gather.limits tells the owner
    return gather.close(title=name, name=name)


def _read(gather: Gather, text: str, sign: str | None) -> None:
    total = text.count("\n") + (not text.endswith("\n"))
    looked = text[:_MAX_TEXT]
    if len(text) > len(looked):
        end = looked.rfind("\n")
        looked = looked[: end + 1] if end > 0 else looked
    sign = sign or _divider(looked)
    quoting = csv.QUOTE_MINIMAL
    try:
        rows, lines, cut = _rows(looked, sign, quoting)
    except csv.Error:
        # A quote that never ends swallows the file: then quotes are signs like others.
        try:
            rows, lines, cut = _rows(looked, sign, csv.QUOTE_NONE)
        except csv.Error as error:
            raise Unread(Reason.PARSE_LIMIT, f"one value of more than {csv.field_size_limit()} characters") from error
    write_sheet(gather, Sheet(rows, convention=True))
    if lines < total:
        gather.limits.append(f"{lines} of {total} lines")
    if cut:
        gather.limits.append(f"the first {MAX_COLUMNS} columns")


def _rows(text: str, sign: str, quoting: int) -> tuple[dict[int, dict[int, Value]], int, bool]:
    """Row → column → value, how many lines they are, and whether columns were left out."""
    room = Room()
    rows: dict[int, dict[int, Value]] = {}
    cut = False
    reader = _reader(text, sign, quoting)
    lines = 0
    try:
        for number, fields in enumerate(reader):
            room.row()
            cut = cut or any(map(str.strip, fields[MAX_COLUMNS:]))
            line: dict[int, Value] = {}
            for column, field in enumerate(fields[:MAX_COLUMNS]):
                shown = field.strip()
                if shown:
                    room.cell(shown)
                    line[column] = Value(shown, looks_like_figures(shown))
            if line:
                rows[number] = line
            lines = reader.line_num
    except Full:
        return rows, lines, cut
    return rows, text.count("\n") + (not text.endswith("\n")), cut


def _divider(text: str) -> str:
    """The sign that divides most of the first lines into the same number of values, more values first."""
    best, most = ",", 0.0
    sample = text[:_SAMPLE]
    for sign in _SIGNS:
        counts: Counter[int] = Counter()
        try:
            for fields in _first(_reader(sample, sign, csv.QUOTE_MINIMAL)):
                counts[len(fields)] += 1
        except csv.Error:
            continue
        if not counts:
            continue
        width, often = max(counts.items(), key=lambda pair: (pair[1] if pair[0] > 1 else 0, pair[0]))
        share = often / counts.total() + min(width, 50) / 1_000
        if width > 1 and share > most:
            best, most = sign, share
    return best


def _first(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    for number, fields in enumerate(rows):
        if number >= _SAMPLE_ROWS:
            return
        if fields:
            yield fields


def _reader(text: str, sign: str, quoting: int):
    return csv.reader(io.StringIO(text, newline=""), delimiter=sign, quoting=quoting, skipinitialspace=True)  # type: ignore[arg-type]
