"""What a mail's headers say of who wrote it: a machine, or somebody its sender's domain disowns. Pure.

Names in lower case. Used where headers come in: with SendGrid's post, or with the text fetched from Resend.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_BULK = {"bulk", "junk", "list", "auto_reply"}
_MARKS = ("x-autoreply", "x-autorespond", "list-id")


def is_automatic(headers: Mapping[str, str]) -> bool:
    """An absence notice or a list (RFC 3834, and what older programs send). Two machines would answer for ever."""
    submitted = headers.get("auto-submitted", "no").strip().lower()
    bulk = headers.get("precedence", "").strip().lower()
    return not submitted.startswith("no") or bulk in _BULK or any(headers.get(mark) for mark in _MARKS)


def is_disowned(headers: Mapping[str, str]) -> bool:
    """The provider looked, and neither signature nor sending machine is of the domain the mail names."""
    results = headers.get("authentication-results", "").lower()
    if re.search(r"\bdmarc\s*=\s*fail", results):
        return True
    found = dict(re.findall(r"\b(spf|dkim|dmarc)\s*=\s*(\w+)", results))
    return bool(found) and "pass" not in found.values()
