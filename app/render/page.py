"""One address opened in a page of its own, its HTML after the scripts have run. Called by browser.py.

Every request the page makes is stopped in the browser and asked for here, through the fetcher (app/outbound.py):
so private addresses, sizes and times are checked for each script and each call as for the page itself. Only GET;
no cookies, no images, no sockets.
"""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import structlog

from app.render.devtools import BrowserGone, BrowserRefused, DevTools
from ingestion.extract.html import MAX_BYTES
from ingestion.model import Reason
from ingestion.ports import FetchFailed, FetchResult

PAGE_SECONDS = 40.0
SETTLE_SECONDS = 8.0  # after the load event: what is built later than that is not read
QUIET_SECONDS = 0.5
MAX_REQUESTS = 120
MAX_TOTAL = 25 * 1024 * 1024
MAX_ASKING = 6
# What text is made of. Pictures, fonts, films, sockets and beacons are not.
TAKEN = frozenset({"Document", "Script", "Stylesheet", "XHR", "Fetch"})
DROPPED_HEADERS = frozenset(
    {"content-encoding", "content-length", "transfer-encoding", "connection", "set-cookie", "alt-svc", "link",
     "access-control-allow-origin", "access-control-allow-credentials", "strict-transport-security", "report-to"}
)  # fmt: skip
# Text inside of open shadow roots is shown to visitors and would be left out of outerHTML. Scripts have done their
# work: a short page full of them would be taken for an empty one.
TEXT = """(() => {
  const open = (root) => { for (const host of [...root.querySelectorAll('*')]) if (host.shadowRoot) {
    open(host.shadowRoot); const inner = document.createElement('div');
    inner.innerHTML = host.shadowRoot.innerHTML; host.append(inner); } };
  open(document);
  for (const run of document.querySelectorAll('script:not([type="application/ld+json"])')) run.remove();
  return '<!doctype html>' + document.documentElement.outerHTML;
})()"""
LENGTH = "document.body ? document.body.textContent.length + document.body.querySelectorAll('*').length : 0"

log = structlog.get_logger(__name__)
Get = Callable[[str], Awaitable[FetchResult]]


@dataclass(slots=True)
class _Page:
    devtools: DevTools
    session: str
    url: str
    get: Get
    loaded: asyncio.Event = field(default_factory=asyncio.Event)
    asking: set[asyncio.Task[None]] = field(default_factory=set["asyncio.Task[None]"])
    free: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MAX_ASKING))
    answered_at: float = 0.0
    requests: int = 0
    received: int = 0
    first: FetchResult | None = None
    failed: FetchFailed | None = None
    arrived: dict[str, FetchResult] = field(default_factory=dict[str, FetchResult])  # the end of a redirect, asked once


async def open_page(devtools: DevTools, url: str, get: Get, agent: str) -> FetchResult:
    """Raises FetchFailed, BrowserGone and TimeoutError (then the browser may hang: end it)."""
    context = (await devtools.send("Target.createBrowserContext", {"disposeOnDetach": True}))["browserContextId"]
    try:
        made = await devtools.send("Target.createTarget", {"url": "about:blank", "browserContextId": context})
        attached = await devtools.send("Target.attachToTarget", {"targetId": made["targetId"], "flatten": True})
        page = _Page(devtools, attached["sessionId"], url, get)
        devtools.listen(page.session, lambda method, params: _take(page, method, params))
        try:
            async with asyncio.timeout(PAGE_SECONDS):
                return await _run(page, agent)
        finally:
            devtools.forget(page.session)
            for task in page.asking:
                task.cancel()
            await asyncio.gather(*page.asking, return_exceptions=True)
    finally:
        async with asyncio.timeout(5):
            await devtools.send("Target.disposeBrowserContext", {"browserContextId": context})


async def _run(page: _Page, agent: str) -> FetchResult:
    async def send(method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        return await page.devtools.send(method, params, session=page.session)

    await send("Fetch.enable", {"patterns": [{"urlPattern": "*"}]})
    await send("Emulation.setUserAgentOverride", {"userAgent": agent})
    await send("Browser.setDownloadBehavior", {"behavior": "deny"})
    await send("Page.enable")
    navigating = asyncio.create_task(send("Page.navigate", {"url": page.url}))
    loading = asyncio.create_task(page.loaded.wait())
    try:
        await asyncio.wait({navigating, loading}, return_when=asyncio.FIRST_COMPLETED)
        if navigating.done() and (page.failed or navigating.result().get("errorText")):
            raise page.failed or FetchFailed(Reason.BAD_RESPONSE, navigating.result()["errorText"], url=page.url)
        await loading
        await _settle(page, send)
        html = (await send("Runtime.evaluate", {"expression": TEXT, "returnByValue": True}))["result"].get("value", "")
        at = (await send("Runtime.evaluate", {"expression": "location.href", "returnByValue": True}))["result"]["value"]
    finally:
        for task in (navigating, loading):
            task.cancel()
        await asyncio.gather(navigating, loading, return_exceptions=True)
    first = page.first
    if first is None:
        raise page.failed or FetchFailed(Reason.BAD_RESPONSE, "nothing was shown", url=page.url)
    if urlsplit(str(at)).netloc != urlsplit(first.url).netloc:
        raise FetchFailed(Reason.BAD_RESPONSE, "its scripts lead to another site", http=first.status, url=first.url)
    body = str(html).encode("utf-8", errors="replace")
    if len(body) > MAX_BYTES:
        raise FetchFailed(Reason.TOO_LARGE, f"{MAX_BYTES // 2**20} MB", http=first.status, url=first.url)
    headers = {**first.headers, "content-type": "text/html; charset=utf-8"}
    return FetchResult(first.url, first.status, headers, body, first.redirects)


async def _settle(page: _Page, send: Callable[..., Awaitable[dict[str, Any]]]) -> None:
    """Until nothing is asked for and the text has stopped growing, or the time is over."""
    ends = time.monotonic() + SETTLE_SECONDS
    length, stood_since = -1, time.monotonic()
    while (now := time.monotonic()) < ends:
        measured = (await send("Runtime.evaluate", {"expression": LENGTH, "returnByValue": True}))["result"]["value"]
        if measured != length or page.asking:
            length, stood_since = measured, now
        if now - max(stood_since, page.answered_at) >= QUIET_SECONDS:
            return
        await asyncio.sleep(0.1)


def _take(page: _Page, method: str, params: dict[str, Any]) -> None:
    if method == "Page.loadEventFired":
        page.loaded.set()
    elif method == "Fetch.requestPaused":
        _start(page, _answer(page, params))
    elif method == "Page.javascriptDialogOpening":
        _start(page, _dismiss(page))


def _start(page: _Page, work: Any) -> None:
    task: asyncio.Task[None] = asyncio.create_task(work)
    page.asking.add(task)
    task.add_done_callback(page.asking.discard)


async def _dismiss(page: _Page) -> None:
    await page.devtools.send("Page.handleJavaScriptDialog", {"accept": False}, session=page.session)


async def _answer(page: _Page, paused: dict[str, Any]) -> None:
    try:
        await _fulfil(page, paused)
    except (BrowserRefused, BrowserGone) as error:
        # The page went on without waiting for it, or is gone: then whoever opened it is told.
        log.debug("render.answer_dropped", error=type(error).__name__)
    finally:
        page.answered_at = time.monotonic()


async def _fulfil(page: _Page, paused: dict[str, Any]) -> None:
    request, number = paused["request"], paused["requestId"]
    url, origin = request["url"].partition("#")[0], request["headers"].get("Origin", "*")
    open_to = [
        {"name": "Access-Control-Allow-Origin", "value": origin},
        {"name": "Access-Control-Allow-Credentials", "value": "true"},
    ]  # there is nothing of anybody's in this browser that another site could read
    if request["method"] == "OPTIONS":
        await _send(page, number, 204, [*open_to, {"name": "Access-Control-Allow-Headers", "value": "*"}], b"")
        return
    is_page = paused["resourceType"] == "Document" and page.first is None
    page.requests += 1
    if not _is_taken(page, paused):
        await _refuse(page, number)
        return
    try:
        async with page.free:
            result = page.arrived.pop(url, None) or await page.get(url)
    except FetchFailed as error:
        if is_page:
            page.failed = error
        await _refuse(page, number)
        return
    page.received += len(result.body)
    if result.redirects and result.url != url:
        page.arrived[result.url] = result
        await _send(page, number, 302, [*open_to, {"name": "Location", "value": result.url}], b"")
        return
    if is_page:
        page.first = result
    headers = [{"name": name, "value": value} for name, value in result.headers.items() if name not in DROPPED_HEADERS]
    await _send(page, number, result.status, [*headers, *open_to], result.body)


def _is_taken(page: _Page, paused: dict[str, Any]) -> bool:
    request = paused["request"]
    return (
        request["method"] == "GET"
        and paused["resourceType"] in TAKEN
        and request["url"].startswith(("http://", "https://"))
        and page.requests <= MAX_REQUESTS
        and page.received <= MAX_TOTAL
    )


async def _send(page: _Page, number: str, status: int, headers: list[dict[str, str]], body: bytes) -> None:
    params = {
        "requestId": number,
        "responseCode": status,
        "responseHeaders": headers,
        "body": base64.b64encode(body).decode(),
    }
    await page.devtools.send("Fetch.fulfillRequest", params, session=page.session)


async def _refuse(page: _Page, number: str) -> None:
    params = {"requestId": number, "errorReason": "BlockedByClient"}
    await page.devtools.send("Fetch.failRequest", params, session=page.session)
