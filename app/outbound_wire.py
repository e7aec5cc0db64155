"""The connections themselves: to numeric addresses only, the head of an answer counted, TLS failures named.

Called by outbound.py, as the network backend of its connection pools. Nothing here resolves a name, so
whatever the layers above do with a host, no connection goes to an address that was not checked.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable
from ipaddress import ip_address
from typing import Any, cast

import anyio
import httpcore2

from app.outbound_tls import name_failure

MAX_HEAD_BYTES = 64 * 1024
READ_BYTES = 16 * 1024  # h11 takes what one read holds in one go: about 25 ms for the smallest 103 answers


class TlsFailed(httpcore2.ConnectError):
    """The handshake did not succeed; `detail` says what is wrong."""

    def __init__(self, detail: str):
        super().__init__(detail)
        self.detail = detail


class HeadTooLarge(httpcore2.RemoteProtocolError):
    """More than 64 KiB and still no body: huge headers, endless ones, or thousands of 103 answers."""


class Wire(httpcore2.AsyncNetworkBackend):
    """`inner` opens the sockets; tests put a recording one there."""

    def __init__(self, inner: httpcore2.AsyncNetworkBackend | None = None):
        # Its library types the class as perhaps missing (anyio is optional there, and installed here).
        self._inner = inner or cast("type[httpcore2.AsyncNetworkBackend]", httpcore2.AnyIOBackend)()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        ip_address(host)  # ValueError for a name
        opened = await self._inner.connect_tcp(host, port, timeout, local_address, socket_options)
        return Stream(opened)

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)


class Stream(httpcore2.AsyncNetworkStream):
    """Counts what comes between a request and the body of its answer."""

    def __init__(self, inner: httpcore2.AsyncNetworkStream):
        self._inner = inner
        self._head: int | None = None  # bytes so far; None while a body is read

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = await self._inner.read(min(max_bytes, READ_BYTES), timeout)
        if self._head is not None:
            self._head += len(data)
            if self._head > MAX_HEAD_BYTES + READ_BYTES:  # the last read of a head may hold body already
                raise HeadTooLarge("head over 64 KiB")
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._head = 0
        await self._inner.write(buffer, timeout)

    def head_has_ended(self) -> None:
        self._head = None

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.AsyncNetworkStream:
        try:
            return Stream(await self._inner.start_tls(ssl_context, server_hostname, timeout))
        except httpcore2.ConnectError as error:
            raise TlsFailed(name_failure(error)) from error
        except asyncio.CancelledError:
            # The deadline came in the middle of the handshake; the layer below closes on errors only.
            with anyio.CancelScope(shield=True):
                await self._inner.aclose()
            raise

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
