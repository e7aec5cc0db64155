"""Fifty real pages among every kind of trap, as one fetcher.

Calendars, orders and filters of a list, sessions in paths and queries, a maze, relative links gone wrong, soft 404s.
"""

from __future__ import annotations

import hashlib
import re
from urllib.parse import parse_qsl, urlsplit

from ingestion.ports import FetchResult

BASE = "http://a.example"
_WORDS = "anchor barrel compass dinghy engine ferry galley harbour island jetty keel lantern mast net oar pier".split()


def real_pages() -> list[str]:
    """Ten of the first level and four below each: /tea, /tea/anchor-3, …; one is three steps from the start."""
    tops = [f"/{name}" for name in "about tea boats rooms prices contact jobs history shop faq".split()]
    return tops + [f"{top}/{_WORDS[n + k]}" for n, top in enumerate(tops) for k in range(4)]


class TrapSite:
    """Answers 200 to everything. Every page shows a new session id in its links."""

    def __init__(self, *, owned: bool = True):
        self.asked: list[str] = []
        self.owned = owned
        self._real = real_pages()
        self._session = 0

    def is_owned(self, url: str) -> bool:
        return self.owned

    async def fetch(
        self, url: str, *, max_bytes: int, etag: str | None = None, last_modified: str | None = None
    ) -> FetchResult:
        self.asked.append(url)
        parts = urlsplit(url)
        if parts.path in ("/robots.txt", "/sitemap.xml"):
            return FetchResult(url, 404, {}, b"")
        return FetchResult(url, 200, {"content-type": "text/html"}, self._page(parts.path, parts.query).encode())

    def _page(self, path: str, query: str) -> str:
        path = re.sub(r"^/sess-[0-9a-f]{32}", "", path) or "/"
        asked = dict(parse_qsl(query))
        if path == "/":
            return _html("Harbour", "We rent boats and rooms at the water.", self._everywhere())
        if path in self._real:
            own = [page for page in self._real if page.startswith(path + "/")]
            told = f"All about {path}: " + " ".join(
                hashlib.sha1(path.encode()).hexdigest()[k : k + 4] for k in range(9)
            )
            return _html(path.strip("/").title(), told, [*own, *self._everywhere(), "next/"])
        if path == "/calendar" or path.startswith("/events/"):
            return self._calendar(path, asked)
        if path == "/list":
            rows = [f"Offer {word}" for word in _WORDS]
            return _html(f"Offers by {asked.get('sort', 'name')}", rows, self._facets(asked))
        if path.startswith("/maze/"):
            step = hashlib.sha1(path.encode()).hexdigest()
            return _html(
                "Corridor", f"You are in corridor {step}.", [f"{path}{step[k]}{step[k + 1]}/" for k in range(8)]
            )
        # Everything else is a page that says that there is none, with links that lead on for ever.
        return _html("Oops! Page not found - Harbour", f"There is nothing at {path}.", ["/", "next/", "more/list/"])

    def _everywhere(self) -> list[str]:
        self._session += 1
        mark = hashlib.md5(str(self._session).encode()).hexdigest()
        tops = self._real[:10]
        return [
            *(f"{top}?PHPSESSID={mark}" for top in tops[:3]), *tops[3:],
            f"/sess-{mark}/about", f"/tea?xid={mark}", f"/boats;jsessionid={mark}",
            "/calendar?month=1&year=2030", "/events/2030/01/", "/list", "/maze/a/", "/old-page-1", "/old-page-2",
        ]  # fmt: skip

    def _calendar(self, path: str, asked: dict[str, str]) -> str:
        figures = [int(each) for each in re.findall(r"\d+", path)] or [int(asked["year"]), int(asked["month"])]
        months = figures[0] * 12 + figures[1]
        around = [months - 1, months + 1, months + 12]
        links = [
            f"/events/{m // 12}/{m % 12 + 1:02}/"
            if path != "/calendar"
            else f"/calendar?month={m % 12 + 1}&year={m // 12}"
            for m in around
        ]
        return _html(f"Events in {figures[1]} {figures[0]}", [f"Day {day}" for day in range(1, 29)], links)

    def _facets(self, asked: dict[str, str]) -> list[str]:
        """Each order, size and colour, and all their combinations."""
        links: list[str] = []
        for key, values in {
            "sort": ("name", "price", "date"), "dir": ("up", "down"), "colour": ("red", "blue"),
            "size": ("s", "m", "l"), "page": tuple("123456789"),
        }.items():  # fmt: skip
            for value in values:
                chosen = {**asked, key: value}
                links.append("/list?" + "&".join(f"{name}={chosen[name]}" for name in chosen))
        return links


def _html(title: str, text: str | list[str], links: list[str]) -> str:
    lines = [text] if isinstance(text, str) else text
    body = "".join(f"<p>{line}</p>" for line in lines) + "".join(f"<a href='{link}'></a>" for link in links)
    return f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{body}</body></html>"
