"""Whether a number is of an address: of a house, or a postcode. A text and a place in, yes or no out.

Called by bind.py, so that a number that cannot be confirmed is called what it is.
"""

from __future__ import annotations

import re

_STREET = (
    r"\w*(?:stra(?:ß|ss)e|str\.|weg|platz|allee|gasse|vej|gade|plads|straat|laan|plein|gracht|kade|vägen|gatan|veien)"
    r"|street|road|lane|row|avenue|square|way|close|drive|terrace|st\.|rd\."
)
_AHEAD = re.compile(
    rf"(?:\b(?:{_STREET})|\b(?:rue|boulevard|chemin|calle|avenida|plaza|via|viale|piazza)\s[^.;\d]{{2,40}})\W{{1,3}}$"
    r"|\b(?:suite|postcode|zip|postleitzahl|plz|postnummer(?:et)?|code postal|código postal|cap)\b[^.;\d]{0,20}$",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"\W{0,3}(?:(?:bis|ter)\b\W{0,2})?(?:rue|avenue|boulevard|place|chemin)\b"
    rf"|\W{{0,3}}(?:[^\W\d_]+\s){{1,2}}(?:{_STREET})\b",
    re.IGNORECASE,
)


def of_address(text: str, start: int, end: int) -> bool:
    if _AHEAD.search(text, max(0, start - 60), start) or _BEHIND.match(text, end):
        return True
    # 88400 Biberach, 1017 GC Amsterdam
    code = re.match(r"\s(?:[A-Z]{2}\s)?[A-ZÀ-Þ][^\W\d_]{2,}", text[end : end + 30])
    return len(text[start:end]) in (4, 5) and text[start:end].isdigit() and code is not None
