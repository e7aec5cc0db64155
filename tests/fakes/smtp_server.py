"""A real SMTP server on loopback whose answers can be scripted.

`box` holds every message that was accepted (the bytes after the end of DATA), whether or not the
client heard the acceptance. `script(Turn(...), …)` queues what happens to the next messages; without
a script everything is accepted. STARTTLS and AUTH PLAIN/LOGIN are offered on request.
"""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections import deque
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Self


@dataclass(frozen=True, slots=True)
class Turn:
    """What becomes of one message. Answers are 'code text'."""

    banner: str = "220 loopback ESMTP"
    recipient: str = "250 ok"
    data: str = "250 accepted"
    drop_before_reply: bool = False  # takes the message, then ends the connection without a word
    drop_before_data: bool = False
    stall: float = 0.0  # before the reply to DATA


@dataclass(frozen=True, slots=True)
class Delivered:
    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    encrypted: bool
    user: str | None

    @property
    def message(self) -> EmailMessage:
        parsed = message_from_bytes(self.raw, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed


@dataclass(slots=True)
class Session:
    sender: str = ""
    recipients: list[str] = field(default_factory=list)
    encrypted: bool = False
    user: str | None = None


class SmtpServer:
    def __init__(self, *, tls: ssl.SSLContext | None = None, accounts: dict[str, str] | None = None):
        self.box: list[Delivered] = []
        self.tls = tls
        self.accounts = accounts
        self._script: deque[Turn] = deque()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> int:
        assert self._server is not None, "not started"
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def script(self, *turns: Turn) -> None:
        self._script.extend(turns)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        turn = self._script.popleft() if self._script else Turn()
        try:
            await self._talk(reader, writer, turn)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            return  # the client has gone or the server stops: nobody is left to tell
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, turn: Turn) -> None:
        session = Session()
        await _say(writer, turn.banner)
        if not turn.banner.startswith("220"):
            return
        while line := (await reader.readline()).decode().rstrip("\r\n"):
            verb, _, rest = line.partition(" ")
            match verb.upper():
                case "EHLO" | "HELO":
                    await _say(writer, *self._greeting(session))
                case "STARTTLS" if self.tls is not None:
                    await _say(writer, "220 go ahead")
                    await writer.start_tls(self.tls)
                    session = Session(encrypted=True)
                case "AUTH":
                    await _say(writer, await self._login(rest, reader, writer, session))
                case "MAIL":
                    session.sender, session.recipients = _address(rest), []
                    refused = self.accounts is not None and session.user is None
                    await _say(writer, "530 authentication required" if refused else "250 ok")
                case "RCPT":
                    if turn.recipient.startswith("250"):
                        session.recipients.append(_address(rest))
                    await _say(writer, turn.recipient)
                case "DATA":
                    if not await self._take(reader, writer, turn, session):
                        return
                case "RSET" | "NOOP":
                    await _say(writer, "250 ok")
                case "QUIT":
                    await _say(writer, "221 bye")
                    return
                case _:
                    await _say(writer, "502 what?")

    def _greeting(self, session: Session) -> list[str]:
        offers = ["loopback", "8BITMIME", "SMTPUTF8"]
        if self.tls is not None and not session.encrypted:
            offers.append("STARTTLS")
        if self.accounts is not None:
            offers.append("AUTH PLAIN LOGIN")
        return [f"250{'-' if i < len(offers) - 1 else ' '}{offer}" for i, offer in enumerate(offers)]

    async def _login(
        self, rest: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, session: Session
    ) -> str:
        mechanism, _, initial = rest.partition(" ")
        if mechanism.upper() == "PLAIN":
            if not initial:
                await _say(writer, "334 ")
                initial = (await reader.readline()).decode().strip()
            _, user, password = base64.b64decode(initial).decode().split("\0")
        else:
            await _say(writer, "334 VXNlcm5hbWU6")
            user = base64.b64decode(await reader.readline()).decode()
            await _say(writer, "334 UGFzc3dvcmQ6")
            password = base64.b64decode(await reader.readline()).decode()
        if (self.accounts or {}).get(user) != password:
            return "535 authentication failed"
        session.user = user
        return "235 welcome"

    async def _take(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, turn: Turn, session: Session
    ) -> bool:
        if turn.drop_before_data:
            return False
        await _say(writer, "354 go on")
        raw = (await reader.readuntil(b"\r\n.\r\n"))[:-3].replace(b"\r\n..", b"\r\n.")
        if turn.data.startswith("250"):
            self.box.append(Delivered(session.sender, tuple(session.recipients), raw, session.encrypted, session.user))
        await asyncio.sleep(turn.stall)
        if turn.drop_before_reply:
            writer.transport.abort()
            return False
        await _say(writer, turn.data)
        return True


async def _say(writer: asyncio.StreamWriter, *lines: str) -> None:
    writer.write("".join(f"{line}\r\n" for line in lines).encode())
    await writer.drain()


def _address(rest: str) -> str:
    return rest.partition("<")[2].partition(">")[0]
