"""The one door to other hosts: the `Fetcher` port of ingestion, and whoever else must read an address.

Every hop is parsed once, resolved once, all answers are checked against the table, and the connection
goes to a checked address with the name in Host and SNI: a resolver that changes its mind between
check and connection changes nothing. One total deadline, raw bodies counted while they are unpacked.
"""

from __future__ import annotations

import asyncio
import re
import ssl
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any, cast
from urllib.parse import urljoin

import httpcore2
import httpx2
import structlog

from app.outbound_body import read_body, too_large
from app.outbound_dns import RESOLVE_SECONDS, Resolver
from app.outbound_rules import BadAddress, WebAddress, denied, is_local_name, literal, parse_address
from app.outbound_wire import MAX_HEAD_BYTES, HeadTooLarge, Stream, TlsFailed, Wire
from app.settings import Settings
from ingestion.model import Reason
from ingestion.ports import FetchFailed, FetchResult

TOTAL_SECONDS = 20.0
CONNECT_SECONDS = 8.0
REFUSAL_SECONDS = 1.0  # a name that is refused and one that does not exist take this long, both
MAX_REDIRECTS = 5
MAX_ANSWERS = 16  # addresses of a name that may be tried; all that were given are checked
MAX_TRIES = 3  # of those, when the first do not answer
CONNECTIONS_PER_HOST = 8
HOSTS_KEPT = 64
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OWN_PATHS = ("/robots.txt", "/sitemap.xml", "/sample")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_ACCEPT = (
    "text/html,application/xhtml+xml,application/pdf,text/plain,text/markdown;q=0.9,application/xml;q=0.8,*/*;q=0.5"
)
log = structlog.get_logger(__name__)

Resolve = Callable[[str, int], Awaitable[list[str]]]
PoolKey = tuple[str, str, int, str]


@dataclass(slots=True)
class _Pool:
    connections: httpcore2.AsyncConnectionPool
    in_use: int = 0


@dataclass(frozen=True, slots=True)
class _Question:
    """What every hop of one fetch shares."""

    max_bytes: int
    conditions: dict[str, str]


class OutboundFetcher:
    """One a process; `close()` at the end. All but `settings` is set by tests only."""

    def __init__(
        self,
        settings: Settings,
        *,
        resolve: Resolve | None = None,
        backend: httpcore2.AsyncNetworkBackend | None = None,
        tls: ssl.SSLContext | None = None,
        total_seconds: float = TOTAL_SECONDS,
        resolve_seconds: float = RESOLVE_SECONDS,
        refusal_seconds: float = REFUSAL_SECONDS,
    ):
        self._owned = settings.crawl_private_hosts
        self._own = parse_address(settings.public_url)
        self._own_port = settings.port
        self._agent = agent(settings)
        self._resolve = resolve or Resolver()
        self._wire = Wire(backend)
        self._total = total_seconds
        self._resolving = resolve_seconds
        self._refusal = refusal_seconds
        self._tls = tls
        # Keyed by the address and the name: a connection is never used for another name, nor for the
        # same name at another address.
        self._pools: OrderedDict[PoolKey, _Pool] = OrderedDict()

    async def close(self) -> None:
        pools, self._pools = self._pools, OrderedDict()
        for pool in pools.values():
            await pool.connections.aclose()

    def is_owned(self, url: str) -> bool:
        try:
            return parse_address(url).endpoint in self._owned
        except BadAddress:
            return False

    async def fetch(
        self, url: str, *, max_bytes: int, etag: str | None = None, last_modified: str | None = None
    ) -> FetchResult:
        """GET, redirects followed here. Raises FetchFailed as the port says; an HTTP error is a result."""
        passed: list[str] = []
        question = _Question(max_bytes, _conditions(etag, last_modified))
        try:
            async with asyncio.timeout(self._total):
                return await self._follow(url, question, passed)
        except TimeoutError as error:
            raise FetchFailed(Reason.TIMEOUT, f"{self._total:g} s", url=passed[-1] if passed else url) from error

    async def _follow(self, url: str, question: _Question, passed: list[str]) -> FetchResult:
        address = _parse(url)
        started_plain = address.scheme == "http"
        while True:
            result = await self._ask(address, question)
            location = result.headers.get("location")
            if result.status not in _REDIRECTS or not location:
                return FetchResult(result.url, result.status, result.headers, result.body, tuple(passed))
            if len(passed) == MAX_REDIRECTS:
                raise FetchFailed(Reason.TOO_MANY_REDIRECTS, f"{MAX_REDIRECTS}", http=result.status, url=address.url)
            passed.append(address.url)
            following = _followed(address, location)
            if address.scheme == "https" and following.scheme == "http" and not started_plain:
                why = "it leads from https back to http: if that is meant, give the address with http://"
                raise FetchFailed(Reason.BAD_RESPONSE, why, http=result.status, url=following.url)
            address = following
            question = _Question(question.max_bytes, {})  # they describe the first address only

    async def _ask(self, address: WebAddress, question: _Question) -> FetchResult:
        """One hop. Another address of the same name is tried only where a connection was not made."""
        *tried, last = await self._checked(address)
        for pinned in tried:
            try:
                return await self._exchange(address, pinned, question, last=False)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                log.debug("outbound.next_address", host=address.host)
        try:
            return await self._exchange(address, last, question, last=True)
        except TlsFailed as error:
            raise FetchFailed(Reason.TLS_FAILED, error.detail, url=address.url) from error
        except httpcore2.ConnectError as error:
            raise FetchFailed(Reason.CONNECT_FAILED, address.host, url=address.url) from error
        except httpcore2.TimeoutException as error:
            raise FetchFailed(Reason.TIMEOUT, f"{CONNECT_SECONDS:g} s", url=address.url) from error

    # ---- which address may be asked

    async def _checked(self, address: WebAddress) -> list[str]:
        """The addresses that may be connected to, best first. Any denied answer refuses the host."""
        owned = address.endpoint in self._owned
        if self._is_own(address) and not _may_be_read(address.target):
            # Milo's own pages are no business's text, and its mailbox page is nobody else's.
            raise FetchFailed(Reason.OWN_SERVICE, address.netloc, url=address.url)
        if not owned and address.port not in (80, 443):
            raise FetchFailed(Reason.REFUSED_ADDRESS, f"port {address.port}", url=address.url)
        known = literal(address.host)
        if known is not None:
            if not owned and denied(known):
                raise FetchFailed(Reason.REFUSED_ADDRESS, address.host, url=address.url)
            return [str(known)]
        if not owned and is_local_name(address.host):
            raise FetchFailed(Reason.REFUSED_ADDRESS, address.host, url=address.url)
        return await self._looked_up(address, owned=owned)

    async def _looked_up(self, address: WebAddress, *, owned: bool) -> list[str]:
        """A name of a private network and a name that does not exist look the same from outside: same reason,
        same time. Whoever may add a site must not learn what stands in our network.
        """
        begun = time.monotonic()
        answers: list[IPv4Address | IPv6Address] = []
        try:
            async with asyncio.timeout(self._resolving):
                answers = [ip_address(text) for text in await self._resolve(address.host, address.port)]
        except (OSError, ValueError) as error:  # TimeoutError is an OSError
            log.debug("outbound.no_address", host=address.host, error=type(error).__name__)
        refused = not owned and any(denied(answer) for answer in answers)
        if refused:
            log.warning("outbound.refused", host=address.host)  # the operator may know
        if refused or not answers:
            await asyncio.sleep(max(0.0, begun + self._refusal - time.monotonic()))
            raise FetchFailed(Reason.NO_SUCH_HOST, address.host, url=address.url)
        if any(answer.is_loopback for answer in answers) and address.port == self._own_port:
            raise FetchFailed(Reason.OWN_SERVICE, address.netloc, url=address.url)
        # Version 4 first: many small hosts have an AAAA record that leads nowhere.
        best = sorted(answers[:MAX_ANSWERS], key=lambda answer: answer.version)
        return [str(answer) for answer in best[:MAX_TRIES]]

    def _is_own(self, address: WebAddress) -> bool:
        """The public address, under either scheme, and the port that this machine serves."""
        if address.endpoint == self._own.endpoint:
            return True
        if address.host == self._own.host and not _is_loopback(address.host):
            return address.port in (80, 443, self._own_port)
        return _is_loopback(address.host) and address.port == self._own_port

    # ---- the request

    async def _exchange(self, address: WebAddress, pinned: str, question: _Question, *, last: bool) -> FetchResult:
        """Raises FetchFailed, or httpcore2's ConnectError and TimeoutException for the caller to name."""
        for _ in range(2):
            opened = _Opened()
            try:
                return await self._send(address, pinned, question, opened, seconds=CONNECT_SECONDS / (1 if last else 2))
            except FetchFailed as failure:
                failure.url = failure.url or address.url
                raise
            except httpcore2.ConnectError:
                raise
            except (httpcore2.ReadError, httpcore2.WriteError, httpcore2.RemoteProtocolError) as error:
                # A kept connection that the server has closed meanwhile looks like this: ask once more.
                if opened.anew:
                    raise FetchFailed(Reason.BAD_RESPONSE, _what_was_wrong(error), url=address.url) from error
            except (httpcore2.ProtocolError, httpcore2.UnsupportedProtocol, ValueError) as error:
                raise FetchFailed(Reason.BAD_RESPONSE, _what_was_wrong(error), url=address.url) from error
        raise FetchFailed(Reason.BAD_RESPONSE, "it closes every connection", url=address.url)

    async def _send(
        self, address: WebAddress, pinned: str, question: _Question, opened: _Opened, *, seconds: float
    ) -> FetchResult:
        headers = {
            "Host": address.netloc,
            "User-Agent": self._agent,
            "Accept": _ACCEPT,
            "Accept-Encoding": "gzip, deflate",
            "Connection": "keep-alive",
            **question.conditions,
        }
        request = httpcore2.Request(
            "GET",
            httpcore2.URL(scheme=address.scheme, host=pinned, port=address.port, target=address.target),
            headers=list(headers.items()),
            extensions={
                "sni_hostname": address.host,
                "timeout": {"connect": seconds, "read": self._total, "write": self._total, "pool": self._total},
                "trace": opened.trace,
            },
        )
        async with self._pool(address, pinned) as connections:
            response = await connections.handle_async_request(request)
            try:
                return await _read(response, address.url, question)
            finally:
                await response.aclose()

    @asynccontextmanager
    async def _pool(self, address: WebAddress, pinned: str) -> AsyncGenerator[httpcore2.AsyncConnectionPool]:
        key: PoolKey = (address.scheme, pinned, address.port, address.host)
        pool = self._pools.get(key)
        if pool is None:
            pool = self._pools[key] = _Pool(self._open_pool(address.scheme))
        self._pools.move_to_end(key)
        pool.in_use += 1
        try:
            yield pool.connections
        finally:
            pool.in_use -= 1
            idle = [kept for kept, other in self._pools.items() if other.in_use == 0]
            for kept in idle[: max(0, len(self._pools) - HOSTS_KEPT)]:
                await self._pools.pop(kept).connections.aclose()

    def _open_pool(self, scheme: str) -> httpcore2.AsyncConnectionPool:
        if self._tls is None and scheme == "https":
            self._tls = httpx2.create_ssl_context(trust_env=False)
        return httpcore2.AsyncConnectionPool(
            ssl_context=self._tls,
            max_connections=CONNECTIONS_PER_HOST,
            max_keepalive_connections=CONNECTIONS_PER_HOST,
            keepalive_expiry=10.0,
            network_backend=self._wire,
        )


def agent(settings: Settings) -> str:
    """How Milo calls itself to the sites it reads, with where to ask about it."""
    return f"Milo/0.1 (+{settings.public_url.rstrip('/')}/)"


@dataclass(slots=True)
class _Opened:
    """Whether a request went out on a connection of its own."""

    anew: bool = False

    async def trace(self, event: str, _info: dict[str, Any]) -> None:
        self.anew = self.anew or event == "connection.connect_tcp.started"


async def _read(response: httpcore2.Response, url: str, question: _Question) -> FetchResult:
    stream = cast("dict[str, object]", response.extensions)["network_stream"]  # pyright: ignore[reportUnknownMemberType]
    if isinstance(stream, Stream):
        stream.head_has_ended()
    if sum(len(name) + len(value) + 4 for name, value in response.headers) > MAX_HEAD_BYTES:
        raise FetchFailed(Reason.BAD_RESPONSE, "its headers are over 64 KiB", http=response.status, url=url)
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
    status = response.status
    if status == 304 or (status in _REDIRECTS and "location" in headers):
        return FetchResult(url, status, headers, b"")
    encoding = headers.get("content-encoding", "")
    declared = headers.get("content-length", "")
    try:
        if declared.isdigit() and int(declared[:20]) > question.max_bytes:
            raise too_large(question.max_bytes)
        raw = cast("AsyncGenerator[bytes]", aiter(cast("AsyncIterable[bytes]", response.stream)))
        async with aclosing(raw) as pieces:
            body = await read_body(pieces, encoding, question.max_bytes)
    except FetchFailed as failure:
        failure.http, failure.url = status, url
        raise
    return FetchResult(url, status, headers, body)


def _parse(url: str) -> WebAddress:
    try:
        return parse_address(url)
    except BadAddress as error:
        raise FetchFailed(Reason.BAD_ADDRESS, str(error), url=url[:200]) from error


def _followed(address: WebAddress, location: str) -> WebAddress:
    """Servers send raw UTF-8 in Location; the header arrives as latin-1. Joining would drop tabs and newlines."""
    try:
        text = location.encode("latin-1").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        text = location
    try:
        if _CONTROLS.search(text):
            raise BadAddress("control characters")
        return parse_address(urljoin(address.url, text))
    except ValueError as error:  # BadAddress is one
        why = str(error) if isinstance(error, BadAddress) else "no address"
        raise FetchFailed(Reason.BAD_ADDRESS, f"leads on: {why}", url=address.url) from error


def _conditions(etag: str | None, last_modified: str | None) -> dict[str, str]:
    conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in conditions.items() if value and value.isascii() and value.isprintable()}


def _is_loopback(host: str) -> bool:
    known = literal(host)
    return host == "localhost" if known is None else known.is_loopback


def _may_be_read(target: str) -> bool:
    """Of Milo's own pages only the sample's, which are a site like any other."""
    path = target.partition("?")[0]
    return any(path == own or path.startswith(own + "/") for own in _OWN_PATHS)


def _what_was_wrong(error: Exception) -> str:
    """The end of “The answer was not a valid web page”; the library's words are for programmers."""
    if isinstance(error, HeadTooLarge):
        return "its headers are over 64 KiB"
    said = str(error).lower()
    if "without sending a response" in said:
        return "the connection was closed without an answer"
    if "without sending complete" in said or "incomplete chunked" in said:
        return "it ended too early"
    if isinstance(error, httpcore2.ReadError | httpcore2.WriteError):
        return "the connection broke"
    return "it does not keep to the rules of HTTP"
