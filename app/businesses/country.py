"""The country that a time zone names, for a business that was not asked for it. Called when one is created.

By the zone table of the tz database, in which each zone stands beside the one country it is named for. It
decides which public holidays are minded and how a phone number is read; the owner may change it in the settings.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files


def country_of(time_zone: str) -> str | None:
    """Two capital letters, or None for zones of no country, such as UTC."""
    return _countries().get(time_zone)


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    lines = files("tzdata.zoneinfo").joinpath("zone.tab").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {row[2]: row[0] for row in rows}
