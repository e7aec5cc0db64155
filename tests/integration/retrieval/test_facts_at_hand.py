"""Phone, mail, address and prices from facts: answered where they decide, first among the passages where a model
writes, and never what the owner set aside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from psycopg.types.json import Json

from app.db.pool import Database
from ingestion.facts.model import subject_key_of, value_key_of
from retrieval.answer import answer
from retrieval.model import Answer, AnswerEnded, AnswerMode, Asked, Knowledge, Turn
from retrieval.ports import AnswerPorts, Connection, ModelFailed
from tests.integration.retrieval.planting import Planted, plant
from tests.integration.retrieval.test_answer import NoTokenizer
from tests.unit.retrieval.models import ScriptedModel, WordEmbedder

PAGES = [
    Planted("Contact\nCall us: 12 34 56 78\nWrite to hello@baths.example\nSea Road 4, 9000 Harbour", "Contact"),
    Planted("Friends of the baths\nFriends: 87 65 43 21", "Friends"),
    Planted("Day ticket\nAdults 5,00 €\nChildren 3,00 €\nSeason ticket\nAdults 50,00 €", "Prices"),
    Planted("Sauna 12,00 € per hour\nTowel 2,00 €\nThe sauna is hot and stands behind the pool.", "Sauna"),
    Planted("Adults pay 6,00 € for a towel and a locker.\nTowel 4,00 €", "Leaflet"),
]
AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
PHONE = {"e164": "+4512345678"}


def price(amount: str, **more: Any) -> dict[str, Any]:
    return {"amount": amount, "currency": "EUR", **more}


FOUND: list[tuple[str, str, dict[str, Any], str]] = [
    ("phone", "", PHONE, "12 34 56 78"),
    ("phone", "Friends of the baths", {"e164": "+4587654321"}, "87 65 43 21"),
    ("email", "", {"address": "hello@baths.example"}, "hello@baths.example"),
    ("address", "", {"street": "Sea Road 4", "postcode": "9000", "city": "Harbour"}, "Sea Road 4, 9000 Harbour"),
    ("price", "Day ticket · Adults", price("5.00"), "Adults 5,00 €"),
    ("price", "Day ticket · Children", price("3.00"), "Children 3,00 €"),
    ("price", "Season ticket · Adults", price("50.00"), "Adults 50,00 €"),
    ("price", "Sauna", price("12.00", per="hour"), "12,00 €"),
]


class Baths:
    def __init__(self, database: Database, knowledge: Knowledge):
        self.database, self.knowledge, self.number = database, knowledge, 0

    async def state(self, kind: str, subject: str, value: dict[str, Any], shown: str) -> None:
        self.number += 1
        row = self._row(kind, subject, value, shown) | {"g": 1, "n": self.number}
        async with self.database.business_transaction(self.knowledge.business_id) as conn:
            await conn.execute(
                "INSERT INTO found_facts (business_id, generation, fact_no, document_id, version_id, kind, origin,"
                " subject, subject_key, value, value_key, shown) SELECT %(b)s, %(g)s, %(n)s, document_id, version_id,"
                " %(kind)s, 'text', %(subject)s, %(key)s, %(value)s, %(value_key)s, %(shown)s"
                " FROM generation_documents WHERE business_id = %(b)s LIMIT 1",
                row,
            )

    async def decide(self, state: str, kind: str, subject: str, value: dict[str, Any], shown: str = "-") -> None:
        async with self.database.business_transaction(self.knowledge.business_id) as conn:
            await conn.execute(
                "INSERT INTO facts (business_id, state, kind, subject, subject_key, value_key, decided_by, decided_as,"
                " shown, value, updated_at) VALUES (%(b)s, %(state)s, %(kind)s, %(subject)s, %(key)s, %(value_key)s,"
                " 'account:x', 'The owner', %(shown)s, %(value)s, %(at)s)",
                self._row(kind, subject, value, shown) | {"state": state, "at": AT},
            )
            if state != "rejected":
                await self._keep_as_own_words(conn, shown)

    async def _keep_as_own_words(self, conn: Connection, line: str) -> None:
        """As it is live once what the owner said is read."""
        self.number += 1
        row = {"b": self.knowledge.business_id, "d": uuid4(), "v": uuid4(), "t": line, "n": 100 + self.number}
        row |= {"u": f"fact:{row['d']}", "h": line.encode()}
        await conn.execute(
            "INSERT INTO documents (business_id, document_id, source_id, url)"
            " SELECT %(b)s, %(d)s, source_id, %(u)s FROM sources WHERE business_id = %(b)s LIMIT 1",
            row,
        )
        await conn.execute(
            "INSERT INTO document_versions (business_id, version_id, document_id, words, content_hash, media_type,"
            " title, links, blocks, text) VALUES (%(b)s, %(v)s, %(d)s, 1, 'h', 'text/plain', 't', '{}', '[]', %(t)s)",
            row,
        )
        await conn.execute(
            "INSERT INTO generation_documents (business_id, generation, document_id, version_id)"
            " VALUES (%(b)s, 1, %(d)s, %(v)s)",
            row,
        )
        await conn.execute(
            "INSERT INTO chunks (business_id, generation, chunk_no, document_id, version_id, tokens, kind, language,"
            " text_hash, spans, title, heading_path, text) VALUES (%(b)s, 1, %(n)s, %(d)s, %(v)s, 9, 'page', 'en',"
            " %(h)s, '{0,1}', 'The owner, 20 November 2026', '{}', %(t)s)",
            row,
        )

    def _row(self, kind: str, subject: str, value: dict[str, Any], shown: str) -> dict[str, Any]:
        keys = {"key": subject_key_of(subject), "value_key": value_key_of(value)}
        return keys | {
            "b": self.knowledge.business_id, "kind": kind, "subject": subject, "value": Json(value), "shown": shown,
        }  # fmt: skip

    async def ask(self, question: str, *models: ScriptedModel, history: Sequence[Turn] = ()) -> Answer:
        ports = AnswerPorts(
            self.database.bound(self.knowledge.business_id), WordEmbedder(), NoTokenizer(), models, now=lambda: AT
        )
        asked = Asked(question, tuple(history))
        ended = [e.answer async for e in answer(self.knowledge, asked, ports) if isinstance(e, AnswerEnded)]
        for sentence in ended[0].sentences:
            for citation in sentence.citations:
                assert citation.quote in ended[0].passages[citation.passage - 1].text
        return ended[0]


@pytest.fixture
async def baths(database: Database) -> Baths:
    made = Baths(database, await plant(database, PAGES))
    for kind, subject, value, shown in FOUND:
        await made.state(kind, subject, value, shown)
    return made


def told(answered: Answer) -> list[tuple[str, list[str]]]:
    return [(one.text, [citation.quote for citation in one.citations]) for one in answered.sentences]


async def test_contacts_and_prices_are_told_from_facts(baths: Baths) -> None:
    assert told(await baths.ask("What is your phone number?")) == [
        ("Phone: 12 34 56 78", ["Call us: 12 34 56 78"]),
    ]
    assert told(await baths.ask("Wie ist Ihre E-Mail-Adresse?")) == [
        ("E-Mail: hello@baths.example", ["Write to hello@baths.example"])
    ]
    assert (await baths.ask("Quelle est votre adresse ?")).text == "Adresse : Sea Road 4, 9000 Harbour"
    assert [text for text, _ in told(await baths.ask("How can I contact you?"))] == [
        "Phone: 12 34 56 78.",
        "Mail: hello@baths.example",
    ]
    assert (await baths.ask("phone number of the friends of the baths")).text == (
        "Phone (Friends of the baths): 87 65 43 21"
    )
    assert told(await baths.ask("How much is a day ticket for adults?")) == [
        ("Day ticket – Adults: Adults 5,00 €", ["Day ticket", "Adults 5,00 €"])
    ]
    # What a price is for stays beside it.
    assert (await baths.ask("What does the sauna cost?")).text == "Sauna 12,00 € per hour"


@pytest.mark.parametrize(
    "question",
    [
        "What is the emergency number at night?",
        "Can I pay by phone?",
        "What does a day ticket for a group of 10 adults cost?",
        "What do adults pay?",  # of the day, or of the season
        "How much is a reduced day ticket for adults?",
        "How much is a day ticket for adults today?",
        "What is the phone number of the café?",
    ],
)
async def test_what_is_narrower_than_a_fact_is_not_told_as_one(baths: Baths, question: str) -> None:
    assert (await baths.ask(question)).timings.embed > 0  # it was searched for


async def test_of_the_part_spoken_of_before_the_business_is_not_told(baths: Baths) -> None:
    history = (Turn("visitor", "Who are the friends of the baths?"), Turn("assistant", "They help."))
    assert (await baths.ask("What is the phone number?", history=history)).timings.embed > 0


async def test_pages_that_say_two_things_are_both_quoted(baths: Baths) -> None:
    await baths.state("phone", "", {"e164": "+4511111111"}, "Adults pay 6,00 €")
    [(text, quotes)] = told(await baths.ask("Your phone number?"))
    assert text.startswith("Phone: the site names several. “Call us: 12 34 56 78” (Contact)") and len(quotes) == 2
    await baths.state("phone", "", {"e164": "+4522222222"}, "Towel 4,00 €")
    assert (await baths.ask("Your phone number?")).timings.embed > 0  # of three nobody can say which is meant


async def test_a_line_that_names_two_is_quoted_once(baths: Baths) -> None:
    await baths.state("email", "", {"address": "shop@baths.example"}, "hello@baths.example")
    [(text, _)] = told(await baths.ask("What is your email address?"))
    assert "several" in text and text.count("Write to hello@baths.example") == 1


async def test_the_owners_word_stands_over_pages_and_says_since_when(baths: Baths) -> None:
    await baths.decide("rejected", "phone", "", PHONE)
    await baths.decide("corrected", "phone", "", {"e164": "+4599999999"}, "Phone: +4599999999")
    await baths.decide("corrected", "price", "Sauna", price("15.00", per="hour"), "Sauna: 15.00 EUR / hour")
    assert told(await baths.ask("What is your phone number?")) == [
        ("Phone: +4599999999 (as the business itself says, 20 November 2026)", ["Phone: +4599999999"])
    ]
    asked = await baths.ask("Was kostet die Sauna?")
    assert asked.text == "Sauna: 15.00 EUR / hour (Angabe des Betriebs, 20. November 2026)"


async def test_what_the_owner_set_aside_reaches_neither_quote_nor_model(baths: Baths) -> None:
    await baths.decide("rejected", "phone", "", PHONE)
    await baths.decide("confirmed", "price", "Day ticket · Adults", price("7.00"), "Day ticket · Adults: 7.00 EUR")
    for question in ("How can I call?", "Contact by phone please today", "What is a day ticket for adults?"):
        answered = await baths.ask(question)
        shown = answered.text + "".join(passage.text for passage in answered.passages)
        assert "12 34 56 78" not in shown and "Adults 5,00" not in shown, question
    model = ScriptedModel(["Adults pay 5,00 € for a day ticket [1][2][3]."])
    answered = await baths.ask("What does a day ticket for adults cost at the baths?", model)
    [prompt] = [messages[-1].content for messages in model.asked]
    assert "Adults 5,00" not in prompt and "Children 3,00" in prompt and "Adults 50,00" in prompt
    assert "5,00" not in answered.text.replace("50,00", "")


async def test_facts_stand_first_for_a_model_and_are_cited_like_pages(baths: Baths) -> None:
    model = ScriptedModel(["Call 12 34 56 78 [1]."])
    answered = await baths.ask("Under which phone number can I reach the baths?", model)
    assert answered.passages[0].fact and answered.passages[0].text == "Call us: 12 34 56 78"
    assert 'number="1" kind="fact of the business"' in model.asked[0][-1].content
    assert answered.mode is AnswerMode.MODEL and answered.sentences[0].citations[0].quote == "Call us: 12 34 56 78"


async def test_when_the_model_fails_the_facts_still_answer(baths: Baths) -> None:
    answered = await baths.ask("What is your phone number?", ScriptedModel([ModelFailed("quota")]))
    assert answered.text == "Phone: 12 34 56 78" and answered.mode is AnswerMode.QUOTE
