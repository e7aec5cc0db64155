"""Two pages that disagree are told of once and rightly; what an owner confirmed is compared with what pages say now."""

from __future__ import annotations

from uuid import uuid4

import pytest

from ingestion.facts.changes import changed_facts
from ingestion.facts.conflicts import find_conflicts
from ingestion.facts.model import ConfirmedFact, FactKind, FoundFact
from tests.unit.ingestion.facts.pages import HOME, facts_of, page

FOOTER = "<footer><p><b>Öffnungszeiten</b></p><p>Mo-Fr 9-17</p></footer>"


def at(path: str, body: str) -> tuple[str, str]:
    return path, body


def conflicts(*pages: tuple[str, str]) -> list[str]:
    found = facts_of(*(page(body, url=HOME + path) for path, body in pages))
    return [conflict.sentence for conflict in find_conflicts(found)]


def hours(*lines: str) -> str:
    return "<h2>Öffnungszeiten</h2>" + "".join(f"<p>{line}</p>" for line in lines)


def test_two_pages_with_other_hours_are_one_conflict() -> None:
    assert conflicts(at("", hours("Mo–Fr 9–17", "Sa 10–16")), at("kontakt", hours("Mo–Fr 9–17", "Sa 10–14"))) == [
        "Saturday 10-16 on the first page, but 10-14 on /kontakt"
    ]
    assert conflicts(at("", hours("Mo–Fr 9–17")), at("kontakt", hours("Mo–Fr 9–18"))) == [
        "Monday to Friday 9-17 on the first page, but 9-18 on /kontakt"
    ]
    assert conflicts(at("", hours("Mo Ruhetag")), at("kontakt", hours("Mo–Fr 9–18"))) == [
        "Monday closed on the first page, but 9-18 on /kontakt"
    ]


def test_a_footer_that_was_forgotten_is_one_conflict_for_all_pages() -> None:
    pages = [at(name, f"<h1>Thema {name}</h1><p>{name}</p>{FOOTER}") for name in ("", "a", "b", "c")]
    assert conflicts(*pages) == []
    told = conflicts(*pages, at("kontakt", hours("Mo–Fr 10–17") + FOOTER))
    assert len(told) == 1 and "10-17 on /kontakt" in told[0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (hours("Mo–Fr 9–17"), hours("Montag: 9:00–17:00 Uhr", "Di–Fr 9.00 bis 17.00 Uhr")),  # the same
        (hours("Mo–Fr 9–17"), hours("Küche: Mo–Fr 11–14")),
        (hours("Mo–Fr 9–17"), hours("1.5.–30.9.: Mo–Fr 9–20")),  # a season
        (hours("1.5.–30.9.: Mo–Fr 9–20"), hours("1.10.–30.4.: Mo–Fr 10–18")),
        ("<h1>Sauna</h1>" + hours("Mo–Fr 9–17"), hours("Mo–Fr 10–20")),
        ("<p>Tel. 08031 12345</p>", "<p>Tel. 08031 99999</p>"),  # two numbers are no contradiction
        ("<p>Haarschnitt ab 20 €</p>", "<p>Haarschnitt 25 €</p>"),
        ("<p>Haarschnitt 20 € pro Person</p>", "<p>Haarschnitt 25 €</p>"),
        ("<h1>Kurs A</h1><p>Gebühr: 20 €</p>", "<h1>Kurs B</h1><p>Gebühr: 25 €</p>"),
    ],
)
def test_what_only_looks_unlike_is_no_conflict(one: str, other: str) -> None:
    assert conflicts(at("x", one), at("y", other), at("", "<h1>Start</h1>")) == []


def test_seasons_that_overlap_conflict() -> None:
    assert len(conflicts(at("", hours("1.5.–30.9.: Mo–Fr 9–20")), at("k", hours("1.6.–31.8.: Mo–Fr 9–22")))) == 1


def test_prices_rules_and_addresses_conflict() -> None:
    assert conflicts(at("", "<p>Haarschnitt 20 €</p>"), at("preise", "<p>Haarschnitt: 25,00 €</p>")) == [
        "Haarschnitt 20.00 EUR on the first page, but Haarschnitt 25.00 EUR on /preise"
    ]
    assert conflicts(
        at("", "<h1>Kontakt</h1><p>Ring 5, 80331 München</p>"), at("k", "<h1>Kontakt</h1><p>Weg 3, 80469 München</p>")
    )
    assert conflicts(at("", hours("An Feiertagen geschlossen")), at("k", hours("Sonn- und Feiertage 9–12"))) == [
        "Public holidays closed on the first page, but public holidays open on /k"
    ]  # fmt: skip


# ---------------------------------------------------------------- changes


def found(body: str, path: str = "contact") -> tuple[FoundFact, ...]:
    return facts_of(page(body, url=HOME + path))


def confirmed(fact: FoundFact) -> ConfirmedFact:
    return ConfirmedFact(
        uuid4(), fact.kind, fact.subject, fact.subject_key, fact.value, fact.value_key, fact.url, fact.value_key
    )


def changes(before: str, after: str) -> list[str]:
    return [one.sentence for one in changed_facts([confirmed(fact) for fact in found(before)], found(after))]


def test_a_changed_hour_is_told_with_its_page() -> None:
    assert changes(hours("Mo–Fr 9–17", "Sa 10–16"), hours("Mo–Fr 9–17", "Sa 10–14")) == [
        "Saturday 10-16 is now 10-14 on /contact"
    ]
    assert changes(hours("Mo–Fr 9–17"), hours("Mo–Do 9–17", "Fr 9–15:30")) == ["Friday 9-17 is now 9-15:30 on /contact"]
    assert changes(hours("Küche: Sa 10–16"), hours("Küche: Sa geschlossen")) == [
        "Küche: Saturday 10-16 is now closed on /contact"
    ]


def test_the_same_said_otherwise_is_no_change() -> None:
    assert changes(hours("Mo–Fr 9–17"), hours("Mo–Mi 9:00–17:00 Uhr", "Do, Fr 9–17")) == []
    assert changes("<p>Haarschnitt 20 €</p>", "<p>Haarschnitt: 20,00 EUR</p>") == []


def test_what_stands_there_no_more_is_told() -> None:
    assert changes(hours("Sa 10–16"), "<p>Hallo</p>") == ["Saturday 10-16 no longer stands on /contact"]
    assert changes("<p>Haarschnitt 20 €</p>", "<p>Haarschnitt 25 €</p>") == [
        "Haarschnitt: 20.00 EUR is now 25.00 EUR on /contact"
    ]
    assert changes("<p>Tel. 08031 12345</p>", "<p>Tel. 08031 12399</p>") == [
        "+49803112345 is now +49803112399 on /contact"
    ]


def test_what_moved_to_another_page_has_not_changed() -> None:
    (fact,) = found(hours("Sa 10–16"))
    assert changed_facts([confirmed(fact)], found(hours("Sa 10–16"), "hours")) == []


def test_an_owner_s_correction_is_no_change_of_the_page() -> None:
    (fact,) = found(hours("Sa 10–16"))
    corrected = ConfirmedFact(
        uuid4(), FactKind.HOURS, "", "", {"days": [6], "spans": [["10:00", "13:00"]]}, "x", fact.url, fact.value_key
    )
    assert changed_facts([corrected], found(hours("Sa 10–16"))) == []
    (change,) = changed_facts([corrected], found(hours("Sa 11–16")))
    assert change.sentence == "Saturday 10-16 is now 11-16 on /contact"
    added = ConfirmedFact(uuid4(), FactKind.HOURS, "", "", {"days": [6], "spans": []}, "y", None, None)
    assert changed_facts([added], found(hours("Sa 11–16"))) == []
