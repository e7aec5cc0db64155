"""A token and perhaps addresses in, one waiting job out. Called by app/channels/hooks.

However often it rings, one job of a source waits, and a reading begins at most once a minute.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.jobs.model import IngestSource, RecheckPages
from app.jobs.queue import enqueue
from app.knowledge.hooks.queries import read_site, ring, want_recheck
from app.knowledge.model import Timed
from app.security import hash_token
from ingestion.addresses import Scope, canonical


@dataclass(frozen=True, slots=True)
class Rung:
    """`at`: when the reading may begin. `taken`, `ignored`: of the addresses that were named; None where none were."""

    at: datetime
    taken: int | None = None
    ignored: int = 0


async def ring_hook(parts: Timed, token: str, urls: Sequence[str] | None) -> Rung | None:
    """None for a token that is none, whatever the reason. What is named outside of the source is not asked for."""
    now = parts.clock()
    async with parts.database.directory_transaction() as conn:
        hook = await ring(conn, hash_token(token), now)
    if hook is None:
        return None
    taken: list[str] | None = None
    async with parts.database.business_transaction(hook.business_id) as conn:
        start = await read_site(conn, hook.business_id, hook.source_id)
        if start is None:
            return None  # removed since
        if urls is not None:
            taken = _of_source(start, urls)
            if not taken:
                return Rung(hook.rung_at, 0, len(urls))
        work = IngestSource(hook.source_id)
        if taken is not None and await want_recheck(conn, hook.business_id, hook.source_id, taken):
            work = RecheckPages(hook.source_id)
        job = await enqueue(conn, hook.business_id, work, key=str(hook.source_id), run_after=hook.rung_at)
    await parts.doorbell.ring(job)
    if urls is None or taken is None:
        return Rung(hook.rung_at)
    return Rung(hook.rung_at, len(taken), len(urls) - len(taken))


def _of_source(start: str, urls: Sequence[str]) -> list[str]:
    scope = Scope.of(start)
    homes = [scope.home(clean) for url in urls if (clean := canonical(url)) is not None]
    return list(dict.fromkeys(home for home in homes if home is not None))
