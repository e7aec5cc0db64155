"""SQL of the audit log: insert only, the app role may neither change nor delete a row."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg.types.json import Json

from app.db.pool import Connection


async def insert_audit(
    conn: Connection,
    business_id: UUID,
    *,
    actor: str,
    action: str,
    target: str | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    """`details` holds ids and settings' names, never a visitor's words."""
    await conn.execute(
        "INSERT INTO audit_log (business_id, actor, action, target, details)"
        " VALUES (%(b)s, %(actor)s, %(action)s, %(target)s, %(details)s)",
        {"b": business_id, "actor": actor, "action": action, "target": target, "details": Json(details or {})},
    )
