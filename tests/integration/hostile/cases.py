"""What servers do to a crawler, by accident or on purpose, and the reason that each must end in."""

from __future__ import annotations

import asyncio
import gzip
import io
import zlib
from collections.abc import Awaitable, Callable

from ingestion.model import Reason
from tests.integration.hostile.server import GOOD, Case, Expected, Route, answer, moved

MEGABYTE = 2**20
Say = Callable[[], bytes]


def one(name: str, route: Route, expected: Expected) -> Case:
    """A case of one page, /x."""
    return Case(name, {"/x": route}, {"/": None, "/x": expected})


def robots(name: str, route: Route, start: Expected) -> Case:
    return Case(name, {"/robots.txt": route, "/x": answer(GOOD)}, {} if start else {"/": None, "/x": None}, start)


def sitemap(name: str, route: Route, expected: Expected, **more: Route) -> Case:
    """The pages are read whatever the sitemap is; of itself the ledger says `expected`."""
    named = answer(b"Sitemap: /map.xml\n", "200 OK", ("Content-Type", "text/plain"))
    routes = {"/robots.txt": named, "/x": answer(GOOD), "/map.xml": route}
    return Case(
        name,
        routes | {f"/{path}.xml": page for path, page in more.items()},
        {"/": None, "/x": None, "/map.xml": expected},
    )


# ---- scripts


def again_and_again(first: bytes, piece: bytes, pause: float) -> Route:
    async def send(writer: asyncio.StreamWriter, _origin: str) -> None:
        writer.write(first)
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)

    return send


def and_close(data: bytes) -> Route:
    async def send(writer: asyncio.StreamWriter, _origin: str) -> None:
        writer.write(data)
        await writer.drain()
        raise ConnectionError("as the case says")

    return send


def reset() -> Route:
    async def send(writer: asyncio.StreamWriter, _origin: str) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        await writer.drain()
        writer.transport.abort()
        raise ConnectionError("as the case says")

    return send


def silence() -> Route:
    async def send(_writer: asyncio.StreamWriter, _origin: str) -> None:
        await asyncio.sleep(3600)

    return send


def leading(of: Callable[[str], str]) -> Route:
    """A redirect to an address made of the server's own origin."""

    async def send(writer: asyncio.StreamWriter, origin: str) -> None:
        writer.write(moved(of(origin)))

    return send


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n", size: str = "") -> bytes:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + b"".join((size.encode() or b"%x" % len(chunk)) + b"\r\n" + chunk + b"\r\n" for chunk in chunks) + end


def packed(body: bytes, coding: str = "gzip") -> bytes:
    return answer(body, "200 OK", ("Content-Encoding", coding))


def bomb(size: int) -> bytes:
    """gzip of that many zeros, made without holding them."""
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=9) as file:
        for _ in range(size // MEGABYTE):
            file.write(bytes(MEGABYTE))
    return out.getvalue()


def locs(count: int, of: Callable[[int], str] = lambda n: f"/p{n}") -> bytes:
    urls = "".join(f"<url><loc>{of(number)}</loc></url>" for number in range(count))
    return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode()


def raw_deflate(data: bytes) -> bytes:
    return zlib.compress(data, wbits=-15)


XML = ("Content-Type", "application/xml")
PLAIN = ("Content-Type", "text/plain")
PAGE = GOOD.encode()
BROKEN_OFF = frozenset({Reason.TOO_LARGE, Reason.TIMEOUT})  # as fast as the machine is
BOMB = bomb(120 * MEGABYTE)
OK_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"

BODIES = [
    one("a byte at a time", again_and_again(OK_HEAD + b"\r\n", b"a", 0.05), Reason.TIMEOUT),
    one("headers a byte at a time", again_and_again(OK_HEAD, b"a", 0.05), Reason.TIMEOUT),
    one("no answer at all", silence(), Reason.TIMEOUT),
    one("a chunked body without end, slowly", again_and_again(chunked(end=b""), b"1\r\na\r\n", 0.02), Reason.TIMEOUT),
    one(
        "a chunked body without end, fast",
        again_and_again(chunked(end=b""), b"10000\r\n" + b"a" * 65536 + b"\r\n", 0),
        BROKEN_OFF,
    ),
    one("a body without end", again_and_again(OK_HEAD + b"\r\n", b"text " * 20_000, 0), BROKEN_OFF),
    one("headers without end", again_and_again(OK_HEAD, b"X-More: " + b"y" * 1000 + b"\r\n", 0), Reason.BAD_RESPONSE),
    one("a header over 64 KiB", answer(PAGE, "200 OK", ("X-Large", "y" * 70_000)), Reason.BAD_RESPONSE),
    one(
        "headers over 64 KiB together",
        answer(PAGE, "200 OK", *((f"X-{n}", "y" * 900) for n in range(80))),
        Reason.BAD_RESPONSE,
    ),
    one(
        "cookies over 64 KiB",
        answer(PAGE, "200 OK", *(("Set-Cookie", f"a{n}=" + "y" * 100) for n in range(700))),
        Reason.BAD_RESPONSE,
    ),
    one("cookies under 64 KiB", answer(PAGE, "200 OK", *(("Set-Cookie", f"a{n}=y") for n in range(1000))), None),
    one("a length too short", answer(PAGE + b"<p>and more</p>", "200 OK", ("Content-Length", str(len(PAGE)))), None),
    one("a length too long", and_close(answer(PAGE, "200 OK", ("Content-Length", "9999"))), Reason.BAD_RESPONSE),
    one(
        "two different lengths",
        answer(PAGE, "200 OK", ("Content-Length", "10"), ("Content-Length", "20")),
        Reason.BAD_RESPONSE,
    ),
    one("a negative length", answer(PAGE, "200 OK", ("Content-Length", "-1")), Reason.BAD_RESPONSE),
    one("a length of letters", answer(PAGE, "200 OK", ("Content-Length", "many")), Reason.BAD_RESPONSE),
    one("a huge length", answer(PAGE, "200 OK", ("Content-Length", "9" * 18)), Reason.TOO_LARGE),
    one("a length beyond numbers", answer(PAGE, "200 OK", ("Content-Length", "9" * 5000)), Reason.BAD_RESPONSE),
    one("a space before the colon", OK_HEAD + b"Content-Length : 5\r\n\r\nhello", Reason.BAD_RESPONSE),
    one("a zero byte in a header", OK_HEAD + b"X: a\0b\r\nContent-Length: 0\r\n\r\n", Reason.BAD_RESPONSE),
    one("a folded header", OK_HEAD + b"X: a\r\n  b\r\nContent-Length: %d\r\n\r\n" % len(PAGE) + PAGE, None),
    one("ten thousand 103 answers", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 10_000 + answer(PAGE), Reason.BAD_RESPONSE),
    one("three 103 answers", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 3 + answer(PAGE), None),
    one("a 100 nobody asked for", b"HTTP/1.1 100 Continue\r\n\r\n" + answer(PAGE), None),
    one("100 for ever", again_and_again(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 50, 0), Reason.BAD_RESPONSE),
    one(
        "a 101 nobody asked for", b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n", Reason.BAD_RESPONSE
    ),
    one("twenty thousand chunks", chunked(*([b"<p>"] + [b"a"] * 20_000)), None),
    one("a chunk of impossible size", chunked(b"a", size="FFFFFFFFFFFFFFFFFFFFFFFF"), Reason.BAD_RESPONSE),
    one("a chunk of negative size", chunked(b"a", size="-5"), Reason.BAD_RESPONSE),
    one(
        "trailers without end",
        again_and_again(chunked(PAGE, end=b"0\r\n"), b"X-T: " + b"y" * 1000 + b"\r\n", 0),
        Reason.BAD_RESPONSE,
    ),
    one("closed at once", and_close(b""), Reason.BAD_RESPONSE),
    one("closed in the headers", and_close(OK_HEAD), Reason.BAD_RESPONSE),
    one("closed in a chunked body", and_close(chunked(PAGE, end=b"")), Reason.BAD_RESPONSE),
    one("reset in the body", reset(), Reason.BAD_RESPONSE),
    one("HTTP/0.9", and_close(b"<html><p>just a page</p></html>"), Reason.BAD_RESPONSE),
    one("HTTP/1.0", and_close(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE), None),
    one("HTTP/2 in text", and_close(b"HTTP/2 200 OK\r\nContent-Length: 0\r\n\r\n"), Reason.BAD_RESPONSE),
    one("another protocol", and_close(b"220 mail.example ESMTP\r\n"), Reason.BAD_RESPONSE),
    one("random bytes", and_close(bytes(range(256)) * 20), Reason.BAD_RESPONSE),
]
PACKED = [
    one("a gzip bomb", packed(BOMB), Reason.TOO_LARGE),
    one(
        "a gzip bomb, chunked",
        OK_HEAD
        + b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % len(BOMB)
        + BOMB
        + b"\r\n0\r\n\r\n",
        Reason.TOO_LARGE,
    ),
    one("gzip in gzip", packed(gzip.compress(gzip.compress(PAGE)), "gzip, gzip"), Reason.BAD_RESPONSE),
    one("gzip that is cut off", packed(gzip.compress(PAGE * 50)[:-20]), Reason.BAD_RESPONSE),
    one("gzip that is none", packed(PAGE), Reason.BAD_RESPONSE),
    one("gzip with a wrong sum", packed(gzip.compress(PAGE)[:-8] + b"\0" * 8), Reason.BAD_RESPONSE),
    one("gzip with padding", packed(gzip.compress(PAGE) + b"\0" * 100), None),
    one("five hundred gzip members", packed(gzip.compress(b"") * 499 + gzip.compress(PAGE)), None),
    one("ten thousand gzip members", packed(gzip.compress(b"") * 10_000 + gzip.compress(PAGE)), Reason.BAD_RESPONSE),
    one("deflate as the standard says", packed(zlib.compress(PAGE), "deflate"), None),
    one("deflate as servers do", packed(raw_deflate(PAGE), "deflate"), None),
    one("deflate that is none", packed(PAGE, "deflate"), Reason.BAD_RESPONSE),
    one("brotli nobody asked for", packed(b"\x0b\x02\x80hello\x03", "br"), Reason.BAD_RESPONSE),
    one("a coding nobody knows", packed(PAGE, "x-own"), Reason.BAD_RESPONSE),
]
REDIRECTS = [
    one("to itself for ever", moved("/x"), Reason.TOO_MANY_REDIRECTS),
    one("to cloud metadata", moved("http://169.254.169.254/latest/meta-data/"), Reason.OUT_OF_SCOPE),
    one("to a private network", moved("http://10.0.0.1/"), Reason.OUT_OF_SCOPE),
    one("to loopback as one number", moved("http://2130706433/"), Reason.OUT_OF_SCOPE),
    one("to loopback of version 6", moved("http://[::1]/"), Reason.OUT_OF_SCOPE),
    one("to localhost", moved("http://localhost/"), Reason.OUT_OF_SCOPE),
    one("to the database", moved("http://127.0.0.1:5432/"), Reason.OUT_OF_SCOPE),
    one("to Milo itself", moved("http://127.0.0.1:8000/dashboard"), Reason.OUT_OF_SCOPE),
    one("to a name of a private network", moved("http://intranet.example/"), Reason.OUT_OF_SCOPE),
    one("to a name in other letters", moved("http://bücher.example/"), Reason.OUT_OF_SCOPE),
    one("to a file", moved("file:///etc/passwd"), Reason.BAD_ADDRESS),
    one("to ftp", moved("ftp://example.com/"), Reason.BAD_ADDRESS),
    one("to a script", moved("javascript:alert(1)"), Reason.BAD_ADDRESS),
    one("to data", moved("data:text/html,hello"), Reason.BAD_ADDRESS),
    one("to an address with a password", moved("http://user:word@example.com/"), Reason.BAD_ADDRESS),
    one("to an address with a tab", moved("http://127.0.0.1\t.example/"), Reason.BAD_ADDRESS),
    one("to an address with a control character", moved("/a\x01b"), Reason.BAD_ADDRESS),
    one("to an address of 2,049 characters", leading(lambda origin: f"{origin}/".ljust(2049, "a")), Reason.BAD_ADDRESS),
    one("to an impossible port", moved("http://example.com:99999/"), Reason.BAD_ADDRESS),
    one("to no address", moved("http://[::1"), Reason.BAD_ADDRESS),
    one("to nowhere", answer("", "302 Found"), Reason.HTTP_ERROR),
    one("to an empty address", moved(""), Reason.HTTP_ERROR),
    one(
        "to https on a plain port", leading(lambda origin: origin.replace("http:", "https:") + "/x"), Reason.TLS_FAILED
    ),
    Case("to a path with dots", {"/x": moved("/a/../../y"), "/y": answer(GOOD)}, {"/": None, "/y": None}),
]
# The same at the start: what keeps it from being read is what the owner hears.
STARTS = [
    Case(f"start: {name}", {"/": route}, start=reason)
    for name, route, reason in (
        ("a byte at a time", again_and_again(OK_HEAD + b"\r\n", b"a", 0.05), Reason.TIMEOUT),
        ("closed at once", and_close(b""), Reason.BAD_RESPONSE),
        ("a bomb", packed(BOMB), Reason.TOO_LARGE),
        ("to itself for ever", moved("/"), Reason.TOO_MANY_REDIRECTS),
        ("to cloud metadata", moved("http://169.254.169.254/latest/meta-data/"), Reason.REFUSED_ADDRESS),
        ("to a private network", moved("http://10.0.0.1/"), Reason.REFUSED_ADDRESS),
        ("to the database", moved("http://127.0.0.1:5432/"), Reason.REFUSED_ADDRESS),
        ("to Milo itself", moved("http://127.0.0.1:8000/dashboard"), Reason.OWN_SERVICE),
        ("to a name of a private network", moved("http://intranet.example/"), Reason.NO_SUCH_HOST),
        ("to a file", moved("file:///etc/passwd"), Reason.BAD_ADDRESS),
        (
            "to https on a plain port",
            leading(lambda origin: origin.replace("http:", "https:") + "/"),
            Reason.TLS_FAILED,
        ),
        ("nothing in it", answer(b""), Reason.EMPTY),
        ("429 for ever", answer(b"", "429 Too Many Requests"), Reason.RATE_LIMITED),
    )
]
STATUSES = [
    one("200 with nothing in it", answer(b""), Reason.EMPTY),
    one("204", b"HTTP/1.1 204 No Content\r\n\r\n", Reason.HTTP_ERROR),
    one(
        "206 nobody asked for",
        answer(PAGE, "206 Partial Content", ("Content-Range", "bytes 0-9/10")),
        Reason.HTTP_ERROR,
    ),
    one("304 nobody asked for", b"HTTP/1.1 304 Not Modified\r\n\r\n", Reason.HTTP_ERROR),
    one("a status of 999", answer(PAGE, "999 Denied"), frozenset({Reason.SERVER_ERROR, Reason.BAD_RESPONSE})),
    one("429 for ever", answer(b"slow down", "429 Too Many Requests"), Reason.RATE_LIMITED),
    one("come back in a year", answer(b"", "429 Too Many Requests", ("Retry-After", "31536000")), Reason.RATE_LIMITED),
    one(
        "come back in 3029",
        answer(b"", "503 Busy", ("Retry-After", "Fri, 01 Jan 3029 00:00:00 GMT")),
        Reason.SERVER_ERROR,
    ),
    one("come back at no time", answer(b"", "503 Busy", ("Retry-After", "soon\t-5")), Reason.SERVER_ERROR),
]
TYPES = [
    one("latin-1 said to be utf-8", answer("<p>Gebühr für die Prüfung: fünf Euro</p>".encode("cp1252")), None),
    one("a charset nobody knows", answer(PAGE, "200 OK", ("Content-Type", "text/html; charset=klingon")), None),
    one("utf-16 that is ascii", answer(PAGE, "200 OK", ("Content-Type", "text/html; charset=utf-16")), None),
    one("a page said to be a picture", answer(PAGE, "200 OK", ("Content-Type", "image/png")), Reason.NOT_TEXT),
    one(
        "a picture said to be a page",
        answer(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40),
        frozenset({Reason.NOT_TEXT, Reason.EMPTY, Reason.BROKEN}),
    ),
    one("a page said to be a PDF", answer(PAGE, "200 OK", ("Content-Type", "application/pdf")), Reason.BROKEN),
    one("a page said to be anything", answer(PAGE, "200 OK", ("Content-Type", "application/octet-stream")), None),
    one("a page of no type", answer(PAGE, "200 OK", ("Content-Type", "")), None),
    one("a type of nonsense", answer(PAGE, "200 OK", ("Content-Type", '/;;=\t"')), frozenset({None, Reason.NOT_TEXT})),
]
ROBOTS = [
    robots(
        "robots.txt of 10 MB",
        answer(b"User-agent: *\nDisallow: /secret\n" + b"# more\n" * 1_500_000, "200 OK", PLAIN),
        None,
    ),
    robots(
        "robots.txt of a million rules",
        answer(b"User-agent: *\n" + b"Disallow: /a*b*c\n" * 500_000, "200 OK", PLAIN),
        None,
    ),
    robots("robots.txt that is a page", answer("<html><body>Disallow: /</body></html>"), None),
    robots("robots.txt of bytes", answer(bytes(range(256)) * 1000, "200 OK", PLAIN), None),
    robots("robots.txt that drips", again_and_again(OK_HEAD + b"\r\n", b"#", 0.05), Reason.TIMEOUT),
    robots(
        "robots.txt without end",
        again_and_again(OK_HEAD + b"\r\n", b"# more\n" * 20_000, 0),
        frozenset({Reason.ROBOTS_UNREACHABLE, Reason.TIMEOUT}),
    ),
    robots("robots.txt that leads in a circle", moved("/robots.txt"), Reason.ROBOTS_UNREACHABLE),
    robots("robots.txt at a private address", moved("http://10.0.0.1/robots.txt"), Reason.REFUSED_ADDRESS),
    robots("robots.txt with a fault", answer(b"", "500 Fault"), Reason.ROBOTS_UNREACHABLE),
    robots("robots.txt that is a bomb", packed(BOMB), Reason.ROBOTS_UNREACHABLE),
    robots("robots.txt with a delay of a day", answer(b"User-agent: *\nCrawl-delay: 86400\n", "200 OK", PLAIN), None),
]
ENTITIES = (
    b'<!DOCTYPE u [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>'
)
SITEMAPS = [
    sitemap(
        "a sitemap that names itself",
        answer(b"<sitemapindex><sitemap><loc>/map.xml</loc></sitemap></sitemapindex>", "200 OK", XML),
        frozenset(),
    ),
    sitemap(
        "sitemaps that name each other",
        answer(b"<sitemapindex><sitemap><loc>/b.xml</loc></sitemap></sitemapindex>", "200 OK", XML),
        frozenset(),
        b=answer(b"<sitemapindex><sitemap><loc>/map.xml</loc></sitemap></sitemapindex>", "200 OK", XML),
    ),
    sitemap("a sitemap that is a bomb", packed(BOMB), Reason.TOO_LARGE),
    sitemap(
        "a sitemap with entities",
        answer(ENTITIES + b"<urlset><url><loc>/&x;</loc></url></urlset>", "200 OK", XML),
        frozenset(),
    ),
    sitemap("a sitemap that is no XML", answer(b"<<<>>&&& not xml <loc>", "200 OK", XML), frozenset()),
    sitemap("a sitemap of bytes", answer(bytes(range(256)) * 500, "200 OK", XML), frozenset()),
    sitemap("a sitemap that drips", again_and_again(OK_HEAD + b"\r\n", b"<", 0.05), Reason.TIMEOUT),
    sitemap("a sitemap of elsewhere", answer(locs(50, lambda n: f"http://10.0.0.{n}/"), "200 OK", XML), frozenset()),
]
LARGE_SITEMAPS = [
    sitemap(
        "a sitemap of 60 MB",
        again_and_again(OK_HEAD + b"Content-Length: 62914560\r\n\r\n", b"<url><loc>/x</loc></url>" * 4000, 0),
        frozenset({Reason.TOO_LARGE, Reason.TIMEOUT}),
    ),
    sitemap(
        "a sitemap of a million addresses",
        answer(locs(1_000_000, lambda n: f"/p{n}"), "200 OK", XML),
        frozenset({Reason.TOO_LARGE, Reason.SITEMAP_CUT, Reason.TIMEOUT}),
    ),
]
CASES = [*BODIES, *PACKED, *REDIRECTS, *STARTS, *STATUSES, *TYPES, *ROBOTS, *SITEMAPS, *LARGE_SITEMAPS]
Run = Callable[[Case], Awaitable[None]]
