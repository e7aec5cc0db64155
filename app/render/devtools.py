"""Chromium's debugging protocol over a pipe: commands in, answers and events out, as JSON ended by a NUL.

A pipe and not a port: whoever can reach a debugging port owns the browser. Used by browser.py and page.py.
Source: chromedevtools.github.io/devtools-protocol, content/browser/devtools/devtools_pipe_handler.cc.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

Params = Mapping[str, Any]
OnEvent = Callable[[str, dict[str, Any]], None]  # method, params

MAX_MESSAGE = 64 * 1024 * 1024


class BrowserGone(Exception):
    """The browser ended or broke off in the middle of something."""


class BrowserRefused(Exception):
    """The browser answered a command with an error."""


class DevTools:
    """Owns the pipe's two ends until `close`. Safe to share between tasks of one loop."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
        self._reader = reader
        self._writer = writer
        self._numbers = count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._listeners: dict[str, OnEvent] = {}
        self._task = asyncio.create_task(self._read(), name="devtools")
        self.gone = False

    def listen(self, session: str, on_event: OnEvent) -> None:
        """All events of one page's session, in order. `on_event` must not wait."""
        self._listeners[session] = on_event

    def forget(self, session: str) -> None:
        self._listeners.pop(session, None)

    async def send(self, method: str, params: Params | None = None, *, session: str | None = None) -> dict[str, Any]:
        """The command's result. Raises BrowserGone and BrowserRefused."""
        if self.gone:
            raise BrowserGone
        number = next(self._numbers)
        message: dict[str, Any] = {"id": number, "method": method, "params": dict(params or {})}
        if session is not None:
            message["sessionId"] = session
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        try:
            self._writer.write(json.dumps(message).encode() + b"\0")
            await self._writer.drain()
            return await answer
        except (ConnectionError, BrokenPipeError) as error:
            raise BrowserGone from error
        finally:
            self._waiting.pop(number, None)

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._end()
        self._writer.close()

    async def _read(self) -> None:
        try:
            while True:
                self._take((await self._reader.readuntil(b"\0"))[:-1])
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError, ValueError):
            self._end()  # whoever waits is told so; the owner starts another browser

    def _take(self, line: bytes) -> None:
        message: dict[str, Any] = json.loads(line)
        number = message.get("id")
        if number is None:
            listener = self._listeners.get(str(message.get("sessionId", "")))
            if listener is not None:
                listener(message["method"], message.get("params", {}))
            return
        answer = self._waiting.get(number)
        if answer is None or answer.done():
            return
        if "error" in message:
            answer.set_exception(BrowserRefused(str(message["error"].get("message", ""))[:200]))
        else:
            answer.set_result(message.get("result", {}))

    def _end(self) -> None:
        self.gone = True
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(BrowserGone())
