"""Structured logs: one JSON object a line on standard error, for our events and for the libraries' own.

A line never carries what a visitor wrote: fields that could are dropped by name, and mail addresses
and runs that look like a phone number are blotted out of everything else. Called once per process.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any, TextIO, cast
from urllib.parse import urlsplit

import structlog

MAIL = re.compile(r"[^\s@<>\"'()\[\],;:]+@[^\s@<>\"'()\[\],;:]+\.[^\W\d_]{2,}", re.UNICODE)
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# An id, or: a figure, then at least six more, with the marks people put between them; sorted out below.
PHONE = re.compile(UUID.pattern + r"|(?<![\w.:/-])(?:\+|\(\+?)?\d(?:[\s().\-/‑–  ]{0,3}\d){6,14}(?![\w])")
DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?)?")
CREDENTIALS = re.compile(r"(\w+://)[^\s/@]*:[^\s/@]+@")
TOKEN = re.compile(r"\b(?:sk-|milo_live_|Bearer\s+)[\w\-.]{8,}")
# Names under which a careless call could hand over a person's words.
PRIVATE = frozenset(
    "text message body content question answer prompt query name email mail recipient phone subject payload cookie"
    " authorization token password secret".split()
)
LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}
QUIET = ("httpx2", "httpcore2", "openai", "asyncio", "arq", "psycopg.pool", "pypdf", "multipart")


def configure(level: str = "info", stream: TextIO | None = None) -> None:
    """Sets up structlog and the standard library's logging. `stream` is standard error unless a test says."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[structlog.typing.Processor] = [
        structlog.processors.dict_tracebacks,
        drop_private,
        redact,
        structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
    ]
    number = LEVELS.get(level, 20)
    output = stream or sys.stderr
    structlog.configure(
        processors=[*shared, *last],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(output),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(output)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(number)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(number, logging.WARNING))


def drop_private(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replaces fields named like a person's words; locals of a traceback too."""
    for key in event:
        if key in PRIVATE:
            event[key] = "[dropped]"
    for trace in cast("list[dict[str, Any]]", event.get("exception") or []):
        # A frame's locals are the visitor's words as often as not.
        for frame in trace.get("frames", []):
            frame.pop("locals", None)
    return event


def redact(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blots out addresses, phone-like runs and credentials in every text, however deep it lies."""
    for key, value in event.items():
        if key != "timestamp":
            event[key] = _redacted(value)
    return event


def redacted(text: str) -> str:
    """The text without mail addresses, phone numbers, keys and passwords inside addresses."""
    text = CREDENTIALS.sub(r"\1[credentials]@", text)
    text = TOKEN.sub("[key]", text)
    text = MAIL.sub("[mail]", text)
    return PHONE.sub(_phone, text)


def _redacted(value: Any) -> Any:
    if isinstance(value, str):
        return redacted(value)
    if isinstance(value, Mapping):
        return {key: _redacted(inner) for key, inner in cast("Mapping[Any, Any]", value).items()}
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        return [_redacted(inner) for inner in cast("Sequence[Any]", value)]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return redacted(str(value))


def _phone(match: re.Match[str]) -> str:
    """Ids, dates and short plain counts stay readable."""
    found = match.group()
    if UUID.fullmatch(found):
        return found
    digits = sum(1 for char in found if char.isdigit())
    if DATE.fullmatch(found.strip()) or (found.isdigit() and digits < 8):
        return found
    return "[phone]"


def host_of(url: str) -> str:
    """What a log may say of an address: its host."""
    return urlsplit(url).hostname or "?"
