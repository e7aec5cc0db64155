"""What the owner set aside is set aside under every wording of its name, and however the figure is written."""

from __future__ import annotations

import pytest

from retrieval.hours.overruled import is_overruled
from tests.unit.retrieval.facts.test_withhold import decided, found, without

EIGHTEEN, DEARER = {"amount": "18.00", "currency": "EUR"}, {"amount": "21.00", "currency": "EUR"}


@pytest.mark.parametrize(
    ("subject", "gone"),
    [
        ("Day ticket", True),
        ("The day ticket", True),
        ("A day ticket", True),
        ("Evening ticket", False),
        ("Day ticket · Children", False),
    ],
)
def test_a_price_that_was_corrected_is_set_aside_with_its_article_too(subject: str, gone: bool) -> None:
    owner = decided("corrected", "price", "Day ticket", DEARER)
    assert is_overruled(found("price", subject, EIGHTEEN, "18 EUR"), [owner]) is gone


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("A day ticket costs 18,00 €.", False),
        ("A day ticket is 18 EUR.", False),
        ("What is a day ticket?\nIt costs 18.00 EUR.", False),
        ("A day ticket costs 18,50 €.", True),
        ("A day ticket is for 180 minutes.", True),
        ("A towel costs 18,00 €.", True),
        ("A day ticket costs 1.018,00 €.", True),
    ],
)
def test_the_figure_goes_however_it_is_written(line: str, left: bool) -> None:
    pieces = without(found("price", "Day ticket", EIGHTEEN, "18 EUR"), text=f"{line}\nWelcome to the lake.")
    assert ("18" in " ".join(one.text for one in pieces)) is left
