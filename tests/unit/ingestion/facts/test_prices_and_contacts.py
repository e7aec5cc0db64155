"""Prices have a name, numbers and addresses an owner; what is neither is not taken for one."""

from __future__ import annotations

from typing import Any

import pytest

from ingestion.facts.model import FactKind
from tests.unit.ingestion.facts.pages import HOME, facts_of, of_kind, page


@pytest.mark.parametrize(
    ("language", "body", "subject", "value"),
    [
        ("de", "<p>Leberkäse 2,80 €</p>", "Leberkäse", {"amount": "2.80", "currency": "EUR"}),
        ("de", "<p>Sauna: 1.000,50 EUR</p>", "Sauna", {"amount": "1000.50", "currency": "EUR"}),
        ("de", "<p>Schnitzel ab 12 €</p>", "Schnitzel", {"amount": "12.00", "currency": "EUR", "from": True}),
        ("de", "<p>Der Kurs kostet 96,– €</p>", "Der Kurs", {"amount": "96.00", "currency": "EUR"}),
        ("de", "<p>Stunde 45 € pro Stunde</p>", "Stunde", {"amount": "45.00", "currency": "EUR", "per": "hour"}),
        ("de", "<p>Zimmer 79 € / Nacht</p>", "Zimmer", {"amount": "79.00", "currency": "EUR", "per": "night"}),
        ("de", "<p>Torte 20–35 €</p>", "Torte", {"amount": "20.00", "currency": "EUR", "to": "35.00"}),
        ("en", "<p>Men's haircut £15.50</p>", "Men's haircut", {"amount": "15.50", "currency": "GBP"}),
        ("en", "<p>Annual pass: £1,250</p>", "Annual pass", {"amount": "1250.00", "currency": "GBP"}),
        ("da", "<p>Dameklip 450 kr.</p>", "Dameklip", {"amount": "450.00", "currency": "DKK"}),
        ("da", "<p>Tandrensning fra 199,-</p>", "Tandrensning", {"amount": "199.00", "currency": "DKK", "from": True}),
        ("sv", "<p>Klippning herr 450:-</p>", "Klippning herr", {"amount": "450.00", "currency": "SEK"}),
        ("no", "<p>Voksen kr 120</p>", "Voksen", {"amount": "120.00", "currency": "NOK"}),
        ("fr", "<p>Menu à 45€ par personne</p>", "Menu", {"amount": "45.00", "currency": "EUR", "per": "person"}),
        ("pl", "<p>Strzyżenie – 120 zł</p>", "Strzyżenie", {"amount": "120.00", "currency": "PLN"}),
        ("de", "<h1>Bad</h1><h2>Kurs</h2><p>Gebühr: 40 €</p>", "Kurs · Gebühr", {"amount": "40.00", "currency": "EUR"}),
        ("de", "<p>Jahreskarten</p><table><tr><td>Erwachsene</td><td>50 €</td></tr></table>",
         "Jahreskarten · Erwachsene", {"amount": "50.00", "currency": "EUR"}),
        ("en", "<table><tr><th></th><th>Day ticket</th></tr><tr><td>Adult</td><td>£8</td></tr></table>",
         "Adult · Day ticket", {"amount": "8.00", "currency": "GBP"}),
    ],
)  # fmt: skip
def test_a_price_has_its_name(language: str, body: str, subject: str, value: dict[str, Any]) -> None:
    found = of_kind(facts_of(page(body, language), language=language), FactKind.PRICE)
    assert [(fact.subject, fact.value) for fact in found] == [(subject, value)]


@pytest.mark.parametrize(
    ("language", "body"),
    [
        ("de", "<p>12,50</p>"),
        ("de", "<p>2,50 €</p>"),  # for what
        ("de", "<p>Umsatz 3 € Mio</p>"),
        ("en", "<p>We raised £5,000 for charity in 2019 and were very proud of it.</p>"),
        ("de", "<p>Erwachsene 5 €</p><p>Erwachsene 7 €</p>"),  # which of them
        ("de", "<p>Neben einem Zuschuss in Höhe von 22.500 Euro, den uns die Gemeinde zahlt, gab es noch 2 €.</p>"),
        ("en", "<p>Only 20 kr left</p>"),  # whose crowns
    ],
)  # fmt: skip
def test_an_amount_without_a_name_is_no_price(language: str, body: str) -> None:
    assert of_kind(facts_of(page(body, language), language=language), FactKind.PRICE) == []


@pytest.mark.parametrize(
    ("language", "country", "line", "number"),
    [
        ("de", "DE", "Tel. 08031 / 12345-0", "+498031123450"),
        ("de", "DE", "+49 (0) 821 12345-0", "+49821123450"),
        ("de", "DE", "(0 51 87) 30 38 57", "+495187303857"),
        ("da", "DK", "Tlf. 86 12 34 56", "+4586123456"),
        ("en", "US", "(217) 555-0123", "+12175550123"),
        ("en", "GB", "Call us on 0113 496 0123", "+441134960123"),
        ("fr", "FR", "04 78 12 34 56", "+33478123456"),
        ("nl", "NL", "T 020-1234567", "+31201234567"),
    ],
)
def test_numbers_are_read_by_the_rules_of_the_country(language: str, country: str, line: str, number: str) -> None:
    found = facts_of(page(f"<p>{line}</p>", language), language=language, country=country)
    assert [(fact.subject, fact.value) for fact in of_kind(found, FactKind.PHONE)] == [("", {"e164": number})]


@pytest.mark.parametrize(
    "line",
    [
        "IBAN DE89 3704 0044 0532 0130 00", "USt-IdNr.: DE123456789", "HRB 12345678", "CVR 12345678", "01.02.2030",
        "2029 – 2030", "Konto 0123 456789", "0123456789", "12345 12345", "Bestellnr. 0511 123456", "1 234 567,89 €",
    ],
)  # fmt: skip
def test_other_numbers_are_no_telephone(line: str) -> None:
    assert of_kind(facts_of(page(f"<p>{line}</p>")), FactKind.PHONE) == []


def test_fax_and_other_numbers_keep_their_names() -> None:
    body = (
        "<h2>Kontakt</h2><p>Telefon: 08031 12345<br>Telefax: 08031 12346<br>Notfall: 0171 1234567</p>"
        "<h2>Werkstatt</h2><p>Tel.: 08031 12399</p>"
    )
    found = of_kind(facts_of(page(body)), FactKind.PHONE)
    assert [fact.subject for fact in found] == ["", "Fax", "Notfall", "Werkstatt"]


@pytest.mark.parametrize(
    ("line", "address"),
    [
        ("Mail: Info@Huber.example.", "info@huber.example"),
        ("info (at) huber.example", "info@huber.example"),
        ("info [at] huber [dot] example", "info@huber.example"),
        ("info(ät)huber(punkt)example", "info@huber.example"),
    ],
)
def test_mail_addresses_are_read_even_as_spelled_against_robots(line: str, address: str) -> None:
    found = of_kind(facts_of(page(f"<p>{line}</p>")), FactKind.EMAIL)
    assert [fact.value for fact in found] == [{"address": address}]


@pytest.mark.parametrize("line", ["@huber", "Tisch @ 8", "a@b", "we meet (at) the bar", "x@.de"])
def test_what_only_has_an_at_is_no_mail_address(line: str) -> None:
    assert of_kind(facts_of(page(f"<p>{line}</p>")), FactKind.EMAIL) == []


@pytest.mark.parametrize(
    ("language", "country", "body", "value"),
    [
        ("de", "DE", "<p>Huber<br>Ring 12a<br>83022 Rosenheim</p>", ("Ring 12a", "83022", "Rosenheim")),
        ("de", "AT", "<p>Ring 5, 1010 Wien</p>", ("Ring 5", "1010", "Wien")),
        ("da", "DK", "<p>Torvet 4, 2. sal, 8000 Aarhus C</p>", ("Torvet 4, 2. sal", "8000", "Aarhus C")),
        ("nl", "NL", "<p>Dorpsstraat 5, 1234 AB Amsterdam</p>", ("Dorpsstraat 5", "1234 AB", "Amsterdam")),
        ("fr", "FR", "<p>5, avenue Victor Hugo<br>75116 Paris</p>", ("5, avenue Victor Hugo", "75116", "Paris")),
        ("es", "ES", "<p>Calle Mayor 5, 28013 Madrid</p>", ("Calle Mayor 5", "28013", "Madrid")),
        ("sv", "SE", "<p>Storgatan 12, 111 22 Stockholm</p>", ("Storgatan 12", "111 22", "Stockholm")),
        ("en", "GB", "<p>Oak School, 14 High Street, Leeds LS1 4AB.</p>", ("14 High Street", "LS1 4AB", "Leeds")),
        ("en", "US", "<p>123 Main Street, Springfield, IL 62704</p>", ("123 Main Street", "62704", "Springfield")),
        ("pl", "PL", "<p>ul. Długa 5, 31-147 Kraków</p>", ("ul. Długa 5", "31-147", "Kraków")),
    ],
)  # fmt: skip
def test_addresses_are_read_as_they_are_written_there(
    language: str, country: str, body: str, value: tuple[str, str, str]
) -> None:
    (fact,) = of_kind(facts_of(page(body, language), language=language, country=country), FactKind.ADDRESS)
    assert (fact.value["street"], fact.value["postcode"], fact.value["city"]) == value
    assert fact.value["country"] == country and fact.subject == ""


@pytest.mark.parametrize(
    "body", ["<p>Artikel 12345 Bonn</p>", "<p>Postfach 1106, 31069 Delligsen</p>", "<p>Im Jahr 10 000 Kunden</p>",
             "<p>31073 Delligsen</p>"]
)  # fmt: skip
def test_a_figure_before_a_word_is_no_address(body: str) -> None:
    assert of_kind(facts_of(page(body)), FactKind.ADDRESS) == []


def test_an_authority_in_the_imprint_is_not_the_business() -> None:
    body = (
        "<h1>Impressum</h1><p>Müller GmbH<br>Gewerbering 3<br>86150 Augsburg</p>"
        "<h2>Aufsichtsbehörde</h2><p>Landesamt<br>Promenade 18<br>91522 Ansbach<br>Tel.: 0981 180093-0</p>"
    )
    found = facts_of(page(body, url=HOME + "impressum"))
    assert {fact.subject: fact.value["postcode"] for fact in of_kind(found, FactKind.ADDRESS)}[""] == "86150"
    assert len(of_kind(found, FactKind.ADDRESS, "")) == 1


@pytest.mark.parametrize(
    ("language", "before", "between"),
    [("en", "Write to", "or"), ("da", "Skriv til os på", "eller"), ("de", "Schreiben Sie uns an", "oder")],
)
def test_of_two_addresses_in_one_sentence_neither_is_the_only_one(language: str, before: str, between: str) -> None:
    body = f"<p>{before} shop@bike.example {between} workshop@bike.example.</p>"
    found = of_kind(facts_of(page(body, language), language=language), FactKind.EMAIL)
    assert [fact.subject for fact in found] == ["", ""]
