"""Figures in other clothes are the same figures; other figures are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.verify.agree import Near, holds
from retrieval.verify.days import weekdays
from retrieval.verify.figures import currencies_in, figures_of, plain, same_phone, units_in

LANGUAGES = ("en", "de", "da")


def supported(said: str, written: str) -> bool:
    held = figures_of(plain(written), LANGUAGES)
    near = Near(currencies_in(written), units_in(written))
    claims = figures_of(plain(said), LANGUAGES[:2])
    assert claims
    return all(any(holds(figure, claim, near) for figure in held) for claim in claims)


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("1.000,50 €", "1,000.50 €"),
        ("1000 visitors", "1.000 Besucher"),
        ("24.90", "24,90"),
        ("10 am to 4 pm", "10–16 Uhr"),
        ("10:00 to 16:00", "10-16"),
        ("from 9 to 5", "9 am - 5 pm"),
        ("10.30 Uhr", "10:30"),
        ("+45 33 12 34 56", "0045 33123456"),
        ("33 12 34 56", "+45 33 12 34 56"),
        ("05187/941234", "05187 / 94 12 34"),
        ("open until 4", "10:00-16:00"),
        ("at 4 on Monday", "16:00"),
        ("EUR 15", "EUR15"),
        ("fifteen euros", "15 €"),
        ("one euro", "1 €"),
        ("ein Euro", "1,00 EUR"),
        ("three rooms", "3 rooms"),
        ("3 Zimmer", "drei Zimmer"),
        ("24 December 2024", "24.12.2024"),
        ("24.12.2024", "24. Dezember 2024"),
        ("5 May", "5.5.2024"),
        ("5 guests may come", "5 guests"),
        ("26 September", "26-27th September 2019"),
        ("INFO@Example.com", "info (at) example.com"),
        ("www.example.com", "see https://example.com/"),
    ],
)
def test_formats_are_seen_through(said: str, written: str) -> None:
    assert supported(said, written)


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("10 pm", "10 am"),
        ("11:00", "10:00-16:00"),
        ("5 €", "call +45 33 12 34 56"),
        ("4 €", "open 10:00 - 16:00"),
        ("33 12 34 57", "33 12 34 56"),
        ("+46 33 12 34 56", "33 12 34 56"),
        ("12.50", "1.250"),
        ("25 December", "24.12.2024"),
        ("24 November", "24.12.2024"),
        ("5 May", "5 April"),
        ("May 5", "5 April"),
        ("2025", "24.12.2024"),
        ("info@example.org", "info@example.com"),
        ("https://example.com/pay", "https://example.com/"),
        ("https://example.com.evil.app", "https://example.com"),
        ("seven days", "six days"),
        ("within 2 days", "within 14 days"),
        ("4 rooms", "16 rooms"),
        ("up to 4 guests", "16:00"),
        ("2-4 weeks", "14-16 weeks"),
        ("EUR15", "15.50 EUR and 14 EUR"),
        ("fifteen euros", "a fair price"),
        ("one euro", "5 €"),
        ("ein Euro", "5 Euro"),
        ("zwanzig Minuten", "einige Minuten"),
        ("twenty-five euros", "twenty euros"),
    ],
)
def test_another_figure_is_not_supported(said: str, written: str) -> None:
    assert not supported(said, written)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Monday to Friday", {0, 1, 2, 3, 4}),
        ("Di–Do und Sa", {1, 2, 3, 5}),
        ("fredag til søndag", {4, 5, 6}),
        ("samedi et dimanche", {5, 6}),
        ("Fri - Mon", {4, 5, 6, 0}),
        ("so do I", set()),
        ("at the weekend", {5, 6}),
        ("Werktags", {0, 1, 2, 3, 4}),
        ("we sat in the sun", set()),
    ],
)
def test_weekdays_and_their_ranges_are_read(text: str, days: set[int]) -> None:
    assert weekdays(text) == days


def test_a_phone_number_is_not_a_part_of_another() -> None:
    assert same_phone("33123456", "4533123456")
    assert not same_phone("123456", "33123456789012")
    assert not same_phone("3456", "33123456")


@given(st.text(max_size=200))
def test_any_text_supports_itself_or_says_nothing(text: str) -> None:
    written = plain(text)
    for claim in figures_of(written, LANGUAGES):
        assert 0 <= claim.start < claim.end <= len(written)


@given(st.integers(min_value=13, max_value=99_999))
def test_a_changed_number_is_never_supported(number: int) -> None:
    assert not supported(f"It costs {number + 1} euros.", f"It costs {number} euros.")
