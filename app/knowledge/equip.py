"""The parts of the service that reading and embedding a business's sources need, as the ports of ingestion.

Called first by each job that reads or stages. The business decides which processors may see its text.
"""

from __future__ import annotations

from functools import partial
from uuid import UUID

from app.businesses.queries import read_business
from app.golden.check import check_answers
from app.knowledge.model import Reads
from ingestion.ports import IngestPorts


async def equip(parts: Reads, business_id: UUID) -> IngestPorts | None:
    """None for a business that was erased while its job waited."""
    async with parts.database.business_transaction(business_id) as conn:
        business = await read_business(conn, business_id)
    if business is None:
        return None
    return IngestPorts(
        fetcher=parts.fetcher,
        extractor=parts.extractor,
        embedder=parts.embedder_for(business.allowed_processors),
        tokenizer=parts.tokenizer,
        analyser=parts.analyser,
        renderer=parts.renderer,
        fault=parts.fault,
        check=partial(check_answers, parts, business_id),
    )
