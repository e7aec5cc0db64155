"""One string as a visitor sees it: invisible and direction-changing characters out, spaces single.

Every reader of this package passes its text through here, so nothing stored can hold a NUL, a lone
surrogate, a bidi override or a tag character. What was taken out is counted for the ledger.
"""

from __future__ import annotations

import re

_SPACES = re.compile(r"\s+")
# C0 and C1 controls that are not white space, soft hyphen, zero-width and direction marks, variation
# selectors, interlinear and object marks, tag characters, surrogates, and the two noncharacters.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffc\ufffe\uffff\ud800-\udfff"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# Repeats of one sign and not of a group, which would cost memory for each.
_LEADERS = re.compile(r"[.·_…]{4,}|(?:[.·_…] ){4,100}")
_SEVERAL = re.compile(r"(?:… ){2,100}")
# Persian, Urdu and the Indic scripts spell with the two joiners; between such letters they stay.
_JOINED = re.compile("(?<=[\u0600-\u06ff\u0900-\u0dff])[\u200c\u200d](?=[\u0600-\u06ff\u0900-\u0dff])")
_KEPT = {"\u200c": "\ue000", "\u200d": "\ue001"}
_BACK = str.maketrans({"\ue000": "\u200c", "\ue001": "\u200d"})
# Typesetters' ligatures, as PDFs carry them, are letters to a reader and to a search.
_LIGATURES = str.maketrans(
    {"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl", "\ufb05": "st", "\ufb06": "st"}
)


def clean(text: str) -> tuple[str, int]:
    """The text on one line, and how many characters were taken out of it."""
    if text.isascii() and text.isprintable():
        return _without_leaders(" ".join(text.split())), 0
    if "\u200c" in text or "\u200d" in text:
        text = text.replace("\ue000", "").replace("\ue001", "")
        text = _JOINED.sub(lambda match: _KEPT[match.group()], text)
        text, removed = _INVISIBLE.subn("", text)
        text = text.translate(_BACK)
    else:
        text, removed = _INVISIBLE.subn("", text)
    return _without_leaders(_SPACES.sub(" ", text).strip().translate(_LIGATURES)), removed


def _without_leaders(text: str) -> str:
    """The row of dots between a dish and its price says nothing, and costs a search as many tokens as it has dots."""
    if not any(sign in text for sign in ("....", ". . .", "____", "……", "····")):
        return text
    text = " ".join(_LEADERS.sub(" … ", text).split())
    return _SEVERAL.sub("… ", text) if "… …" in text else text


def count_words(text: str) -> int:
    """Words for people: runs between spaces; scripts written without spaces count two signs a word."""
    words = sum(1 for run in text.split() if any(sign.isalnum() for sign in run))
    dense = sum(1 for sign in text if "\u3040" <= sign <= "\u9fff" or "\u0e00" <= sign <= "\u0e7f")
    return words + dense // 2
