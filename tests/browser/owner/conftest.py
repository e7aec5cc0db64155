"""A whole Milo as `milo up` starts it, an owner's small site on loopback, and Chromium."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, async_playwright

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
READY_SECONDS = 120

PAGE = "<!doctype html><html lang=en><title>{title}</title><main><h1>{title}</h1>{body}</main><nav>{nav}</nav></html>"
NAV = "".join(f'<a href="/{name}">{name}</a> ' for name in ("", "hours", "prices", "private", "missing"))
SITE = {
    "/": ("Pottery on the Quay", "<p>We teach pottery to beginners, in groups of six, and fire what you made.</p>"),
    "/hours": (
        "When we are open",
        "<p>The workshop is open on Wednesday from 17:00 to 21:00.</p>"
        "<p>On Saturday it is open from 10:00 to 15:00.</p>",
    ),
    "/prices": (
        "Prices",
        "<table><tr><th>Course</th><th>Price</th></tr><tr><td>An evening at the wheel</td><td>£42</td></tr>"
        "<tr><td>Six evenings</td><td>£210</td></tr></table>",
    ),
    "/private": ("Not for robots", "<p>Hidden.</p>"),
}
ROBOTS = b"User-agent: *\nDisallow: /private\n"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/robots.txt":
            return self.answer(200, ROBOTS, "text/plain")
        if self.path not in SITE:
            return self.answer(404, b"not here", "text/html")
        title, body = SITE[self.path]
        time.sleep(0.3)  # slow enough that one can watch it being read
        return self.answer(200, PAGE.format(title=title, body=body, nav=NAV).encode(), "text/html; charset=utf-8")

    def answer(self, status: int, body: bytes, media_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@dataclass(frozen=True)
class Running:
    url: str
    site: str
    sign_in_url: str


@pytest.fixture(scope="session")
def owners_site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def milo_up(owners_site: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("up")
    log = folder / "log"
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MILO_", "OPENAI_"))}
    environment |= {
        "MILO_DATA_DIR": str(folder / "data"),
        "MILO_PORT": str(port),
        "MILO_CRAWL_PRIVATE_HOSTS": owners_site,
        "PYTHONUNBUFFERED": "1",
    }
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "up", "--no-sample"],
            stdout=out,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=Path(__file__).parents[3],
        )
    try:
        link = wait_for(log, "sign in within ten minutes: ", process)
        yield Running(f"http://127.0.0.1:{port}", owners_site, link)
    finally:
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(30)
        process.kill()
        process.wait()


def wait_for(log: Path, words: str, process: subprocess.Popen[bytes]) -> str:
    """What stands behind these words in the log."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        _, found, rest = log.read_text(errors="replace").partition(words)
        if found and "\n" in rest:
            return rest.splitlines()[0].strip()
        time.sleep(0.1)
    raise AssertionError(f"milo up did not say {words!r}:\n{log.read_text(errors='replace')[-4000:]}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
async def chromium(milo_up: Running) -> AsyncIterator[Browser]:
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()
    await asyncio.sleep(0.1)  # the driver's pipes close behind it


@pytest.fixture
async def context(chromium: Browser) -> BrowserContext:
    made = await chromium.new_context(
        viewport={"width": 1280, "height": 860}, locale="en-GB", timezone_id="Europe/Rome"
    )
    made.set_default_timeout(15_000)
    return made
