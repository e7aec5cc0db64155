"""A business whose readings a test runs itself, with the parts they need. For integration tests."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from psycopg.rows import dict_row

from app.db.pool import Database
from app.jobs.doorbell import Doorbell
from app.jobs.model import ClaimedJob, IngestSource
from app.knowledge.follow import read_outcome
from app.knowledge.manage import add_site
from app.knowledge.model import Added, Outcome
from app.knowledge.reindex import reindex
from app.outbound import OutboundFetcher
from ingestion.extract.read import read_document
from ingestion.model import ExtractedDocument
from ingestion.ports import Extractor, FaultPoint, Renderer, no_fault
from retrieval.analyse import SnowballAnalyser
from tests.integration.ingestion.site import CountingEmbedder
from tests.unit.ingestion.doubles import WordTokenizer

ACTOR = "operator"


@dataclass(frozen=True)
class File:
    name: str
    content: bytes


class Held:
    """A lease that nobody takes away."""

    job_id = uuid4()

    async def extend(self) -> None:
        return None


class InProcess:
    """Reads without a child: starting one takes longer than most of these tests."""

    async def extract(self, body: bytes, *, url: str, media_type: str, charset: str | None = None) -> ExtractedDocument:
        return await asyncio.to_thread(read_document, body, url, media_type, charset)


@dataclass
class Shop:
    """A business with the parts its readings need."""

    database: Database
    fetcher: OutboundFetcher
    business_id: UUID
    extractor: Extractor = field(default_factory=InProcess)
    doorbell: Doorbell = field(default_factory=lambda: Doorbell(None))
    embedder: CountingEmbedder = field(default_factory=CountingEmbedder)
    tokenizer: WordTokenizer = field(default_factory=WordTokenizer)
    analyser: SnowballAnalyser = field(default_factory=SnowballAnalyser)
    renderer: Renderer | None = None
    fault: FaultPoint = no_fault

    def embedder_for(self, _allowed: Sequence[str]) -> CountingEmbedder:
        return self.embedder

    def embedder_of(self, model: str | None, _allowed: Sequence[str]) -> CountingEmbedder | None:
        return self.embedder if model in (None, self.embedder.model) else None

    @property
    def comparer(self) -> CountingEmbedder:
        return self.embedder

    def clock(self) -> datetime:
        return datetime(2030, 5, 1, 12, 0, tzinfo=UTC)

    async def run(self, added: Added, *, attempts: int = 1) -> Outcome:
        await reindex(
            self, ClaimedJob(self.business_id, added.job.job_id, IngestSource(added.source_id), attempts, 5), Held()
        )
        await self.execute("UPDATE jobs SET state = 'done' WHERE job_id = %s", added.job.job_id)
        return await read_outcome(self.database, self.business_id, added.job.job_id)

    async def read(self, address: str) -> Outcome:
        return await self.run(await add_site(self, self.business_id, address, actor=ACTOR))

    async def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        transaction = self.database.business_transaction(self.business_id)
        async with transaction as conn, conn.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(query, values)  # type: ignore[arg-type]
            return await cursor.fetchall()

    async def execute(self, query: str, *values: Any) -> None:
        async with self.database.business_transaction(self.business_id) as conn:
            await conn.execute(query, values)  # type: ignore[arg-type]

    async def live(self) -> int | None:
        return (await self.rows("SELECT live_generation FROM businesses"))[0]["live_generation"]

    async def live_texts(self) -> list[str]:
        found = await self.rows(
            "SELECT c.text FROM chunks c JOIN businesses b ON b.live_generation = c.generation ORDER BY chunk_no"
        )
        return [row["text"] for row in found]

    async def end_state(self) -> dict[str, Any]:
        """All that a reader may see of the live generation, without the numbers that differ from run to run."""
        texts = await self.rows(
            "SELECT c.chunk_no, c.text, c.title, c.heading_path, c.kind, d.url FROM chunks c"
            " JOIN businesses b ON b.live_generation = c.generation JOIN documents d USING (document_id) ORDER BY 1"
        )
        windows = await self.rows(
            "SELECT w.chunk_no, w.window_no, encode(w.embedding_hash, 'hex') AS hash, w.embedding::text"
            " FROM chunk_windows w"
            " JOIN businesses b ON b.live_generation = w.generation ORDER BY 1, 2"
        )
        postings = await self.rows(
            "SELECT field, term, encode(packed, 'hex') AS packed FROM postings p"
            " JOIN businesses b ON b.live_generation = p.generation ORDER BY 1, 2"
        )
        return {"texts": texts, "windows": windows, "postings": postings}
