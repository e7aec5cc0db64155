"""A made-up site for measurements, served fast by a process of its own so that the crawler is what is timed.

    python -m tests.bench.made_site PAGES     prints its address, serves until its input ends

Each page has a menu, some 350 words of its own and a footer, about 12 kB. Answers carry ETags and honour
them; GET /__change gives every page a new sentence.
"""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

WORDS = 350
MENU = 24
SYLLABLES = ["ba", "ko", "mi", "ter", "san", "lu", "pre", "von", "dal", "ri", "sto", "ne", "gu", "fa", "che", "wo"]


def make_page(number: int, pages: int, edition: int, words: int = WORDS) -> bytes:
    """Deterministic for number and edition. Links: the menu's, the next ten pages, and one back."""
    source = random.Random(number)
    vocabulary = ["".join(source.choices(SYLLABLES, k=source.randint(2, 4))) for _ in range(160)]
    text = " ".join(source.choices(vocabulary, k=words)).split()
    sentences = [" ".join(text[at : at + 14]).capitalize() + "." for at in range(0, len(text), 14)]
    paragraphs = "".join(
        f"<section class='block block--{at}'><h2 class='headline'>{vocabulary[at].title()}</h2>"
        f"<p class='text text--wide'>{' '.join(sentences[at : at + 5])}</p>"
        f"<table><tr><th>Item</th><th>Price</th></tr><tr><td>{vocabulary[at + 1]}</td><td>{at + 1}.50 EUR</td></tr>"
        "</table></section>"
        for at in range(0, len(sentences), 5)
    )
    menu = "".join(f"<li class='menu-item'><a href='/page-{at}.html'>Section {at}</a></li>" for at in range(MENU))
    onward = "".join(
        f"<li><a href='/page-{at}.html'>More about {at}</a></li>"
        for at in {(number * 7 + step) % pages for step in range(1, 11)} | {(number + 1) % pages}
    )
    return (
        f"<!doctype html><html lang=en><head><meta charset=utf-8><title>Page {number} - Made-up Site</title>"
        f"<style>.block{{margin:1em}}.headline{{font-size:2em}}</style></head><body><nav><ul>{menu}</ul></nav>"
        f"<main><h1>Page {number}</h1><p>This is edition {edition} of page {number}.</p>{paragraphs}<ul>{onward}</ul>"
        "</main><footer><p>Open Monday to Friday 9:00 to 17:00.</p><p>Call 020 7946 0000.</p></footer></body></html>"
    ).encode()


async def serve(pages: int, words: int) -> None:
    edition = 0
    made: dict[str, bytes] = {}

    def answer(path: str, etag: str) -> bytes:
        nonlocal edition
        if path == "/__change":
            edition += 1
            made.clear()
            return _response("200 OK", b"changed", "x")
        if path == "/robots.txt":
            return _response("404 Not Found", b"", "r")
        number = 0 if path == "/" else int(path[6:-5]) if path.startswith("/page-") and path[6:-5].isdigit() else -1
        if not 0 <= number < pages:
            return _response("404 Not Found", b"no such page", "n")
        mark = f'"{number}-{edition}"'
        if etag == mark:
            return f"HTTP/1.1 304 Not Modified\r\nETag: {mark}\r\nContent-Length: 0\r\n\r\n".encode()
        body = made.get(path)
        if body is None:
            body = made[path] = make_page(number, pages, edition, words)
        return _response("200 OK", body, mark)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                path = head.split(" ", 2)[1]
                lines = head.lower().split("\r\n")
                etag = next((line.partition(": ")[2] for line in lines if line.startswith("if-none-match:")), "")
                writer.write(answer(path, etag))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    for number in range(pages):  # made before the clock runs
        answer(f"/page-{number}.html", "")
    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", flush=True)
    await asyncio.to_thread(sys.stdin.read)


def _response(status: str, body: bytes, etag: str) -> bytes:
    lines = [
        f"HTTP/1.1 {status}",
        "Content-Type: text/html; charset=utf-8",
        f"Content-Length: {len(body)}",
        f"ETag: {etag}",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


@contextmanager
def made_site(pages: int, words: int = WORDS) -> Iterator[str]:
    """Its address, for as long as the block lasts."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.made_site", str(pages), str(words)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.stdin.close()
        process.stdout.close()
        process.wait(10)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
