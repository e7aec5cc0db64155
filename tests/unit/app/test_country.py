"""A business's country is guessed from its time zone until its owner says otherwise."""

from __future__ import annotations

import pytest

from app.businesses.country import country_of


@pytest.mark.parametrize(
    ("zone", "country"),
    [("Europe/Copenhagen", "DK"), ("Europe/Berlin", "DE"), ("America/New_York", "US"), ("UTC", None), ("no", None)],
)
def test_a_zone_names_its_country(zone: str, country: str | None):
    assert country_of(zone) == country
