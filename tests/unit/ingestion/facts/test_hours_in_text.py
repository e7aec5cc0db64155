"""Opening hours as small businesses write them are read whole or not at all, and never taken for what they are not."""

from __future__ import annotations

import pytest

from ingestion.facts.model import FactKind
from tests.unit.ingestion.facts.pages import HOME, days, facts_of, of_kind, page, week

HEADINGS = {
    "en": "Opening hours", "de": "Öffnungszeiten", "da": "Åbningstider", "fr": "Horaires d'ouverture", "es": "Horario",
    "it": "Orari di apertura", "nl": "Openingstijden", "sv": "Öppettider", "no": "Åpningstider", "pt": "Horário",
    "pl": "Godziny otwarcia",
}  # fmt: skip


@pytest.mark.parametrize(
    ("language", "line", "expected"),
    [
        ("en", "Mon–Fri 9–17", "1-5 09:00-17:00"),
        ("en", "Mon - Fri: 9am - 5:30pm", "1-5 09:00-17:30"),
        ("en", "Monday to Friday 9-5, Sat 10-2", "1-5 09:00-17:00; 6 10:00-14:00"),
        ("en", "Mon–Thurs 9–5, Fri 9–1, closed Sundays", "1-4 09:00-17:00; 5 09:00-13:00; 7 closed"),
        ("en", "10am–4pm daily", "1-7 10:00-16:00"),
        ("en", "Sunday 12-5", "7 12:00-17:00"),
        ("en", "Tuesday closed", "2 closed"),
        ("en", "Saturdays & Sundays 1-5 pm", "6-7 13:00-17:00"),
        ("en", "Mon-Fri 9:00 a.m. to 12 noon and 1 to 5 p.m.", "1-5 09:00-12:00 13:00-17:00"),
        ("en", "Daily 10-18, Monday closed", "1 closed; 2-7 10:00-18:00"),
        ("en", "Weekdays 0800-1600", "1-5 08:00-16:00"),
        ("en", "Fri & Sat 6pm – midnight", "5-6 18:00-24:00"),
        ("en", "Fri 5pm-2am", "5 17:00-02:00"),
        ("en", "Open 24/7", "1-7 00:00-24:00"),
        ("en", "M-F 9am-6pm", "1-5 09:00-18:00"),
        ("en", "Open daily 9am–6pm (last admission 5pm)", "1-7 09:00-18:00"),
        ("de", "Montag bis Freitag: 8.00 - 12.00 und 14.00 - 18.00 Uhr", "1-5 08:00-12:00 14:00-18:00"),
        ("de", "Mo. – Fr. 9–17 Uhr. Sa 10-14 Uhr, So geschlossen", "1-5 09:00-17:00; 6 10:00-14:00; 7 closed"),
        ("de", "Montag Ruhetag", "1 closed"),
        ("de", "Di u. Do 8-12 u. 14-18 Uhr", "2,4 08:00-12:00 14:00-18:00"),
        ("de", "Mo, Mi und Fr 7:30–13 Uhr", "1,3,5 07:30-13:00"),
        ("de", "Mo-Fr 9-12 und nach Vereinbarung", "1-5 09:00-12:00"),
        ("de", "Mo-Fr 9-12, Sa nur nach Vereinbarung", "1-5 09:00-12:00"),
        ("de", "Täglich 9–18 Uhr (letzter Einlass 17:30 Uhr)", "1-7 09:00-18:00"),
        ("de", "Sonnabend 8-11 Uhr", "6 08:00-11:00"),
        ("de", "Fr + Sa 18–02 Uhr", "5-6 18:00-02:00"),
        ("da", "man-fre 10-17.30, lør 10-14", "1-5 10:00-17:30; 6 10:00-14:00"),
        ("da", "Tirsdag–søndag kl. 10.00–17.00. Mandag lukket", "1 closed; 2-7 10:00-17:00"),
        ("da", "Hverdage kl. 8-16", "1-5 08:00-16:00"),
        ("fr", "du mardi au samedi de 9h à 12h30 et de 14h à 19h", "2-6 09:00-12:30 14:00-19:00"),
        ("fr", "Fermé le lundi", "1 closed"),
        ("fr", "Tous les jours 9h–12h30", "1-7 09:00-12:30"),
        ("es", "Lunes a viernes: 9:30 - 14:00 y 16:30 - 20:00", "1-5 09:30-14:00 16:30-20:00"),
        ("es", "Sábados de 10 a 14 h, domingos cerrado", "6 10:00-14:00; 7 closed"),
        ("it", "dal lunedì al venerdì dalle 9 alle 13", "1-5 09:00-13:00"),
        ("it", "Sabato 9.00-12.30, domenica chiuso", "6 09:00-12:30; 7 closed"),
        ("nl", "ma t/m vr 9.00 - 17.30 uur, za 9-16 uur", "1-5 09:00-17:30; 6 09:00-16:00"),
        ("nl", "zondag gesloten", "7 closed"),
        ("sv", "Mån-fre 10-18, lör 10-15, sön stängt", "1-5 10:00-18:00; 6 10:00-15:00; 7 closed"),
        ("no", "Mandag - fredag 09.00-16.00, lørdag stengt", "1-5 09:00-16:00; 6 closed"),
        ("pt", "segunda a sexta das 9h às 18h", "1-5 09:00-18:00"),
        ("pt", "Sábado 9h-13h, domingo encerrado", "6 09:00-13:00; 7 closed"),
        ("pl", "pon.-pt. 8.00-16.00, sobota nieczynne", "1-5 08:00-16:00; 6 closed"),
    ],
)  # fmt: skip
def test_a_line_below_a_heading_of_hours_is_the_business_s(language: str, line: str, expected: str) -> None:
    found = facts_of(page(f"<h1>Shop</h1><h2>{HEADINGS[language]}</h2><p>{line}</p>", language), language=language)
    assert week(found) == days(expected)


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("de", "täglich ab 10 Uhr"),  # nobody knows until when
        ("de", "Mo–Fr ab 9 Uhr"),
        ("de", "Mo–Fr bis 18 Uhr"),
        ("de", "10–12 Uhr"),  # of which day
        ("de", "Mo–Fr 9–12–18"),
        ("de", "Mo–Fr 9–17*"),  # a footnote may say anything
        ("de", "Jeden 1. Samstag im Monat 10–12 Uhr"),
        ("de", "1. Samstag 10–12 Uhr"),
        ("de", "ab 1. Mai Mo–Fr 9–17"),
        ("de", "Mo–Fr 14–9 Uhr"),
        ("de", "Mo–Fr 1–5"),
        ("de", "Mo–Fr 9–17 Uhr 2030"),
        ("en", "Mon–Fri 9–11pm"),  # from nine in the morning, or in the evening
        ("en", "Closed Monday 9-5"),
        ("en", "Mon 3.15-4.15"),
        ("en", "Open Monday to Friday from 9"),
    ],
)
def test_what_is_half_understood_is_no_fact(language: str, line: str) -> None:
    found = facts_of(page(f"<h2>{HEADINGS[language]}</h2><p>{line}</p>", language), language=language)
    assert week(found) == {}


@pytest.mark.parametrize(
    ("language", "body", "subject"),
    [
        ("de", "<h2>Öffnungszeiten</h2><p>Küche: Mo–Fr 11–14 Uhr</p>", "Küche"),
        ("de", "<h2>Öffnungszeiten</h2><p>Telefonisch: Mo–Fr 9–12</p>", "Telefonisch"),
        ("en", "<h2>Opening hours</h2><p>Phone lines: Mon-Fri 9-12</p>", "Phone lines"),
        ("de", "<h2>Öffnungszeiten</h2><p>In der Schulzeit</p><p>Mo–Fr 15–20 Uhr</p>", "In der Schulzeit"),
        ("de", "<h2>Öffnungszeiten</h2><h3>Sauna</h3><p>Mo–Fr 15–20 Uhr</p>", "Sauna"),
        ("de", "<h1>Willkommen</h1><h2>Kinderturnen</h2><p>Mo 15–16 Uhr</p>", "Kinderturnen"),
        ("de", "<h2>Öffnungszeiten Biergarten</h2><p>Mo–Fr 15–20 Uhr</p>", "Öffnungszeiten Biergarten"),
        ("en", "<h2>Opening hours</h2><p>Mon–Fri 9–5 term time only</p>", "term time only"),
        ("en", "<h2>Opening hours</h2><p>Mon 6pm–7pm Yoga</p>", "Yoga"),
        ("en", "<h2>Opening hours</h2><p>Mon–Fri 9–5, Sat 10–2, except in July</p>", None),
        ("de", "<h2>Sommeröffnungszeiten</h2><p>Mo–Fr 15–20 Uhr</p>", "Sommeröffnungszeiten"),
        ("de", "<h2>Notdienst</h2><p>Mi 13–22 Uhr</p>", "Notdienst"),
        ("de", "<h1>Neues</h1><h2>Kontakt</h2><p>Mo–Fr 9–17</p>", None),  # of the shop, or of its telephone
    ],
)
def test_hours_of_something_else_are_never_the_business_s(language: str, body: str, subject: str | None) -> None:
    found = facts_of(page(body, language), language=language)
    assert week(found) == {}
    assert subject is None or week(found, subject)


def test_a_label_holds_until_another_comes() -> None:
    found = facts_of(page("<h2>Öffnungszeiten</h2><p>Küche: Mo–Fr 11–14 Uhr<br>Sa 12–15 Uhr</p>"))
    assert week(found) == {} and week(found, "Küche") == days("1-5 11:00-14:00; 6 12:00-15:00")


@pytest.mark.parametrize(
    "body",
    [
        "<p>Wir haben Mo–Fr 9–17 Uhr geöffnet.</p>",
        "<p><b>Öffnungszeiten:</b> Mo–Fr 9–17 Uhr</p>",
        "<p>Öffnungszeiten</p><p>Mo–Fr 9–17 Uhr</p>",
        "<h1>Frische Wurst</h1><h2>Öffnungszeiten</h2><p>Mo–Fr 9–17 Uhr</p>",
        "<h1>Kontakt</h1><h2>Unsere Öffnungszeiten</h2><p>Mo–Fr 9–17 Uhr</p>",
        "<dl><dt>Öffnungszeiten</dt><dd><p>Mo–Fr 9–17 Uhr</p><p>und nach Vereinbarung</p></dd></dl>",
        "<h2>Öffnungszeiten</h2><p>Montag – Freitag</p><p>9:00 – 17:00 Uhr</p>",
        "<h2>Öffnungszeiten</h2><table><tr><td>Mo–Fr</td><td>9–17 Uhr</td></tr></table>",
    ],
)
def test_hours_named_as_such_are_the_business_s(body: str) -> None:
    assert week(facts_of(page(body))) == days("1-5 09:00-17:00")


def test_the_title_of_another_page_than_the_first_is_a_subject() -> None:
    body = "<h1>Café</h1><h2>Öffnungszeiten</h2><p>Mo–Fr 9–17 Uhr</p>"
    assert week(facts_of(page(body, url=HOME))) != {}
    home = page("<h1>Gärtnerei</h1><p>Blumen</p>")
    found = facts_of(home, page(body, url=HOME + "cafe"))
    assert week(found) == {} and week(found, "Café") == days("1-5 09:00-17:00")


def test_a_footer_is_the_business_s_whatever_the_page_is_about() -> None:
    footer = "<footer><p><strong>Öffnungszeiten</strong></p><p>Mo-Fr 9-17<br>Sa 10-14</p></footer>"
    pages = [page(f"<h1>Thema {name}</h1><p>{name}</p>{footer}", url=HOME + name) for name in ("", "a", "b", "c")]
    found = facts_of(*pages)
    assert len(of_kind(found, FactKind.HOURS, "")) == 8
    assert {fact.document_id for fact in found} == {each.document_id for each in pages}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "<table><tr><th></th><th>Mo</th><th>Di</th><th>Mi</th></tr>"
            "<tr><td>Vormittag</td><td>8–12</td><td>8–12</td><td>8–13</td></tr>"
            "<tr><td>Nachmittag</td><td>15–18</td><td>14–16</td><td>–</td></tr></table>",
            "1 08:00-12:00 15:00-18:00; 2 08:00-12:00 14:00-16:00; 3 08:00-13:00",
        ),
        (
            "<table><tr><th>Tag</th><th>von</th><th>bis</th></tr><tr><td>Do</td><td>17:00</td><td>0:00</td></tr>"
            "<tr><td>Fr</td><td>17:00</td><td>02:00</td></tr></table>",
            "4 17:00-24:00; 5 17:00-02:00",
        ),
        (
            "<table><tr><th>Tag</th><th>Mittag</th><th>Abend</th></tr><tr><td>Mo</td><td>geschlossen</td>"
            "<td>geschlossen</td></tr><tr><td>Di</td><td>12–14 Uhr</td><td>18–22 Uhr</td></tr></table>",
            "1 closed; 2 12:00-14:00 18:00-22:00",
        ),
        (
            "<p>Montag</p><p>9:00 - 12:30</p><p>14:00 - 18:00</p><p>Dienstag</p><p>geschlossen</p>",
            "1 09:00-12:30 14:00-18:00; 2 closed",
        ),
        ("<p>Montag</p><p>Dienstag</p><p>Mittwoch</p><p>9-17</p><p>9-18</p><p>zu</p>", ""),
        ("<p>Montag</p><p>Dienstag</p><p>9-17</p><p>9-18</p>", "1 09:00-17:00; 2 09:00-18:00"),
        ("<p>Montag</p><p>Dienstag</p><p>9-17</p>", ""),
        ("<p>Mo 8–12 Uhr</p><p>14–18 Uhr</p>", "1 08:00-12:00 14:00-18:00"),
        ("<p>Mo–Fr 8–12 Uhr</p><p>Mo, Di, Do 14–18 Uhr</p>", "1,2,4 08:00-12:00 14:00-18:00; 3,5 08:00-12:00"),
        ("<p>Mo–Fr 9–17</p><p>Fr 9–15</p>", ""),  # one of them is not so
        ("<p>Mo–Fr 9–17</p><p>Wir freuen uns auf Ihren Besuch, lassen Sie sich beraten!</p><p>Mo–Fr 10–16</p>", ""),
    ],
)
def test_tables_and_lines_come_together(body: str, expected: str) -> None:
    assert week(facts_of(page(f"<h2>Öffnungszeiten</h2>{body}"))) == days(expected)


def test_columns_for_several_things_are_their_own() -> None:
    body = (
        "<h2>Opening hours</h2><table><tr><th>Day</th><th>Museum</th><th>Café</th></tr>"
        "<tr><td>Tuesday – Sunday</td><td>10:00–17:00</td><td>9:30–16:30</td></tr></table>"
    )
    found = facts_of(page(body, "en"), language="en")
    assert week(found) == {}
    assert week(found, "Museum") == days("2-7 10:00-17:00") and week(found, "Café") == days("2-7 09:30-16:30")


def test_seasons_carry_their_dates() -> None:
    body = (
        "<h1>Öffnungszeiten</h1><h2>Sommersaison (15. Mai – 15. September)</h2><p>Täglich 9–20 Uhr</p>"
        "<h2>Winter</h2><p>Mo–Fr 10–20 Uhr</p><p>1. Oktober bis 31. März: Mo geschlossen</p>"
    )
    found = facts_of(page(body))
    assert week(found) == {}  # which weeks "Winter" is, nobody says
    assert week(found, season="--05-15") == days("1-7 09:00-20:00")
    assert week(found, "Winter") == days("1-5 10:00-20:00")


@pytest.mark.parametrize(
    ("language", "line", "expected"),
    [
        ("de", "24.12. geschlossen", [("--12-24", "--12-24", [])]),
        ("de", "Heiligabend (24.12.) und Silvester 9–13 Uhr",
         [("--12-24", "--12-24", [["09:00", "13:00"]]), ("--12-31", "--12-31", [["09:00", "13:00"]])]),
        ("de", "24.-26. Dezember geschlossen", [("--12-24", "--12-26", [])]),
        ("de", "Betriebsferien vom 1.8.2030 bis 15.8.2030", [("2030-08-01", "2030-08-15", [])]),
        ("de", "Betriebsferien vom 1.8. bis 15.8.", []),  # of which year
        ("de", "Samstag, 12. Oktober 10–16 Uhr", []),
        ("de", "Samstag, 12. Oktober 2030 10–16 Uhr", [("2030-10-12", "2030-10-12", [["10:00", "16:00"]])]),
        ("en", "We are closed on 24, 25 and 26 December.",
         [("--12-24", "--12-24", []), ("--12-25", "--12-25", []), ("--12-26", "--12-26", [])]),
        ("en", "Closed on Christmas Day and New Year’s Day", [("--12-25", "--12-25", []), ("--01-01", "--01-01", [])]),
        ("da", "Juleaften lukket", [("--12-24", "--12-24", [])]),
        ("fr", "Fermé le 25 décembre", [("--12-25", "--12-25", [])]),
    ],
)  # fmt: skip
def test_single_days_are_special_hours(language: str, line: str, expected: list[object]) -> None:
    found = facts_of(page(f"<h2>{HEADINGS[language]}</h2><p>{line}</p>", language), language=language)
    special = of_kind(found, FactKind.SPECIAL_HOURS, "")
    assert [(fact.value["from"], fact.value["until"], fact.value["spans"]) for fact in special] == expected
    assert week(found) == {}


def test_american_dates_have_the_month_first() -> None:
    body = page("<h2>Hours</h2><p>12/24/2030 closed</p>", "en")
    (fact,) = of_kind(facts_of(body, language="en", country="US"), FactKind.SPECIAL_HOURS)
    assert fact.value["from"] == "2030-12-24"


def test_an_event_is_no_special_hour() -> None:
    found = facts_of(page("<h1>Sommerfest</h1><p>Samstag, 12. Oktober 2030 10–16 Uhr</p>", url=HOME + "fest"))
    assert found == ()


@pytest.mark.parametrize(
    ("language", "line", "rule"),
    [
        ("de", "An Feiertagen geschlossen", {"public_holidays": "closed"}),
        ("de", "Sonn- und feiertags 10–16 Uhr", {"public_holidays": "open", "spans": [["10:00", "16:00"]]}),
        ("de", "Feiertage wie Sonntag", {"public_holidays": "as_sunday"}),
        ("en", "Daily 10-17 except public holidays", {"public_holidays": "closed"}),
        ("en", "Closed on bank holidays", {"public_holidays": "closed"}),
        ("da", "Lukket på helligdage", {"public_holidays": "closed"}),
        ("fr", "Fermé les jours fériés", {"public_holidays": "closed"}),
        ("es", "Domingos y festivos cerrado", {"public_holidays": "closed"}),
    ],
)
def test_public_holidays_are_a_rule(language: str, line: str, rule: dict[str, object]) -> None:
    found = facts_of(page(f"<h2>{HEADINGS[language]}</h2><p>{line}</p>", language), language=language)
    assert [fact.value for fact in of_kind(found, FactKind.HOLIDAY_RULE, "")] == [rule]


def test_the_same_hours_have_the_same_key_however_they_are_written() -> None:
    found = [
        facts_of(page(f"<h2>Öffnungszeiten</h2><p>{line}</p>"))[0].value_key
        for line in ("Sa 10-16", "Samstag: 10:00–16:00 Uhr", "Sonnabend von 10.00 bis 16.00 Uhr")
    ]
    assert len(set(found)) == 1


def test_a_page_of_another_language_is_read_by_its_own_words() -> None:
    found = facts_of(page("<h2>Opening hours</h2><p>Mon-Fri 9-5</p>", "en"), language="de")
    assert week(found) == days("1-5 09:00-17:00")
    # "so" and "do" are days in German only
    assert week(facts_of(page("<h2>Opening hours</h2><p>so 9-17, do 9-17</p>", "en"), language="de")) == {}


def test_a_page_of_questions_speaks_of_the_business_itself() -> None:
    for language, title, line in (
        ("en", "FAQ", "On Saturdays we are open from 10 am to 4 pm."),
        ("de", "Häufige Fragen", "Samstags haben wir von 10 bis 16 Uhr geöffnet."),
    ):
        found = of_kind(facts_of(page(f"<h1>{title}</h1><p>{line}</p>", language), language=language), FactKind.HOURS)
        assert [(fact.subject, fact.value["days"]) for fact in found] == [("", [6])], title
