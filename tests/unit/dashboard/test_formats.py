"""Times, numbers, colours and addresses as an owner reads and types them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.dashboard import formats
from app.dashboard.accent import PAPER_DARK, PAPER_LIGHT, TEXT_RATIO, accent_of, checked, contrast, stylesheet
from app.dashboard.addresses import typed_address, typed_origin
from app.dashboard.chart import HEIGHT, Bar, bars
from app.dashboard.pages.leads import neutral
from app.errors import BadInput

NOW = datetime(2026, 11, 20, 21, 30, tzinfo=UTC)  # a Friday; in Auckland it is Saturday already


@pytest.mark.parametrize(
    ("ago", "zone", "spoken"),
    [
        (timedelta(seconds=20), "UTC", "just now"),
        (timedelta(minutes=1), "UTC", "1 minute ago"),
        (timedelta(minutes=59), "UTC", "59 minutes ago"),
        (timedelta(hours=2), "UTC", "today 19:30"),
        (timedelta(hours=22), "UTC", "yesterday 23:30"),
        (timedelta(hours=10), "Pacific/Auckland", "today 00:30"),
        (timedelta(hours=11), "Pacific/Auckland", "yesterday 23:30"),
        (timedelta(days=3), "UTC", "Tuesday 21:30"),
        (timedelta(days=7), "UTC", "13 November"),
        (timedelta(days=400), "UTC", "16 October 2025"),
        (timedelta(hours=-20), "UTC", "tomorrow 17:30"),
    ],
)
def test_times_are_said_in_the_business_own_zone(ago: timedelta, zone: str, spoken: str) -> None:
    shown = formats.when(NOW - ago, NOW, zone)
    assert f">{spoken}<" in shown
    assert f"({zone})" in shown  # the exact one on hover


def test_no_time_is_an_empty_place() -> None:
    assert formats.when(None, NOW) == ""


def test_thousands_are_marked_as_the_language_does() -> None:
    assert formats.number(1234567) == "1,234,567"
    assert formats.number(1234567, "da") == "1.234.567"
    assert formats.number(1234567, "fr") == "1\u00a0234\u00a0567"


def test_plurals_and_sizes_and_durations() -> None:
    assert formats.plural(1, "page") == "1 page"
    assert formats.plural(0, "person", "people") == "0 people"
    assert (formats.size(800), formats.size(81_400), formats.size(2_300_000)) == ("800 bytes", "81 kB", "2.3 MB")
    assert (formats.duration(4), formats.duration(62), formats.duration(400)) == (
        "a few seconds",
        "about 60 seconds",
        "about 7 minutes",
    )


def test_a_phone_number_is_set_as_one_reads_it_out() -> None:
    assert formats.phone("+442079460958") == "+44 20 7946 0958"
    assert formats.phone("ring twice") == "ring twice"


def test_an_address_is_as_short_as_it_can_be_read() -> None:
    assert formats.place("https://example.com/") == "example.com"
    assert formats.place("https://example.com/caf%C3%A9?a=1") == "/café?a=1"
    assert formats.place("file:price list.pdf") == "price list.pdf"


@pytest.mark.parametrize(
    "colour", ["#ffffff", "#000000", "#ffee00", "#1d6b58", "#7f7f7f", "#ff0000", "#0000ff", "#faf9f7"]
)
def test_any_colour_gives_text_that_can_be_read(colour: str) -> None:
    accent = accent_of(colour)
    assert contrast(accent.ink, accent.colour) >= TEXT_RATIO
    assert contrast(accent.text_light, PAPER_LIGHT) >= TEXT_RATIO
    assert contrast(accent.text_dark, PAPER_DARK) >= TEXT_RATIO
    assert accent.colour in stylesheet(colour)


def test_a_readable_colour_is_left_as_it_is() -> None:
    assert accent_of("#1d6b58").text_light == "#1d6b58"
    assert round(contrast("#000000", "#ffffff"), 3) == 21


@pytest.mark.parametrize("typed", ["red", "#12345", "#1234567", "#12345g", "url(x)", "#fff;}"])
def test_what_is_no_colour_is_refused(typed: str) -> None:
    with pytest.raises(BadInput):
        checked(typed)


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("www.example.com", "https://www.example.com/"),
        (" HTTP://Example.com/Menu?x=1#top ", "http://example.com/Menu?x=1"),
        ("127.0.0.1:8000/sample/", "https://127.0.0.1:8000/sample/"),
        ("http://localhost:9000", "http://localhost:9000/"),
    ],
)
def test_addresses_are_completed_as_typed(typed: str, address: str) -> None:
    assert typed_address(typed) == address


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ftp://example.com",
        "javascript:alert(1)",
        "bakery",
        "https://",
        "http://a b.com",
        "http://me@example.com",
        "http://[::1",
    ],
)
def test_what_is_no_address_is_said(typed: str) -> None:
    with pytest.raises(BadInput, match=r"www\.example\.com"):
        typed_address(typed)


def test_an_origin_has_no_path() -> None:
    assert typed_origin("www.example.com/contact?x") == "https://www.example.com"


@pytest.mark.parametrize("cell", ["=1+1", "+45 12", "-1", "@x", "  =1", "\t=1", "\r=1", "|x", "%x"])
def test_no_cell_becomes_a_formula(cell: str) -> None:
    assert neutral(cell) == f"'{cell}"


def test_other_cells_stay_as_they_are() -> None:
    assert neutral(None) == ""
    assert neutral("Ada = Lovelace") == "Ada = Lovelace"


def test_bars_are_as_high_as_their_share_and_escape_their_labels() -> None:
    drawn = bars([Bar("<1>", 4, 1), Bar("2", 0), Bar("3", 2)], "Questions & more")
    assert drawn.count("<rect") == 3  # the answered and unanswered of day one, nothing of day two, day three
    assert f'height="{HEIGHT * 3 / 4:.1f}"' in drawn and f'height="{HEIGHT / 4:.1f}"' in drawn
    assert "&lt;1&gt;: 4" in drawn and "Questions &amp; more" in drawn
    assert "style=" not in drawn


def test_nothing_to_draw_is_still_a_picture() -> None:
    assert "<svg" in bars([Bar("1", 0)], "Nothing")


def test_quoted_row_is_read_without_its_bars() -> None:
    assert formats.laid_out("Rye | £5.20 |  | daily\nTin | £3") == "Rye · £5.20 · – · daily\nTin · £3"
    assert formats.laid_out("a|b, on  Sundays") == "a|b, on  Sundays"
