"""Looks for a token in the three places where an owner may put it. Token in, what each way said out.

Called by prove.py. Asks through the outbound door and the resolver only; nothing is stored here. What
the token stands in is the owner's own word, so a page that leads to another host proves nothing.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from html import unescape

from app.knowledge.proof.model import FILE_PATH, NAME, Method, host_of, name_of, ways_for
from app.outbound_dns import DnsFailed, resolve_texts
from app.outbound_rules import BadAddress, parse_address
from ingestion.model import Reason
from ingestion.ports import Fetcher, FetchFailed, FetchResult

LOOK_SECONDS = 25.0
FILE_BYTES = 64 * 1024
PAGE_BYTES = 2 * 1024 * 1024
HEAD_SIGNS = 256 * 1024  # of a start page; what stands before its body is far shorter
Texts = Callable[[str], Awaitable[list[str]]]

_NO_CONNECTION = frozenset({Reason.CONNECT_FAILED, Reason.TLS_FAILED, Reason.TIMEOUT})
# Bounded and without nesting: a hostile page costs no more than its length. Comments and scripts are
# taken out first, and only what stands before the body counts: what visitors write stands in it.
_BODY = re.compile(r"<body\b|</head\b", re.I)
_META = re.compile(r"<meta\b([^<>]{1,1000})>", re.I)
_ATTRIBUTE = re.compile(
    r"""([a-z][a-z-]{0,30})\s{0,20}=\s{0,20}(?:"([^"]{0,500})"|'([^']{0,500})'|([^\s"'>]{1,500}))""", re.I
)


class Said(StrEnum):
    FOUND = "found"
    ABSENT = "absent"  # answered, and no token there
    UNKNOWN = "unknown"  # no answer that tells


@dataclass(frozen=True, slots=True)
class Look:
    said: Said
    why: str = ""


async def look(
    host: str, token: str, fetcher: Fetcher, *, scheme: str = "https", texts: Texts = resolve_texts
) -> Mapping[Method, Look]:
    """All ways at once, each told within LOOK_SECONDS. Never raises for what a host does."""
    lookers: dict[Method, Awaitable[Look]] = {
        Method.FILE: _on_site(host, scheme, FILE_PATH, FILE_BYTES, fetcher, lambda body: _in_file(body, token)),
        Method.META: _on_site(host, scheme, "/", PAGE_BYTES, fetcher, lambda body: _in_page(body, token)),
    }
    if any(way.method is Method.DNS for way in ways_for(host, token)):
        lookers[Method.DNS] = _in_dns(name_of(host), token, texts)
    found = await asyncio.gather(*(_in_time(looker) for looker in lookers.values()))
    return dict(zip(lookers, found, strict=True))


async def _in_time(looker: Awaitable[Look]) -> Look:
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            return await looker
    except TimeoutError:
        return Look(Said.UNKNOWN, "no answer in time")


async def _in_dns(name: str, token: str, texts: Texts) -> Look:
    """At its own name or at the host's: some providers offer only the latter."""
    looks: list[Look] = []
    for asked in (f"_{NAME}.{name}", name):
        try:
            records = await texts(asked)
        except DnsFailed:
            looks.append(Look(Said.UNKNOWN, f"the name servers of {name} did not answer"))
            continue
        if any(record.strip() in (token, f"{NAME}={token}") for record in records):
            return Look(Said.FOUND)
        looks.append(Look(Said.ABSENT, f"no TXT record for _{NAME}.{name} with the value"))
    return next((each for each in looks if each.said is Said.UNKNOWN), looks[0])


async def _on_site(
    host: str, scheme: str, path: str, max_bytes: int, fetcher: Fetcher, holds: Callable[[bytes], bool]
) -> Look:
    """With and without www.: one of them may lead nowhere. Where both answer, the token may stand at either."""
    looks: list[Look] = []
    for name in _spellings(host):
        each = await _at(host, name, scheme, path, max_bytes, fetcher, holds)
        if each is not None and each.said is Said.FOUND:
            return each
        if each is not None:
            looks.append(each)
    unknown = next((each for each in looks if each.said is Said.UNKNOWN), None)
    return unknown or next(iter(looks), Look(Said.UNKNOWN, f"there is no website at {host}"))


async def _at(
    host: str, name: str, scheme: str, path: str, max_bytes: int, fetcher: Fetcher, holds: Callable[[bytes], bool]
) -> Look | None:
    """None where there is no such host."""
    failed: FetchFailed | None = None
    for each in (scheme, "http" if scheme == "https" else "https"):
        try:
            result = await fetcher.fetch(f"{each}://{name}{path}", max_bytes=max_bytes)
        except FetchFailed as failure:
            failed = failed or failure
            if failure.reason in _NO_CONNECTION:
                continue
            break
        return _judged(host, name, path, result, holds)
    assert failed is not None
    if failed.reason is Reason.NO_SUCH_HOST:
        return None
    return Look(Said.UNKNOWN, f"{name} could not be asked ({failed.detail or failed.reason})")


def _judged(host: str, name: str, path: str, result: FetchResult, holds: Callable[[bytes], bool]) -> Look:
    if not _is_same_host(host, result.url):
        return Look(Said.UNKNOWN, f"{name}{path} leads to another site")
    if result.status in (404, 410):
        return Look(Said.ABSENT, f"there is nothing at {name}{path}")
    if result.status != 200:
        return Look(Said.UNKNOWN, f"{name}{path} answered with an error ({result.status})")
    if holds(result.body):
        return Look(Said.FOUND)
    return Look(Said.ABSENT, f"{name}{path} does not hold the line")


def _is_same_host(host: str, url: str) -> bool:
    try:
        return host_of(parse_address(url)) == host
    except BadAddress:
        return False


def _spellings(host: str) -> Iterator[str]:
    yield host
    if any(way.method is Method.DNS for way in ways_for(host, "")):
        yield f"www.{host}"


def _in_file(body: bytes, token: str) -> bool:
    text = body.decode("utf-8-sig", errors="replace").strip()
    return text in (token, f"{NAME}={token}")


def _in_page(body: bytes, token: str) -> bool:
    text = body[:HEAD_SIGNS].decode("utf-8", errors="replace")
    for opening, closing in (
        ("<!--", "-->"),
        ("<script", "</script"),
        ("<style", "</style"),
        ("<template", "</template"),
    ):
        text = _without(text, opening, closing)
    body_at = _BODY.search(text)
    for match in _META.finditer(text[: body_at.start()] if body_at else text):
        attributes: dict[str, str] = {}
        for name, *values in _ATTRIBUTE.findall(match.group(1)):
            attributes.setdefault(name.lower(), unescape("".join(values)).strip())
        if attributes.get("name", "").lower() == NAME and attributes.get("content") == token:
            return True
    return False


def _without(text: str, opening: str, closing: str) -> str:
    """The text without what stands between the marks; an unclosed one takes the rest with it."""
    folded = text.lower() if text.isascii() else "".join(sign.lower() if sign.isascii() else sign for sign in text)
    kept: list[str] = []
    at = 0
    while (start := folded.find(opening, at)) >= 0:
        kept.append(text[at:start])
        end = folded.find(closing, start + len(opening))
        if end < 0:
            return "".join(kept)
        at = end + len(closing)
    kept.append(text[at:])
    return "".join(kept)
