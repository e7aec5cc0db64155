"""Reads what a provider's HTTP answer says beside its text: how long to wait, and a machine's words only.

Used by the clients of the providers to make an owner's sentence. A server's own message is never part of it: some
fill it with the request, and so with a visitor's words.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def is_near(base_url: str) -> bool:
    """On this machine: a proxy named by the environment is for the world, not for it."""
    return (urlsplit(base_url).hostname or "") in LOOPBACK


def word_of(*values: object) -> str | None:
    for value in values:
        if isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9_.-]{1,64}", value):
            return value
    return None


def retry_after_of(headers: Mapping[str, str]) -> float | None:
    """Seconds; None for none, or for a date: then our own pace."""
    try:
        if "retry-after-ms" in headers:
            seconds = float(headers["retry-after-ms"]) / 1000
        else:
            seconds = float(headers["retry-after"])
    except (KeyError, ValueError):
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None
