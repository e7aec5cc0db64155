"""The one door to other hosts: the `Fetcher` port of ingestion, and whoever else must read an address.

Every hop is parsed once, resolved once, all answers are checked against the table, and the connection
goes to the checked address with the name in Host and SNI: a resolver that changes its mind between
check and connection changes nothing. One total deadline, raw bodies counted while they are unpacked.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import zlib
from collections import OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urljoin

import httpx2

from app.outbound_rules import BadAddress, WebAddress, denied, is_local_name, literal, parse_address
from app.settings import Settings
from ingestion.model import Reason
from ingestion.ports import FetchFailed, FetchResult

TOTAL_SECONDS = 20.0
CONNECT_SECONDS = 10.0
RESOLVE_SECONDS = 5.0
MAX_REDIRECTS = 5
MAX_HEADER_BYTES = 64 * 1024
CONNECTIONS_PER_HOST = 8
HOSTS_KEPT = 64
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OWN_PATHS = ("/sample", "/robots.txt", "/sitemap.xml")
_ACCEPT = (
    "text/html,application/xhtml+xml,application/pdf,text/plain,text/markdown;q=0.9,application/xml;q=0.8,*/*;q=0.5"
)

Resolve = Callable[[str, int], Awaitable[list[str]]]
PoolKey = tuple[str, str, int, str]


@dataclass(slots=True)
class _Pool:
    transport: httpx2.AsyncBaseTransport
    in_use: int = 0


class OutboundFetcher:
    """One a process; `close()` at the end. `resolve` and `connect` are replaced by tests only."""

    def __init__(
        self,
        settings: Settings,
        *,
        resolve: Resolve | None = None,
        connect: Callable[[], httpx2.AsyncBaseTransport] | None = None,
        total_seconds: float = TOTAL_SECONDS,
    ):
        self._owned = settings.crawl_private_hosts
        self._own = parse_address(settings.public_url).endpoint
        self._agent = agent(settings)
        self._resolve = resolve or _resolve
        self._connect = connect or self._open_transport
        self._total = total_seconds
        self._tls: ssl.SSLContext | None = None
        # Keyed by the address and the name: a connection is never used for another name, nor for the
        # same name at another address.
        self._pools: OrderedDict[PoolKey, _Pool] = OrderedDict()

    async def close(self) -> None:
        pools, self._pools = self._pools, OrderedDict()
        for pool in pools.values():
            await pool.transport.aclose()

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
        try:
            async with asyncio.timeout(self._total):
                return await self._follow(url, max_bytes, _conditions(etag, last_modified), passed)
        except TimeoutError as error:
            raise FetchFailed(Reason.TIMEOUT, f"{self._total:g} s", url=passed[-1] if passed else url) from error

    async def _follow(self, url: str, max_bytes: int, conditions: dict[str, str], passed: list[str]) -> FetchResult:
        address = _parse(url)
        started_plain = address.scheme == "http"
        while True:
            result = await self._ask(address, max_bytes, conditions)
            location = result.headers.get("location")
            if result.status not in _REDIRECTS or not location:
                return FetchResult(result.url, result.status, result.headers, result.body, tuple(passed))
            if len(passed) == MAX_REDIRECTS:
                raise FetchFailed(Reason.TOO_MANY_REDIRECTS, f"{MAX_REDIRECTS}", http=result.status, url=address.url)
            passed.append(address.url)
            following = _parse(urljoin(address.url, _as_text(location)))
            if address.scheme == "https" and following.scheme == "http" and not started_plain:
                raise FetchFailed(
                    Reason.BAD_RESPONSE, "redirect from https to http", http=result.status, url=following.url
                )
            address = following
            conditions = {}  # they describe the first address, and nothing else is carried on

    async def _ask(self, address: WebAddress, max_bytes: int, conditions: dict[str, str]) -> FetchResult:
        pinned = await self._checked(address)
        for attempt in (1, 2):
            try:
                return await self._exchange(address, pinned, max_bytes, conditions)
            except httpx2.TimeoutException as error:
                raise FetchFailed(Reason.TIMEOUT, f"{CONNECT_SECONDS:g} s", url=address.url) from error
            except httpx2.ConnectError as error:
                raise _connect_failure(error, address) from error
            except (httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.WriteError) as error:
                # A kept connection the server has closed meanwhile looks like this: ask once more.
                if attempt == 2:
                    raise FetchFailed(Reason.BAD_RESPONSE, type(error).__name__, url=address.url) from error
            except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
                raise FetchFailed(Reason.BAD_RESPONSE, type(error).__name__, url=address.url) from error
        raise AssertionError("unreachable")

    async def _checked(self, address: WebAddress) -> str:
        """The one address that will be connected to. Any denied answer refuses the host."""
        owned = address.endpoint in self._owned
        if address.endpoint == self._own and not address.target.startswith(_OWN_PATHS):
            # Milo's own pages are no business's text, and its mailbox page is nobody else's.
            raise FetchFailed(Reason.REFUSED_ADDRESS, "Milo's own address", url=address.url)
        if not owned and address.port not in (80, 443):
            raise FetchFailed(Reason.REFUSED_ADDRESS, f"port {address.port}", url=address.url)
        known = literal(address.host)
        if known is not None:
            answers: list[IPv4Address | IPv6Address] = [known]
        else:
            if not owned and is_local_name(address.host):
                raise FetchFailed(Reason.REFUSED_ADDRESS, address.host, url=address.url)
            try:
                async with asyncio.timeout(RESOLVE_SECONDS):
                    answers = [ip_address(text) for text in await self._resolve(address.host, address.port)]
            except TimeoutError as error:
                raise FetchFailed(Reason.NO_SUCH_HOST, address.host, url=address.url) from error
            except OSError as error:
                raise FetchFailed(Reason.NO_SUCH_HOST, address.host, url=address.url) from error
            except ValueError as error:
                raise FetchFailed(Reason.REFUSED_ADDRESS, address.host, url=address.url) from error
        if not answers:
            raise FetchFailed(Reason.NO_SUCH_HOST, address.host, url=address.url)
        if not owned and any(denied(answer) for answer in answers):
            raise FetchFailed(Reason.REFUSED_ADDRESS, address.host, url=address.url)
        # Version 4 first: many small hosts have an AAAA record that leads nowhere.
        return str(min(answers, key=lambda answer: answer.version))

    async def _exchange(
        self, address: WebAddress, pinned: str, max_bytes: int, conditions: dict[str, str]
    ) -> FetchResult:
        request = httpx2.Request(
            "GET",
            httpx2.URL(
                scheme=address.scheme, host=pinned, port=address.port, raw_path=address.target.encode("ascii", "ignore")
            ),
            headers={
                "Host": address.netloc,
                "User-Agent": self._agent,
                "Accept": _ACCEPT,
                "Accept-Encoding": "gzip, deflate",
                "Connection": "keep-alive",
                **conditions,
            },
            extensions={
                "sni_hostname": address.host,
                "timeout": {"connect": CONNECT_SECONDS, "read": self._total, "write": self._total, "pool": self._total},
            },
        )
        async with self._pool(address, pinned) as transport:
            response = await transport.handle_async_request(request)
            try:
                return await _read(response, address.url, max_bytes)
            finally:
                await response.aclose()

    @asynccontextmanager
    async def _pool(self, address: WebAddress, pinned: str) -> AsyncGenerator[httpx2.AsyncBaseTransport]:
        key: PoolKey = (address.scheme, pinned, address.port, address.host)
        pool = self._pools.get(key)
        if pool is None:
            pool = self._pools[key] = _Pool(self._connect())
        self._pools.move_to_end(key)
        pool.in_use += 1
        try:
            yield pool.transport
        finally:
            pool.in_use -= 1
            idle = [kept for kept, other in self._pools.items() if other.in_use == 0]
            for kept in idle[: max(0, len(self._pools) - HOSTS_KEPT)]:
                await self._pools.pop(kept).transport.aclose()

    def _open_transport(self) -> httpx2.AsyncBaseTransport:
        if self._tls is None:
            self._tls = httpx2.create_ssl_context(trust_env=False)
        limits = httpx2.Limits(
            max_connections=CONNECTIONS_PER_HOST, max_keepalive_connections=CONNECTIONS_PER_HOST, keepalive_expiry=10.0
        )
        return httpx2.AsyncHTTPTransport(verify=self._tls, trust_env=False, limits=limits)


def agent(settings: Settings) -> str:
    """How Milo calls itself to the sites it reads, with where to ask about it."""
    return f"Milo/0.1 (+{settings.public_url.rstrip('/')}/)"


async def _resolve(host: str, port: int) -> list[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _parse(url: str) -> WebAddress:
    try:
        return parse_address(url)
    except BadAddress as error:
        raise FetchFailed(Reason.BAD_ADDRESS, str(error), url=url[:200]) from error


def _conditions(etag: str | None, last_modified: str | None) -> dict[str, str]:
    conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in conditions.items() if value and value.isascii() and value.isprintable()}


def _as_text(location: str) -> str:
    """Servers send raw UTF-8 in Location; the header arrives as latin-1."""
    try:
        return location.encode("latin-1").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return location


def _connect_failure(error: httpx2.ConnectError, address: WebAddress) -> FetchFailed:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return FetchFailed(Reason.TLS_FAILED, cause.reason or address.host, url=address.url)
        cause = cause.__cause__ or cause.__context__
    return FetchFailed(Reason.CONNECT_FAILED, address.host, url=address.url)


async def _read(response: httpx2.Response, url: str, max_bytes: int) -> FetchResult:
    if sum(len(name) + len(value) for name, value in response.headers.raw) > MAX_HEADER_BYTES:
        raise FetchFailed(Reason.BAD_RESPONSE, "headers over 64 KiB", http=response.status_code, url=url)
    headers = {name.lower(): value for name, value in response.headers.items()}
    status = response.status_code
    if status == 304 or (status in _REDIRECTS and "location" in headers):
        return FetchResult(url, status, headers, b"")
    declared = headers.get("content-length", "")
    if declared.isdigit() and int(declared) > max_bytes:
        raise FetchFailed(Reason.TOO_LARGE, f"{max_bytes // 2**20} MB", http=status, url=url)
    async with aclosing(_decoded(response, headers.get("content-encoding", ""), max_bytes, url)) as pieces:
        body = b"".join([piece async for piece in pieces])
    return FetchResult(url, status, headers, body)


async def _decoded(response: httpx2.Response, encoding: str, max_bytes: int, url: str) -> AsyncGenerator[bytes]:
    """The body unpacked piece by piece, never more than `max_bytes` of it in memory."""
    coding = encoding.strip().lower()
    if coding not in ("", "identity", "gzip", "x-gzip", "deflate"):
        raise FetchFailed(Reason.BAD_RESPONSE, f"content encoding {coding[:40]}", http=response.status_code, url=url)
    unpack = None if coding in ("", "identity") else _Unpacker(raw=coding == "deflate")
    total = 0
    received = 0
    async for chunk in response.aiter_raw():
        received += len(chunk)
        if received > max_bytes:
            raise FetchFailed(Reason.TOO_LARGE, f"{max_bytes // 2**20} MB", http=response.status_code, url=url)
        for piece in [chunk] if unpack is None else unpack.feed(chunk, max_bytes - total):
            total += len(piece)
            if total > max_bytes:
                raise FetchFailed(Reason.TOO_LARGE, f"{max_bytes // 2**20} MB", http=response.status_code, url=url)
            yield piece
    if unpack is not None and received and not unpack.complete:
        raise FetchFailed(Reason.BAD_RESPONSE, "compressed data cut off", http=response.status_code, url=url)


class _Unpacker:
    """gzip (also several members) or deflate in either of its two spellings."""

    def __init__(self, *, raw: bool):
        self._deflate = raw
        self._stream = zlib.decompressobj(zlib.MAX_WBITS if raw else 16 + zlib.MAX_WBITS)
        self._begun = False

    @property
    def complete(self) -> bool:
        return self._stream.eof

    def feed(self, data: bytes, room: int) -> list[bytes]:
        """At most `room` + 1 bytes, so that the caller sees that there is too much."""
        if self._deflate and not self._begun and data and (data[0] & 0x0F) != 8:
            self._stream = zlib.decompressobj(-zlib.MAX_WBITS)
        self._begun = self._begun or bool(data)
        pieces: list[bytes] = []
        try:
            while data:
                if self._stream.eof:
                    if self._deflate or not data.startswith(b"\x1f\x8b"):
                        break  # padding after the end, as browsers ignore it
                    self._stream = zlib.decompressobj(16 + zlib.MAX_WBITS)
                piece = self._stream.decompress(data, max(1, room + 1))
                pieces.append(piece)
                room -= len(piece)
                if room < 0:
                    break
                data = self._stream.unconsumed_tail or self._stream.unused_data
        except zlib.error as error:
            raise FetchFailed(Reason.BAD_RESPONSE, "compressed data damaged") from error
        return pieces
