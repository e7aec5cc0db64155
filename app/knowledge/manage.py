"""What an owner does with sources: add a site, add files, read anew, publish or discard a held reading.

Called by the dashboard, the CLI and the sample. Each writes its rows, its job and its line in the audit
log in one transaction, and rings for a worker after the commit. Raises MiloError with the owner's sentence.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from urllib.parse import urlsplit
from uuid import UUID

from app.audit.queries import insert_audit
from app.db.pool import Connection
from app.errors import BadInput, Conflict, NotFound
from app.jobs.model import IngestSource, JobRef
from app.jobs.queue import enqueue
from app.knowledge.files import file_name, file_type
from app.knowledge.model import FILES_URL, Added, Embeds, NewFile, Writes
from app.knowledge.queries import (
    find_owner_source,
    list_sites,
    list_waiting,
    note_discarded,
    put_file,
    put_source,
    read_schedule,
    source_of,
)
from app.knowledge.reembed import plan_reembedding
from app.knowledge.scheme.settle import note_scheme
from app.knowledge.vectors.keep import plan_vector_index
from app.outbound_rules import BadAddress, parse_address
from ingestion.addresses import Scope, canonical
from ingestion.model import Reason
from ingestion.publishing.queries import discard_generation, publish_generation
from ingestion.rollback.queries import roll_back
from ingestion.sentences import DISCARDED, sentence_for


async def add_site(parts: Writes, business_id: UUID, address: str, *, actor: str) -> Added:
    """Adds the site, or reads it anew where it is known. Nothing is asked of the site before the job runs.

    A source is a whole site: another address of the same host is no second one, or every page would be
    known twice.
    """
    url = site_address(address)
    async with parts.database.business_transaction(business_id) as conn:
        known = [site for site in await list_sites(conn, business_id) if Scope.of(site).home(url) is not None]
        source_id = await put_source(conn, business_id, "site", known[0] if known else url, "daily")
        await note_scheme(conn, business_id, source_id, typed=address, known=known[0] if known else None)
        await insert_audit(conn, business_id, actor=actor, action="source.add", target=url)
        job = await _read_now(conn, business_id, source_id)
    await parts.doorbell.ring(job)
    return Added(source_id, job)


async def add_files(parts: Writes, business_id: UUID, files: Sequence[NewFile], *, actor: str) -> Added:
    """All of the files or, where one cannot be taken, none of them. The same name again replaces the file."""
    if not files:
        raise BadInput("Choose at least one file.", code="no_files")
    checked = [(file_name(file.name), file.content) for file in files]
    typed = [(name, file_type(name, len(content), content[:16]), content) for name, content in checked]
    async with parts.database.business_transaction(business_id) as conn:
        source_id = await put_source(conn, business_id, "files", FILES_URL, "never")
        for name, media_type, content in typed:
            await put_file(
                conn,
                business_id,
                source_id,
                name=name,
                media_type=media_type,
                sha256=hashlib.sha256(content).digest(),
                content=content,
            )
        await insert_audit(conn, business_id, actor=actor, action="files.add", target=f"{len(typed)} files")
        job = await _read_now(conn, business_id, source_id)
    await parts.doorbell.ring(job)
    return Added(source_id, job)


async def update_now(parts: Writes, business_id: UUID, source_id: UUID, *, actor: str) -> Added:
    """Reads a source anew. Raises NotFound."""
    async with parts.database.business_transaction(business_id) as conn:
        if await read_schedule(conn, business_id, source_id) is None:
            raise NotFound("This source was removed.")
        await insert_audit(conn, business_id, actor=actor, action="source.update", target=str(source_id))
        job = await _read_now(conn, business_id, source_id)
    await parts.doorbell.ring(job)
    return Added(source_id, job)


async def publish_held(parts: Embeds, business_id: UUID, generation: int, *, actor: str) -> None:
    """Makes a held reading live all the same. Raises Conflict when something newer is live by now."""
    async with parts.database.business_transaction(business_id) as conn:
        waiting, own = await list_waiting(conn, business_id), await source_of(conn, business_id, generation)
        if not await publish_generation(conn, business_id, generation, held=True):
            raise Conflict("This reading is not waiting any more. Read the site anew to see what it says now.")
        await insert_audit(conn, business_id, actor=actor, action="generation.publish", target=str(generation))
        still = await list_waiting(conn, business_id)
        # Another that waited was put together without this one, and can be published no more: it is read anew.
        passed = [source_id for source_id in waiting if source_id not in still and source_id != own]
        jobs = [
            *[await _read_now(conn, business_id, source_id) for source_id in passed],
            await plan_reembedding(parts, conn, business_id),  # it may have waited since another model's days
            await plan_vector_index(conn, business_id),
        ]
    for job in jobs:
        if job is not None:
            await parts.doorbell.ring(job)


async def discard_held(parts: Writes, business_id: UUID, generation: int, *, actor: str) -> None:
    async with parts.database.business_transaction(business_id) as conn:
        source_id = await source_of(conn, business_id, generation)
        if not await discard_generation(conn, business_id, generation):
            raise Conflict("This reading is not waiting any more.")
        if source_id is not None:
            await note_discarded(conn, business_id, source_id, generation, DISCARDED)
        await insert_audit(conn, business_id, actor=actor, action="generation.discard", target=str(generation))


async def go_back(parts: Embeds, business_id: UUID, *, actor: str) -> int:
    """Makes the former version live again; its number. It stays until the pages say something new.

    A reading that finds exactly what was gone back from waits as held, whenever it comes. What the owner says is
    not gone back from: a question that was removed since does not answer again.
    """
    async with parts.database.business_transaction(business_id) as conn:
        generation = await roll_back(conn, business_id)
        if generation is None:
            raise Conflict("There is no former version to go back to.", code="no_former_version")
        await insert_audit(conn, business_id, actor=actor, action="generation.rollback", target=str(generation))
        own = await find_owner_source(conn, business_id)
        jobs = [
            await plan_reembedding(parts, conn, business_id),
            await plan_vector_index(conn, business_id),
            await _read_now(conn, business_id, own) if own is not None else None,
        ]
    for job in jobs:
        if job is not None:
            await parts.doorbell.ring(job)
    return generation


def site_address(typed: str) -> str:
    """ "www.example.com" is https://www.example.com/. Raises BadInput with the sentence of the ledger."""
    text = typed.strip()
    url = text if "://" in text else f"https://{text}"
    try:
        host = parse_address(url).host
    except BadAddress:
        host = ""
    found = canonical(url)
    if not host or found is None or (("." not in host and ":" not in host) and urlsplit(url).port is None):
        raise BadInput(sentence_for(Reason.BAD_ADDRESS, f"“{text[:80]}”"), code=Reason.BAD_ADDRESS)
    return found


async def _read_now(conn: Connection, business_id: UUID, source_id: UUID) -> JobRef:
    """One waiting job a source: adding twice, or before tomorrow's reading, brings that one forward."""
    return await enqueue(conn, business_id, IngestSource(source_id), key=str(source_id))
