"""Search on a real database: complete, of one business and one generation only."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import numpy as np
import pytest

from app.db.pool import Database
from retrieval import recall
from retrieval.memory import Known, Memory
from retrieval.model import Knowledge, SearchResult
from retrieval.search import find as find_all
from retrieval.search import search
from tests.integration.retrieval.planting import Planted, plant
from tests.unit.retrieval.models import WordEmbedder

PAGES = [
    Planted("Opening hours\nMonday to Friday | 10:00 - 16:00\nSunday | closed", "Opening hours"),
    Planted("Admission\nAdults 5 €\nChildren 3 €", "Prices"),
    Planted("The owner is Karen Blix, who bakes the bread herself.", "About us"),
]


async def find(database: Database, knowledge: Knowledge, question: str, k: int = 5) -> SearchResult:
    transaction = database.bound(knowledge.business_id)
    return await search(question, knowledge, transaction=transaction, embedder=WordEmbedder(), k=k)


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("When are you open on Sunday?", "Opening hours"),
        ("What does a child pay?", "Prices"),
        ("admision chlidren", "Prices"),
        ("Wie viel kostet der Eintritt?", "Prices"),
        ("who is the owner", "About us"),
    ],
)
async def test_the_right_passage_comes_first(database: Database, question: str, title: str) -> None:
    knowledge = await plant(database, PAGES)
    result = await find(database, knowledge, question)
    assert result.passages[0].title == title
    assert [passage.score for passage in result.passages] == sorted((p.score for p in result.passages), reverse=True)


@pytest.mark.parametrize("count", [1, 3, 40, 230])
async def test_rows_returned_are_the_smaller_of_k_and_all(database: Database, count: int) -> None:
    await plant(database, [Planted(f"other shop sells thing{n}") for n in range(30)])
    knowledge = await plant(database, [Planted(f"our shelf holds item{n} and part{n * 7}") for n in range(count)])
    for k in (1, 5, 50):
        result = await find(database, knowledge, "which shelf holds item3", k)
        assert len(result.passages) == min(k, count)
        assert len({passage.chunk_no for passage in result.passages}) == len(result.passages)


async def test_vectors_in_memory_and_in_the_database_rank_alike(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = "bread cake coffee tea garden music parking ticket room table chair lamp door roof".split()
    texts = [
        f"{words[n % 14]} and {words[n * 5 % 14]}\n{words[n * 3 % 14]} by the {words[n * 11 % 14]}" for n in range(220)
    ]
    held = await plant(database, [Planted(f"{text} number{n}") for n, text in enumerate(texts)])
    other = await plant(database, [Planted(f"{text} number{n}") for n, text in enumerate(texts)])
    for question in ("coffee in the garden", "number17", "a lamp by the door and a chair"):
        in_memory = await find(database, held, question, 20)
        with monkeypatch.context() as patch:
            patch.setattr(recall, "HELD_PASSAGES", 0)
            patch.setattr(recall, "_memory", Memory())
            in_database = await find(database, other, question, 20)
        # The database rounds the question to half floats too, so what is equally good may change places.
        assert [p.score for p in in_memory.passages] == pytest.approx([p.score for p in in_database.passages], abs=5e-3)
        dense = {p.chunk_no: p.dense for p in in_database.passages}
        both = [p for p in in_memory.passages if p.chunk_no in dense]
        assert len(both) >= 10 and all(p.dense == pytest.approx(dense[p.chunk_no], abs=2e-3) for p in both)


async def test_pages_that_differ_in_a_price_only_are_both_shown(database: Database) -> None:
    same = "The day ticket of the pool in {} costs {} euros for grown-ups and is sold at the desk from ten o'clock on"
    texts = [f"{same.format('the valley', price)} every day of the week all year round" for price in (4, 4, 6)]
    knowledge = await plant(database, [Planted(text) for text in texts] + [Planted("We also sell towels and ice.")])
    found = await find(database, knowledge, "day ticket of the pool", 2)
    assert {text.split(" costs ")[1][0] for text in (p.text for p in found.passages)} == {"4", "6"}


def test_memory_is_bounded_and_forgets_the_least_recent() -> None:
    memory = Memory(max_bytes=100_000)
    norms = np.zeros(1000, np.float32)
    ids = [uuid4() for _ in range(50)]
    for number in ids:
        memory.keep(number, 1, Known(1000, norms, norms, ("en",)))
    assert len(memory) <= 12
    assert memory.find(ids[-1], 1) is not None and memory.find(ids[0], 1) is None
    assert memory.find(ids[-1], 2) is None  # another generation is another text


async def test_no_words_of_another_business_are_found(database: Database) -> None:
    await plant(database, [Planted("the secret canary is QXZW77")])
    knowledge = await plant(database, PAGES)
    result = await find(database, knowledge, "secret canary QXZW77", 50)
    assert len(result.passages) == 3 and all("QXZW77" not in passage.text for passage in result.passages)


async def test_another_business_with_our_knowledge_in_hand_sees_nothing(database: Database) -> None:
    ours, theirs = await plant(database, PAGES), await plant(database, PAGES)
    transaction = database.bound(theirs.business_id)
    result = await search(
        "open on Sunday", replace(ours, generation=1), transaction=transaction, embedder=WordEmbedder()
    )
    assert result.passages == ()


async def test_a_new_generation_is_searched_at_once(database: Database) -> None:
    first = await plant(database, PAGES)
    assert (await find(database, first, "owner")).passages[0].title == "About us"
    second = await plant(
        database, [Planted("The owner is Otto Lund.", "New owner")], generation=2, business=first.business_id
    )
    [passage] = (await find(database, second, "owner")).passages
    assert passage.title == "New owner"
    assert len((await find(database, first, "owner")).passages) == 3  # who began before goes on with the old


async def test_nothing_published_finds_nothing(database: Database) -> None:
    knowledge = await plant(database, PAGES)
    result = await find(database, replace(knowledge, generation=None), "When are you open?")
    assert result.passages == () and result.language == "en"


async def test_near_copies_go_behind_others(database: Database) -> None:
    text = "Our summer fair has music, cake and a raffle for the whole family in the park. "
    copies = [Planted(text * 3 + f"Seen {n} times.", f"Fair {n}") for n in range(6)]
    others = [Planted("The fair pays for the school garden and its bees.", "Why a fair")]
    knowledge = await plant(database, [*copies, *others])
    result = await find(database, knowledge, "summer fair music cake", 3)
    first, second, _ = [passage.title for passage in result.passages]
    assert first.startswith("Fair ") and second == "Why a fair"
    assert len(result.passages) == 3


async def test_odd_questions_break_nothing(database: Database) -> None:
    knowledge = await plant(database, PAGES)
    for question in ("?", "🙂", "'; DROP TABLE chunks; --", "a" * 2000, "% _ \\", "\u200b", "وقت", "营业时间"):
        assert len((await find(database, knowledge, question)).passages) == 3


async def test_pages_in_two_languages_are_both_found(database: Database) -> None:
    pages = [
        Planted("Parkplätze gibt es hinter dem Haus.", "Anfahrt", language="de"),
        Planted("There is a cloakroom with lockers.", "Lockers", language="en"),
        Planted("Brot und Kuchen.", "Laden", language="de"),
    ]
    knowledge = await plant(database, pages, language="de")
    assert (await find(database, knowledge, "where can I park?")).passages[0].title == "Anfahrt"
    assert (await find(database, knowledge, "Gibt es eine Garderobe?")).passages[0].title == "Lockers"


async def test_a_compound_is_found_by_its_parts(database: Database) -> None:
    filler = [Planted(f"Seite {n} über etwas ganz anderes.", f"Seite {n}", language="de") for n in range(12)]
    pages = [Planted("Die Bienen wohnen im Haus am Wald.", "Besuch", language="de"), *filler]
    knowledge = await plant(database, pages, language="de")
    assert (await find(database, knowledge, "Wo steht das Bienenhaus im Wald?")).passages[0].title == "Besuch"


async def test_a_misspelt_rare_word_is_found_even_alone(database: Database) -> None:
    filler = [Planted(f"Page {n} is about something else, and so on.", f"Page {n}") for n in range(12)]
    knowledge = await plant(database, [Planted("A porcelain crown costs 640.", "Fees"), *filler])
    for question in ("porcelian", "porcelan", "porcelainn price"):
        assert (await find(database, knowledge, question)).passages[0].title == "Fees", question


async def test_codes_numbers_and_dates_are_found_whole(database: Database) -> None:
    codes = ("A-113", "A-118", "4x4", "24/12", "N95", "1.000,50")
    knowledge = await plant(database, [Planted(f"Article {code} is here.", code) for code in codes])
    for code in codes:
        assert (await find(database, knowledge, f"do you have {code}")).passages[0].title == code


async def test_places_are_shared_by_the_parts_of_a_question(database: Database) -> None:
    tickets = [Planted(f"A ticket costs {n} euros for the tour number {n}.", f"Tour {n}") for n in range(3, 12)]
    pages = [*tickets, Planted("Cars may stand behind the house.", "Parking")]
    knowledge = await plant(database, pages)
    result = await find(database, knowledge, "What does a ticket for a tour cost and is there parking?", 3)
    assert "Parking" in [passage.title for passage in result.passages[:3]]
    assert result.parts == (
        "What does a ticket for a tour cost and is there parking?",
        "What does a ticket for a tour cost",
        "is there parking?",
    )
    one = await find(database, knowledge, "is there parking?")
    assert one.parts == ("is there parking?",)


async def test_a_translation_finds_what_the_question_cannot(database: Database) -> None:
    pages = [Planted(f"Nothing about it, page {n}.", f"Page {n}") for n in range(12)]
    knowledge = await plant(database, [*pages, Planted("Swords are sharpened on Tuesdays.", "Blades")])
    transaction = database.bound(knowledge.business_id)
    asked = "Wer schleift hier eigentlich Schwerter?"
    found = await find_all(
        asked,
        knowledge,
        transaction=transaction,
        embedder=WordEmbedder(),
        k=3,
        translated=["Who sharpens swords?"],
    )
    assert found.result.passages[0].title == "Blades"
    assert found.question.text == asked and [question.language for question in found.translated] == ["en"]
    assert found.result.parts == (asked, "Who sharpens swords?")


async def test_what_stands_beside_the_best_joins_a_long_list(database: Database) -> None:
    filler = [Planted(f"The rabbit and the {n} hares of the field and wood.", f"Hares {n}") for n in range(40)]
    cut = [Planted("Rabbit breeding needs a permit.", "Rules"), Planted("It is given at the town hall.", "Rules")]
    knowledge = await plant(database, [*filler[:20], *cut, *filler[20:]])
    titles = [passage.text for passage in (await find(database, knowledge, "rabbit breeding permit", 12)).passages]
    assert "It is given at the town hall." in titles
    assert len(titles) == len(set(titles)) == 12
