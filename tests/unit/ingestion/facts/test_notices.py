"""What says "closed" or "otherwise" in words that are no hours is noticed for as long as it may count, else not."""

from __future__ import annotations

from typing import Any

import pytest

from ingestion.facts.model import FactKind
from tests.unit.ingestion.facts.pages import HOME, facts_of, of_kind, page

OF = {"en": "<h2>Opening hours</h2><p>Mon-Fri 9-17</p>", "de": "<h2>Öffnungszeiten</h2><p>Mo-Fr 9-17 Uhr</p>"}


def notices(body: str, language: str = "en", url: str = HOME) -> list[dict[str, Any]]:
    pages = [page(f"<h1>Shop</h1>{body}", language, url), *([page("<h1>Home</h1>", language)] if url != HOME else [])]
    facts = facts_of(*pages, language=language)
    return [
        {key: told for key, told in fact.value.items() if key != "says"} for fact in of_kind(facts, FactKind.NOTICE)
    ]


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "We are temporarily closed."),
        ("en", "Permanently closed"),
        ("en", "We have closed for good. Thank you for 20 years!"),
        ("en", "We closed our doors on 1 October 2026."),
        ("en", "Closed until further notice"),
        ("en", "NOTICE: closed due to flooding"),
        ("en", "Currently closed"),
        ("en", "Due to illness we are closed this week."),
        ("en", "We're on holiday until 1 December"),
        ("en", "We open again on 1 December"),
        ("en", "Visits by appointment only"),
        ("en", "We close for lunch from 12 to 13."),
        ("en", "Hours valid until 31 October"),
        ("en", "In winter Mon-Fri 10-16 only"),
        ("en", "This week: Mon-Fri 10-12"),
        ("en", "No walk-ins, appointments only"),
        ("en", "Due to staff shortage we are only open at weekends"),
        ("en", "Last day of business: 31 October 2026"),
        ("de", "Vorübergehend geschlossen"),
        ("de", "Bis auf Weiteres geschlossen"),
        ("de", "Geschäftsaufgabe zum 31.10.2026"),
        ("de", "Unser Laden ist geschlossen."),
        ("de", "Wegen Krankheit geschlossen"),
        ("de", "Nur nach Vereinbarung"),
        ("de", "Mittags zwischen 12 und 13 Uhr geschlossen"),
        ("de", "Saison beendet – wir öffnen wieder im April"),
        ("de", "Ramadan: Mo-Fr 10-15 Uhr"),
    ],
)
def test_words_that_say_closed_or_otherwise_without_a_date_count_always(language: str, line: str) -> None:
    assert notices(f"{OF[language]}<p>{line}</p>", language) == [{}]
    assert notices(f"<p>{line}</p>", language) == [{}] or "Hours valid" in line


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("da", "Midlertidigt lukket"), ("da", "Kun efter aftale"), ("da", "Lukket uge 47"),
        ("fr", "Fermé jusqu'à nouvel ordre"), ("fr", "Uniquement sur rendez-vous"), ("fr", "Fermé définitivement"),
        ("es", "Cerrado hasta nuevo aviso"), ("es", "Solo con cita previa"), ("it", "Chiuso fino a nuovo avviso"),
        ("it", "Solo su appuntamento"), ("nl", "Gesloten tot nader order"), ("nl", "Alleen op afspraak"),
        ("sv", "Stängt tills vidare"), ("no", "Stengt inntil videre"), ("pt", "Encerrado até novo aviso"),
        ("pl", "Nieczynne do odwołania"),
    ],
)  # fmt: skip
def test_other_languages_say_it_too(language: str, line: str) -> None:
    assert notices(f"<p>{line}</p>", language) == [{}]


@pytest.mark.parametrize(
    ("language", "line", "expected"),
    [
        ("en", "We are closed from 16 to 27 November.", {"from": "--11-16", "until": "--11-27"}),
        ("en", "On Friday 20 November we are closed", {"from": "--11-20", "until": "--11-20"}),
        ("en", "The shop is closed in November", {"from": "--11-01", "until": "--11-30"}),
        ("en", "We are closed until 1 March 2031", {"until": "2031-03-01"}),
        ("en", "Reopening 1 March 2031", {"until": "2031-03-01"}),
        ("en", "We closed our first shop in 1999", {"from": "1999-01-01", "until": "1999-12-31"}),
        ("en", "We are open from April to October.", {"from": "--11-01", "until": "--03-31"}),
        ("en", "From 1 November 2030: Mon-Fri 10-16", {"from": "2030-11-01"}),
        ("en", "On Fridays we close at 13:00", {"days": [5]}),
        ("en", "Saturday by appointment only", {"days": [6]}),
        ("en", "Christmas: Mon-Fri 10-12", {"from": "--12-15", "until": "--01-10"}),
        ("de", "Betriebsferien 1.-15. August", {"from": "--08-01", "until": "--08-15"}),
        ("de", "Juli geschlossen", {"from": "--07-01", "until": "--07-31"}),
        ("de", "Wir machen Urlaub vom 16.11. - 27.11.2030", {"from": "2030-11-16", "until": "2030-11-27"}),
        ("de", "Wir sind vom 16.-27. November im Urlaub", {"from": "--11-16", "until": "--11-27"}),
        ("de", "Saison: Mai bis September", {"from": "--10-01", "until": "--04-30"}),
        ("en", "In August we are open mornings only", {"from": "--08-01", "until": "--08-31"}),
        ("de", "Am 20.11. bleibt unser Geschäft geschlossen", {"from": "--11-20", "until": "--11-20"}),
    ],
)
def test_a_notice_with_dates_or_days_counts_on_these(language: str, line: str, expected: dict[str, Any]) -> None:
    assert notices(f"{OF[language]}<p>{line}</p>", language) == [expected]


@pytest.mark.parametrize(
    "line",
    [
        "Closed on Sundays",
        "Closed-toe shoes only",
        "Are you closed on public holidays?",
        "Live music every Friday at 8 pm",
        "Closed now · Opens 9 am",
        "Voucher: valid for two",
        "Order online 24/7",
        "We deliver to all of the town.",
    ],
)
def test_what_is_hours_or_of_something_else_is_no_notice(line: str) -> None:
    assert notices(f"{OF['en']}<p>{line}</p>") == []


def test_a_story_on_another_page_is_no_notice_and_a_closed_business_is_one_anywhere() -> None:
    other = f"{HOME}history"
    told = "<h2>The mill</h2><p>The mill was closed for years. The road was closed.</p>"
    assert notices(told, url=other) == []
    assert notices("<h2>News</h2><p>Since Monday we are closed until further notice.</p>", url=other) == [{}]


def test_the_words_of_a_notice_stand_in_the_page_with_what_they_are_about() -> None:
    body = f"{OF['en']}<h3>During Ramadan</h3><p>Mon-Fri 10-15</p>"
    [fact] = of_kind(facts_of(page(body, "en"), language="en"), FactKind.NOTICE)
    assert fact.shown == "During Ramadan\nMon-Fri 10-15"
    assert fact.value["says"] == "During Ramadan: Mon-Fri 10-15"


def test_the_year_of_a_heading_is_that_of_the_dates_below_it() -> None:
    body = "<h1>Christmas opening hours 2019</h1><p>24 December 10-14</p><p>26 December - 2 January closed</p>"
    special = of_kind(facts_of(page(body, "en"), language="en"), FactKind.SPECIAL_HOURS)
    dates = [(fact.value["from"], fact.value["until"]) for fact in special]
    assert dates == [("2019-12-24", "2019-12-24"), ("2019-12-26", "2020-01-02")]


@pytest.mark.parametrize(
    "heading", ["Opening hours until 31 December 2019", "Opening hours from 1 January 2031", "Opening hours July"]
)
def test_hours_of_a_time_that_is_not_understood_are_not_those_of_the_business(heading: str) -> None:
    found = facts_of(page(f"<h1>Shop</h1><h2>{heading}</h2><p>Mon-Fri 9-17</p>", "en"), language="en")
    assert of_kind(found, FactKind.HOURS, "") == []
