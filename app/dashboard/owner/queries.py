"""SQL of how far Milo is with what the owner said last."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from psycopg.rows import class_row

from app.db.pool import Connection
from ingestion.sentences import DISCARDED


@dataclass(frozen=True, slots=True)
class OwnerRun:
    """`waiting`: a reading is due or runs. `behind`: another reading of this business runs before it. `held`: what was
    read of it waits, because an answer that must stay right would be lost; `discarded`: and the owner said no."""

    waiting: bool
    running: bool
    behind: bool
    held: bool
    discarded: bool
    source_id: UUID
    state: str | None
    reason: str | None


async def read_owner_run(conn: Connection, business_id: UUID) -> OwnerRun | None:
    """None when the owner has said nothing yet."""
    async with conn.cursor(row_factory=class_row(OwnerRun)) as cursor:
        await cursor.execute(
            """
            SELECT EXISTS (SELECT FROM jobs j WHERE j.business_id = s.business_id AND j.kind = 'ingest_source'
                    AND j.payload ->> 'source_id' = s.source_id::text
                    AND (j.state = 'running' OR (j.state = 'queued' AND j.run_after <= now() + interval '1 minute'))
                ) AS waiting,
                EXISTS (SELECT FROM jobs j WHERE j.business_id = s.business_id AND j.kind = 'ingest_source'
                    AND j.payload ->> 'source_id' = s.source_id::text AND j.state = 'running') AS running,
                EXISTS (SELECT FROM jobs j WHERE j.business_id = s.business_id AND j.state = 'running'
                    AND j.kind IN ('ingest_source', 'recheck_pages', 'render_source', 'reembed')
                    AND j.payload ->> 'source_id' IS DISTINCT FROM s.source_id::text) AS behind,
                EXISTS (SELECT FROM generations g JOIN businesses b ON b.business_id = g.business_id
                    WHERE g.business_id = s.business_id AND g.generation = c.generation AND g.state = 'held'
                    AND g.generation > coalesce(b.live_generation, 0)) AS held,
                coalesce(c.state = 'held' AND c.reason = %(discarded)s, false) AS discarded, s.source_id,
                c.state, c.reason
            FROM sources s
            LEFT JOIN LATERAL (
                SELECT c.state, c.reason, c.generation FROM crawls c
                WHERE c.business_id = s.business_id AND c.source_id = s.source_id
                ORDER BY c.started_at DESC LIMIT 1) c ON true
            WHERE s.business_id = %(b)s AND s.kind = 'owner'
            """,
            {"b": business_id, "discarded": DISCARDED},
        )
        return await cursor.fetchone()
