"""Office files that attack their reader: zips that lie or explode, XML that expands, sheets without end.

Each generator gives a case's bytes and type; `CASES` says in which reasons it may end.
"""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from ingestion.extract.kinds import CSV, DOCX, ODS, ODT, PPTX, XLSX
from ingestion.model import Reason
from tests.unit.ingestion.documents import pdf
from tests.unit.ingestion.office_files import (
    docx,
    docx_parts,
    odf,
    odf_parts,
    p,
    pptx,
    rows,
    shape,
    tbl,
    xlsx,
    xlsx_parts,
    zipped,
)

MB = 2**20
BODY = "word/document.xml"
SHEET = "xl/worksheets/sheet1.xml"


@dataclass(frozen=True, slots=True)
class Case:
    make: Callable[[], bytes]
    reasons: tuple[Reason | None, ...]
    media_type: str = DOCX
    says: str = ""  # words of the detail


def with_part(name: str, content: str | bytes, parts: dict[str, str | bytes] | None = None) -> bytes:
    return zipped({**(parts or docx_parts(p("Good text."))), name: content})


def flat_bomb(size: int = 300 * MB) -> bytes:
    """One member of very many zeros."""
    return with_part("word/media/zeros.bin", bytes(size // 4), docx_parts(p("x"))) if size < 100 * MB else _grown(size)


def _grown(size: int) -> bytes:
    """The directory and the stream tell the truth, so that only the size is wrong."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = bytes(MB)
    packed = b"".join(packer.compress(piece) for _ in range(size // MB)) + packer.flush()
    crc = 0
    for _ in range(size // MB):
        crc = zlib.crc32(piece, crc)
    return appended(zipped(docx_parts(p("x"))), [("word/media/zeros.bin", packed, size, crc)])


def appended(body: bytes, members: list[tuple[str, bytes, int, int]], *, flags: int = 0) -> bytes:
    """More members (name, deflated bytes, declared size, declared checksum) behind those of a zip."""
    end = body.rfind(b"PK\x05\x06")
    (_, _, _, _, count, length, start, _) = struct.unpack_from("<4s4H2LH", body, end)
    local, directory = body[:start], body[start : start + length]
    for name, packed, size, crc in members:
        raw = name.encode()
        at = len(local)
        local += struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, flags, 8, 0, 0, crc, len(packed), size, len(raw), 0)
        local += raw + packed
        directory += struct.pack(
            "<4s6H3L5H2L", b"PK\x01\x02", 20, 20, flags, 8, 0, 0, crc, len(packed), size, len(raw), 0, 0, 0, 0, 0, at
        )
        directory += raw
        count += 1
    return local + directory + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(directory), len(local), 0)


def lying_size() -> bytes:
    """Says 10 bytes, unpacks to 50 MB."""
    packed = zlib.compress(bytes(50 * MB), 9)[2:-4]
    return appended(zipped({k: v for k, v in docx_parts(p("x")).items() if k != BODY}), [(BODY, packed, 10, 0)])


def overlapping() -> bytes:
    """Fifield's bomb: many entries that share one packed body."""
    body = zipped(docx_parts(p("x")))
    end = body.rfind(b"PK\x05\x06")
    (_, _, _, _, count, length, start, _) = struct.unpack_from("<4s4H2LH", body, end)
    directory = body[start : start + length]
    first = directory[: 46 + struct.unpack_from("<H", directory, 28)[0]]
    for number in range(1_000):
        again = bytearray(first)
        name = b"%04d" % number
        struct.pack_into("<H", again, 28, len(name))
        directory += bytes(again[:46]) + name
    count += 1_000
    return (
        body[:start] + directory + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(directory), start, 0)
    )


def nested(depth: int = 6) -> bytes:
    """Zips in zips; each level holds ten of the one below."""
    inner = zipped({"0.bin": bytes(MB)})
    for level in range(depth):
        inner = zipped({f"{level}-{number}.zip": inner for number in range(10)})
    return inner


def quine() -> bytes:
    """Rewritten droste: a zip that holds itself, as far as a generator can. It is no office file."""
    body = zipped({"r/r.zip": b"PK\x03\x04"})
    return zipped({"r/r.zip": body})


def many_entries(count: int = 10_000) -> bytes:
    return zipped({**docx_parts(p("x")), **{f"word/media/{number}": b"" for number in range(count)}})


def zip64_lies() -> bytes:
    """The end of the directory points to a longer one that says there are billions."""
    body = zipped(docx_parts(p("x")))
    end = body.rfind(b"PK\x05\x06")
    big = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 2**33, 2**33, 2**40, 2**41)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
    last = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return body[:end] + big + locator + last


def encrypted_zip() -> bytes:
    """The flag of an encrypted member, as zip programs set it."""
    body = bytearray(zipped(docx_parts(p("x"))))
    at = 0
    while (at := body.find(b"PK\x01\x02", at)) >= 0:
        body[at + 8] |= 1
        at += 4
    return bytes(body)


def locked_by_office() -> bytes:
    """An OLE container with the stream that Office encrypts a package into."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(2_000)


def slipping_names() -> bytes:
    return zipped({**docx_parts(p("Read all the same.")), "../../../etc/cron.d/x": "no", "/etc/passwd": "no",
                   "C:\\Windows\\x": "no"})  # fmt: skip


def twice_the_same() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in docx_parts(p("what one program shows")).items():
            archive.writestr(name, content)
        other = zipfile.ZipInfo("WORD/document.xml")
        archive.writestr(other, str(docx_parts(p("what another shows"))[BODY]))
    return out.getvalue()


def with_doctype(declaration: str, said: str = "") -> bytes:
    parts = docx_parts(p("x" + said))
    return zipped({**parts, BODY: f"<?xml version='1.0'?>{declaration}{parts[BODY]}"})


def billion_laughs() -> bytes:
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    parts = docx_parts("<w:p><w:r><w:t>&l11;</w:t></w:r></w:p>")
    return zipped({**parts, BODY: f'<!DOCTYPE x [<!ENTITY l0 "lol">{lines}]>{parts[BODY]}'})


def xxe(address: str) -> bytes:
    parts = docx_parts("<w:p><w:r><w:t>&e;</w:t></w:r></w:p>")
    return zipped({**parts, BODY: f'<!DOCTYPE x [<!ENTITY e SYSTEM "{address}">]>{parts[BODY]}'})


def deep(depth: int = 5_000) -> bytes:
    around = depth // 3
    return docx(p("Before.") + "<w:tbl><w:tr><w:tc>" * around + p("deep") + "</w:tc></w:tr></w:tbl>" * around)


def many_attributes(count: int = 100_000) -> bytes:
    return docx(p("Before.") + "<w:p " + " ".join(f'a{n}="x"' for n in range(count)) + ">" + "</w:p>" + p("After."))


def long_text(size: int = 50 * MB) -> bytes:
    return docx(p("Before.") + "<w:p><w:r><w:t>" + incompressible(size) + "</w:t></w:r></w:p>")


def incompressible(size: int) -> str:
    """Text that packs to about a third: it repeats itself only farther back than a packer looks."""
    words = ["".join(random.Random(n).choices("abcdefghijklmnop", k=9)) for n in range(256)]
    block = " ".join(random.Random(7).choices(words, k=5_000))
    return (block + " ") * (size // len(block))


def long_attribute(size: int = 40 * MB) -> bytes:
    return docx(p("Before.") + f'<w:p x="{incompressible(size)}"/>')


def endless_comment(size: int = 40 * MB) -> bytes:
    return docx(p("Before.") + f"<!--{incompressible(size)}-->" + p("After."))


def many_paragraphs(count: int = 100_000) -> bytes:
    return docx("".join(f"<w:p><w:r><w:t>{n * 7919 % 999_983}</w:t></w:r></w:p>" for n in range(count)))


def many_cells(count: int = 200_000) -> bytes:
    cells = "".join(f"<w:tc><w:p><w:r><w:t>{n * 7919 % 9_973}</w:t></w:r></w:p></w:tc>" for n in range(count))
    return docx(f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>")


def lying_dimension() -> bytes:
    return xlsx({"A": '<dimension ref="A1:XFD1048576"/>' + '<cols><col min="1" max="16384" width="9"/></cols>'
                 + '<sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
                 '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row></sheetData>'})  # fmt: skip


def many_columns() -> bytes:
    cells = "".join(f"<c><v>{n}</v></c>" for n in range(16_384))
    return xlsx({"A": f"<sheetData><row>{cells}</row></sheetData>"})


def many_rows(count: int = 120_000) -> bytes:
    lines = "".join(f'<row r="{n}"><c r="A{n}"><v>{n * 7919 % 999_983}</v></c></row>' for n in range(1, count + 1))
    return xlsx({"Liste": f"<sheetData>{lines}</sheetData>"})


def wrong_strings() -> bytes:
    cells = '<c t="s"><v>0</v></c><c t="s"><v>99999999</v></c><c t="s"><v>-1</v></c><c t="s"><v>x</v></c>'
    return xlsx({"A": f"<sheetData><row>{cells}</row></sheetData>"}, strings=("Good text",))


def many_merges() -> bytes:
    merges = "".join(f'<mergeCell ref="A{n}:XFD1048576"/>' for n in range(1, 30_000))
    return xlsx({"A": rows(("a", 1.0), ("b", 2.0)) + f"<mergeCells>{merges}</mergeCells>"})


def hostile_formats() -> bytes:
    codes = ("0" * 255, "%" * 255, "," * 255, "0." + "0" * 250, "[h" * 100, '"' * 99, "#,##0" * 40, "y" * 200, "_" * 99)
    values = (1e308, -1e-308, 12345.678, 1e15, 2958466.0)
    lines = [[(value, style) for style in range(1, len(codes) + 1)] for value in values]
    return xlsx({"A": rows(("text",), *lines)}, formats=codes)


def repeated_cells() -> bytes:
    """An ODS that says each of its values a billion times."""
    cell = '<table:table-cell office:value-type="string" table:number-columns-repeated="1000000"><text:p>x1</text:p>'
    cell += "</table:table-cell>"
    line = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
    return odf("spreadsheet", f'<table:table table:name="A">{line * 50}</table:table>')


def looping_styles() -> bytes:
    style = '<w:style w:type="paragraph" w:styleId="{}"><w:name w:val="{}"/><w:basedOn w:val="{}"/></w:style>'
    return docx(p("Text of a loop.", style="A"), styles=style.format("A", "A", "B") + style.format("B", "B", "A"))


def truncated() -> bytes:
    return docx(p("Text " * 500))[:-60]


def damaged_part() -> bytes:
    """A changed byte in the packed text: the checksum no longer holds."""
    body = bytearray(docx(p("The price is 12 EUR. " * 50)))
    at = body.find(BODY.encode()) + len(BODY) + 20
    body[at] ^= 0x55
    return bytes(body)


def unclosed() -> bytes:
    parts = docx_parts(p("Kept text.") + p("Kept too."))
    return zipped({**parts, BODY: str(parts[BODY]).replace("</w:body></w:document>", "<w:p><w:r><w:t>half")})


def csv_line(size: int = 19 * MB) -> bytes:
    return b"a" * size


def csv_commas(size: int = 19 * MB) -> bytes:
    return b"," * size


def csv_open_quote() -> bytes:
    return b'name,price\n"never closed,1\n' + b"row,2\n" * 60_000


LIMIT, BROKEN, PART = Reason.PARSE_LIMIT, Reason.BROKEN, Reason.PARSE_INCOMPLETE
CASES: dict[str, Case] = {
    "flat bomb": Case(flat_bomb, (LIMIT,), says="100"),
    "a size that lies": Case(lying_size, (BROKEN,), says="longer than it says"),
    "overlapping entries": Case(overlapping, (BROKEN,), says="over each other"),
    "nested zips": Case(nested, (Reason.UNSUPPORTED,), says="zip file"),
    "a zip of itself": Case(quine, (Reason.UNSUPPORTED,), says="zip file"),
    "10,000 entries": Case(many_entries, (LIMIT,), says="2000 parts"),
    "zip64 lies": Case(zip64_lies, (LIMIT, BROKEN)),
    "encrypted zip": Case(encrypted_zip, (Reason.ENCRYPTED,)),
    "locked by Office": Case(locked_by_office, (Reason.ENCRYPTED,)),
    "locked OpenDocument": Case(
        lambda: odf("text", "<text:p>x</text:p>", manifest="<manifest:encryption-data xmlns:manifest='m'/>"),
        (Reason.ENCRYPTED,), ODT,
    ),
    "names that climb": Case(slipping_names, (None,)),
    "two parts of one name": Case(twice_the_same, (BROKEN,), says="twice"),
    "truncated": Case(truncated, (BROKEN,), says="end is missing"),
    "a damaged part": Case(damaged_part, (BROKEN,)),
    "XML that stops": Case(unclosed, (PART,), says="its text: damaged"),
    "billion laughs": Case(billion_laughs, (BROKEN,), says="document type"),
    "XXE of a file": Case(lambda: xxe("file:///etc/passwd"), (BROKEN,), says="document type"),
    "XXE of a host": Case(lambda: xxe("http://127.0.0.1:9/"), (BROKEN,), says="document type"),
    "external DTD": Case(lambda: with_doctype('<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">'), (BROKEN,)),
    "XXE in the relations": Case(
        lambda: with_part("_rels/.rels", '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'), (BROKEN,)
    ),
    "5,000 nested elements": Case(deep, (LIMIT,), says="deep"),
    "100,000 attributes": Case(many_attributes, (None,)),
    "a 50 MB text": Case(long_text, (LIMIT,), says="2000000 characters"),
    "a 40 MB attribute": Case(long_attribute, (LIMIT,), says="8 MB"),
    "a 40 MB comment": Case(endless_comment, (LIMIT, None)),
    "100,000 paragraphs": Case(many_paragraphs, (LIMIT,)),
    "200,000 cells": Case(many_cells, (LIMIT,)),
    "styles in a loop": Case(looping_styles, (None,)),
    "a dimension that lies": Case(lying_dimension, (None,), XLSX),
    "16,384 columns": Case(many_columns, (LIMIT,), XLSX, says="256 columns"),
    "120,000 rows": Case(many_rows, (LIMIT,), XLSX, says="50000 of 120000 rows of “Liste”"),
    "strings that are not there": Case(wrong_strings, (PART,), XLSX, says="“A”: 3"),
    "a billion merged cells": Case(many_merges, (None,), XLSX),
    "hostile number formats": Case(hostile_formats, (None,), XLSX),
    "a billion repeated cells": Case(repeated_cells, (LIMIT,), ODS),
    "a CSV of one line": Case(csv_line, (LIMIT,), CSV),
    "a CSV of commas": Case(csv_commas, (LIMIT, Reason.EMPTY), CSV),
    "a CSV with an open quote": Case(csv_open_quote, (None, LIMIT), CSV),
    "NUL bytes in a CSV": Case(lambda: b"a,b\n\0\0,1\n", (BROKEN,), CSV, says="no text"),
    "a CSV in UTF-16": Case(lambda: "Ware;Preis\nBrot;3,50 €\n".encode("utf-16"), (None,), CSV),
    "empty": Case(lambda: b"", (Reason.EMPTY,)),
    "nothing but zeros": Case(lambda: bytes(5_000), (Reason.EMPTY,), XLSX),
    "an empty zip": Case(lambda: b"PK\x05\x06" + bytes(18), (BROKEN,)),
    "a picture": Case(lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)), (BROKEN,), says="a picture"),
    "noise": Case(lambda: random.Random(5).randbytes(50_000), (BROKEN,), says="no office file"),
    "HTML before the zip": Case(lambda: b"<html><p>x</p>" + docx(p("x")), (BROKEN,), says="web page"),
    "a zip before a PDF": Case(lambda: docx(p("The first is read.")) + pdf(["x"]), (None, BROKEN)),
    "a PDF before the zip": Case(lambda: pdf(["The first is read."]) + docx(p("x")), (None,)),
    "an old Word file": Case(
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000), (BROKEN,), says="Office 97-2003"
    ),
    "an old Word file by its name": Case(
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000), (Reason.UNSUPPORTED,), "application/msword", ".doc"
    ),
}  # fmt: skip


def seeds() -> dict[str, tuple[bytes, str]]:
    """Good files to damage: name → bytes, type."""
    table = tbl(("Artikel", "Preis"), ("Brot", "3,50 €"), ("Kuchen", "2,00 €"), named=1)
    sheet = rows(("Artikel", "Preis"), ("Brot", 3.5), ("Torte", (20.0, 1)))
    odt = '<text:h text:outline-level="1">Titel</text:h><text:p>Ein Absatz.</text:p><table:table><table:table-row>'
    odt += "<table:table-cell><text:p>a</text:p></table:table-cell></table:table-row></table:table>"
    stored = zipfile.ZIP_STORED  # damage reaches the XML itself, and not only the checksum
    return {
        "docx": (docx(p("Ein Absatz von Text.") + table + p("Ende.")), DOCX),
        "xlsx": (xlsx({"Preise": sheet}, strings=("a", "b"), formats=("0.00",)), XLSX),
        "odt": (odf("text", odt), ODT),
        "pptx": (pptx([shape("Titel", place="title") + shape("a", "b")]), PPTX),
        "docx, stored": (zipped(docx_parts(p("Text.") + table), method=stored), DOCX),
        "xlsx, stored": (zipped(xlsx_parts({"A": sheet}), method=stored), XLSX),
        "odt, stored": (zipped(odf_parts("text", odt), method=stored), ODT),
    }


def damaged(body: bytes, rng: random.Random) -> bytes:
    """A few bytes flipped, or the end cut off, or a piece left out."""
    how = rng.random()
    if how < 0.25:
        return body[: rng.randrange(len(body))]
    if how < 0.4:
        at = rng.randrange(len(body))
        return body[:at] + body[at + rng.randrange(1, 200) :]
    changed = bytearray(body)
    for _ in range(rng.choice((1, 2, 8, 40))):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def resealed(body: bytes, rng: random.Random) -> bytes:
    """One part's XML damaged and packed anew, so that its checksum holds and the damage reaches the reader."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = rng.choice([name for name in parts if name.endswith((".xml", ".rels"))])
    parts[name] = damaged(parts[name], rng)
    return zipped(parts)
