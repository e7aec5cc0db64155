"""A small site on loopback whose pages a test may change, and stand-ins for the model: for integration tests."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
from numpy.typing import NDArray


@dataclass
class Site:
    """`pages`: path → (status, content type, body). ETags are made and honoured."""

    base: str
    pages: dict[str, tuple[int, str, bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def put(self, path: str, title: str, text: str, *links: str) -> None:
        anchors = "".join(f"<li><a href='{link}'>{link}</a></li>" for link in links)
        body = f"<html lang=en><title>{title}</title><h1>{title}</h1><p>{text}</p><ul>{anchors}</ul></html>"
        self.pages[path] = (200, "text/html; charset=utf-8", body.encode())

    def fill(self, count: int = 6) -> None:
        names = [f"/page-{chr(97 + number)}" for number in range(count)]
        self.put("/", "Harbour Museum", "We show ships of all times.", *names)
        for number, name in enumerate(names):
            self.put(name, f"Room {number}", f"Room number {number} holds the ship of the year {1800 + number}.", "/")


@contextmanager
def serving() -> Iterator[Site]:
    site = Site("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            return

        def do_GET(self) -> None:
            site.asked.append(self.path)
            status, kind, body = site.pages.get(self.path, (404, "text/html", b"<h1>Not found</h1>"))
            etag = f'"{hashlib.sha1(body).hexdigest()}"'
            if status == 200 and self.headers.get("If-None-Match") == etag:
                status, body = 304, b""
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("ETag", etag)
            if status != 304:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    site.base = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class CountingEmbedder:
    """Vectors made of the text's hash: equal texts, equal vectors. Remembers what it was given."""

    texts: list[str] = field(default_factory=list)
    model: str = "counting-1"
    dimensions: int = 16

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.texts.extend(texts)
        rows = [np.frombuffer(hashlib.blake2b(text.encode(), digest_size=16).digest(), np.uint8) for text in texts]
        vectors = np.stack(rows).astype(np.float32) - 127.5
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
