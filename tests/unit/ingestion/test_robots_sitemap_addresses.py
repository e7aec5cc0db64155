"""robots.txt as RFC 9309 says, tolerant sitemaps, one spelling for each page."""

from __future__ import annotations

import gzip
import time

import pytest

from ingestion.addresses import Scope, canonical, is_readable_ending
from ingestion.robots import Robots, parse_robots
from ingestion.sitemap import MAX_URLS, parse_sitemap
from ingestion.traps import repeats_itself, shape


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        ("User-agent: *\nDisallow: /a", "/a/b", False),
        ("User-agent: *\nDisallow: /a", "/b", True),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /\nAllow: /open", "/open/1", True),
        ("User-agent: *\nDisallow: /open/secret\nAllow: /open", "/open/secret/1", False),
        ("User-agent: *\nDisallow: /same\nAllow: /same", "/same", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/x/y.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/x/y.pdf?v=1", True),
        ("User-agent: *\nDisallow: /*?print", "/a?print=1", False),
        ("User-agent: *\nDisallow: /exact$", "/exact", False),
        ("User-agent: *\nDisallow: /exact$", "/exactly", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: Milo\nDisallow: /not-milo", "/a", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: MILO/1.0\nDisallow: /not-milo", "/not-milo", False),
        ("User-agent: Other\nUser-agent: milo\nDisallow: /both", "/both", False),
        ("User-agent: *\nAllow: /\n\nUser-agent: *\nDisallow: /docs/", "/docs/a.pdf", False),
        ("User-agent: Milo\nDisallow: /one\n\nUser-agent: milo\nDisallow: /two", "/two", False),
        ("User-agent: Milobot\nDisallow: /", "/", True),
        ("user-agent: * # all\n disallow : /a # this", "/a", False),
        ("\ufeffUser-agent: *\r\nDisallow: /bom\r\n", "/bom", False),
        ("User-agent: *\nDisallow: /caf%C3%A9", "/caf%c3%a9", False),
        ("User-agent: *\nDisallow: /café", "/caf%C3%A9", False),
        ("Disallow: /no-group", "/no-group", True),
        ("<html><body>Disallow: / is not here</body></html>", "/", True),
        ("", "/", True),
    ],
)
def test_rules_decide_as_the_standard_says(rules: str, path: str, allowed: bool):
    assert parse_robots(rules.encode()).allows(path) is allowed


def test_sitemaps_and_delay_are_read_and_a_closed_file_closes_all():
    found = parse_robots(b"Sitemap: https://a.example/s.xml\nUser-agent: *\nCrawl-delay: 3\nsitemap: /t.xml")
    assert found.sitemaps == ("https://a.example/s.xml", "/t.xml")
    assert found.crawl_delay == 3.0
    assert not Robots(closed=True).allows("/")


def test_no_pattern_takes_long():
    rules = parse_robots(b"User-agent: *\nDisallow: /" + b"a*" * 500 + b"b$\n" + b"Disallow: /x\n" * 20_000)
    begun = time.process_time()
    assert rules.allows("/" + "a" * 2000)
    assert time.process_time() - begun < 1.0


def test_ten_megabytes_of_robots_are_cut():
    begun = time.process_time()
    found = parse_robots(b"User-agent: *\n" + b"Disallow: /a\n" * 800_000 + b"Disallow: /never-read\n")
    assert found.allows("/never-read")
    assert time.process_time() - begun < 2.0


def test_sitemaps_of_all_kinds():
    xml = (
        b'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        b"<url><loc>\n http://a.example/1?a=1&amp;b=2 "
        b"</loc><image:image><image:loc>http://a.example/i.jpg</image:loc></image:image></url>"
        b"<url><loc><![CDATA[http://a.example/2]]></loc></url><broken></urlset"
    )
    assert parse_sitemap(xml).urls == ("http://a.example/1?a=1&b=2", "http://a.example/2")
    assert parse_sitemap(gzip.compress(xml)).urls == parse_sitemap(xml).urls
    index = b"<sitemapindex><sitemap><loc>http://a.example/s1.xml</loc></sitemap></sitemapindex>"
    assert parse_sitemap(index).sitemaps == ("http://a.example/s1.xml",)
    assert parse_sitemap(b"http://a.example/1\nhttp://a.example/2\n").urls == (
        "http://a.example/1",
        "http://a.example/2",
    )
    assert parse_sitemap(b"<html><body>Not found</body></html>").urls == ()


def test_hostile_sitemaps_are_bounded():
    assert parse_sitemap(gzip.compress(b"<loc>" + b"\0" * 60_000_000)).urls == ()
    many = b"".join(b"<url><loc>http://a.example/%d</loc></url>" % n for n in range(MAX_URLS + 100))
    found = parse_sitemap(many)
    assert len(found.urls) == MAX_URLS
    assert found.cut
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><urlset><loc>http://a.example/&b;</loc></urlset>'
    assert parse_sitemap(bomb).urls == ("http://a.example/&b;",)
    begun = time.process_time()
    parse_sitemap(b"<loc>" * 1_000_000)
    assert time.process_time() - begun < 3.0


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("HTTP://A.Example:80", "http://a.example/"),
        ("https://a.example:443/x#part", "https://a.example/x"),
        ("http://a.example/a/../b/./c/", "http://a.example/b/c/"),
        ("http://a.example/%7Euser/%c3%a4", "http://a.example/~user/%C3%A4"),
        ("http://a.example/ä", "http://a.example/%C3%A4"),
        ("http://a.example/a b", "http://a.example/a%20b"),
        ("http://a.example/100%", "http://a.example/100%25"),
        ("http://a.example/p;jsessionid=AB12?x=1", "http://a.example/p?x=1"),
        ("http://a.example/p?utm_source=x&id=3&fbclid=y", "http://a.example/p?id=3"),
        ("http://a.example/p?PHPSESSID=1", "http://a.example/p"),
        ("http://a.example?", "http://a.example/"),
        ("http://bücher.example/", "http://xn--bcher-kva.example/"),
        ("http://a.example:8080/", "http://a.example:8080/"),
    ],
)
def test_one_spelling_for_each_page(url: str, same: str):
    assert canonical(url) == same
    assert canonical(same) == same


@pytest.mark.parametrize("url", ["mailto:a@b.example", "ftp://a.example/", "http://", "not an address", "http://a:b/"])
def test_what_is_no_page_has_no_spelling(url: str):
    assert canonical(url) is None


def test_a_site_is_its_host_with_and_without_www():
    scope = Scope.of("https://www.a.example/")
    assert scope.home("http://a.example/x?y=1") == "https://www.a.example/x?y=1"
    assert scope.home("https://blog.a.example/") is None
    assert Scope.of("http://127.0.0.1:9000/").home("http://127.0.0.1:9001/") is None


def test_traps_are_known_by_their_shape():
    assert shape("http://a.example/cal?month=3&year=2031") == shape("http://a.example/cal?year=1&month=12")
    assert shape("http://a.example/news/12") == shape("http://a.example/news/7")
    assert shape("http://a.example/news") != shape("http://a.example/shop")
    assert repeats_itself("http://a.example/a/b/a/b/a/b/a/b")
    assert not repeats_itself("http://a.example/en/shop/en/tea")


def test_pictures_and_archives_are_not_asked_for():
    assert not is_readable_ending("http://a.example/x/photo.JPG?v=1")
    assert is_readable_ending("http://a.example/price.list/about")
    assert is_readable_ending("http://a.example/menu.pdf")
    assert is_readable_ending("http://a.example/index.php")
