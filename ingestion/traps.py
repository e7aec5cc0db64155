"""What tells addresses made by a machine without end (calendars, orders of a list, session ids) from pages.

Nothing is left out for how its address looks: that only decides how late it is asked (`lateness`), so that
a trap eats what is left of the budget and not its beginning. A making of addresses is closed only when page
after page of it has said nothing new (`Makings`). Called by frontier.py and judge.py.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ingestion.addresses import is_token, without_tokens

MANY = 40  # addresses of one making before the rest of it waits behind all others
_NUMBERS = re.compile(r"\d+")
_REPEATED = 3  # times a part of a path stands in it before it looks like a wrong relative link
_ENDLESS = 6
_LONGEST_PATH = 20
_NOTHING_NEW = 12  # pages in a row of one making that say nothing new
# What a query asks for when it asks for the same things in another order, size or dress, or for another day.
_VIEW = re.compile(
    r"^(?:sort\w*|order(?:_?by|_?dir)?|dir(?:ection)?|asc|desc|filter.*|facet.*|f\[.*|(?:min|max)_?price|price_?\w*"
    r"|view(?:_?mode)?|display|layout|limit|per_?page|page_?size|replytocom|share|print|printable|format|add[-_]to.*"
    r"|remove_item|compare|wishlist|action|return(?:_?url|_?to)?|redirect(?:_?to)?|back(?:_?url)?|currency|month|mon|year|yr"
    r"|week|day|date|cal\w*|ical|tribe.*|eventdisplay|timestamp|ts|time|rnd|random|nocache|cb|_)$",
    re.I,
)
_INDEX = re.compile(r"^(?:index|default|home)\.(?:x?html?|php\d?|aspx?|jsp|cfm)$", re.I)


def shape(url: str) -> str:
    """The making of an address: figures, sessions, repetitions and the values of its query aside."""
    parts = urlsplit(url)
    keys = sorted({pair.split("=", 1)[0] for pair in parts.query.split("&") if pair})
    segments = [_NUMBERS.sub("0", without_tokens(segment)) for segment in parts.path.split("/")]
    if repeats_itself(url):
        segments = [*dict.fromkeys(segments), "…"]
    return "/".join(segments) + (f"?{'&'.join(keys)}" if keys else "")


def twin(url: str) -> str:
    """Equal for addresses that mostly lead to one page: case, last slash, index.html and sessions aside."""
    parts = urlsplit(url)
    folder, name = posixpath.split(parts.path)
    path = folder if _INDEX.match(name) else parts.path
    segments = [without_tokens(segment) for segment in path.casefold().strip("/").split("/")]
    pairs = sorted(pair for pair in parts.query.split("&") if pair and not is_token(pair.partition("=")[2]))
    return "/".join(segments) + "?" + "&".join(pairs)


def repeats_itself(url: str) -> bool:
    """/a/b/a/b/a/b: a relative link that is wrong on its own page leads on for ever."""
    return _most_repeated(url) > _REPEATED


def is_endless(url: str) -> bool:
    """So often repeated that it is not asked at all."""
    return _most_repeated(url) > _ENDLESS


def _most_repeated(url: str) -> int:
    segments = [segment for segment in urlsplit(url).path.split("/") if segment]
    if len(segments) > _LONGEST_PATH:
        return len(segments)
    return max(Counter(segments).values(), default=0)


def lateness(url: str, *, met: int, twin_met: bool) -> int:
    """0: at its turn; 1: one of many, or likely the same as another; 2: behind all of these."""
    parts = urlsplit(url)
    keys = [pair.partition("=")[0] for pair in parts.query.split("&") if pair]
    if repeats_itself(url) or any(_VIEW.match(key) for key in keys) or len(keys) > 4:
        return 2
    return 1 if met > MANY or twin_met else 0


@dataclass(slots=True)
class _Making:
    met: int = 0
    nothing_new: int = 0  # answers in a row that said nothing new


@dataclass(slots=True)
class Makings:
    """What came of the addresses of each making so far. `closed`: those that a former crawl saw through."""

    closed: set[str] = field(default_factory=set[str])
    _known: dict[str, _Making] = field(default_factory=dict[str, _Making])

    def meet(self, making: str) -> int:
        """How many there are by now."""
        entry = self._known.setdefault(making, _Making())
        entry.met += 1
        return entry.met

    def note(self, url: str, *, copy: bool, new: bool) -> None:
        """`copy`: the answer is no page of its own (a duplicate, a soft 404). `new`: it says something not yet read.

        Few small pages may differ in their figures alone: only of many is that taken for nothing new.
        """
        making = shape(url)
        entry = self._known.setdefault(making, _Making())
        if copy or (not new and entry.met > MANY):
            entry.nothing_new += 1
        elif new:
            entry.nothing_new = 0
        if entry.nothing_new >= _NOTHING_NEW and is_made(making):
            self.closed.add(making)


def is_made(making: str) -> bool:
    """Whether more than one address can be of it."""
    return any(sign in making for sign in "?0~…")


def closed_from(details: Collection[str]) -> set[str]:
    """The makings that the ledger of a former crawl names."""
    return {detail for detail in details if detail.startswith("/") and is_made(detail)}
