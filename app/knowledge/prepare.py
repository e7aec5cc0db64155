"""What is settled before a source is read or looked at: over which scheme, and whether its host is still proved.

Called by the jobs that read (reindex.py, previews). Asks the host where something is due, else nobody.
"""

from __future__ import annotations

from uuid import UUID

from app.knowledge.proof.model import Proves
from app.knowledge.proof.prove import refresh_proof
from app.knowledge.scheme.settle import settle_scheme


async def prepare_reading(parts: Proves, business_id: UUID, source_id: UUID) -> None:
    """Never raises for what a host does."""
    url = await settle_scheme(parts, business_id, source_id)
    if url is not None and url.startswith(("http://", "https://")):
        await refresh_proof(parts, business_id, url)
