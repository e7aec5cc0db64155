"""P1 and P2: whatever a model or a page says, every page of ours shows it as text, and only the server makes links."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

from psycopg.types.json import Jsonb

from app.dashboard.render import POLICY
from app.gaps.collect import collect_gap
from app.golden.model import NewGolden, Origin
from app.golden.queries import insert_golden
from app.jobs.model import ClaimedJob, CollectGap
from app.settings import Settings
from ingestion.extract.clean import clean
from tests.attack.judge import wrong_with
from tests.attack.outputs import EVIL, RENDER
from tests.attack.town import Business, Town, Visitor, answer_text, town
from tests.attack.worst import WorstModel
from tests.integration.ingestion.shop import Held
from tests.integration.retrieval.planting import Planted

SUPPORTED = "Adults pay 5 € for a ticket."
PAGES = [Planted(f"{SUPPORTED}\nChildren pay 3 €.", "Prices")]
AT_ONCE = 12  # hostile outputs in one answer
URL = "https://shop.example/prices?a=1#top"


def batches() -> list[str]:
    texts = list(RENDER.values())
    return ["\n".join(texts[at : at + AT_ONCE]) for at in range(0, len(texts), AT_ONCE)]


async def test_a_models_markup_reaches_nobody_and_is_text_where_the_owner_reads_of_it(settings: Settings) -> None:
    """Withheld for the visitor; shown to the owner as what was withheld."""
    model = WorstModel()
    async with town(settings, model) as here:
        bakery = await here.settle("Bakery <b>&\"'", "bakery", PAGES, owner="owner@example.com", url=URL)
        visitor = await here.visitor(bakery)
        for batch in batches():
            model.says = lambda _, said=batch: f"{SUPPORTED} [1]\n{said}\n{SUPPORTED} [1]"
            found = await visitor.ask("What do adults pay for a ticket?")
            text = answer_text(found)
            assert text.startswith(SUPPORTED) and EVIL not in text and "alert" not in text and "<" not in text
            assert links(found) <= {"https://shop.example/prices?a=1#top"}
            assert all(link.startswith(f"{URL}:~:text=") for link in links(found, "link"))
        model.expect_clean()
        assert len(model.heard) == len(batches())
        whys = await shown_to_the_owner(here, bakery, visitor)
        assert sum("What was held back" in page for page in whys) == len(batches())
        assert sum("&lt;img" in page for page in whys), "the owner reads what was withheld, as text"


async def test_markup_that_a_page_holds_as_text_stays_text(settings: Settings) -> None:
    """A page that writes about HTML; the model copies it line for line, and without a model it is quoted."""
    pages = [
        Planted(clean(f"About the ticket number {number}: {text[:300]}")[0], clean(f"Ticket {text[:80]}")[0])
        for number, text in enumerate(RENDER.values())
    ]
    model = WorstModel()
    async with town(settings, model) as here:
        shop = await here.settle("Shop", "shop", pages, owner="owner@example.com", url=URL)
        visitor = await here.visitor(shop)
        quotes = 0
        for number in (3, 9, 19, 26, 44, 52, 60, 70):
            if number % 2:
                await here.sql(shop.business_id, "UPDATE businesses SET allowed_processors = '{}'")
            found = await visitor.ask(f"What about the ticket number {number}?")
            quotes += sum(len(data["citations"]) for name, data in found if name == "sentence")
            for link in links(found) | links(found, "link"):
                assert link.startswith(URL)
        assert quotes, "something was quoted"
        await shown_to_the_owner(here, shop, visitor)
        assert wrong_with((await here.page(shop, "/knowledge/pages")).text, hosts={"shop.example"}) == []
        frame = await here.client.get(f"/w/{shop.key}/frame")
        assert wrong_with(frame.text, own={"noscript"}) == []


async def test_pages_of_gaps_and_golden_questions_show_text(settings: Settings) -> None:
    async with town(settings, WorstModel(lambda _: "NO_ANSWER")) as here:
        shop = await here.settle("Shop", "shop", PAGES, owner="owner@example.com", url=URL)
        for number, text in enumerate(list(RENDER.values())[::7]):
            visitor = await here.visitor(shop)
            await visitor.ask(f"zorgle{number} {text[:200]} quux{number}?")
        waiting = await here.sql(shop.business_id, "SELECT key::uuid FROM jobs WHERE kind = 'collect_gap'")
        for (message_id,) in waiting:
            job = ClaimedJob(shop.business_id, uuid4(), CollectGap(message_id), 1, 5)
            await collect_gap(here.services, job, Held())
        assert (await here.sql(shop.business_id, "SELECT count(*) FROM gap_questions"))[0][0] > 5
        gaps = await here.sql(shop.business_id, "SELECT gap_id FROM gaps")
        golden = await golden_with_hostile_answers(here, shop)
        paths = ["/knowledge/gaps", *(f"/knowledge/gaps/{gap_id}" for (gap_id,) in gaps[:3])]
        paths += [
            "/knowledge/checks",
            "/knowledge/checks/compare?before=1&after=2&show=all",
            *(f"/knowledge/checks/{one}" for one in golden),
        ]
        for path in paths:
            page = await here.page(shop, path)
            assert page.status_code == 200, path
            assert wrong_with(page.text, hosts={"shop.example"}) == [], path
            assert page.headers["content-security-policy"] == POLICY


async def golden_with_hostile_answers(here: Town, shop: Business) -> list[Any]:
    """As a round leaves them for two generations that differ."""
    made = []
    async with here.services.database.business_transaction(shop.business_id) as conn:
        await conn.execute(
            "INSERT INTO generations (business_id, generation, state, embedding_model, analyser)"
            " VALUES (%s, 2, 'held', 'words', 'x')",
            (shop.business_id,),
        )
        for number, text in enumerate(list(RENDER.values())[::9]):
            seen = clean(text[:150])[0] or "x"
            golden_id = await insert_golden(
                conn, shop.business_id, NewGolden(f"{seen} {number}?", (seen,)), origin=Origin.OWNER, actor="operator"
            )
            made.append(golden_id)
            cited = [{"quote": seen, "url": URL if number % 2 else "javascript:alert(1)", "title": seen, "page": 1}]
            for generation in (1, 2):
                await conn.execute(
                    "INSERT INTO golden_results (business_id, generation, golden_id, passed, found, status, missing,"
                    " text, citations) VALUES (%s, %s, %s, %s, true, 'answered', %s, %s, %s)",
                    (
                        shop.business_id,
                        generation,
                        golden_id,
                        generation == 1,
                        [seen],
                        f"{seen} {generation}",
                        Jsonb(cited),
                    ),
                )
    return made


async def shown_to_the_owner(here: Town, business: Business, visitor: Visitor) -> list[str]:
    """Inbox, conversation, its live part and why; the visitor's own reload. Returns the why pages."""
    rows = await here.sql(business.business_id, "SELECT message_id FROM messages WHERE author = 'assistant'")
    talk = f"/inbox/{visitor.conversation}"
    whys = [f"{talk}/why/{message_id}" for (message_id,) in rows]
    texts = []
    for path in ("/inbox", talk, f"{talk}/live?seen=0", *whys):
        page = await here.page(business, path)
        assert page.status_code == 200, path
        assert wrong_with(page.text, hosts={"shop.example"}) == [], path
        assert page.headers["content-security-policy"] == POLICY
        texts.append(page.text)
    again = await visitor.get("conversation")
    assert again.headers["content-type"].startswith("application/json")
    assert again.headers["x-content-type-options"] == "nosniff"
    return texts[3:]


def links(found: list[tuple[str, Any]], key: str = "url") -> set[str]:
    return {cited[key] for name, data in found if name == "sentence" for cited in data["citations"] if cited[key]}


def test_what_goes_over_the_wire_is_one_event_whatever_it_says() -> None:
    """A text that looks like an event of its own ends no event."""
    from app.channels.web.shapes import event_bytes
    from app.conversations.events import Heard
    from retrieval.model import TextShown

    for text in (*RENDER.values(), "a\r\n\r\nevent: done\r\ndata: {}\r\n\r\n", "\u2028event: x", "\x85data: y"):
        raw = event_bytes(Heard(5, TextShown(text)))
        head, _, rest = raw.partition(b"\ndata: ")
        assert head == b"id: 5\nevent: delta" and rest.endswith(b"\n\n")
        assert b"\n" not in rest[:-2] and b"\r" not in rest
        assert json.loads(rest) == {"text": text}
