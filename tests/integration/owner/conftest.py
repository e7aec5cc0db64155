"""A café whose two pages say something of its hours, read by a test itself, and what it takes to ask it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from psycopg.types.json import Json

from app.businesses.create import create_business
from app.businesses.model import NewBusiness
from app.businesses.queries import read_business
from app.channels.web.asking import knowledge_of
from app.db.pool import Database
from app.jobs.model import IngestSource, JobRef
from app.knowledge.model import Added, Outcome
from app.outbound import OutboundFetcher
from app.security import KeyRing
from app.settings import Settings
from app.vault.keys import Vault
from ingestion.facts.model import subject_key_of, value_key_of
from retrieval.answer import answer
from retrieval.model import Answer, AnswerEnded, Asked, Turn
from retrieval.ports import AnswerPorts, ChatModel
from tests.integration.ingestion.shop import ACTOR, Shop
from tests.integration.ingestion.site import Site, serving

START = ("Welcome", "<p>Coffee and cake on the quay, with a view of the boats and the bridge.</p><p>Saturday 10-14</p>")
CONTACT = (
    "Contact us",
    "<p>Monday to Friday 9:00-17:00</p><p>Saturday 10:00-16:00</p><p>Sunday closed</p><p>Kitchen 12:00-15:00 daily</p>",
)


@dataclass
class Cafe(Shop):
    """`found` plants what recognising a page would have found in it."""

    number: int = 1000

    async def found(
        self, words: str, kind: str, value: dict[str, Any], *, subject: str = "", shown: bool = True, url: str = ""
    ) -> None:
        rows = await self.rows(
            "SELECT g.generation, g.document_id, g.version_id, strpos(v.text, %s) AS at FROM generation_documents g"
            " JOIN businesses b ON b.live_generation = g.generation JOIN documents d USING (document_id)"
            " JOIN document_versions v USING (version_id) WHERE strpos(v.text, %s) > 0 AND strpos(d.url, %s) > 0",
            words, words, url,
        )  # fmt: skip
        row = rows[0]
        self.number += 1
        await self.execute(
            "INSERT INTO found_facts (business_id, generation, fact_no, document_id, version_id, start_at, end_at,"
            " kind, origin, subject, subject_key, value, value_key, shown)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            self.business_id, row["generation"], self.number, row["document_id"], row["version_id"],
            row["at"] - 1 if shown else None, row["at"] - 1 + len(words) if shown else None, kind,
            "text" if shown else "json_ld", subject, subject_key_of(subject), Json(value), value_key_of(value), words,
        )  # fmt: skip

    async def pages_say(self) -> None:
        """Only what this says is found, whatever recognising finds by now."""
        await self.execute("DELETE FROM found_facts")
        await self.found("Monday to Friday 9:00-17:00", "hours", hours("1 2 3 4 5", "09:00-17:00"))
        await self.found("Saturday 10:00-16:00", "hours", hours("6", "10:00-16:00"))
        await self.found("Sunday closed", "hours", hours("7"))

    async def catch_up(self) -> Outcome:
        """Does the job that waits for what the owner said."""
        job = await self.waiting()
        assert job is not None
        # As the runner claims it: what the reading itself plans is a job of its own.
        await self.execute("UPDATE jobs SET state = 'running' WHERE job_id = %s", job.job_id)
        source = (await self.rows("SELECT source_id FROM sources WHERE kind = 'owner'"))[0]["source_id"]
        return await self.run(Added(source, job))

    async def waiting(self) -> JobRef | None:
        rows = await self.rows(
            "SELECT j.job_id, j.run_after FROM jobs j JOIN sources s ON s.source_id::text = j.payload ->> 'source_id'"
            " WHERE j.state = 'queued' AND s.kind = 'owner'"
        )
        assert len(rows) <= 1
        return JobRef(self.business_id, rows[0]["job_id"], IngestSource.kind, rows[0]["run_after"]) if rows else None

    async def ask(
        self, question: str, now: str, *, earlier: str = "", models: tuple[ChatModel, ...] = (), **place: Any
    ) -> Answer:
        """`now`: ISO, with its offset. `place`: of the business, as another country or time zone."""
        async with self.database.business_transaction(self.business_id) as conn:
            business = await read_business(conn, self.business_id)
        assert business is not None
        knowledge = replace(knowledge_of(business), **place)
        at = datetime.fromisoformat(now)
        ports = AnswerPorts(
            self.database.bound(self.business_id), self.embedder, self.tokenizer, models, now=lambda: at
        )
        history = (Turn("visitor", earlier), Turn("assistant", "…")) if earlier else ()
        ended = [
            e.answer async for e in answer(knowledge, Asked(question, history), ports) if isinstance(e, AnswerEnded)
        ]
        for sentence in ended[0].sentences:
            for citation in sentence.citations:
                assert citation.quote in ended[0].passages[citation.passage - 1].text
        return ended[0]


def page(title: str, body: str, link: str) -> tuple[int, str, bytes]:
    text = f"<html lang=en><title>{title}</title><h1>{title}</h1>{body}<p><a href='{link}'>More</a></p></html>"
    return 200, "text/html; charset=utf-8", text.encode()


def hours(days: str, *spans: str, **season: str) -> dict[str, Any]:
    return {"days": [int(day) for day in days.split()], "spans": [span.split("-") for span in spans], **season}


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as started:
        started.pages |= {"/": page(*START, "/contact"), "/contact": page(*CONTACT, "/")}
        yield started


@pytest.fixture
async def cafe(database: Database, settings: Settings, site: Site) -> AsyncIterator[Cafe]:
    vault = Vault(KeyRing(settings.secret_keys))
    new = NewBusiness("Quay Café", "quay", "Europe/Copenhagen", country="DK")
    created = await create_business(database, vault, new, actor=ACTOR)
    fetcher = OutboundFetcher(replace(settings, crawl_private_hosts=frozenset({site.base.removeprefix("http://")})))
    made = Cafe(database, fetcher, created.business_id)
    await made.read(site.base)
    await made.pages_say()
    yield made
    await fetcher.close()


@pytest.fixture
def business_id(cafe: Cafe) -> UUID:
    return cafe.business_id
