"""What visitors ask in vain is collected once a visitor, without who they are, with those who asked the same."""

from __future__ import annotations

import asyncio
import hashlib

from app.businesses.create import create_business
from app.businesses.model import NewBusiness
from app.conversations.erase import erase_visitor
from app.conversations.running import AnswerTasks
from app.gaps.answer import answer_gap
from app.gaps.arrange import dismiss, merge, reopen, split
from app.gaps.board import with_examples
from app.retention.queries import delete_old_gap_questions, unlink_gap_questions
from tests.integration.gaps.conftest import Bakery, WordEmbedder

HERE = "operator"


async def test_same_question_of_several_visitors_is_one_gap_and_another_is_another(bakery: Bakery) -> None:
    await bakery.ask("Can I bring my dog?", "a")
    await bakery.ask("Are dogs allowed inside?", "b")
    await bakery.ask("Darf ich meinen Hund mitbringen?", "c", language="de")
    await bakery.ask("Can I bring my cat?", "d")
    assert await bakery.labels() == [("Can I bring my dog?", 3), ("Can I bring my cat?", 1)]
    assert (await bakery.board())[0].languages == ("de", "en")


async def test_visitor_who_asks_again_and_again_counts_once(bakery: Bakery) -> None:
    first = await bakery.ask("Can I bring my dog?", "a")
    bakery.later(hours=1)
    await bakery.ask("can i bring my dog", "a")
    await bakery.collect(first)  # a job that runs twice
    [gap] = await bakery.board()
    assert (gap.visitors, gap.last_asked_at) == (1, bakery.now)


async def test_same_question_taken_in_by_two_workers_at_once_is_one_gap(bakery: Bakery) -> None:
    ids = [await bakery.ask("Do you have parking?", str(number), collect=False) for number in range(6)]
    await asyncio.gather(*(bakery.collect(one) for one in ids))
    assert await bakery.labels() == [("Do you have parking?", 6)]


async def test_what_is_no_question_is_not_collected(bakery: Bakery) -> None:
    nothing = ["hello", "Thanks!", "asdfgh", "jkfdslkjf sdlkf", "test test", "????", "12345", "aaaaaaaa"]
    nothing.append("https://spam.example/x")
    for number, text in enumerate([*nothing, "I want to talk to a person"]):
        await bakery.ask(text, str(number))
    await bakery.ask("Do you sell rye bread?", "z", outcome="answered")
    assert await bakery.board(None) == []


async def test_short_questions_and_other_scripts_are_collected(bakery: Bakery) -> None:
    for number, text in enumerate(
        ["wifi?", "バスはありますか", "Πού μπορώ να παρκάρω;", "Hvornår?", "مواقف السيارات؟"]
    ):
        await bakery.ask(text, str(number))
    assert len(await bakery.board()) == 5


async def test_nothing_of_who_asked_is_stored_or_embedded(bakery: Bakery) -> None:
    await bakery.ask("Hi, my name is Anna Jensen, +45 20 12 34 56. Do you bake wedding cakes?")
    [gap] = await bakery.board()
    assert gap.label == "Hi, my name is [name], [phone]. Do you bake wedding cakes?"
    assert bakery.embedder.texts == [gap.label]
    [row] = await bakery.rows("SELECT text_sealed FROM gap_questions")
    assert b"wedding" not in bytes(row["text_sealed"])


async def test_forgotten_visitor_takes_the_questions_along_at_once(bakery: Bakery) -> None:
    await bakery.ask("Can I bring my dog?", "a")
    await bakery.ask("can I bring my dog", "b")
    await bakery.ask("Do you have parking?", "a")
    late = await bakery.ask("Do you sell rye bread?", "a", collect=False)
    await erase_visitor(
        bakery.database, bakery.vault, AnswerTasks(), bakery.business_id, hashlib.md5(b"a").hexdigest()
    )  # fmt: skip
    await bakery.collect(late)  # its job still waits
    assert await bakery.labels(None) == [("can I bring my dog", 1)]
    assert len(await bakery.rows("SELECT gap_id FROM gaps")) == 1


async def test_visitors_who_left_nothing_are_counted_as_lost_also_when_the_transcript_is_gone(bakery: Bakery) -> None:
    for visitor in "abc":
        await bakery.ask("Can I bring my dog?", visitor)
    person = await bakery.person_of("a")
    await bakery.rows(
        "INSERT INTO leads (business_id, person_id, created_at, idempotency_key, body_hash)"
        " VALUES (%s, %s, %s, 'i', 'h')",
        bakery.business_id, person, bakery.now,
    )  # fmt: skip
    [gap] = await bakery.board()
    assert (gap.visitors, gap.lost) == (3, 2)
    await bakery.rows("DELETE FROM conversations")
    async with bakery.database.business_transaction(bakery.business_id) as conn:
        await unlink_gap_questions(conn, bakery.business_id)
    await bakery.rows("DELETE FROM people")
    [gap] = await bakery.board()
    assert (gap.visitors, gap.lost) == (3, 2)
    links = await bakery.rows("SELECT message_id, conversation_id, person_id FROM gap_questions")
    assert {value for row in links for value in row.values()} == {None}


async def test_questions_go_after_their_own_period(bakery: Bakery) -> None:
    await bakery.ask("Can I bring my dog?", "a")
    await bakery.rows("UPDATE gap_questions SET asked_at = now() - interval '25 months'")
    await bakery.ask("Do you have parking?", "b")
    await bakery.rows("UPDATE gap_questions SET asked_at = now() WHERE asked_at > now() - interval '23 months'")
    async with bakery.database.business_transaction(bakery.business_id) as conn:
        assert await delete_old_gap_questions(conn, bakery.business_id, 24) == 1
    assert await bakery.labels() == [("Do you have parking?", 1)]


async def test_answered_gap_that_is_asked_in_vain_again_is_open_again(bakery: Bakery) -> None:
    await bakery.ask("Can I bring my dog?", "a")
    [gap] = await bakery.board()
    await answer_gap(bakery, bakery.business_id, gap.gap_id, "Yes, on the terrace.", actor=HERE)
    bakery.later(seconds=30)
    await bakery.ask("can I bring my dog", "b")  # the answer is just becoming known
    assert await bakery.labels() == []
    bakery.later(hours=1)
    await bakery.ask("Are dogs allowed?", "c")
    [gap] = await bakery.board()
    assert (gap.visitors, gap.again) == (3, True)


async def test_dismissed_gap_stays_dismissed_and_is_counted_on(bakery: Bakery) -> None:
    await bakery.ask("Can I bring my dog?", "a")
    [gap] = await bakery.board()
    await dismiss(bakery, bakery.business_id, gap.gap_id, actor=HERE)
    bakery.later(days=1)
    await bakery.ask("can I bring my dog", "b")
    assert (await bakery.labels(), await bakery.labels("dismissed")) == ([], [("Can I bring my dog?", 2)])
    await reopen(bakery, bakery.business_id, gap.gap_id, actor=HERE)
    assert await bakery.labels() == [("Can I bring my dog?", 2)]


async def test_two_gaps_become_one_with_each_visitor_once_and_one_question_is_parted_again(bakery: Bakery) -> None:
    await bakery.ask("Do you do home delivery?", "a")
    await bakery.ask("Will somebody carry my order upstairs?", "a")
    await bakery.ask("Will somebody carry my order upstairs?", "b")
    gaps = {gap.label: gap for gap in await bakery.board()}
    one, other = gaps["Do you do home delivery?"], gaps["Will somebody carry my order upstairs?"]
    await merge(bakery, bakery.business_id, other.gap_id, one.gap_id, actor=HERE)
    assert await bakery.labels() == [("Do you do home delivery?", 2)]
    async with bakery.database.business_transaction(bakery.business_id) as conn:
        keys = await bakery.vault.keys(conn, bakery.business_id)
        [(_, said)] = await with_examples(conn, keys, bakery.business_id, await bakery.board())
    odd = next(question for question in said if question.text != "Do you do home delivery?")
    await split(bakery, bakery.business_id, odd.question_id, actor=HERE)
    assert sorted(await bakery.labels()) == [
        ("Do you do home delivery?", 1), ("Will somebody carry my order upstairs?", 1),
    ]  # fmt: skip


async def test_questions_of_an_earlier_embedding_model_are_compared_again(bakery: Bakery) -> None:
    await bakery.ask("Can I bring my dog?", "a")
    bakery.embedder = WordEmbedder(model="words-2", dimensions=64)
    await bakery.ask("can I bring my dog", "b")
    assert await bakery.labels() == [("Can I bring my dog?", 2)]
    assert {row["model"] for row in await bakery.rows("SELECT model FROM gap_questions")} == {"words-2"}


async def test_answer_of_another_business_is_not_taken_in(bakery: Bakery) -> None:
    answer_id = await bakery.ask("Can I bring my dog?", "a", collect=False)
    other = await create_business(bakery.database, bakery.vault, NewBusiness("Other", "other"), actor=HERE)
    bakery.business_id = other.business_id
    await bakery.collect(answer_id)
    assert await bakery.board(None) == []
