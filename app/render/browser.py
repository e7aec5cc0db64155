"""The `Renderer` port: one Chromium for a worker, started when a page first needs it. Wired by app/wiring.py.

A page that hangs costs its browser and nothing else; the next page gets a new one. Between pages of a host
that nobody proved to own, requests keep the crawl's pace, and what many pages share (scripts, styles) is asked
for once.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from contextlib import suppress
from urllib.parse import urlsplit

import structlog

from app.errors import ConfigurationError
from app.render.devtools import BrowserGone, BrowserRefused
from app.render.launch import Browser, find_browser, launch
from app.render.page import open_page
from ingestion.extract.html import MAX_BYTES
from ingestion.model import Reason
from ingestion.ports import Fetcher, FetchFailed, FetchResult

PAGES_PER_BROWSER = 100
IDLE_SECONDS = 60.0
PACE_SECONDS = 1.0
KEPT_BYTES = 32 * 1024 * 1024
KEPT_SECONDS = 600.0
KEPT_TYPES = ("javascript", "ecmascript", "text/css")
log = structlog.get_logger(__name__)


class BrowserRenderer:
    """One page at a time: a browser with two is two browsers' memory. Close it at the end."""

    def __init__(self, fetcher: Fetcher, *, agent: str, program: str | None = None):
        """`agent`: how the crawler calls itself. Raises ConfigurationError when there is no browser to be found."""
        found = find_browser(program)
        if found is None:
            raise ConfigurationError(
                "No browser was found for --render. Install the distribution's Chromium, or set MILO_CHROMIUM to one.",
                code="no_browser",
            )
        self._program = found
        self._fetcher = fetcher
        self._agent = agent
        self._browser: Browser | None = None
        self._turn = asyncio.Lock()
        self._sweeper: asyncio.Task[None] | None = None
        self._next_at: dict[str, float] = {}
        self._kept: OrderedDict[str, tuple[float, FetchResult]] = OrderedDict()

    async def start(self) -> None:
        """Tries a start, so that a machine that cannot is told at once. Raises ConfigurationError."""
        async with self._turn:
            await self._ready()
            self._rest()

    async def render(self, url: str) -> FetchResult:
        async with self._turn:
            browser = await self._ready()
            try:
                result = await open_page(browser.devtools, url, self._get, self._agent)
                browser.pages += 1
            except TimeoutError as error:
                await self._end()
                raise FetchFailed(Reason.TIMEOUT, "in the browser", url=url) from error
            except (BrowserGone, BrowserRefused) as error:
                await self._end()
                log.warning("render.browser_lost", error=type(error).__name__)
                raise FetchFailed(Reason.PARSE_LIMIT, "the browser gave up", url=url) from error
            except asyncio.CancelledError:
                await asyncio.shield(self._end())  # what is half open is not used again
                raise
            finally:
                self._rest()
            return result

    async def close(self) -> None:
        if self._sweeper is not None:
            self._sweeper.cancel()
            with suppress(asyncio.CancelledError):
                await self._sweeper
        async with self._turn:
            await self._end()

    async def _ready(self) -> Browser:
        if self._sweeper is not None:
            self._sweeper.cancel()
        browser = self._browser
        if browser is not None and (browser.devtools.gone or browser.pages >= PAGES_PER_BROWSER):
            await self._end()
        if self._browser is None:
            self._browser = await launch(self._program)
        return self._browser

    def _rest(self) -> None:
        self._sweeper = asyncio.create_task(self._sweep())

    async def _sweep(self) -> None:
        """An idle browser gives its 200 MB back."""
        await asyncio.sleep(IDLE_SECONDS)
        async with self._turn:
            await self._end()
            self._kept.clear()
            self._next_at.clear()

    async def _end(self) -> None:
        browser, self._browser = self._browser, None
        if browser is not None:
            await browser.end()

    async def _get(self, url: str) -> FetchResult:
        kept = self._kept.get(url)
        if kept is not None and time.monotonic() - kept[0] < KEPT_SECONDS:
            return kept[1]
        await self._pace(url)
        result = await self._fetcher.fetch(url, max_bytes=MAX_BYTES)
        if result.status == 200 and any(kind in result.headers.get("content-type", "") for kind in KEPT_TYPES):
            self._kept[url] = (time.monotonic(), result)
            while sum(len(each.body) for _, each in self._kept.values()) > KEPT_BYTES:
                self._kept.popitem(last=False)
        return result

    async def _pace(self, url: str) -> None:
        if self._fetcher.is_owned(url):
            return
        host = urlsplit(url).netloc
        now = time.monotonic()
        at = max(self._next_at.get(host, 0.0), now)
        self._next_at[host] = at + PACE_SECONDS
        if at > now:
            await asyncio.sleep(at - now)
