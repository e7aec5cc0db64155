"""What is live in, the same versions embedded with another model out, live in its place when complete.

Called by app/knowledge/reembed.py. Nothing is read from a site and nothing is asked of the owner: the words are the
same. A worker that dies leaves its vectors, and the next attempt copies them (content-addressed, embed.py).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from uuid import UUID

from ingestion.embed import StagingLost, embed_generation
from ingestion.generations.queries import documents_of, set_done, set_figures
from ingestion.generations.stage import stage
from ingestion.ports import IngestPorts, Progress, Transaction
from ingestion.publishing.queries import live_generation, lock_live, publish_generation, retire_generation
from ingestion.removal.queries import shows_removed_file

RENEWED = "embedded anew with another model"


@dataclass(frozen=True, slots=True)
class Renewed:
    """`former`: the model it was embedded with before."""

    generation: int
    former: str
    chunks: int
    new: int


async def renew(
    transaction: Transaction, business_id: UUID, ports: IngestPorts, still_mine: Callable[[], Awaitable[None]]
) -> Renewed | None:
    """None when nothing is live, or what is live is of this model. Raises StagingLost when something else went live."""
    async with transaction() as conn:
        live = await live_generation(conn, business_id)
        if live is None or live.model == ports.embedder.model:
            return None
        documents = dict(await documents_of(conn, business_id, live.generation))
    staged = await stage(transaction, business_id, None, documents, ports)
    ports.fault("staged")

    async def on_progress(progress: Progress) -> None:
        async with transaction() as conn:
            await set_done(conn, business_id, staged.generation, progress.done, progress.total)
        await ports.on_progress(progress)

    told = replace(ports, on_progress=on_progress)
    embedded = await embed_generation(transaction, business_id, staged.generation, staged.chunks, told)
    await still_mine()
    ports.fault("before_publish")
    async with transaction() as conn:
        if await lock_live(conn, business_id) != live.generation:
            raise StagingLost
        if await shows_removed_file(conn, business_id, staged.generation):
            raise StagingLost
        await set_figures(
            conn,
            business_id,
            staged.generation,
            documents=len(documents),
            chunks=len(staged.chunks),
            reused=embedded.reused,
        )
        if not await publish_generation(conn, business_id, staged.generation):
            raise StagingLost
        # Its text is what is live: to "go back" to it would change nothing, so the one before stays the former one.
        await retire_generation(conn, business_id, live.generation, RENEWED)
    ports.fault("after_publish")
    return Renewed(staged.generation, live.model, len(staged.chunks), embedded.new)
