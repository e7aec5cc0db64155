"""What is live in, the same versions with the model and the rules of words of now out, live in its place when complete.

Called by app/knowledge/reembed.py. Nothing is read from a site: the words are the same. The owner is asked only where
another model loses an answer that must stay right. A worker that dies leaves its vectors, and the next attempt copies
them (content-addressed, embed.py).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from uuid import UUID

from ingestion.embed import StagingLost, embed_generation
from ingestion.generations.changes import Difference
from ingestion.generations.queries import documents_of, set_changes, set_done, set_figures
from ingestion.generations.stage import fingerprint, stage
from ingestion.ports import IngestPorts, Progress, Transaction
from ingestion.publishing.queries import (
    GenerationRow,
    end_staging,
    live_generation,
    lock_live,
    publish_generation,
    retire_generation,
    waits_alike,
)
from ingestion.queries import read_place
from ingestion.removal.queries import shows_removed_file

RENEWED = "made anew with another model or other rules of words"


@dataclass(frozen=True, slots=True)
class Renewed:
    """`former`: the model it was embedded with before; `held`: why it waits for the owner."""

    generation: int
    former: str
    chunks: int
    new: int
    held: str | None = None


async def renew(
    transaction: Transaction, business_id: UUID, ports: IngestPorts, still_mine: Callable[[], Awaitable[None]]
) -> Renewed | None:
    """None when nothing is live, what is live is of now, or the same waits for the owner already.

    Raises StagingLost when something else went live.
    """
    async with transaction() as conn:
        live = await live_generation(conn, business_id)
        if live is None or is_of_now(live, ports.embedder.model, ports.analyser.version):
            return None
        documents = dict(await documents_of(conn, business_id, live.generation))
        wanted = fingerprint(documents, await read_place(conn, business_id), ports)
        if await waits_alike(conn, business_id, wanted):
            return None
    staged = await stage(transaction, business_id, None, documents, ports)
    ports.fault("staged")

    async def on_progress(progress: Progress) -> None:
        async with transaction() as conn:
            await set_done(conn, business_id, staged.generation, progress.done, progress.total)
        await ports.on_progress(progress)

    told = replace(ports, on_progress=on_progress)
    embedded = await embed_generation(transaction, business_id, staged.generation, staged.chunks, told)
    checked = await ports.check(staged.generation, live.generation)
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
        await set_changes(conn, business_id, staged.generation, Difference((), None).with_answers(checked).stored())
        if checked.hold is not None:
            if not await end_staging(conn, business_id, staged.generation, state="held", reason=checked.hold):
                raise StagingLost
        elif not await publish_generation(conn, business_id, staged.generation):
            raise StagingLost
        else:
            # Its text is what is live: to "go back" to it would change nothing; the one before stays the former one.
            await retire_generation(conn, business_id, live.generation, RENEWED)
    ports.fault("after_publish")
    return Renewed(staged.generation, live.model, len(staged.chunks), embedded.new, checked.hold)


def is_of_now(live: GenerationRow, model: str, analyser: str) -> bool:
    """Of the model and by the rules of words that questions are read with: a word that is cut otherwise since finds
    nothing. A site is read anew within days; files and the owner's own words never are."""
    return (live.model, live.analyser) == (model, analyser)
