"""Which questions opening times alone can answer: precise on purpose, a wrong "yes" costs more than a search."""

from __future__ import annotations

from datetime import date

import pytest

from retrieval.hours.asked import easter, read_question
from retrieval.hours.model import AskedHours

TODAY = date(2026, 11, 20)  # a Friday


def read(question: str, *, language: str = "en", country: str | None = "DK", earlier: str = "") -> AskedHours | None:
    return read_question(question, language, country, TODAY, earlier)


def days(question: str, **known: str) -> list[str]:
    asked = read(question, **known)
    assert asked is not None and not asked.rest, question
    return [f"{day.day}{' weekly' if day.weekly else ''}" for day in asked.days]


@pytest.mark.parametrize(
    "question",
    [
        "Are you open now?",
        "are you open",
        "Open now?",
        "Hi, are you still open?",
        "Are you currently open",
        "Are you open right now please",
        "is it open now?",
        "Are you closed now?",
        "Haben Sie jetzt geöffnet?",
        "Ist noch offen?",
        "Habt ihr gerade auf?",
        "Har I åbent nu?",
        "Har I lukket nu?",
        "Êtes-vous ouverts en ce moment ?",
        "C'est ouvert maintenant ?",
        "¿Están abiertos ahora?",
        "¿Sigue abierto?",
        "Siete aperti adesso?",
        "È ancora aperto?",
        "Zijn jullie nu open?",
        "Is de winkel nog open?",
        "Har ni öppet nu?",
        "Är ni öppna just nu?",
        "Har dere åpent nå?",
        "Er dere fortsatt åpne?",
        "Vocês estão abertos agora?",
        "Ainda está aberto?",
    ],
)
def test_questions_about_this_moment(question: str) -> None:
    asked = read(question)
    assert asked is not None and asked.now and not asked.rest


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Are you open today?", "2026-11-20"),
        ("Are you open tomorrow?", "2026-11-21"),
        ("Are you open the day after tomorrow?", "2026-11-22"),
        ("Are you open on Sunday?", "2026-11-22"),
        ("Are you open on Friday?", "2026-11-20"),
        ("Are you open next Friday?", "2026-11-27"),
        ("Are you open next Monday?", "2026-11-23"),
        ("Are you open on 24 December?", "2026-12-24"),
        ("are you open December 24th", "2026-12-24"),
        ("Are you open on the 24th of December, 2027?", "2027-12-24"),
        ("Open on 2026-12-24?", "2026-12-24"),
        ("Are you open on 24/12?", "2026-12-24"),
        ("Are you open on 1 January?", "2027-01-01"),
        ("Are you open on 29 February?", "2028-02-29"),
        ("Are you open on Easter Monday?", "2027-03-29"),
        ("Are you open on Christmas Day", "2026-12-25"),
        ("Are you open on New Year’s Eve?", "2026-12-31"),
        ("Are you open on Good Friday?", "2027-03-26"),
        ("Are you open on Constitution Day?", "2027-06-05"),  # of this country, by the library
        ("Until when are you open today?", "2026-11-20"),
        ("How late are you open tonight?", "2026-11-20"),
        ("When do you open tomorrow?", "2026-11-21"),
        ("What time do you close on Saturday?", "2026-11-21"),
        ("When do you open?", "2026-11-20"),
        ("What are your opening hours today?", "2026-11-20"),
        ("Opening hours Sunday", "2026-11-22"),
        ("Are you open on Sundays?", "2026-11-22 weekly"),
        ("Haben Sie heute offen?", "2026-11-20"),
        ("Haben Sie am Sonntag geöffnet?", "2026-11-22"),
        ("Haben Sie sonntags geöffnet?", "2026-11-22 weekly"),
        ("Wie lange haben Sie heute auf?", "2026-11-20"),
        ("Bis wann haben Sie morgen offen?", "2026-11-21"),
        ("Haben Sie am 24.12. geöffnet?", "2026-12-24"),
        ("Habt ihr am 24. Dezember auf?", "2026-12-24"),
        ("Haben Sie an Heiligabend geöffnet?", "2026-12-24"),
        ("Ist am Ostermontag offen?", "2027-03-29"),
        ("Har I åbent i dag?", "2026-11-20"),
        ("Hvornår åbner I i morgen?", "2026-11-21"),
        ("Hvor længe har I åbent på lørdag?", "2026-11-21"),
        ("Har I åbent 2. påskedag?", "2027-03-29"),
        ("Har I åbent den 24. december?", "2026-12-24"),
        ("Êtes-vous ouverts aujourd’hui ?", "2026-11-20"),
        ("À quelle heure ouvrez-vous demain ?", "2026-11-21"),
        ("Jusqu’à quelle heure êtes-vous ouverts ce soir ?", "2026-11-20"),
        ("Est-ce que vous êtes ouverts le dimanche ?", "2026-11-22"),
        ("Êtes-vous ouverts le 24 décembre ?", "2026-12-24"),
        ("¿Abren hoy?", "2026-11-20"),
        ("¿A qué hora abren mañana?", "2026-11-21"),
        ("¿Está abierto el 24 de diciembre?", "2026-12-24"),
        ("¿Hasta qué hora están abiertos hoy?", "2026-11-20"),
        ("Siete aperti domenica?", "2026-11-22"),
        ("A che ora aprite domani?", "2026-11-21"),
        ("Siete aperti a Pasquetta?", "2027-03-29"),
        ("Zijn jullie zondag open?", "2026-11-22"),
        ("Hoe laat gaan jullie morgen open?", "2026-11-21"),
        ("Tot hoe laat zijn jullie vandaag open?", "2026-11-20"),
        ("Har ni öppet på söndag?", "2026-11-22"),
        ("När öppnar ni imorgon?", "2026-11-21"),
        ("Hur länge har ni öppet idag?", "2026-11-20"),
        ("Har dere åpent i dag?", "2026-11-20"),
        ("Når åpner dere i morgen?", "2026-11-21"),
        ("Vocês abrem no domingo?", "2026-11-22"),
        ("A que horas abrem amanhã?", "2026-11-21"),
        ("Até que horas estão abertos hoje?", "2026-11-20"),
        ("Estão abertos na segunda-feira?", "2026-11-23"),
    ],
)
def test_questions_about_a_day(question: str, expected: str) -> None:
    assert days(question) == [expected]


def test_several_days_are_asked_for_at_once() -> None:
    assert days("Are you open on Saturday and Sunday?") == ["2026-11-21", "2026-11-22"]
    assert days("Are you open at the weekend?") == ["2026-11-21", "2026-11-22"]
    assert days("Are you open at Christmas?") == ["2026-12-24", "2026-12-25", "2026-12-26"]


@pytest.mark.parametrize(
    "question",
    [
        "What are your opening hours in summer, and when do you close?",
        "What time is it now?",
        "Is there parking on Sunday?",
        "",
        "Are you open next week?",
        "Are you open next month?",
        "Are you open on 31 February?",
        "Are you open on Monday 24 December?",  # a Thursday
        "Are you open at 10 or at 12 today?",
        "on Sunday?",
        "Are you open " + "now " * 60,
    ],
)
def test_what_hours_of_one_day_do_not_answer_is_left_alone(question: str) -> None:
    assert read(question) is None


@pytest.mark.parametrize(
    "question",
    ["What are your opening hours?", "When are you open?", "Wann haben Sie geöffnet?", "Hvornår har I åbent?"],
)
def test_questions_about_the_hours_as_a_whole(question: str) -> None:
    asked = read(question)
    assert asked is not None and asked.week and not asked.rest and not asked.days


@pytest.mark.parametrize(
    "question",
    [
        "How do I open a bank account?",
        "Can I open an account today?",
        "Is the position still open?",
        "Is the job opening still open now?",
        "Do you have any open positions today?",
        "Are you open to suggestions now?",
        "Is my ticket still open?",
        "Is the invoice still open today?",
        "When is the open day?",
        "Are you open to new patients today?",
        "Is the road closed today?",
        "Is the sale closed now?",
        "Is the swimming pool closed today?",
        "What is open source?",
        "Are registrations open now?",
        "Can I open the window in the room tonight?",
        "Do you close the gate on Sunday?",
        "Ist die Stelle noch offen?",
        "Ist die Rechnung noch offen?",
        "Wann ist der Tag der offenen Tür?",
        "Kann ich heute ein Konto eröffnen?",
        "Ist der Parkplatz heute offen?",
        "Er stillingen stadig åben?",
        "Har I åbent for nye patienter nu?",
        "Le poste est-il encore ouvert ?",
        "Puis-je ouvrir un compte aujourd’hui ?",
        "¿Sigue abierta la vacante?",
        "¿Puedo abrir una cuenta hoy?",
        "Il concorso è ancora aperto?",
        "Staat de vacature nog open?",
        "Är tjänsten fortfarande öppen?",
        "Er stillingen fortsatt åpen?",
        "A vaga ainda está aberta?",
        "Is the kitchen open now?",
        "When does the office answer the phone today?",
    ],
)
def test_other_senses_and_parts_are_not_the_business_itself(question: str) -> None:
    """None, or words left that a fact's subject has to match: "position" is no part of a business."""
    for language in ("en", "de", "da", "fr", "es", "it", "nl", "sv", "no", "pt"):
        asked = read(question, language=language)
        assert asked is None or asked.rest, language


def test_the_part_that_is_asked_for_is_named() -> None:
    asked = read("Is the kitchen open now?")
    assert asked is not None and asked.rest == ("kitchen",) and asked.now


def test_a_time_is_read_in_every_way_it_may_be_meant() -> None:
    def minutes(question: str, language: str = "en") -> tuple[int, ...]:
        asked = read(question, language=language)
        assert asked is not None, question
        return asked.minutes

    assert minutes("Are you open at 6 on Friday?") == (360, 1080)
    assert minutes("Are you open tomorrow at 6 pm?") == (1080,)
    assert minutes("Are you open today at 12 am?") == (0,)
    assert minutes("Are you open at 18:30 today?") == (1110,)
    assert minutes("Haben Sie heute um 18 Uhr offen?", "de") == (1080,)
    assert minutes("Har I åbent i morgen kl. 20?", "da") == (1200,)
    assert minutes("Êtes-vous ouverts demain à 18h30 ?", "fr") == (1110,)
    assert minutes("Are you open today at noon?") == (720,)
    assert read("Are you open at 25:00 today?") is None


def test_only_a_plain_question_gets_a_plain_yes() -> None:
    def yes(question: str) -> bool:
        asked = read(question)
        assert asked is not None, question
        return asked.yes_no

    assert yes("Are you open on Sunday?") and yes("Are you open now?")
    for question in ("Are you open tonight?", "Are you open until 8 pm today?", "When do you open today?",
                     "Are you closed on Sunday?", "Are you open on Saturday and Sunday?"):  # fmt: skip
        assert not yes(question), question


def test_a_question_goes_on_with_the_one_before() -> None:
    asked = read("And on Sunday?", earlier="Are you open today?")
    assert asked is not None and [day.day for day in asked.days] == [date(2026, 11, 22)]
    kitchen = read("And tomorrow?", earlier="Is the kitchen open now?")
    assert kitchen is not None and kitchen.rest == ("kitchen",)
    assert read("And on Sunday?", earlier="How much is a haircut?") is None
    assert read("And with milk?", earlier="Are you open today?") is None


def test_it_is_what_was_spoken_of_before() -> None:
    """ "Is it still open?" after a question about a job is not about the shop."""
    assert read("Is it still open?", earlier="Do you look for a baker?") is None
    assert read("Is it still open?") is not None
    assert read("Is it still open?", earlier="Are you open on Sunday?") is not None


def test_slashes_are_read_as_the_country_writes_dates() -> None:
    assert days("Are you open on 7/4?", country="US") == ["2027-07-04"]
    assert days("Are you open on 7/4?", country="GB") == ["2027-04-07"]
    assert days("Are you open on 12/24?", country="GB") == ["2026-12-24"]


def test_where_easter_is_another_day_its_monday_is_the_country_s_own() -> None:
    assert days("Are you open on Easter Monday?", country="GR") == ["2027-05-03"]


def test_easter_is_reckoned_as_the_tables_say() -> None:
    known = {2024: (3, 31), 2025: (4, 20), 2026: (4, 5), 2027: (3, 28), 2038: (4, 25), 2285: (3, 22)}
    assert {year: (easter(year).month, easter(year).day) for year in known} == known
