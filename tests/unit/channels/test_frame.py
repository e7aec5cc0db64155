"""Which language the widget speaks, and what a visitor's words become."""

from __future__ import annotations

import pytest

from app.channels.web.frame import spoken_language
from app.people.plain_text import plain_text


@pytest.mark.parametrize(
    ("accepted", "business", "spoken"),
    [
        ("de-DE,de;q=0.9,en;q=0.8", "da", "de"),
        ("ja,fr;q=0.5", "da", "fr"),
        ("en;q=0.1,it;q=0.9", "da", "it"),
        ("ja", "da", "da"),
        ("", "da", "da"),
        (None, "ja", "en"),
        ("*", "nl", "nl"),
        ("de;q=0", "en", "en"),
        ("de;q=nonsense,es", "en", "es"),
    ],
)
def test_visitor_first_then_business_then_english(accepted: str | None, business: str, spoken: str) -> None:
    assert spoken_language(accepted, business) == spoken


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("<script>alert(1)</script>When?", "alert(1)When?"),
        ("a < b and c > d", "a < b and c > d"),
        ("1<2", "1<2"),
        ("\u202etxet", "txet"),
        ("line\r\nline\x00", "line\nline"),
        ("e\u0301", "\u00e9"),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
        ("\U0001f468\u200d\U0001f373", "\U0001f468\u200d\U0001f373"),
        ("\ud800", ""),
        ("<img src=x onerror=alert(1)>", ""),
    ],
)
def test_words_stay_and_what_acts_goes(typed: str, kept: str) -> None:
    assert plain_text(typed) == kept
