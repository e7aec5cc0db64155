"""Small office files made for the tests: the XML as its programs write it, zipped."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_RELATIONS = "application/vnd.openxmlformats-package.relationships+xml"
_MAIN = "application/vnd.openxmlformats-officedocument."
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
X = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
Parts = dict[str, str | bytes]
_ODF = "urn:oasis:names:tc:opendocument:xmlns:"
_ODF_NAMES = " ".join(
    f'xmlns:{short}="{_ODF}{name}:1.0"'
    for short, name in (
        ("office", "office"), ("text", "text"), ("table", "table"), ("style", "style"), ("draw", "drawing"),
        ("fo", "xsl-fo-compatible"), ("presentation", "presentation"), ("meta", "meta"),
    )
) + ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink"'  # fmt: skip


def zipped(parts: Mapping[str, str | bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def package(main: str, content_type: str, parts: Mapping[str, str | bytes], *, title: str = "") -> Parts:
    """The parts of an OPC package whose main part is `main`."""
    core = f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
    core += 'xmlns:dc="http://purl.org/dc/elements/1.1/">'
    found: Parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="{_RELATIONS}"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/{main}" ContentType="{_MAIN}{content_type}.main+xml"/></Types>',
        "_rels/.rels": relations({"r1": ("officeDocument", main), "r2": ("core-properties", "docProps/core.xml")}),
        "docProps/core.xml": f"{core}<dc:title>{escape(title)}</dc:title></cp:coreProperties>",
    }
    return found | dict(parts)


def relations(targets: Mapping[str, tuple[str, str]]) -> str:
    """Id → kind and target; a target with `://` lies outside."""
    lines = "".join(
        f'<Relationship Id="{identity}" Type="{_OFFICE}/{kind}" Target={quoteattr(target)}'
        + (' TargetMode="External"/>' if "://" in target else "/>")
        for identity, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{lines}</Relationships>'


def docx_parts(
    body: str,
    *,
    title: str = "",
    styles: str = "",
    numbering: str = "",
    footnotes: str = "",
    more: Mapping[str, tuple[str, str, str]] | None = None,
) -> Parts:
    """`more`: relation id → kind, target, content."""
    given = {"rS": ("styles", "styles.xml", f'<w:styles xmlns:w="{W}">{styles}</w:styles>')} if styles else {}
    if numbering:
        given["rN"] = ("numbering", "numbering.xml", f'<w:numbering xmlns:w="{W}">{numbering}</w:numbering>')
    if footnotes:
        given["rF"] = ("footnotes", "footnotes.xml", f'<w:footnotes xmlns:w="{W}">{footnotes}</w:footnotes>')
    given |= dict(more or {})
    parts: Parts = {
        "word/document.xml": f'<w:document xmlns:w="{W}" xmlns:r="{_OFFICE}" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
        f'xmlns:v="urn:schemas-microsoft-com:vml"><w:body>{body}</w:body></w:document>',
        "word/_rels/document.xml.rels": relations({key: (kind, target) for key, (kind, target, _) in given.items()}),
    }
    parts |= {f"word/{target}": content for _, target, content in given.values() if "://" not in target}
    return package("word/document.xml", "wordprocessingml.document", parts, title=title)


def docx(body: str, **given: object) -> bytes:
    return zipped(docx_parts(body, **given))  # type: ignore[arg-type]


def p(*runs: str, style: str = "", properties: str = "") -> str:
    """A paragraph of runs; what does not begin with a tag is the text of one."""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    inner = "".join(run if run.startswith("<") else r(run) for run in runs)
    return f"<w:p><w:pPr>{named}{properties}</w:pPr>{inner}</w:p>"


def r(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def tbl(*rows: Sequence[str], named: int = 0, look: str = "") -> str:
    """Cells that begin with a tag are taken as they are."""
    out = ""
    for number, row in enumerate(rows):
        marked = "<w:trPr><w:tblHeader/></w:trPr>" if number < named else ""
        cells = "".join(cell if cell.startswith("<") else f"<w:tc>{p(cell)}</w:tc>" for cell in row)
        out += f"<w:tr>{marked}{cells}</w:tr>"
    return f"<w:tbl><w:tblPr>{look}</w:tblPr><w:tblGrid/>{out}</w:tbl>"


def xlsx_parts(
    sheets: Mapping[str, str],
    *,
    strings: Sequence[str] = (),
    formats: Sequence[str] = (),
    states: Mapping[str, str] | None = None,
    title: str = "",
    workbook: str = "",
) -> Parts:
    """Sheets by name, each the XML inside of `worksheet`. Style 0 is General, n the format n-1, the last is bold."""
    targets = {f"s{number}": ("worksheet", f"worksheets/sheet{number}.xml") for number in range(1, len(sheets) + 1)}
    known = {**targets, "st": ("styles", "styles.xml"), "ss": ("sharedStrings", "sharedStrings.xml")}
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="s{number}"'
        f' state="{(states or {}).get(name, "visible")}"/>'
        for number, name in enumerate(sheets, 1)
    )
    codes = "".join(
        f'<numFmt numFmtId="{163 + number}" formatCode={quoteattr(code)}/>' for number, code in enumerate(formats, 1)
    )
    cells = "".join(f'<xf numFmtId="{163 + number}" fontId="0"/>' for number in range(1, len(formats) + 1))
    parts: Parts = {
        "xl/workbook.xml": f'<workbook xmlns="{X}" xmlns:r="{_OFFICE}">{workbook}<sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations(known),
        "xl/styles.xml": f'<styleSheet xmlns="{X}"><numFmts>{codes}</numFmts><fonts><font/><font><b/></font></fonts>'
        f'<cellXfs><xf numFmtId="0" fontId="0"/>{cells}<xf numFmtId="0" fontId="1"/></cellXfs></styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{X}">'
        + "".join(f"<si><t>{escape(text)}</t></si>" for text in strings)
        + "</sst>",
    }
    for number, content in enumerate(sheets.values(), 1):
        parts[f"xl/worksheets/sheet{number}.xml"] = f'<worksheet xmlns="{X}" xmlns:r="{_OFFICE}">{content}</worksheet>'
    return package("xl/workbook.xml", "spreadsheetml.sheet", parts, title=title)


def xlsx(sheets: Mapping[str, str], **given: object) -> bytes:
    return zipped(xlsx_parts(sheets, **given))  # type: ignore[arg-type]


def rows(*lines: Sequence[str | float | tuple[float, int] | None], hidden: Sequence[int] = ()) -> str:
    """`sheetData`: text inline, numbers plain, (number, style) with a format."""
    out = ""
    for number, line in enumerate(lines, 1):
        cells = ""
        for column, value in enumerate(line):
            where = f'r="{chr(65 + column)}{number}"'
            if isinstance(value, str):
                cells += f'<c {where} t="inlineStr"><is><t>{escape(value)}</t></is></c>'
            elif isinstance(value, tuple):
                cells += f'<c {where} s="{value[1]}"><v>{value[0]}</v></c>'
            elif value is not None:
                cells += f"<c {where}><v>{value}</v></c>"
        switch = ' hidden="1"' if number in hidden else ""
        out += f'<row r="{number}"{switch}>{cells}</row>'
    return f"<sheetData>{out}</sheetData>"


def pptx_parts(slides: Sequence[str], *, order: Sequence[int] = (), title: str = "") -> Parts:
    """Slides as the XML inside of `spTree`; `order`: their places in the show, from 1."""
    names = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    names += f'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="{_OFFICE}"'
    shown = order or range(1, len(slides) + 1)
    listed = "".join(f'<p:sldId id="{255 + number}" r:id="s{number}"/>' for number in shown)
    parts: Parts = {
        "ppt/presentation.xml": f"<p:presentation {names}><p:sldIdLst>{listed}</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": relations(
            {f"s{number}": ("slide", f"slides/slide{number}.xml") for number in range(1, len(slides) + 1)}
        ),
    }
    for number, slide in enumerate(slides, 1):
        shown_as = ' show="0"' if slide.startswith("<!--hidden-->") else ""
        parts[f"ppt/slides/slide{number}.xml"] = (
            f"<p:sld {names}{shown_as}><p:cSld><p:spTree>{slide}</p:spTree></p:cSld></p:sld>"
        )
    return package("ppt/presentation.xml", "presentationml.presentation", parts, title=title)


def pptx(slides: Sequence[str], **given: object) -> bytes:
    return zipped(pptx_parts(slides, **given))  # type: ignore[arg-type]


def shape(*lines: str, place: str | None = None, hidden: bool = False) -> str:
    marked = "" if place is None else f'<p:ph type="{place}"/>' if place else "<p:ph/>"
    text = "".join(f'<a:p><a:r><a:rPr lang="de-DE"/><a:t>{escape(line)}</a:t></a:r></a:p>' for line in lines)
    switch = ' hidden="1"' if hidden else ""
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="2" name="x"{switch}/><p:nvPr>{marked}</p:nvPr></p:nvSpPr>'
        f"<p:txBody>{text}</p:txBody></p:sp>"
    )


def odf_parts(
    kind: str,
    body: str,
    *,
    automatic: str = "",
    styles: str = "",
    masters: str = "",
    meta: str = "",
    manifest: str = "",
) -> Parts:
    """`kind`: text, spreadsheet or presentation."""
    return {
        "mimetype": f"application/vnd.oasis.opendocument.{kind}",
        "content.xml": f"<office:document-content {_ODF_NAMES}><office:automatic-styles>{automatic}"
        f"</office:automatic-styles><office:body><office:{kind}>{body}</office:{kind}></office:body>"
        "</office:document-content>",
        "styles.xml": f"<office:document-styles {_ODF_NAMES}><office:styles>{styles}</office:styles>"
        f"<office:master-styles>{masters}</office:master-styles></office:document-styles>",
        "meta.xml": f"<office:document-meta {_ODF_NAMES}><office:meta>{meta}</office:meta></office:document-meta>",
        "META-INF/manifest.xml": f"<manifest>{manifest}</manifest>",
    }


def odf(kind: str, body: str, **given: str) -> bytes:
    return zipped(odf_parts(kind, body, **given))
