"""A file's name and bytes in, its type out, or one sentence why Milo does not take it."""

from __future__ import annotations

import posixpath
import re

from app.errors import BadInput, TooLarge, Unprocessable
from ingestion.extract.child import DOCUMENT_LIMIT
from ingestion.extract.html import MAX_BYTES as HTML_LIMIT
from ingestion.extract.kinds import OFFICE_ENDINGS, UNREAD_ENDINGS

TYPES = OFFICE_ENDINGS | {
    "pdf": "application/pdf",
    "html": "text/html",
    "htm": "text/html",
    "xhtml": "text/html",
    "md": "text/markdown",
    "markdown": "text/markdown",
    "txt": "text/plain",
    "text": "text/plain",
}
# A name is shown to owners and beside quotes: nothing in it may be unseen or turn the writing round.
_CONTROLS = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e0fff]"
)


def file_name(name: str) -> str:
    """A relative path with plain slashes, as it is shown. Raises BadInput."""
    clean = _CONTROLS.sub("", name.replace("\\", "/")).strip()
    parts = [part for part in clean.split("/") if part not in ("", ".", "..")]
    if not parts:
        raise BadInput("A file needs a name.", code="bad_file_name")
    return "/".join(parts)[-200:]


def file_type(name: str, size: int, start: bytes) -> str:
    """Raises Unprocessable for kinds that are not read, TooLarge over the limit. `start`: the first bytes."""
    ending = posixpath.splitext(name)[1].lower().removeprefix(".")
    media_type = TYPES.get(ending) or ("application/pdf" if start.startswith(b"%PDF-") else None)
    if media_type is None and ending in UNREAD_ENDINGS:
        raise Unprocessable(
            f"{name} is {UNREAD_ENDINGS[ending]}, which Milo does not read. Save it as PDF or DOCX and add that.",
            code="unsupported",
        )
    if media_type is None:
        raise Unprocessable(
            f"{name} is of a kind that Milo does not read. It takes PDF, Word (.docx), Excel (.xlsx), PowerPoint"
            " (.pptx), OpenDocument, CSV, HTML, Markdown and plain text.",
            code="not_text",
        )
    limit = HTML_LIMIT if media_type == "text/html" else DOCUMENT_LIMIT
    if size > limit:
        raise TooLarge(
            f"{name} has {size / 2**20:.0f} MB; the limit is {limit // 2**20} MB. Split it, or take a smaller version.",
            code="too_large",
        )
    return media_type
