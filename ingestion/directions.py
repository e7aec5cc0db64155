"""A site's robots.txt and sitemaps, read before its first page. Called by site.py."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from ingestion.addresses import Scope, canonical
from ingestion.model import LedgerEntry, PageStatus, Reason
from ingestion.pace import Pace, retry_after, told_time
from ingestion.ports import FetchFailed
from ingestion.robots import Robots, parse_robots
from ingestion.sitemap import MAX_BYTES, MAX_DEPTH, MAX_FILES, MAX_URLS, Sitemap, parse_sitemap

_ROBOTS_BYTES = 16 * 1024 * 1024  # fetched at most; robots.py reads the first 500 KiB of it
_GONE = (404, 410)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """`moved`: where robots.txt was found, when a redirect of the whole site (https, www.) led there."""

    robots: Robots
    moved: str | None = None
    http: int | None = None
    detail: str | None = None


async def read_robots(origin: str, pace: Pace) -> Rulebook:
    """5xx and 429 close the site, 4xx and web pages open it (RFC 9309, 2.3.1). Raises FetchFailed without an answer."""
    try:
        result = await pace.fetch(f"{origin}/robots.txt", max_bytes=_ROBOTS_BYTES)
    except FetchFailed as error:
        # What keeps robots.txt from being read keeps the whole site from it.
        if error.reason in (Reason.BAD_RESPONSE, Reason.TOO_MANY_REDIRECTS, Reason.TOO_LARGE):
            raise FetchFailed(Reason.ROBOTS_UNREACHABLE, error.detail, http=error.http, url=error.url) from error
        raise
    robots = Robots()
    detail = None
    if result.status >= 500 or result.status == 429:
        wait = retry_after(result)
        robots = Robots(closed=True)
        detail = f"it asks to come back in {told_time(wait)}" if wait is not None and wait > 1 else str(result.status)
    elif result.status == 200:
        robots = await asyncio.to_thread(parse_robots, result.body)
    final = canonical(result.url)
    moved = final if final is not None and result.redirects and urlsplit(final).path == "/robots.txt" else None
    return Rulebook(robots, moved, result.status, detail)


async def read_sitemaps(
    scope: Scope, robots: Robots, pace: Pace, *, files: int = MAX_FILES
) -> AsyncIterator[tuple[Sitemap, LedgerEntry | None]]:
    """Each sitemap that could be read, with what is to be told of it; one that could not be read is empty.

    Those that robots.txt names, or /sitemap.xml. None is asked twice: one may name itself.
    """
    named = [urljoin(scope.origin + "/", address) for address in robots.sitemaps]
    waiting = deque((address, 0) for address in dict.fromkeys([*named, f"{scope.origin}/sitemap.xml"]))
    asked: set[str] = set()
    urls = 0
    while waiting and pace.refused is None and pace.spent() is None:
        address, depth = waiting.popleft()
        clean = canonical(address)
        home = scope.home(clean) if clean else None
        if home is None or home in asked:
            continue
        if len(asked) >= files:
            yield Sitemap(), _told(home, f"more than {files} sitemaps")
            return
        asked.add(home)
        guessed = depth == 0 and address not in named
        sitemap, entry = await _read_sitemap(home, pace, guessed=guessed)
        if sitemap.sitemaps and depth >= MAX_DEPTH:
            entry = entry or _told(home, f"more than {MAX_DEPTH} sitemaps deep")
        else:
            waiting.extend((inner, depth + 1) for inner in sitemap.sitemaps)
        urls += len(sitemap.urls)
        if urls > MAX_URLS:
            kept = sitemap.urls[: max(0, len(sitemap.urls) - (urls - MAX_URLS))]
            yield Sitemap(urls=kept), _told(home, f"more than {MAX_URLS:,} addresses in all")
            return
        yield sitemap, entry


async def _read_sitemap(home: str, pace: Pace, *, guessed: bool) -> tuple[Sitemap, LedgerEntry | None]:
    """Links still lead to the pages: a sitemap is a help and not a duty, and one that nobody named may be missing."""
    try:
        result = await pace.fetch(home, max_bytes=MAX_BYTES)
    except FetchFailed as error:
        entry = LedgerEntry(home, PageStatus.FAILED, error.reason, error.http, detail=error.detail)
        return Sitemap(cut="failed"), entry
    if result.status != 200:
        fault = result.status >= 500 or result.status == 429
        if guessed and not fault:
            return Sitemap(), None
        reason = Reason.SERVER_ERROR if fault else Reason.NOT_FOUND if result.status in _GONE else Reason.HTTP_ERROR
        entry = LedgerEntry(home, PageStatus.FAILED, reason, result.status, detail=str(result.status))
        return Sitemap(cut="failed" if fault else None), entry
    sitemap = await asyncio.to_thread(parse_sitemap, result.body)
    entry = None if sitemap.cut is None else _told(home, sitemap.cut, http=200, size=len(result.body))
    return sitemap, entry


def _told(url: str, detail: str, *, http: int | None = None, size: int = 0) -> LedgerEntry:
    return LedgerEntry(url, PageStatus.SKIPPED, Reason.SITEMAP_CUT, http, size, detail=detail)
