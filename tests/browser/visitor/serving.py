"""The whole web application on loopback in a thread, with answers that a test scripts, and a stranger's site beside it.

The application's site is 127.0.0.1, the stranger's is localhost: two sites to a browser, as in life.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID

import uvicorn

from app.businesses.create import create_business
from app.businesses.model import NewBusiness
from app.services import Services
from app.settings import Settings
from app.web import create_app
from app.wiring import open_services
from retrieval.model import (
    Answer,
    AnswerEnded,
    AnswerEvent,
    AnswerMode,
    AnswerStarted,
    AnswerStatus,
    Asked,
    Citation,
    Knowledge,
    OfferContact,
    Sentence,
    SentenceEnded,
    TextShown,
    Timings,
)

CHECKED = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
HOURS = Citation(
    1,
    "Tuesday to Saturday 7:00 - 17:30\nSunday 8:00 - 13:00",
    "https://bakery.example/opening-hours",
    "Opening hours",
    3,
    checked_at=CHECKED,
)
PHONE = Citation(
    2, "Call us on 33 12 34 56 before ten and the bread waits for you.", "file:orders.pdf", "orders.pdf", 4, 2
)
ANSWER = (
    Sentence("We are open Tuesday to Saturday from 7:00 to 17:30, and on Sunday from 8:00 to 13:00.", (HOURS,)),
    Sentence("On Monday the oven rests.", (HOURS,)),
    Sentence("To have bread kept for you, call 33 12 34 56 before ten.", (PHONE,)),
)


@dataclass
class Script:
    """What the next answers say. `held`: the stream waits after the first sentence until the test lets go."""

    sentences: tuple[Sentence, ...] = ANSWER
    status: AnswerStatus = AnswerStatus.ANSWERED
    offer: bool = False
    held: threading.Event | None = None
    fails: Exception | None = None
    asked: list[str] = field(default_factory=list)

    async def __call__(self, _knowledge: Knowledge, asked: Asked, _ports: object) -> AsyncGenerator[AnswerEvent, None]:
        self.asked.append(asked.text)
        yield AnswerStarted("en")
        if self.fails is not None:
            raise self.fails
        for number, sentence in enumerate(self.sentences):
            half = sentence.text.find(" ", len(sentence.text) // 2)
            yield TextShown(sentence.text[:half])
            await asyncio.sleep(0.01)
            while number == 1 and self.held is not None and not self.held.is_set():
                await asyncio.sleep(0.02)
            yield TextShown(sentence.text[half:])
            yield SentenceEnded(sentence)
        if self.offer:
            yield OfferContact()
        yield AnswerEnded(Answer(self.status, AnswerMode.QUOTE, "en", self.sentences, (), Timings(total=1.0)))


@dataclass
class Milo:
    url: str
    services: Services
    loop: asyncio.AbstractEventLoop
    script: Script
    business_id: UUID
    key: str
    server: uvicorn.Server

    def run(self, make: Callable[[Services], Any]) -> Any:
        """Runs a coroutine of the application's own loop, from the test's thread."""
        return asyncio.run_coroutine_threadsafe(make(self.services), self.loop).result(20)

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        async def ask(services: Services) -> list[tuple[Any, ...]]:
            async with services.database.business_transaction(self.business_id) as conn:
                cursor = await conn.execute(statement.encode(), values)
                return await cursor.fetchall() if cursor.description else []

        return self.run(ask)


@contextmanager
def serving(settings: Settings, script: Script) -> Iterator[Milo]:
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    settings = replace(settings, port=port, public_url=url)
    ready = threading.Event()
    box: list[Milo | BaseException] = []

    async def serve() -> None:
        async with open_services(settings, role="web") as services:
            new = NewBusiness(
                name="Corner Bakery", slug="corner-bakery", website="https://bakery.example", country="DK"
            )
            created = await create_business(services.database, services.vault, new, actor="operator")
            config = uvicorn.Config(
                create_app(services), log_config=None, access_log=False, timeout_graceful_shutdown=1
            )
            server = uvicorn.Server(config)
            loop = asyncio.get_running_loop()
            box.append(Milo(url, services, loop, script, created.business_id, created.widget_key, server))
            ready.set()
            await server.serve(sockets=[listener])

    def run() -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:
            box.append(error)
            raise
        finally:
            ready.set()

    thread = threading.Thread(target=run, name="milo")
    thread.start()
    ready.wait(30)
    milo = box[0] if box else None
    if not isinstance(milo, Milo):
        raise RuntimeError(f"the application did not start: {milo!r}")
    while not milo.server.started:
        threading.Event().wait(0.01)
    try:
        yield milo
    finally:
        milo.server.should_exit = True
        thread.join(20)


@dataclass
class Stranger:
    """A site that is not ours. `pages` maps paths to HTML, every one under the same strict policy."""

    url: str
    pages: dict[str, str]
    policy: str = ""


@contextmanager
def strangers_site(milo_url: str) -> Iterator[Stranger]:
    site = Stranger("", {})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = site.pages.get(self.path)
            self.send_response(200 if page is not None or self.path == "/favicon.ico" else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", site.policy)
            body = (page or "").encode()
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.url = f"http://localhost:{server.server_address[1]}"
    # No 'unsafe-inline', no connect-src for us: what the snippet's documentation asks for, and nothing more.
    site.policy = f"default-src 'none'; script-src {milo_url}; frame-src {milo_url}; img-src 'self'"
    thread = threading.Thread(target=server.serve_forever, name="stranger")
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()


def page_with(milo: Milo, *, key: str | None = None, copies: int = 1, extra: str = "", lang: str = "en") -> str:
    attribute = f' data-key="{milo.key if key is None else key}"' if key != "" else ""
    snippet = f'<script async src="{milo.url}/widget.js"{attribute}{extra}></script>'
    return (
        f'<!doctype html><html lang="{lang}"><meta name="viewport" content="width=device-width"><title>A shop</title>'
        f"<h1>A shop</h1><p>Our own words.</p><a href='/second'>second page</a>{snippet * copies}</html>"
    )
