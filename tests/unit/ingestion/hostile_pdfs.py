"""PDFs made to hurt a reader: loops, bombs, lies about lengths, nonsense in every place. Small as files."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ingestion.model import Reason
from tests.unit.ingestion import documents

PAGE = (
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> %s >> >>"
)
FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
TEXT = b"BT /F1 12 Tf 60 700 Td (The harbour opens at nine.) Tj ET"
SEEN = "The harbour opens at nine."


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), entries, content)


def deflated(content: bytes, entries: bytes = b"") -> bytes:
    return stream(zlib.compress(content, 9), b"/Filter /FlateDecode " + entries)


def pdf(objects: dict[int, bytes], *, trailer: bytes = b"", xref: bytes | None = None) -> bytes:
    """Objects by number; 1 is the catalogue. `xref` replaces the table."""
    body = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
    offsets: dict[int, int] = {}
    for number, content in objects.items():
        offsets[number] = len(body)
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(body)
    size = max(objects) + 1
    if xref is None:
        lines = [b"%010d 00000 n \n" % offsets[n] if n in offsets else b"0000000000 00000 f \n" for n in range(1, size)]
        xref = b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, b"".join(lines))
    return body + xref + b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF" % (size, trailer, start)


def one_page(content: bytes | None = None, *, resources: bytes = b"", more: dict[int, bytes] | None = None,
             catalog: bytes = b"", trailer: bytes = b"", xref: bytes | None = None) -> bytes:  # fmt: skip
    """`content` is the whole object 4, a stream; None: a line of text."""
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog,
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: PAGE % resources,
        4: stream(TEXT) if content is None else content,
        5: FONT,
    }
    return pdf(objects | (more or {}), trailer=trailer, xref=xref)


def kids_cycle() -> bytes:
    return documents.looping_pdf()


def page_is_its_own_parent() -> bytes:
    return pdf({1: b"<< /Type /Catalog /Pages 2 0 R >>", 2: b"<< /Type /Pages /Kids [2 0 R] /Count 1 /Parent 2 0 R >>"})


def exponential_forms() -> bytes:
    """Ten forms, each of which shows the next ten times: ten thousand million glyphs in some 2 kB."""
    forms: dict[int, bytes] = {}
    for level in range(10):
        content = b"/X Do " * 10 if level < 9 else b"BT /F1 12 Tf 60 700 Td (x) Tj ET"
        entries = b"/Type /XObject /Subtype /Form /BBox [0 0 600 900] /Resources << /Font << /F1 5 0 R >> %s >>"
        inner = b"/XObject << /X %d 0 R >>" % (11 + level) if level < 9 else b""
        forms[10 + level] = stream(content, entries % inner)
    return one_page(stream(TEXT + b" /X Do"), resources=b"/XObject << /X 10 0 R >>", more=forms)


def form_shows_itself() -> bytes:
    entries = b"/Type /XObject /Subtype /Form /BBox [0 0 600 900] /Resources << /XObject << /X 10 0 R >> >>"
    return one_page(
        stream(TEXT + b" /X Do"), resources=b"/XObject << /X 10 0 R >>", more={10: stream(b"/X Do /X Do", entries)}
    )


def wrong_startxref() -> bytes:
    return one_page().replace(b"startxref\n", b"startxref\n9")


def negative_xref() -> bytes:
    return one_page(xref=b"xref\n0 6\n" + b"-000000099 00000 n \n" * 6)


def huge_xref() -> bytes:
    return one_page(xref=b"xref\n0 2147483647\n0000000000 65535 f \n")


def xref_of_itself() -> bytes:
    body = one_page()
    start = body.index(b"xref\n0")
    return body.replace(b"/Root 1 0 R", b"/Root 1 0 R /Prev %d" % start)


def xref_stream_loop() -> bytes:
    body = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Kids [] /Count 0 >>\nendobj\n"
    start = len(body)
    entries = b"/Type /XRef /W [1 4 2] /Size 4 /Root 1 0 R /Prev %d" % start
    body += b"3 0 obj\n%s\nendobj\n" % stream(b"\0" * 28, entries)
    return body + b"startxref\n%d\n%%%%EOF" % start


def object_stream_loop() -> bytes:
    """The catalogue lies in an object stream that lies in itself."""
    body = b"%PDF-1.7\n"
    first = len(body)
    inner = b"1 0 4 40 << /Type /Catalog /Pages 2 0 R >>          << /Type /ObjStm >>"
    body += b"4 0 obj\n%s\nendobj\n" % stream(inner, b"/Type /ObjStm /N 2 /First 9 /Extends 4 0 R")
    start = len(body)
    rows = [(0, 0, 65535), (2, 4, 0), (2, 4, 1), (1, start, 0), (2, 4, 1)]
    packed = b"".join(bytes([kind]) + at.to_bytes(4) + index.to_bytes(2) for kind, at, index in rows)
    body += b"3 0 obj\n%s\nendobj\n" % stream(packed, b"/Type /XRef /W [1 4 2] /Size 5 /Root 1 0 R")
    return body + b"startxref\n%d\n%%%%EOF%d" % (start, first)


def hundred_thousand_pages() -> bytes:
    kids = b"3 0 R " * 100_000
    return pdf({
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Count 100000 /Kids [%s] >>" % kids,
        3: PAGE % b"", 4: stream(TEXT), 5: FONT,
    })  # fmt: skip


def lying_count() -> bytes:
    return one_page().replace(b"/Count 1 ", b"/Count 2147483647 ")


def huge_length() -> bytes:
    return one_page(b"<< /Length 99999999999 >>\nstream\n%s\nendstream" % TEXT)


def negative_length() -> bytes:
    return one_page(b"<< /Length -5 >>\nstream\n%s\nendstream" % TEXT)


def length_is_the_stream_itself() -> bytes:
    return one_page(b"<< /Length 4 0 R >>\nstream\n%s\nendstream" % TEXT)


def spaces(megabytes: int) -> bytes:
    """As many spaces, deflated, without compressing them all: one megabyte's block again and again."""
    one = b" " * 2**20
    packer = zlib.compressobj(9)
    head = packer.compress(one) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(one) + packer.flush(zlib.Z_FULL_FLUSH)
    check = 1
    for _ in range(megabytes):
        check = zlib.adler32(one, check)
    return head + block * (megabytes - 1) + b"\x03\x00" + check.to_bytes(4)


def zlib_bomb() -> bytes:
    """600 MB of spaces."""
    return one_page(stream(spaces(600), b"/Filter /FlateDecode"))


def zlib_bomb_in_a_bomb() -> bytes:
    inner = zlib.compress(zlib.compress(spaces(600), 9), 9)
    return one_page(stream(inner, b"/Filter [/FlateDecode /FlateDecode /FlateDecode]"))


def run_length_bomb() -> bytes:
    return one_page(deflated(b"\x81 " * 2_000_000 + b"\x80", b"").replace(
        b"/Filter /FlateDecode", b"/Filter [/FlateDecode /RunLengthDecode]"))  # fmt: skip


def lzw_bomb() -> bytes:
    """Codes that only ever grow: each stands for one sign more."""
    codes, value, bits = [256, 32, *range(258, 4000)], 0, 0
    out = bytearray()
    for number, code in enumerate(codes):
        width = 9 if number < 255 else 10 if number < 767 else 11 if number < 1791 else 12
        value, bits = (value << width) | code, bits + width
        while bits >= 8:
            bits -= 8
            out.append((value >> bits) & 0xFF)
    packed = zlib.compress(bytes(out) * 12, 9)
    return one_page(stream(packed, b"/Filter [/FlateDecode /LZWDecode]"))


def fifty_filters() -> bytes:
    content = TEXT
    for _ in range(50):
        content = zlib.compress(content)
    return one_page(stream(content, b"/Filter [%s]" % (b"/FlateDecode " * 50)))


def jbig2_garbage() -> bytes:
    image = b"/Type /XObject /Subtype /Image /Width 60000 /Height 60000 /BitsPerComponent 1 /ColorSpace /DeviceGray"
    picture = stream(b"\x97JB2\r\n\x1a\n" + bytes(range(256)) * 40, image + b" /Filter /JBIG2Decode")
    return one_page(
        stream(TEXT + b" q 500 0 0 500 0 0 cm /I Do Q"), resources=b"/XObject << /I 10 0 R >>", more={10: picture}
    )


def jpx_garbage() -> bytes:
    image = b"/Type /XObject /Subtype /Image /Width 30000 /Height 30000 /Filter /JPXDecode"
    picture = stream(b"\xff\x4f\xff\x51\x00\x2f" + b"\xff" * 5000, image)
    return one_page(
        stream(TEXT + b" q 500 0 0 500 0 0 cm /I Do Q"), resources=b"/XObject << /I 10 0 R >>", more={10: picture}
    )


def deep_arrays() -> bytes:
    return one_page(catalog=b"/Deep " + b"[" * 10_000 + b"]" * 10_000)


def deep_dictionaries() -> bytes:
    return one_page(catalog=b"/Deep " + b"<< /A " * 10_000 + b"1" + b" >>" * 10_000)


def deep_page_tree() -> bytes:
    objects = {1: b"<< /Type /Catalog /Pages 100 0 R >>", 3: PAGE % b"", 4: stream(TEXT), 5: FONT}
    for level in range(3000):
        kid = 101 + level if level < 2999 else 3
        objects[100 + level] = b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % kid
    return pdf(objects)


def deep_content() -> bytes:
    """Saved states, marked contents and arrays that never end."""
    return one_page(stream(TEXT + b" q" * 100_000 + b" /A BMC" * 50_000 + b" [" * 100_000))


def broken_character_map() -> bytes:
    cmap = b"begincmap 1 beginbfrange <00> <ZZZZ> <00 endbfrange 99999 beginbfchar <01> <D800> endcmap"
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 10 0 R >>"
    return one_page(more={5: font, 10: stream(cmap)})


def endless_character_map() -> bytes:
    cmap = b"begincmap\n" + b"100 beginbfrange <0000> <FFFF> <0041> endbfrange\n" * 200_000 + b"endcmap"
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 10 0 R >>"
    return one_page(more={5: font, 10: deflated(cmap)})


def font_of_itself() -> bytes:
    """A Type 3 font whose glyph writes in the same font."""
    glyph = stream(b"1000 0 d0 BT /F1 1 Tf (a) Tj ET")
    font = (
        b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1000 1000] /FontMatrix [0.001 0 0 0.001 0 0] /FirstChar 97"
        b" /LastChar 97 /Widths [1000] /Encoding << /Differences [97 /a] >> /CharProcs << /a 10 0 R >>"
        b" /Resources << /Font << /F1 5 0 R >> >> >>"
    )
    return one_page(stream(b"BT /F1 12 Tf 60 700 Td (aaa) Tj ET"), more={5: font, 10: glyph})


def million_glyphs() -> bytes:
    return one_page(deflated(b"BT /F1 12 Tf 60 700 Td " + b"(harbour) Tj " * 60_000 + b"ET"))


def million_paths() -> bytes:
    return one_page(deflated(TEXT + b" 1 1 m 9 9 l S" * 120_000))


def million_fills_over_text() -> bytes:
    return one_page(deflated(b"BT /F1 12 Tf 60 700 Td (under) Tj ET " * 2000 + b"1 g 0 0 600 900 re f " * 25_000))


def huge_page() -> bytes:
    return one_page().replace(b"[0 0 595 842]", b"[0 0 1e30 1e30]")


def page_without_size() -> bytes:
    return one_page().replace(b"[0 0 595 842]", b"[9 9 9 9]")


def content_of_many_parts() -> bytes:
    return one_page().replace(b"/Contents 4 0 R", b"/Contents [%s]" % (b"4 0 R " * 50_000))


def odd_encryption() -> bytes:
    encrypt = (
        b"<< /Filter /Standard /V 5 /R 6 /Length 7 /P -1 /O (short) /U (short) /OE () /UE () /Perms (x)"
        b" /CF << /StdCF << /CFM /AESV3 /Length 3 >> >> /StmF /StdCF /StrF /StdCF >>"
    )
    return one_page(more={10: encrypt}, trailer=b"/Encrypt 10 0 R /ID [<00> <00>]")


def unknown_encryption() -> bytes:
    return one_page(more={10: b"<< /Filter /Made.Up /V 99 >>"}, trailer=b"/Encrypt 10 0 R /ID [<00> <00>]")


def form_fields_in_a_circle() -> bytes:
    field = b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (a) /Parent 11 0 R /Kids [11 0 R] /Rect [0 0 1 1] >>"
    other = b"<< /Parent 10 0 R /Kids [10 0 R] >>"
    page = (PAGE % b"").replace(b"/Contents", b"/Annots [10 0 R 10 0 R] /Contents")
    return one_page(more={3: page, 10: field, 11: other}, catalog=b"/AcroForm << /Fields [10 0 R] >>")


def invisible_signs() -> bytes:
    """Letters mapped to tag characters, a bidi override and a zero-width joiner."""
    cmap = (
        b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <FF> endcodespacerange"
        b" 3 beginbfchar <41> <DB40DC41> <42> <202E> <43> <200D> endbfchar endcmap"
    )
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding /ToUnicode 10 0 R >>"
    return one_page(
        stream(b"BT /F1 12 Tf 60 700 Td (AAAABCThe harbour opens at nine.) Tj ET"), more={5: font, 10: stream(cmap)}
    )


def polyglot() -> bytes:
    return b"<html><script>alert(1)</script>\n" + one_page()


def programs_and_files() -> bytes:
    """What it would start, open and carry along; none of it is text."""
    return one_page(
        catalog=b"/OpenAction << /S /Launch /F (/bin/sh) >> /Names << /JavaScript << /Names [(a) << /S /JavaScript"
        b" /JS (app.launchURL('http://x.example')) >>] >> /EmbeddedFiles << /Names [(a) 10 0 R] >> >>",
        more={10: b"<< /Type /Filespec /F (a.txt) /EF << /F 11 0 R >> >>", 11: stream(b"text of an attachment")},
    )


def outline_loop() -> bytes:
    return one_page(more={10: b"<< /First 11 0 R /Last 11 0 R /Count 1 >>",
                          11: b"<< /Title (a) /Parent 10 0 R /Next 11 0 R /Prev 11 0 R /First 11 0 R >>"},
                    catalog=b"/Outlines 10 0 R /PageLabels << /Kids [12 0 R] >>")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    make: Callable[[], bytes]
    reasons: tuple[Reason | None, ...]  # any of these
    text: bool | None = None  # whether its one line must be read; None: either way


TEXT_ANYWAY = (None,)
NOT_READ = (Reason.BROKEN, Reason.EMPTY, Reason.PARSE_LIMIT, Reason.PARSE_TIMEOUT)
BOMB = (None, Reason.EMPTY, Reason.BROKEN, Reason.PARSE_LIMIT, Reason.PARSE_TIMEOUT, Reason.PARSE_INCOMPLETE)
CASES: Sequence[Case] = (
    Case(kids_cycle, NOT_READ, False),
    Case(page_is_its_own_parent, NOT_READ, False),
    Case(exponential_forms, (Reason.PARSE_LIMIT, Reason.PARSE_TIMEOUT)),
    Case(form_shows_itself, (None, Reason.PARSE_LIMIT), True),
    Case(wrong_startxref, TEXT_ANYWAY, True),
    Case(negative_xref, TEXT_ANYWAY, True),
    Case(huge_xref, TEXT_ANYWAY, True),
    Case(xref_of_itself, TEXT_ANYWAY, True),
    Case(xref_stream_loop, NOT_READ, False),
    Case(object_stream_loop, NOT_READ, False),
    Case(hundred_thousand_pages, (Reason.PARSE_LIMIT,), True),
    Case(lying_count, (None, Reason.PARSE_LIMIT, Reason.PARSE_INCOMPLETE)),
    Case(huge_length, TEXT_ANYWAY, True),
    Case(negative_length, TEXT_ANYWAY, True),
    Case(length_is_the_stream_itself, (None, Reason.EMPTY, Reason.BROKEN)),
    Case(zlib_bomb, BOMB),
    Case(zlib_bomb_in_a_bomb, BOMB),
    Case(run_length_bomb, BOMB),
    Case(lzw_bomb, BOMB),
    Case(fifty_filters, BOMB),
    Case(jbig2_garbage, TEXT_ANYWAY, True),
    Case(jpx_garbage, TEXT_ANYWAY, True),
    Case(deep_arrays, BOMB),
    Case(deep_dictionaries, BOMB),
    Case(deep_page_tree, BOMB),
    Case(deep_content, BOMB),
    Case(broken_character_map, TEXT_ANYWAY, True),
    Case(endless_character_map, BOMB),
    Case(font_of_itself, BOMB),
    Case(million_glyphs, (Reason.PARSE_LIMIT,)),
    Case(million_paths, TEXT_ANYWAY, True),
    Case(million_fills_over_text, BOMB, False),
    Case(huge_page, BOMB),
    Case(page_without_size, TEXT_ANYWAY, True),
    Case(content_of_many_parts, BOMB),
    Case(odd_encryption, (Reason.ENCRYPTED, Reason.BROKEN), False),
    Case(unknown_encryption, (Reason.ENCRYPTED, Reason.BROKEN), False),
    Case(form_fields_in_a_circle, TEXT_ANYWAY, True),
    Case(invisible_signs, TEXT_ANYWAY, True),
    Case(polyglot, (Reason.BROKEN,), False),
    Case(programs_and_files, TEXT_ANYWAY, True),
    Case(outline_loop, TEXT_ANYWAY, True),
)
