"""A site that may be added: an address in, a draft source and the look at it; and the job that looks.

Called by the dashboard and by `milo ingest --preview`. A draft answers nobody; it becomes a source in use when
the owner adds it, and is forgotten after a day otherwise.
"""

from __future__ import annotations

from uuid import UUID

import structlog

from app.audit.queries import insert_audit
from app.jobs.model import ClaimedJob, Lease, PreviewSource
from app.jobs.queue import enqueue
from app.knowledge.equip import equip
from app.knowledge.manage import site_address
from app.knowledge.model import Added, Reads, Writes
from app.knowledge.prepare import prepare_reading
from app.knowledge.queries import find_site, put_draft
from app.knowledge.scheme.settle import note_scheme
from ingestion.pipeline import NoSuchSource
from ingestion.preview import preview
from ingestion.queries import fail_crawl
from ingestion.sentences import STOPPED

log = structlog.get_logger(__name__)


async def add_draft(parts: Writes, business_id: UUID, address: str, *, actor: str) -> Added:
    """A site in use is looked at as it is, with its own rules, and stays in use. Raises BadInput."""
    url = site_address(address)
    async with parts.database.business_transaction(business_id) as conn:
        known = await find_site(conn, business_id, url)
        source_id = known or await put_draft(conn, business_id, url)
        if known is None:
            await note_scheme(conn, business_id, source_id, typed=address, known=None)
        await insert_audit(conn, business_id, actor=actor, action="source.preview", target=url)
        job = await enqueue(conn, business_id, PreviewSource(source_id), key=str(source_id))
    await parts.doorbell.ring(job)
    return Added(source_id, job)


async def preview_source(parts: Reads, claimed: ClaimedJob, lease: Lease) -> None:
    """Stores nothing but the ledger of the look, under the job's own id."""
    job = claimed.job
    assert isinstance(job, PreviewSource)
    transaction = parts.database.bound(claimed.business_id)
    ports = await equip(parts, claimed.business_id)
    if ports is None:
        return  # erased while its job waited
    await prepare_reading(parts, claimed.business_id, job.source_id)
    try:
        await preview(transaction, claimed.business_id, job.source_id, claimed.job_id, ports)
    except NoSuchSource:
        return  # removed while its job waited
    except Exception:
        if claimed.attempts >= claimed.max_attempts:
            async with transaction() as conn:
                await fail_crawl(conn, claimed.business_id, claimed.job_id, STOPPED)
        raise
    log.info("preview.ended", business=str(claimed.business_id), source=str(job.source_id))
