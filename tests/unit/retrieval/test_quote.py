"""Quote mode by golden cases: hours, price, address, phone, person, yes and no, in four languages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from retrieval import evidence
from retrieval.evidence import Verdict, judge
from retrieval.model import Passage
from retrieval.phrases import Phrase, say
from retrieval.question import analyse_question
from retrieval.quote import Quoted, quote
from retrieval.quoting.features import Column, Reading
from tests.unit.retrieval.models import WordEmbedder
from tests.unit.retrieval.passages import passage

ENGLISH = [
    passage(
        "Opening times\nMonday | 9:00 - 17:00\nTuesday | 9:00 - 19:00\nSaturday | 10:00 - 13:00\n"
        "We are closed on Sundays.",
        title="Opening times",
    ),
    passage(
        "Repairs\nNew tube\n12 €\nFull service\n95 €\nWe take cash and debit cards, but no cheques.",
        title="Prices",
        number=1,
    ),
    passage(
        "The owner is Karen Blix. She founded the workshop in 2004 and teaches the courses.\n"
        "Harbour Bikes, 14 Willow Lane, Ashby LE65 2FR, phone 01530 555 0182\nDogs may come in.",
        title="About us",
        number=2,
    ),
]
GERMAN = [
    passage(
        "Öffnungszeiten\nDienstag bis Freitag: 9 bis 18 Uhr\nSamstag: 9 bis 13 Uhr\nMontag: Ruhetag", title="Zeiten"
    ),
    passage(
        "Preise\nSchlauch wechseln\n12 €\nGroße Inspektion\n95 €\nKreditkarten nehmen wir nicht.",
        title="Preise",
        number=1,
    ),
    passage("Inhaberin: Petra Vogt\nUferweg 8, 88131 Lindau\nTelefon 08382 55 01 77", title="Kontakt", number=2),
]
DANISH = [
    passage("Åbningstider\nMandag til fredag | 6.30-18.00\nLørdag | 7.00-17.00\nSøndag | lukket", title="Åbningstider"),
    passage("Priser\nRugbrød, helt | 48 kr\nKanelsnegl | 28 kr\nVi tager ikke kontanter.", title="Priser", number=1),
    passage("Ejer: Signe Holm\nSjællandsgade 41, 2200 København N\nTelefon 35 55 21 09", title="Kontakt", number=2),
]
FRENCH = [
    passage("Horaires\nLundi au vendredi | 9 h - 18 h\nSamedi | 9 h - 12 h\nDimanche | fermé", title="Horaires"),
    passage(
        "Tarifs\nChambre Lavande | 85 €\nChambre Olivier | 110 €\nLes chiens sont acceptés.", title="Tarifs", number=1
    ),
    passage(
        "Propriétaire : Claire Arnaud\n230 chemin du Moulin, 84400 Saignon\nTéléphone 04 90 55 01 63",
        title="Contact",
        number=2,
    ),
]


async def quoted(question: str, pages: list[Passage], language: str) -> Quoted:
    asked = analyse_question(question, (language,), language)
    rarity = dict.fromkeys(asked.words, 3.0)
    found = await quote(asked, pages, rarity, WordEmbedder())
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("question", "pages", "language", "holds"),
    [
        ("What time do you close on Tuesday?", ENGLISH, "en", "Tuesday | 9:00 - 19:00"),
        ("Are you open on Sundays?", ENGLISH, "en", "We are closed on Sundays."),
        ("How much is a full service?", ENGLISH, "en", "Full service\n95 €"),
        ("Do you take cheques?", ENGLISH, "en", "no cheques"),
        ("What is your address?", ENGLISH, "en", "14 Willow Lane, Ashby LE65 2FR"),
        ("phone number", ENGLISH, "en", "01530 555 0182"),
        ("Who is the owner?", ENGLISH, "en", "The owner is Karen Blix."),
        ("may my dog come in", ENGLISH, "en", "Dogs may come in."),
        ("Wann habt ihr samstags offen?", GERMAN, "de", "Samstag: 9 bis 13 Uhr"),
        ("Was kostet Schlauch wechseln?", GERMAN, "de", "Schlauch wechseln\n12 €"),
        ("Nehmt ihr Kreditkarten?", GERMAN, "de", "Kreditkarten nehmen wir nicht."),
        ("Wie ist die Adresse?", GERMAN, "de", "Uferweg 8, 88131 Lindau"),
        ("Telefonnummer?", GERMAN, "de", "08382 55 01 77"),
        ("Wer ist die Inhaberin?", GERMAN, "de", "Petra Vogt"),
        ("hvornår lukker I om lørdagen", DANISH, "da", "Lørdag | 7.00-17.00"),
        ("hvad koster en kanelsnegl", DANISH, "da", "Kanelsnegl | 28 kr"),
        ("kan man betale med kontanter", DANISH, "da", "Vi tager ikke kontanter."),
        ("hvad er jeres adresse", DANISH, "da", "Sjællandsgade 41, 2200 København N"),
        ("hvem er ejer", DANISH, "da", "Signe Holm"),
        ("Quels sont les horaires du samedi ?", FRENCH, "fr", "Samedi | 9 h - 12 h"),
        ("combien coûte la chambre olivier", FRENCH, "fr", "Chambre Olivier | 110 €"),
        ("acceptez-vous les chiens", FRENCH, "fr", "Les chiens sont acceptés."),
        ("quelle est votre adresse", FRENCH, "fr", "230 chemin du Moulin, 84400 Saignon"),
        ("numéro de téléphone", FRENCH, "fr", "04 90 55 01 63"),
    ],
)
async def test_the_quote_holds_what_was_asked(question: str, pages: list[Passage], language: str, holds: str) -> None:
    found = await quoted(question, pages, language)
    assert any(holds in citation.quote for sentence in found.sentences for citation in sentence.citations)
    assert len(found.sentences) <= 3 and sum(len(sentence.text.split()) for sentence in found.sentences) <= 80
    for sentence in found.sentences:
        for citation in sentence.citations:
            source = pages[citation.passage - 1]
            assert citation.quote in source.text and citation.url == source.url
        said, cited = (
            "".join(sign for sign in text if sign.isalnum())
            for text in (sentence.text, "".join(citation.quote for citation in sentence.citations))
        )
        assert said == cited


async def test_a_wall_of_text_is_cut_around_what_was_asked() -> None:
    wall = "and so on " * 120 + "the parking garage costs 7 € a day " + "and so forth " * 120
    found = await quoted("What does parking cost?", [passage(wall)], "en")
    [sentence] = found.sentences
    assert "7 €" in sentence.text and len(sentence.text.split()) <= 62
    assert sentence.text.startswith("… ") and sentence.text.endswith(" …")
    assert sentence.citations[0].quote in wall


async def test_a_row_is_told_with_the_label_it_stands_under() -> None:
    page = passage("Day ticket\nAdults 5 €\nChildren 3 €\nEvening ticket\nAdults 2 €\nChildren 1 €", title="Prices")
    found = await quoted("What is the price of an evening ticket for adults?", [page], "en")
    assert any(sentence.text.startswith("Evening ticket: Adults 2 €") for sentence in found.sentences)
    for sentence in found.sentences:
        assert all(citation.quote in page.text for citation in sentence.citations)


async def test_what_the_owner_wrote_as_an_answer_is_said_whole() -> None:
    asked = "Do you ship bread to Norway?"
    text = f"{asked}\nNo, but these friends do:\nBaker Hansen in Oslo\nSamson"
    page = replace(passage(text, title=asked), url="faq:0199")
    found = await quoted(asked, [page], "en")
    [sentence] = found.sentences
    assert sentence.text == "No, but these friends do: Baker Hansen in Oslo; Samson"
    assert sentence.citations[0].quote == "No, but these friends do:\nBaker Hansen in Oslo\nSamson"
    long = replace(page, text=f"{asked}\n" + "We send to many places far away. " * 60)
    found = await quoted(asked, [long], "en")
    assert sum(len(one.text.split()) for one in found.sentences) <= 80


async def test_no_passage_gives_no_quote() -> None:
    asked = analyse_question("When?", ("en",), "en")
    assert await quote(asked, [], {}, WordEmbedder()) is None
    assert judge(asked, [], None, {}) is Verdict.NOTHING


async def test_what_the_site_never_speaks_of_is_not_answered() -> None:
    asked = analyse_question("Do you rent helicopters for weddings?", ("en",), "en")
    pages = [
        passage("Bread and cakes from our oven.", score=0.2),
        passage("The mill stands on a hill.", number=1, score=0.1),
    ]
    found = await quote(asked, pages, {}, WordEmbedder())
    assert judge(asked, pages, found, {}) is Verdict.NOTHING


async def test_a_find_that_shares_nothing_with_the_question_is_no_answer_however_far_it_stands_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(evidence, "strength_of", lambda *_: 5.0)
    pages = [
        passage("Bread and cakes from our oven.", score=0.9),
        passage("Baker Street 5, 8000 Aarhus. Call 86 12 34 56.", number=1, score=0.1),
    ]
    expected = {
        "Do you have parking?": Verdict.NOTHING,
        "Do you bake bread?": Verdict.ANSWERS,
        "What is your phone number?": Verdict.ANSWERS,
    }
    for question, verdict in expected.items():
        asked = analyse_question(question, ("en",), "en")
        rarity = {"bake": 3.0, "bread": 3.0}
        found = await quote(asked, pages, rarity, WordEmbedder())
        assert judge(asked, pages, found, rarity) is verdict, question
    # A phone number is near to who asks for a mail address, and is none.
    asked = analyse_question("What is your email?", ("en",), "en")
    found = await quote(asked, pages[1:], {}, WordEmbedder())
    assert found is not None
    found.features[Column.COSINE] = 0.9
    assert judge(asked, pages[1:], found, {"email": 1.0}) is Verdict.CLOSEST


async def test_who_said_a_fact_is_not_what_it_is_about() -> None:
    own = replace(passage("Phone: +4586123456"), title="The owner, 21 November 2026", url="fact:contact/The owner")
    asked = analyse_question("Who is the owner?", ("en",), "en")
    reading = Reading(asked, [own], {})
    assert "owner" not in reading.in_context(reading.places[0])


async def test_what_the_site_says_word_for_word_is_answered() -> None:
    asked = analyse_question("How much is a full service?", ("en",), "en")
    rarity = dict.fromkeys(asked.words, 3.0)
    found = await quote(asked, ENGLISH, rarity, WordEmbedder())
    assert judge(asked, ENGLISH, found, rarity) is not Verdict.NOTHING


def test_our_own_sentences_exist_in_the_languages_of_the_widget() -> None:
    english = {phrase: say(phrase, "en") for phrase in Phrase}
    for language in ("de", "da", "fr", "es", "it", "nl", "pt", "sv", "no", "pl"):
        for phrase in Phrase:
            assert say(phrase, language) != english[phrase]
    assert say(Phrase.NO_ANSWER, "nn") == say(Phrase.NO_ANSWER, "no")
    assert say(Phrase.NO_ANSWER, "xx") == english[Phrase.NO_ANSWER]
