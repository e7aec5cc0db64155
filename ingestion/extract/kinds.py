"""Kinds of files: which ending is which type, what is read, and what is known and not read.

Used by read.py and visit.py for what a site serves, and by app/knowledge/files.py for what an owner adds.
"""

from __future__ import annotations

_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
DOCX, XLSX, PPTX = (
    f"{_OOXML}wordprocessingml.document", f"{_OOXML}spreadsheetml.sheet", f"{_OOXML}presentationml.presentation",
)  # fmt: skip
ODT, ODS, ODP = f"{_ODF}text", f"{_ODF}spreadsheet", f"{_ODF}presentation"
CSV, TSV = "text/csv", "text/tab-separated-values"
RTF = "application/rtf"

# Endings of files that hold text beside pages, PDF, Markdown and plain text.
OFFICE_ENDINGS = {
    "docx": DOCX, "docm": DOCX, "dotx": DOCX, "dotm": DOCX,
    "xlsx": XLSX, "xlsm": XLSX, "xltx": XLSX, "xltm": XLSX,
    "pptx": PPTX, "pptm": PPTX, "ppsx": PPTX, "ppsm": PPTX, "potx": PPTX, "potm": PPTX,
    "odt": ODT, "ott": ODT, "ods": ODS, "ots": ODS, "odp": ODP, "otp": ODP,
    "csv": CSV, "tsv": TSV, "tab": TSV,
}  # fmt: skip

# As servers name them. The bytes decide in the end (office.py): files with macros and templates are read alike.
PACKAGE_TYPES = frozenset(
    {DOCX, XLSX, PPTX, ODT, ODS, ODP, f"{_ODF}text-template", f"{_ODF}spreadsheet-template",
     f"{_ODF}presentation-template", f"{_OOXML}wordprocessingml.template", f"{_OOXML}spreadsheetml.template",
     f"{_OOXML}presentationml.template", f"{_OOXML}presentationml.slideshow",
     "application/vnd.ms-word.document.macroenabled.12", "application/vnd.ms-word.template.macroenabled.12",
     "application/vnd.ms-excel.sheet.macroenabled.12", "application/vnd.ms-excel.template.macroenabled.12",
     "application/vnd.ms-powerpoint.presentation.macroenabled.12",
     "application/vnd.ms-powerpoint.slideshow.macroenabled.12",
     "application/vnd.ms-powerpoint.template.macroenabled.12"}
)  # fmt: skip
CSV_TYPES = frozenset({CSV, "application/csv", "text/x-csv", "text/comma-separated-values"})
TSV_TYPES = frozenset({TSV})

# Known and not read: what each is, in words that follow "is".
UNREAD_ENDINGS = {
    "doc": "a Word file of before 2007, .doc", "dot": "a Word file of before 2007, .dot",
    "xls": "an Excel file of before 2007, .xls", "xlt": "an Excel file of before 2007, .xlt",
    "xlsb": "a binary Excel file, .xlsb", "ppt": "a PowerPoint file of before 2007, .ppt",
    "pps": "a PowerPoint file of before 2007, .pps", "rtf": "an RTF file, .rtf", "pages": "a Pages file, .pages",
    "numbers": "a Numbers file, .numbers", "key": "a Keynote file, .key", "epub": "an e-book, .epub",
    "odg": "a drawing, .odg", "pub": "a Publisher file, .pub", "wpd": "a WordPerfect file, .wpd",
    "wps": "a Works file, .wps", "vsd": "a Visio file, .vsd", "vsdx": "a Visio file, .vsdx",
    "fodt": "a flat OpenDocument file, .fodt", "fods": "a flat OpenDocument file, .fods",
}  # fmt: skip
UNREAD_TYPES = {
    "application/msword": UNREAD_ENDINGS["doc"],
    "application/vnd.ms-excel": UNREAD_ENDINGS["xls"],
    "application/vnd.ms-excel.sheet.binary.macroenabled.12": UNREAD_ENDINGS["xlsb"],
    "application/vnd.ms-powerpoint": UNREAD_ENDINGS["ppt"],
    RTF: UNREAD_ENDINGS["rtf"],
    "text/rtf": UNREAD_ENDINGS["rtf"],
    "application/epub+zip": UNREAD_ENDINGS["epub"],
    "application/vnd.oasis.opendocument.graphics": UNREAD_ENDINGS["odg"],
    "application/vnd.apple.pages": UNREAD_ENDINGS["pages"],
    "application/vnd.apple.numbers": UNREAD_ENDINGS["numbers"],
    "application/vnd.apple.keynote": UNREAD_ENDINGS["key"],
    "application/vnd.wordperfect": UNREAD_ENDINGS["wpd"],
}
OFFICE_TYPES = PACKAGE_TYPES | CSV_TYPES | TSV_TYPES | UNREAD_TYPES.keys()
