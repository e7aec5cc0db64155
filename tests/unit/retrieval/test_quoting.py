"""What is said of a page and what is not: golden cases of content and of absence, in four languages."""

from __future__ import annotations

import numpy as np
import pytest

from retrieval.answer_types import Kind
from retrieval.model import Passage
from retrieval.question import analyse_question
from retrieval.quote import Quoted, quote
from retrieval.quoting.asked import wants_list
from retrieval.quoting.choose import among
from retrieval.quoting.days import asked_days, days_in
from retrieval.quoting.features import Column, Reading
from retrieval.quoting.layout import lay_out
from retrieval.quoting.ranges import asked_age, fits
from retrieval.quoting.weights import AMONG, UNIT
from tests.unit.retrieval.models import WordEmbedder
from tests.unit.retrieval.passages import passage

POOL = passage(
    "Svømmehallen\nDag | Morgen | Eftermiddag\nMandag | 6.00 - 8.30 | 15.00 - 20.00\nTirsdag | lukket | 15.00 - 20.00\n"
    "Onsdag | 6.00 - 8.30 | 15.00 - 18.00\nKassen lukker 45 minutter før.\nLæs mere\nHelligdage\n"
    "1. juledag og nytårsdag: lukket",
    title="Åbningstider",
)
FEES = passage(
    "Enkeltbillet\nVoksne (fra 16 år) | 45 kr\nBørn 3-15 år | 25 kr\nBørn under 3 år | gratis\nKlippekort med 10 klip\n"
    "Voksne | 380 kr\nBørn | 200 kr",
    title="Priser",
    number=1,
)
CLUB = passage(
    "Training\nDienstag bis Donnerstag | 18.00 Uhr\nSamstag | 14.00 Uhr\nVorstand\nVorsitzende: Dr. Ulrike Brandt\n"
    "Kassenwart: Peter Lindner\nBootswart: Olaf Stein\nWie melde ich mich an?\n"
    "Schreiben Sie an kurse@club.example, ein Platz ist sicher, wenn wir antworten.\nmehr lesen",
    title="Verein",
)
BISTRO = passage(
    "Horaires\nMardi au vendredi\n12h - 14h\nDimanche et lundi\nfermé\nDesserts\nCrème brûlée | 8 €\nTarte fine | 9 €\n"
    "Assiette de fromages | 10 €\nPas de chèques. Les chiens sont admis en terrasse.",
    title="Bistrot",
)
SCHOOL = passage(
    "Uniform\nNavy jumper with the badge\nWhite polo shirt\nBlack shoes, no trainers\n"
    "Teachers\nName | Role | Class\nMiss Hana Sato | Special needs | Year 2\nMs Lydia Crane | Music | Year 4\n"
    "You may stay until 6 pm if you booked before Thursday noon.\nRead more",
    title="School",
)


async def said(question: str, page: Passage, language: str) -> Quoted:
    asked = analyse_question(question, (language,), language)
    found = await quote(asked, [page], dict.fromkeys(asked.words, 3.0), WordEmbedder())
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("question", "page", "language", "holds", "without"),
    [
        ("Hvornår lukker svømmehallen om onsdagen?", POOL, "da", "Onsdag – Morgen: 6.00 - 8.30", "Tirsdag"),
        ("har i åbent nytårsdag?", POOL, "da", "nytårsdag: lukket", "Læs mere"),
        ("Hvad koster en billet for et barn på 10 år?", FEES, "da", "Børn 3-15 år: 25 kr", "under 3 år"),
        ("pris på klippekort til voksne", FEES, "da", "Klippekort med 10 klip: Voksne: 380 kr", "Voksne 380"),
        ("Wann ist mittwochs Training?", CLUB, "de", "Dienstag bis Donnerstag: 18.00 Uhr", "Samstag"),
        ("Wer ist Bootswart?", CLUB, "de", "Bootswart: Olaf Stein", "mehr lesen"),
        ("Wie melde ich mich an?", CLUB, "de", "kurse@club.example", "mehr lesen"),
        ("ouvert le dimanche ?", BISTRO, "fr", "Dimanche et lundi", "Mardi"),
        ("Que proposez-vous comme desserts ?", BISTRO, "fr", "Assiette de fromages: 10 €", "fermé"),
        ("Peut-on payer par chèque ?", BISTRO, "fr", "Pas de chèques.", "Horaires"),
        ("What do the children have to wear as uniform?", SCHOOL, "en", "Black shoes, no trainers", "Read more"),
        ("Who teaches music?", SCHOOL, "en", "Ms Lydia Crane – Role: Music, Class: Year 4", "White polo"),
        ("May I stay until 6 pm?", SCHOOL, "en", "if you booked before Thursday noon", "Read more"),
    ],
)
async def test_what_was_asked_is_said_and_what_stands_beside_it_is_not(
    question: str, page: Passage, language: str, holds: str, without: str
) -> None:
    found = await said(question, page, language)
    text = " ".join(sentence.text for sentence in found.sentences)
    assert holds in text and without not in text
    words = set(text.replace(":", " ").replace(";", " ").replace(",", " ").split()) - {"–", "…"}
    quotes = " ".join(citation.quote for sentence in found.sentences for citation in sentence.citations)
    assert all(word.strip(".:;,") in quotes for word in words)
    for sentence in found.sentences:
        assert all(citation.quote in page.text for citation in sentence.citations)


async def test_nothing_is_said_twice() -> None:
    asked = analyse_question("What is your phone number?", ("en",), "en")
    pages = [passage("Call us: 01395 555 0150", number=number) for number in range(3)]
    found = await quote(asked, pages, dict.fromkeys(asked.words, 3.0), WordEmbedder())
    assert found is not None and len(found.sentences) == 1


async def test_an_answer_is_never_long() -> None:
    rows = "\n".join(f"Course {number} | Monday {number} pm | {number}0 €" for number in range(1, 60))
    found = await said("Which courses do you offer on Monday and what do they cost?", passage(rows), "en")
    assert sum(len(citation.quote.split()) for sentence in found.sentences for citation in sentence.citations) <= 150


def test_lines_are_told_apart_by_their_shape() -> None:
    laid = {one.unit.text: one for one in lay_out(FEES)}
    assert laid["Klippekort med 10 klip"].heading and not laid["Børn | 200 kr"].heading
    table = lay_out(POOL)
    header = next(number for number, one in enumerate(table) if one.columns)
    assert table[header].unit.text == "Dag | Morgen | Eftermiddag"
    assert all(one.header == header for one in table if one.unit.text.startswith(("Mandag", "Onsdag")))
    assert next(one for one in table if one.unit.text == "Læs mere").link
    bistro = {one.unit.text: one for one in lay_out(BISTRO)}
    assert bistro["Horaires"].heading and not bistro["fermé"].heading
    # A first row that is a value like the others names no columns.
    assert not any(one.columns for one in lay_out(passage("Lundi | fermé\nMardi | 10 h\nMercredi | 11 h")))


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Montag bis Freitag | 15:00", {0, 1, 2, 3, 4}),
        ("Fri-Mon 9-17", {4, 5, 6, 0}),
        ("Tirsdag - torsdag", {1, 2, 3}),
        ("Dimanche et lundi", {6, 0}),
        ("Weekends 9 am", {5, 6}),
        ("We do so to the last", set[int]()),
    ],
)
def test_weekdays_of_a_row(text: str, days: set[int]) -> None:
    assert days_in(text) == days


def test_weekdays_and_ages_that_are_asked_for() -> None:
    assert asked_days("lukker I om onsdagen?") == {2} == asked_days("Mittwochnachmittag offen?")
    assert asked_days("what do you do so early") == frozenset()
    assert asked_age("Was zahlt meine 12-Jährige?") == 12 and asked_age("open until 10 pm?") is None
    assert fits(10, "Børn 3-15 år | 25 kr") == 1 and fits(10, "Børn under 3 år") == -1 and fits(10, "Voksne") == 0


def test_lists_are_asked_for_in_many_ways() -> None:
    for question in ("what workshops are there?", "Welche Termine gibt es?", "quels ateliers proposez-vous"):
        assert wants_list(question)
    for question in ("What time do you close?", "Wie teuer ist es?", "Quel est le prix ?", "What is your address?"):
        assert not wants_list(question)


def test_the_weights_are_of_these_columns() -> None:
    asked = analyse_question("What does it cost?", ("da",), "da")
    reading = Reading(asked, [FEES], {})
    assert len(UNIT) == len(Column) == reading.features().shape[1]
    assert among(reading, np.zeros(len(reading.places), np.float32)).shape[1] == len(AMONG)


BAKERY = passage(
    "Cakes to order\nCake | 8 to 10 people | 14 to 16 people | Notice\nLemon and elderflower | £38 | £56 | 3 days\n"
    "Wedding cake | from £180 | from £240 | 6 weeks\n"
    "Savoury trays\nTray | For 6 people | For 12 people\nQuiche | £34 | £66\nSoup in a flask | £36 | £68\n"
    "Sweet trays Tray | For 6 people | For 12 people\nMacaroons | £22 | £42\nCut fruit | £16 | £30",
    title="Orders",
)
LOAVES = passage(
    "Loaves\nLoaf | Whole | Half\nWhite sourdough | £4.60 | £2.50\nDark rye | £5.20 | £2.90\nOlive | £5.40 | £3.00\n"
    "May I bring back jars?\nYes: 50p for every jar of ours.\n"
    "I left something behind. What now?\nWe keep things for four weeks behind the counter.",
    title="Bread",
)


@pytest.mark.parametrize(
    ("question", "page", "expected"),
    [
        ("How much is a wedding cake?", BAKERY, "Wedding cake – 8 to 10 people: from £180, 14 to 16 people: from £240"),
        # The next table of a run has its own name, and not that of the table before.
        ("How much are macaroons?", BAKERY, "Macaroons – For 6 people: £22, For 12 people: £42"),
        ("I left something behind", LOAVES, "I left something behind. What now? We keep things for four weeks"),
    ],
)
async def test_a_row_has_its_columns_and_an_answer_its_own_question(
    question: str, page: Passage, expected: str
) -> None:
    found = await said(question, page, "en")
    assert found.sentences[0].text.removeprefix("Cakes to order: ").startswith(expected)


async def test_of_a_table_the_rows_that_were_named_are_said_and_all_where_a_word_may_mean_another() -> None:
    rye = " ".join(sentence.text for sentence in (await said("How much is a rye loaf?", LOAVES, "en")).sentences)
    assert "Dark rye – Whole: £5.20" in rye and "Olive" not in rye and "sourdough" not in rye
    two = " ".join(
        sentence.text for sentence in (await said("Price of the rye and the olive?", LOAVES, "en")).sentences
    )
    assert "£5.20" in two and "£5.40" in two and "£4.60" not in two
    vague = " ".join(sentence.text for sentence in (await said("Price of rye or pain blanc?", LOAVES, "en")).sentences)
    assert "£5.20" in vague and "£4.60" in vague


async def test_no_answer_ends_with_the_next_question() -> None:
    found = await said("May I bring back jars?", LOAVES, "en")
    assert "left something" not in " ".join(sentence.text for sentence in found.sentences)


async def test_what_begins_something_else_is_not_said_at_the_end() -> None:
    page = passage(
        "May I bring my dog?\nDogs are welcome on a lead.\nI left something behind.\n"
        "Ask at the desk beside the stairs, everything that was found is kept there for four weeks.",
        title="Questions",
    )
    found = await said("can my dog come along", page, "en")
    text = " ".join(sentence.text for sentence in found.sentences)
    assert "Dogs are welcome" in text and not text.endswith("behind.")


@pytest.mark.parametrize(
    ("question", "language", "kinds"),
    [
        ("Was zahlt man für einen Tag?", "de", {Kind.PRICE}),
        ("hvad tager I for brudehår", "da", {Kind.PRICE}),
        ("c'est combien le menu", "fr", {Kind.PRICE}),
        ("how much do I have to fork out", "en", {Kind.PRICE}),
        ("Wie hoch ist die Gebühr?", "de", {Kind.PRICE}),
        ("habt ihr samstags auf", "de", {Kind.TIME}),
        ("habt ihr auf der Karte Pizza?", "de", set[Kind]()),
        ("wo seid ihr", "de", {Kind.ADDRESS}),
        ("vous etes ou", "fr", {Kind.ADDRESS}),
        ("hvor varmt er vandet", "da", {Kind.TEMPERATURE}),
        ("wie lang ist die Bahn", "de", {Kind.SIZE}),
        ("wie lang dauert der Kurs", "de", {Kind.DURATION}),
        ("Puis-je retourner une pelote qui ne me plaît pas ?", "fr", set[Kind]()),
        ("can I pause my membership when I'm injured", "en", set[Kind]()),
        ("can you tell me when it starts", "en", {Kind.TIME}),
    ],
)
def test_kinds_of_figures_are_asked_for_in_plain_speech(question: str, language: str, kinds: set[Kind]) -> None:
    assert analyse_question(question, (language,), language).kinds == kinds
