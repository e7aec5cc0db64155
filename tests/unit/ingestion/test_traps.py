"""Addresses without end eat the end of the budget, pages that are none are not read, copies are kept once."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from ingestion.crawl import crawl
from ingestion.extract.read import read_document
from ingestion.model import PageStatus, Reason
from ingestion.notfound import is_phrase
from ingestion.plan import CrawlPlan, Stores
from ingestion.rules import Rules, checked_pattern, exact_pattern, folder_of
from ingestion.traps import Makings, lateness, shape, twin
from ingestion.visit import KnownPage, hash_content, hash_text
from tests.unit.ingestion.test_crawl import ID, SITE, InProcess, Told, ok, page, run
from tests.unit.ingestion.trap_site import BASE, TrapSite, real_pages


async def test_fifty_real_pages_are_found_before_traps_of_every_kind_eat_the_budget():
    site, told = TrapSite(), Told()
    await crawl(CrawlPlan(BASE + "/", max_depth=100), Stores(), site, InProcess(), told)
    read = [c.entry.url.removeprefix(BASE) for c in told if c.taken]
    real = real_pages()
    assert len(set(read) & set(real)) >= 48, "at least 95 % of 50"
    asked = [url.removeprefix(BASE) for url in site.asked]
    assert max(asked.index(url) for url in real if url in asked) < 250, "before the budget is spent, with much to spare"
    assert len(asked) <= 500
    assert len(read) == len(set(read))
    reasons = Counter(c.entry.reason for c in told)
    assert reasons[Reason.SOFT_NOT_FOUND] >= 3
    assert not any("old-page" in url or "/next/" in url or "sess-" in url for url in read)


async def test_a_calendar_without_end_is_closed_and_told_in_few_lines():
    def month(n: int) -> Any:
        return ok(f"Month {n}", *(f"/calendar?m={n + k}" for k in range(1, 30)))

    pages: dict[str, Any] = {f"/calendar?m={n}": month(n) for n in range(900)}
    told, fetcher, _ = await run({"/": ok("Home", "/calendar?m=0"), **pages}, max_depth=500)
    assert len(fetcher.asked) < 130
    traps = [c.entry for c in told if c.entry.reason is Reason.TRAP]
    assert 2 <= len(traps) <= 4 and {entry.detail for entry in traps[:3]} == {"/calendar?m"}
    assert "further addresses of this kind" in (traps[-1].detail or "")
    again, fetcher, _ = await run({"/": ok("Home", "/calendar?m=0"), **pages}, closed=frozenset({"/calendar?m"}))
    assert [c.entry.reason for c in again] == [None, Reason.TRAP]


async def test_many_pages_of_one_making_that_each_say_something_are_all_read():
    names = [f"{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(200)]
    pages: dict[str, Any] = {f"/product?id={n}": ok(f"Lamp {name}") for n, name in enumerate(names)}
    told, _, _ = await run({"/": ok("Home", *pages), **pages})
    assert sum(c.taken for c in told) == 201


async def test_short_addresses_that_redirect_to_pages_of_their_own_are_no_trap():
    names = [f"/{chr(97 + n // 26)}{chr(97 + n % 26)}-page" for n in range(60)]
    pages: dict[str, Any] = {f"/?p={n}": (301, {"location": SITE + name}, b"") for n, name in enumerate(names)}
    told, _, _ = await run({"/": ok("Home", *pages), **pages, **{name: ok(f"Page {name}") for name in names}})
    assert sum(c.taken for c in told) == 61


async def test_a_hundred_orders_of_one_list_are_one_page_and_few_requests():
    pages = {f"/list?sort={n}&dir={d}": ok("List", f"/list?sort={n + 1}&dir={d}") for n in range(100) for d in "ab"}
    pages |= {"/": ok("Home", "/list?sort=0&dir=a", "/list?sort=0&dir=b", "/real"), "/real": ok("R")}
    told, fetcher, _ = await run(pages, max_depth=300)
    assert sum(c.taken for c in told) == 3
    assert len(fetcher.asked) < 40
    assert fetcher.asked.index(SITE + "/real") < fetcher.asked.index(SITE + "/list?sort=0&dir=a")


async def test_a_relative_link_that_is_wrong_on_its_own_page_ends():
    class Endless(dict[str, Any]):
        def get(self, url: str, default: Any = None) -> Any:
            path = url.removeprefix(SITE)
            return (
                (404, {}, b"")
                if "milo-" in path or path.endswith((".txt", ".xml"))
                else ok("X", path + "a/", path + "b/")
            )

    from tests.unit.ingestion import doubles

    fetcher, told = doubles.ScriptedFetcher({}), Told()
    fetcher.pages = Endless()
    await crawl(CrawlPlan(SITE + "/", max_depth=400), Stores(), fetcher, InProcess(), told)
    assert len(fetcher.asked) < 300
    assert any(c.entry.reason is Reason.TRAP for c in told)


# ---- pages that say that they are none


SOFT = page("Shop", "/").replace(b"Shop is here.", b"Sorry, we could not find what you were looking for.")


async def test_a_host_that_answers_found_to_nonsense_is_seen_through():
    menu = [f"/m{chr(97 + n)}" for n in range(8)]
    bar = "".join(f"<li>Menu entry number {n} of the bar</li>" for n in "abcdefgh").encode()

    class Polite(dict[str, Any]):
        def get(self, url: str, default: Any = None) -> Any:
            found = super().get(url)
            return found or (200, {"content-type": "text/html"}, SOFT.replace(b"<body>", b"<body>" + bar))

    def with_bar(text: str, *links: str) -> Any:
        return 200, {"content-type": "text/html"}, page(text, *links).replace(b"<body>", b"<body>" + bar)

    from tests.unit.ingestion import doubles

    fetcher, told = doubles.ScriptedFetcher({}), Told()
    fetcher.pages = Polite({SITE + "/robots.txt": (404, {}, b""), SITE + "/sitemap.xml": (404, {}, b"")})
    fetcher.pages |= {SITE + "/": with_bar("Home", *menu, "/gone", "/away/too")}
    fetcher.pages |= {SITE + name: with_bar(f"Page {name}") for name in menu}
    await crawl(CrawlPlan(SITE + "/"), Stores(), fetcher, InProcess(), told)
    story = {c.entry.url.removeprefix(SITE): c.entry.reason for c in told}
    assert story == {
        "/": None,
        **dict.fromkeys(menu),
        "/gone": Reason.SOFT_NOT_FOUND,
        "/away/too": Reason.SOFT_NOT_FOUND,
    }
    assert sum("milo-" in url for url in fetcher.asked) == 1, "one probe a crawl"


@pytest.mark.parametrize(
    ("title", "body", "soft"),
    [
        ("404 Not Found", "The page is not here.", True),
        ("Seite nicht gefunden - Bäckerei Meyer", "Leider ist hier nichts.", True),
        ("Page introuvable | Chez Nous", "Retour", True),
        ("Siden blev ikke fundet", "Prøv forsiden.", True),
        ("Oops! Página no encontrada", "Volver", True),
        ("Pagina non trovata – Bar Roma", "Torna", True),
        ("Bakkerij", "<h1>Pagina niet gevonden</h1>Ga terug.", True),
        ("Error 404 (Not Found)!!1", "That is all we know.", True),
        ("How to fix a 404 not found error", "Clear your cache, then look at the address.", False),
        ("Room 404", "The room on the fourth floor with a view.", False),
        ("Lost and found", "Umbrellas that were not found by their owners.", False),
        ("Peugeot 404", "A car of 1960.", False),
        ("Not Found: a novel", "Chapter one. " + "He walked on. " * 60, False),
        ("404 Not Found", "What the status means. " + "A server says so when nothing is there. " * 20, False),
        ("Contact", "If the page was not found, tell us.", False),
        ("Home", "<h2>Our staff</h2>Page not found? Call us.", False),
    ],
)
async def test_not_found_is_told_by_words_and_not_mistaken(title: str, body: str, soft: bool):
    html = f"<html><head><title>{title}</title></head><body><p>{body}</p></body></html>".encode()
    told, _, _ = await run({"/": ok("Home", "/x"), "/x": (200, {"content-type": "text/html; charset=utf-8"}, html)})
    assert (told[1].entry.reason is Reason.SOFT_NOT_FOUND) is soft
    assert told[1].taken is not soft


@pytest.mark.parametrize(
    "text", ["404", "Error 404", "404 - Page Not Found!", "“Nicht gefunden”", "Fejl 404: Siden findes ikke"]
)
def test_phrases_that_are_nothing_else(text: str):
    assert is_phrase(text)


# ---- copies


async def test_a_page_gives_way_to_the_address_it_names_as_its_own():
    head = "<link rel=canonical href='/tea'>"
    rest = "".join(f"<p>A line about tea that says something, number {word}.</p>" for word in "abcdef")

    def tea(extra: str, head: str = "") -> Any:
        body = f"<html><head><title>Tea</title>{head}</head><body><p>{extra}</p>{rest}</body></html>"
        return 200, {"content-type": "text/html"}, body.encode()

    told, _, _ = await run(
        {
            "/": ok("Home", "/shop/tea", "/promo/tea"),
            "/shop/tea": tea("You came from the shop.", head),
            "/promo/tea": tea("You came from an ad.", head),
            "/tea": tea("Tea."),
        }
    )
    assert told.story == [
        ("/", "fetched", None),
        ("/tea", "fetched", None),
        ("/shop/tea", "skipped", "duplicate"),
        ("/promo/tea", "skipped", "duplicate"),
    ]
    assert told[2].entry.detail == "nearly the same text as http://a.example/tea"


async def test_a_canonical_address_that_is_wrong_loses_no_page():
    head = "<link rel=canonical href='/'>"
    told, _, _ = await run(
        {
            "/": ok("Home", "/a", "/b"),
            "/a": ok("A", head=head),
            "/b": ok("B", head="<link rel=canonical href='/nowhere'>"),
        }
    )
    story = {url: (status, reason) for url, status, reason in told.story}
    assert story["/a"] == story["/b"] == ("fetched", None)
    circle, _, _ = await run(
        {
            "/": ok("Home", "/a", "/b"),
            "/a": ok("A", head="<link rel=canonical href='/b'>"),
            "/b": ok("B", head="<link rel=canonical href='/a'>"),
        }
    )
    assert sum(c.taken for c in circle) == 3


async def test_spellings_of_one_page_are_read_once_and_asked_last():
    told, fetcher, _ = await run(
        {
            "/": ok("Home", "/About", "/about", "/about/", "/about/index.html", "/index.html", "/other", "/Other"),
            **dict.fromkeys(["/About", "/about", "/about/", "/about/index.html"], ok("About")),
            "/index.html": ok("Home", "/About"),
            "/other": ok("Other"),
            "/Other": ok("Quite another page"),
        }
    )
    taken = {c.entry.url.removeprefix(SITE) for c in told if c.taken}
    assert taken == {"/", "/About", "/other", "/Other"}
    assert fetcher.asked.index(SITE + "/other") < fetcher.asked.index(SITE + "/about")


async def test_a_twin_that_differs_in_its_clock_only_is_a_copy():
    def at(time: str) -> Any:
        lines = "".join(f"<p>Line {word} of the page, which is long enough.</p>" for word in "abcdefghijkl")
        return 200, {"content-type": "text/html"}, f"<title>T</title><p>It is {time} now</p>{lines}".encode()

    told, _, _ = await run({"/": ok("Home", "/tea", "/tea/"), "/tea": at("10:15"), "/tea/": at("10:16 o'clock")})
    assert told.story[2] == ("/tea/", "skipped", "duplicate")


# ---- the pure parts


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/cal?month=3&year=2031", "/cal?year=1&month=12"),
        ("/news/12", "/news/7"),
        ("/s/3f9a8c7d6e5f4a3b/x", "/s/00009999aaaabbbb/x"),
        ("/sess-3f9a8c7d6e5f4a3b2c1d/x", "/sess-aaaa8c7d6e5f4a3b2c1d/x"),
        ("/a/b/a/b/a/b/a/b", "/a/b/a/b/a/b/a/b/a/b"),
    ],
)
def test_one_making_has_one_shape(one: str, other: str):
    assert shape(SITE + one) == shape(SITE + other)


def test_what_looks_machine_made_is_asked_late():
    assert lateness(SITE + "/tea", met=1, twin_met=False) == 0
    assert lateness(SITE + "/page/7", met=41, twin_met=False) == 1
    assert lateness(SITE + "/tea/", met=1, twin_met=True) == 1
    for view in (
        "/l?sort=x",
        "/l?filter_color=red",
        "/c?month=1",
        "/a/a/a/a/a",
        "/x?replytocom=4",
        "/l?a=1&b=2&c=3&d=4&e=5",
    ):
        assert lateness(SITE + view, met=1, twin_met=False) == 2
    assert lateness(SITE + "/index.php?id=4", met=1, twin_met=False) == 0


def test_twins_share_a_key_and_others_do_not():
    same = ["/Tea", "/tea/", "/tea/index.html", "/TEA/index.php"]
    assert len({twin(SITE + path) for path in same}) == 1
    assert len({twin(SITE + path) for path in ("/tea", "/tea?p=2", "/teas", "/tea/green")}) == 4


def test_few_small_pages_that_differ_in_figures_alone_are_no_trap():
    makings = Makings()
    for n in range(40):
        makings.meet(shape(f"{SITE}/room/{n}"))
        makings.note(f"{SITE}/room/{n}", copy=False, new=False)
    assert makings.closed == set()


# ---- the owner's rules


@pytest.mark.parametrize(
    ("include", "exclude", "path", "rule"),
    [
        ((), (), "/a", None),
        ((), ("/shop/",), "/shop/tea", "/shop/"),
        ((), ("/shop/",), "/shop", None),
        ((), ("/*.pdf$",), "/x/y.pdf", "/*.pdf$"),
        ((), ("/*.pdf$",), "/x/y.pdf?v=1", None),
        (("/shop/",), (), "/news", "only /shop/"),
        (("/shop/",), (), "/shop/tea?p=2", None),
        (("/shop/",), ("/shop/old*",), "/shop/older/x", "/shop/old*"),
        ((), ("/a?b=1$",), "/a?b=1", "/a?b=1$"),
        ((), ("/café",), "/caf%C3%A9", "/café"),
        ((), ("*print=1",), "/a?x=2&print=1", "*print=1"),
    ],
)
def test_rules_say_what_is_read(include: Any, exclude: Any, path: str, rule: str | None):
    assert Rules.of(include, exclude).leaves_out(SITE + path) == rule


def test_typed_rules_are_understood_or_refused():
    assert checked_pattern(" https://a.example/shop/?a=1 ") == "/shop/?a=1"
    assert checked_pattern("shop/") == "/shop/"
    assert checked_pattern("*.pdf$") == "*.pdf$"
    for bad in ("", "  ", "$", "/a b", "/a\nb", "/" + "x" * 600):
        with pytest.raises(ValueError):
            checked_pattern(bad)
    with pytest.raises(ValueError, match="Copy it from your browser"):
        checked_pattern("http://[bad")
    assert exact_pattern(SITE + "/a/b?c=1") == "/a/b?c=1$"
    assert folder_of(SITE + "/shop/tea") == "/shop/" and folder_of(SITE + "/index.html") is None


async def test_left_out_by_rule_is_not_asked_but_told_and_the_start_leads_on():
    pages = {"/": ok("Home", "/shop/a", "/news/b"), "/shop/a": ok("A", "/shop/b", "/x"), "/shop/b": ok("B")}
    told, fetcher, reason = await run(pages, include=("/shop/",))
    assert told.story == [
        ("/", "skipped", "excluded"),
        ("/news/b", "skipped", "excluded"),
        ("/shop/a", "fetched", None),
        ("/x", "skipped", "excluded"),
        ("/shop/b", "fetched", None),
    ]
    assert reason is None and SITE + "/x" not in fetcher.asked
    moved, _, _ = await run(
        {"/": ok("Home", "/a"), "/a": (301, {"location": SITE + "/old/a"}, b"")}, exclude=("/old/",)
    )
    assert moved.story[1:] == [("/a", "skipped", "duplicate"), ("/old/a", "skipped", "excluded")]


async def test_pictures_are_told_in_one_line_with_their_number():
    told, _, _ = await run({"/": ok("Home", *(f"/p{n}.jpg" for n in range(40)), "/a.zip")})
    left = [(c.entry.url.removeprefix(SITE), c.entry.detail) for c in told if c.entry.reason is Reason.NOT_TEXT]
    assert left == [
        ("/p0.jpg", "jpg"), ("/p1.jpg", "jpg"), ("/p2.jpg", "jpg"), ("/a.zip", "zip"),
        ("/*.jpg", "and 37 further jpg files"),
    ]  # fmt: skip


async def test_language_of_each_page_stands_in_the_ledger():
    same = hash_content(read_document(page("Y"), SITE + "/y", "text/html", None))
    german = page("Heim").replace(b"<html>", b"<html lang=de>")
    known = {
        SITE + "/x": KnownPage(ID, ID, b"c", b"t", (), 3, '"x"', None, language="da"),
        SITE + "/y": KnownPage(ID, ID, same, hash_text("Y is here."), (), 3, None, None, language="fr"),
    }
    german = german.replace(b"</body>", b"<a href='/x'></a><a href='/y'></a></body>")
    start = (200, {"content-type": "text/html"}, german)
    told, _, _ = await run({"/": start, "/x": ok("X", etag='"x"'), "/y": ok("Y")}, known=known)
    assert [c.entry.language for c in told] == ["de", "da", None]
    assert [c.entry.status for c in told] == [PageStatus.FETCHED, PageStatus.UNCHANGED, PageStatus.UNCHANGED]
