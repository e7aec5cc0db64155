"""Bytes of a page in, text out, as browsers take character sets. Called by html.py and plain.py.

Order: byte order mark, what the bytes plainly are (a page that is valid UTF-8 with at least one
multi-byte sign is UTF-8 whatever it declares: a wrong declaration is common, a chance match is not),
the HTTP header, the page's own declaration (bs4.dammit reads it), else windows-1252.
"""

from __future__ import annotations

import codecs

from bs4.dammit import EncodingDetector, UnicodeDammit

# The WHATWG Encoding Standard's labels that mean something else than Python's codec of that name.
_AS_BROWSERS = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
    "utf-16": "utf-16-le",
}
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def decode(body: bytes, charset: str | None, *, is_html: bool) -> str:
    """Never raises; bytes that fit no rule become U+FFFD."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, errors="replace")
    utf8 = _strictly(body, "utf-8")
    if utf8 is not None and not utf8.isascii():
        return utf8
    found = EncodingDetector.find_declared_encoding(body[:4096], is_html=is_html, search_entire_document=False)
    for label in (charset, found):
        name = _codec(label)
        if name is None or name == "utf-8":
            continue
        if name.startswith("utf-16") and (utf8 is not None or b"\0" not in body[:200]):
            continue  # a declaration that was read as ASCII cannot be UTF-16
        text = _strictly(body, name)
        if text is not None:
            return text
    if utf8 is not None:
        return utf8
    if _codec(charset) == "utf-8" or _codec(found) == "utf-8":
        # Mostly UTF-8 with pasted windows-1252 signs in between: both are read.
        mended = _strictly(UnicodeDammit.detwingle(body), "utf-8")
        if mended is not None:
            return mended
    return _windows_1252(body)


def _codec(label: str | None) -> str | None:
    if not label:
        return None
    try:
        name = codecs.lookup(label.strip().strip("'\"")).name
    except LookupError:
        return None
    return _AS_BROWSERS.get(name, name)


def _strictly(body: bytes, name: str) -> str | None:
    try:
        return _windows_1252(body) if name == "cp1252" else body.decode(name)
    except (UnicodeDecodeError, LookupError):
        return None


def _windows_1252(body: bytes) -> str:
    """Five bytes have no sign in Python's table; browsers take them as the control of that number."""
    try:
        return body.decode("cp1252")
    except UnicodeDecodeError:
        return body.decode("cp1252", errors="milo_as_control")


def _as_control(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error("milo_as_control", _as_control)
