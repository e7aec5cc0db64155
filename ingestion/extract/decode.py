"""Bytes of a page in, text out, as browsers take character sets. Called by html.py and plain.py.

Order: byte order mark, what the bytes plainly are (a page that is valid UTF-8 with at least one
multi-byte sign is UTF-8 whatever it declares: a wrong declaration is common, a chance match is not;
zeros in every second byte are UTF-16), the HTTP header, the page's own declaration (bs4.dammit reads
it), else windows-1252.
"""

from __future__ import annotations

import codecs

from ingestion.extract.labels import codec_of

_DECLARED_WITHIN = 4096
_MULTI_BYTE = frozenset({"gb18030", "big5hkscs", "euc_jp", "iso2022_jp", "cp932", "cp949"})
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def decode(body: bytes, charset: str | None, *, is_html: bool) -> str:
    """Never raises; bytes that fit no rule become U+FFFD."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, errors="replace")
    wide = _wide(body)
    if wide is not None:
        return body.decode(wide, errors="replace")
    utf8 = _strictly(body, "utf-8")
    if utf8 is not None and not utf8.isascii():
        return utf8
    from bs4.dammit import EncodingDetector  # 0.15 s of imports: pages are read in children, not where this is known

    found = EncodingDetector.find_declared_encoding(
        body[:_DECLARED_WITHIN], is_html=is_html, search_entire_document=True
    )
    labels = (codec_of(charset), codec_of(found))
    for name in labels:
        if name is None or name == "utf-8" or name.startswith("utf-16"):
            continue  # a declaration that was read as ASCII cannot be UTF-16
        text = _strictly(body, name)
        if text is not None:
            return text
    if utf8 is not None:
        return utf8
    if "utf-8" in labels:
        # Mostly UTF-8 with pasted windows-1252 signs in between: both are read.
        from bs4.dammit import UnicodeDammit

        mended = _strictly(UnicodeDammit.detwingle(body), "utf-8")
        if mended is not None:
            return mended
    # A multi-byte set with a broken sign in it: the rest of it is not for windows-1252 to read.
    for name in labels:
        if name in _MULTI_BYTE:
            text = body.decode(name, errors="replace")
            if text.count("\ufffd") * 50 < len(text):
                return text
    return _windows_1252(body)


def _wide(body: bytes) -> str | None:
    """UTF-16 without a mark: in a page every second byte of its tags is then zero."""
    start = body[:400]
    if start.count(0) * 4 < len(start):
        return None
    even, odd = start[::2].count(0), start[1::2].count(0)
    return "utf-16-le" if odd > 4 * even else "utf-16-be" if even > 4 * odd else None


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
