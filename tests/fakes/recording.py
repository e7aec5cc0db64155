"""A network in which every connection succeeds and none is made: it remembers which were asked for.

For claims of the form “nothing is connected there”: the address is recorded where the socket would be
opened, below every layer that could change its mind about it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpcore2

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nok"
Answer = Callable[[bytes], bytes]  # the request's head → all that the server says


class Recorder(httpcore2.AsyncNetworkBackend):
    """`connected`: (address, port) in order. `requests`: heads as they were sent."""

    def __init__(self, answer: bytes | Answer = OK, *, failing: frozenset[str] = frozenset()):
        self.connected: list[tuple[str, int]] = []
        self.hosts: list[str] = []
        self.requests: list[bytes] = []
        self.names: list[str | None] = []  # of TLS handshakes
        self._answer = answer
        self._failing = failing

    async def connect_tcp(self, host: str, port: int, *_: Any, **__: Any) -> httpcore2.AsyncNetworkStream:
        self.connected.append((host, port))
        self.hosts.append(host)
        if host in self._failing:
            raise httpcore2.ConnectError("refused")
        return _Stream(self)

    def answer(self, head: bytes) -> bytes:
        self.requests.append(head)
        return self._answer(head) if callable(self._answer) else self._answer


class _Stream(httpcore2.AsyncNetworkStream):
    def __init__(self, recorder: Recorder):
        self._recorder = recorder
        self._waiting = b""

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if buffer:  # the end of a request without a body is an empty write
            self._waiting += self._recorder.answer(buffer)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data, self._waiting = self._waiting[:max_bytes], self._waiting[max_bytes:]
        return data

    async def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.AsyncNetworkStream:
        self._recorder.names.append(server_hostname)
        return self

    async def aclose(self) -> None:
        return None

    def get_extra_info(self, info: str) -> Any:
        return None
