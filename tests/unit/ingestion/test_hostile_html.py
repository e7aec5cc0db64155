"""Hostile pages through the real child: each ends in text or in a named reason, and the next page is read."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ingestion.extract.child import ChildExtractor
from ingestion.extract.html import extract_html
from ingestion.model import Reason

# A tenth of the largest page that is taken: what is linear at this size is within the child's limits at the full one.
SIZE = 400_000


def fill(unit: bytes, size: int = SIZE) -> bytes:
    return (unit * (size // len(unit) + 1))[:size]


READ = {
    "nested 5,000 deep": b"<div>" * 5000 + b"opening hours inside",
    "an attribute of half a megabyte": b'<p class="' + fill(b"share_ ") + b'" style="' + fill(b"left:-1;") + b'">hours',
    "a comment without an end": b"<p>hours</p>" + fill(b"<!-- "),
    "a CDATA section without an end": b"<p>hours</p>" + fill(b"<![CDATA["),
    "unknown entities": b"<p>hours</p>" + fill(b"&amp;&nosuch;&#x41;"),
    "entities that multiply": b'<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><p>hours &b;</p>',
    "ten thousand declarations": b'<script type="application/ld+json">{"@type":"Place","name":"x"}</script>' * 10_000
    + b"<p>hours</p>",
    "thirty thousand style rules": b"<style>"
    + b"".join(b".c%d div .d%d{display:none}" % (n, n % 7) for n in range(30_000))
    + b"</style><p>hours</p>"
    + b"<div class='d1 d2'>text</div>" * 5_000,
    "a style sheet without an end": b"<style>none " + fill(b"/* @media x{ ") + b"</style><p>hours</p>",
    "a table of many rows": b"<table>" + b"<tr><td rowspan=9999 colspan=9999>hours<td>b" * 4_000 + b"</table>",
    "ten thousand links": b"<a href=x>hours " * 10_000,
    "ten thousand lists of choices": b"<p>hours</p>" + b"<select><option>a</select>" * 10_000,
    "lines broken by hand": b"<p>hours,<br>" * 15_000,
    "rows of dots": b"<p>hours " + fill(b"!?!. . . ....."),
    "a base that runs a script": b'<base href="javascript:alert(1)"><a href=x>hours</a>',
    "refreshes without end": b'<meta http-equiv=refresh content="0;url=/a">' * 5_000 + b"<p>hours",
    "a picture that is also a page": b"GIF89a<html><script>*/</script><p>hours",
    "zeros between the letters": fill(b"<p>ho\0urs\0 of day</p>", 100_000),
    "items that refer to each other": b"<div itemscope itemref=r></div>" * 5_000
    + b"<div id=r>" + b"<i itemprop=name>x</i>" * 5_000 + b"</div><p>hours",
    "an unknown character set": b"<meta charset=unicode_escape><p>hours \\u0041" + fill(b"\xff a"),
    "half of a pair of surrogates": "\ufeff<p>hours ".encode("utf-16-le") + b"\x00\xd8" * 50_000,
}  # fmt: skip


@pytest.mark.parametrize("name", READ)
def test_a_hostile_page_is_read_and_stored_clean(name: str):
    found = extract_html(READ[name], "http://a.example/", None)
    text = "\n".join(block.text for block in found.blocks)
    assert "hours" in text or found.reason is Reason.PARSE_INCOMPLETE, found.reason
    assert not any(sign in text for sign in ("\0", "\ud800", "\u202e"))
    assert all(link.startswith("http") for link in found.links)


TOLD = {
    "all of it in an attribute": (b"<p title='" + fill(b"words ") + b"'>x", {Reason.PARSE_INCOMPLETE}),
    "a title without an end": (b"<title>" + fill(b"words "), {Reason.PARSE_INCOMPLETE}),
    "100,000 attributes": (b"<p " + b" ".join(b"a%d=x" % n for n in range(100_000)) + b">x", {Reason.PARSE_TIMEOUT}),
    "larger than the limit": (b"<p>" + b"word " * 2**20 + b"x", {Reason.TOO_LARGE}),
    "only signs": (fill(b"<"), {Reason.EMPTY}),
}


async def test_what_cannot_be_read_is_named_and_the_next_page_is_read():
    async with ChildExtractor(children=1, wall_seconds=2.0) as extractor:

        async def ask(body: bytes):
            return await extractor.extract(body, url="http://a.example/", media_type="text/html")

        for name, (body, reasons) in TOLD.items():
            found = await ask(body)
            assert found.reason in reasons, (name, found.reason, found.detail)
            assert (await ask(b"<p>fine")).blocks[0].text == "fine"


def seconds(read: Callable[[], object]) -> float:
    import time

    begun = time.process_time()
    read()
    return time.process_time() - begun


def style_rules(n: int) -> bytes:
    rules = b"".join(b".c%d div .d%d{display:none}" % (at, at % 7) for at in range(n))
    return b"<style>" + rules + b"</style><p>hours</p>" + b"<div class='d1 d2'>text</div>" * (n // 6)


# Not a long page cut short: the beginning of a style sheet without the page it is for costs nothing.
GROWING: dict[str, Callable[[int], bytes]] = {
    "style rules": style_rules,
    "rows of a table": lambda n: b"<table>" + b"<tr><td rowspan=9999 colspan=9999>hours<td>b" * (n // 8) + b"</table>",
    "lines broken by hand": lambda n: b"<p>" + b"hours<br>" * n,
}


@pytest.mark.parametrize("name", GROWING)
def test_time_grows_with_the_page_and_not_with_its_square(name: str):
    small, large = GROWING[name](8_000), GROWING[name](32_000)
    extract_html(small, "http://a.example/", None)
    once = seconds(lambda: extract_html(small, "http://a.example/", None))
    assert seconds(lambda: extract_html(large, "http://a.example/", None)) < 4 * 3 * once + 0.5
