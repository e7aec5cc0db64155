"""A small site of our own on loopback, for tests that read a real site. Import the fixture in a conftest."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

PAGES = {
    "index.html": "<h1>Harbour Bikes</h1><p>We repair bicycles at the harbour.</p><a href=/prices.html>Prices</a>"
    "<a href=/hours.html>Hours</a>",
    "prices.html": "<h1>Prices</h1><table><tr><th>Work</th><th>Price</th></tr>"
    "<tr><td>Puncture</td><td>12.50 EUR</td></tr>"
    "<tr><td>Full service</td><td>89.00 EUR</td></tr></table>",
    "hours.html": "<h1>Opening hours</h1><p>We are open Tuesday to Friday from 9:00 to 17:30.</p>"
    "<p>On Saturday we are open from 10:00 to 14:00.</p>",
}


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Nothing on the tests' output."""


@pytest.fixture(scope="session")
def bike_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A small site of our own on loopback; its address."""
    folder = tmp_path_factory.mktemp("bikes")
    for name, body in PAGES.items():
        (folder / name).write_text(
            f"<!doctype html><html lang=en><title>{name.split('.')[0].title()} - Harbour Bikes</title>"
            f"<body>{body}</body></html>"
        )
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
