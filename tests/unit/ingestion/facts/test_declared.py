"""What a page declares for machines is taken at its word, but only of the business itself."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ingestion.extract.html import extract_html
from ingestion.facts.model import FactKind, FoundFact
from tests.unit.ingestion.facts.pages import HOME, days, facts_of, of_kind, page, week


def declared(*items: dict[str, Any], country: str = "DK") -> tuple[FoundFact, ...]:
    script = (
        f'<script type="application/ld+json">{json.dumps({"@context": "https://schema.org", "@graph": items})}</script>'
    )
    structured = extract_html(f"<html>{script}<p>a</p></html>".encode(), HOME, None).structured
    return facts_of(page("<p>Welcome</p>", "en", structured=structured), language="en", country=country)


def hours(*specifications: dict[str, Any], **more: Any) -> tuple[FoundFact, ...]:
    told = [{"@type": "OpeningHoursSpecification", **one} for one in specifications]
    return declared({"@type": "Bakery", "name": "Jensen", "openingHoursSpecification": told, **more})


@pytest.mark.parametrize(
    ("specifications", "expected"),
    [
        ([{"dayOfWeek": ["Monday", "Tuesday"], "opens": "09:00", "closes": "17:00"}], "1-2 09:00-17:00"),
        ([{"dayOfWeek": "https://schema.org/Friday", "opens": "18:00:00", "closes": "02:00:00"}], "5 18:00-02:00"),
        ([{"dayOfWeek": "Sunday"}], "7 closed"),
        ([{"dayOfWeek": "Sunday", "opens": "00:00", "closes": "00:00"}], "7 closed"),
        ([{"dayOfWeek": "Sunday", "opens": "00:00", "closes": "23:59"}], "7 00:00-24:00"),
        ([{"dayOfWeek": "Monday", "opens": "14:00", "closes": "18:00"},
          {"dayOfWeek": "Monday", "opens": "08:00", "closes": "12:00"}], "1 08:00-12:00 14:00-18:00"),
        ([{"dayOfWeek": "Monday", "opens": "08:00", "closes": "17:00"},
          {"dayOfWeek": "Monday", "opens": "09:00", "closes": "17:00"}], ""),  # both cannot be
        ([{"dayOfWeek": "Monday", "opens": "morning", "closes": "17:00"}], ""),
    ],
)  # fmt: skip
def test_specifications_of_hours(specifications: list[dict[str, Any]], expected: str) -> None:
    assert week(hours(*specifications)) == days(expected)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["Mo-Fr 09:00-17:00", "Sa 10:00-14:00"], "1-5 09:00-17:00; 6 10:00-14:00"),
        ("Mo,We,Fr 09:00-12:00,14:00-18:00", "1,3,5 09:00-12:00 14:00-18:00"),
        ("Mo-Su 00:00-24:00", "1-7 00:00-24:00"),
        ("Monday to Friday 9 to 5", ""),
        (["Mo-Fr 09:00-17:00", "Saturday by appointment"], ""),  # half of a week is not a week
    ],
)
def test_hours_as_texts(texts: Any, expected: str) -> None:
    assert week(declared({"@type": "Store", "name": "Jensen", "openingHours": texts})) == days(expected)


def test_seasons_and_single_days() -> None:
    found = hours(
        {
            "dayOfWeek": "Monday",
            "opens": "09:00",
            "closes": "17:00",
            "validFrom": "2030-05-01",
            "validThrough": "2030-09-30",
        },
        {"validFrom": "2030-12-24", "validThrough": "2030-12-26"},
    )
    assert week(found, season="2030-05-01") == {1: "09:00-17:00"}
    assert [fact.value for fact in of_kind(found, FactKind.SPECIAL_HOURS)] == [
        {"from": "2030-12-24", "until": "2030-12-26", "spans": []}
    ]


def test_contact_and_address_of_the_business() -> None:
    found = declared(
        {
            "@type": "Dentist", "name": "Torvet", "telephone": "86 12 34 56", "faxNumber": "+45 86 12 34 57",
            "email": "mailto:Klinik@torvet.example",
            "address": {"@type": "PostalAddress", "streetAddress": "Torvet 4", "postalCode": "8000",
                        "addressLocality": "Aarhus", "addressCountry": "dk"},
            "department": {"@type": "Dentist", "name": "Children", "telephone": "+45 86 12 34 58"},
        }
    )  # fmt: skip
    assert [(fact.subject, fact.value["e164"]) for fact in of_kind(found, FactKind.PHONE)] == [
        ("", "+4586123456"), ("Fax", "+4586123457"), ("Children", "+4586123458")
    ]  # fmt: skip
    (mail,) = of_kind(found, FactKind.EMAIL)
    assert mail.value == {"address": "klinik@torvet.example"} and mail.origin == "json_ld"
    (address,) = of_kind(found, FactKind.ADDRESS)
    assert address.value == {"street": "Torvet 4", "postcode": "8000", "city": "Aarhus", "country": "DK"}


def test_an_event_s_place_and_a_person_s_number_are_not_the_business_s() -> None:
    place = {"@type": "Place", "name": "Hall", "telephone": "+45 86 12 34 56",
             "address": {"@type": "PostalAddress", "streetAddress": "Gade 1", "postalCode": "8000"}}  # fmt: skip
    assert declared({"@type": "MusicEvent", "name": "Concert", "location": place}) == ()
    assert declared({"@type": "Person", "name": "Ann", "telephone": "+45 86 12 34 56"}) == ()


def test_two_businesses_on_a_site_have_hours_of_their_own() -> None:
    found = declared(
        {"@type": "Store", "name": "North", "openingHours": "Mo-Fr 09:00-17:00"},
        {"@type": "Store", "name": "South", "openingHours": "Mo-Fr 10:00-18:00"},
    )
    assert week(found) == {} and week(found, "North") == days("1-5 09:00-17:00")
