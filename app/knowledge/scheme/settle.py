"""An address typed without a scheme becomes the one that answers: https, or http where https does not connect.

Called before a source is read or looked at, outside of transactions. A broken certificate is no reason
for http: the owner's visitors see a warning there, and the owner should hear of it.
"""

from __future__ import annotations

from uuid import UUID

import structlog

from app.db.pool import Connection
from app.knowledge.proof.model import Proves
from app.knowledge.scheme.queries import read_address, set_address, set_scheme_guessed
from app.outbound_tls import CLOSED, NO_TLS
from ingestion.addresses import Scope
from ingestion.model import Reason
from ingestion.ports import Fetcher, FetchFailed

PROBE_BYTES = 512 * 1024
log = structlog.get_logger(__name__)


async def settle_scheme(parts: Proves, business_id: UUID, source_id: UUID) -> str | None:
    """The source's address from here on, None where there is no such source. Asks nobody unless it is a guess."""
    async with parts.database.business_transaction(business_id) as conn:
        found = await read_address(conn, business_id, source_id)
    if found is None:
        return None
    _, url, guessed = found
    if not guessed or not url.startswith("https://"):
        return url
    if await answers(url, parts.fetcher):
        settled = url
    elif await answers(plain := "http://" + url.removeprefix("https://"), parts.fetcher):
        settled = plain
    else:
        return url  # neither does: the reading says why, and the next one asks again
    async with parts.database.business_transaction(business_id) as conn:
        if not await set_address(conn, business_id, source_id, settled):
            return url
    if settled != url:
        log.info("source.plain_http", business=str(business_id), source=str(source_id))
    return settled


async def note_scheme(conn: Connection, business_id: UUID, source_id: UUID, *, typed: str, known: str | None) -> None:
    """After an address was added as `typed`; `known`: the source's address where the site was one already.

    Without a scheme it is a guess; with one that differs from what is known the owner's word counts.
    """
    scheme, mark, _ = typed.strip().lower().partition("://")
    if not mark:
        if known is None:
            await set_scheme_guessed(conn, business_id, source_id)
    elif known is not None and not known.startswith(f"{scheme}://"):
        await set_address(conn, business_id, source_id, f"{scheme}://{known.partition('://')[2]}")


async def answers(url: str, fetcher: Fetcher) -> bool:
    """Whether anything speaks the scheme there. What it says does not matter, nor whether its certificate holds."""
    try:
        await fetcher.fetch(f"{Scope.of(url).origin}/robots.txt", max_bytes=PROBE_BYTES)
    except FetchFailed as failure:
        if failure.reason is Reason.TLS_FAILED:
            return failure.detail not in (NO_TLS, CLOSED)
        return failure.reason not in (Reason.CONNECT_FAILED, Reason.TIMEOUT, Reason.NO_SUCH_HOST)
    return True
