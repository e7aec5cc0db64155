"""Addresses as owners type them: a site with or without https://, and the origins of their own pages."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from app.errors import BadInput


def typed_address(text: str) -> str:
    """ "www.example.com" becomes "https://www.example.com/". Raises BadInput for what is no web address."""
    typed = text.strip()
    if "://" not in typed:
        typed = f"https://{typed}"
    try:
        parts = urlsplit(typed)
        port = parts.port
    except ValueError:
        raise _bad(text) from None
    hostname = parts.hostname or ""
    if parts.scheme.lower() not in {"http", "https"} or not hostname or " " in typed or parts.username:
        raise _bad(text)
    if "." not in hostname and ":" not in hostname and port is None and hostname != "localhost":
        raise _bad(text)
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), parts.path or "/", parts.query, ""))


def typed_origin(text: str) -> str:
    """ "https://www.example.com/contact" becomes "https://www.example.com"."""
    parts = urlsplit(typed_address(text))
    return f"{parts.scheme}://{parts.netloc}"


def _bad(text: str) -> BadInput:
    return BadInput(f"{text[:80]!r} is not a web address. It should look like www.example.com.", code="bad_address")
