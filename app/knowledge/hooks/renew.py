"""A source in, its new address's token out, to be shown once; or no address any more. Called by the dashboard."""

from __future__ import annotations

from uuid import UUID

from app.audit.queries import insert_audit
from app.errors import NotFound
from app.knowledge.hooks.queries import drop_hook, put_hook, read_site
from app.knowledge.model import Writes
from app.security import hash_token, new_token


async def renew_hook(parts: Writes, business_id: UUID, source_id: UUID, *, actor: str) -> str:
    """The token before is worth nothing from now on. Raises NotFound."""
    token = new_token()
    async with parts.database.business_transaction(business_id) as conn:
        if await read_site(conn, business_id, source_id) is None:
            raise NotFound("This source was removed.")
        await put_hook(conn, business_id, source_id, hash_token(token))
        await insert_audit(conn, business_id, actor=actor, action="hook.renew", target=str(source_id))
    return token


async def revoke_hook(parts: Writes, business_id: UUID, source_id: UUID, *, actor: str) -> None:
    async with parts.database.business_transaction(business_id) as conn:
        if await drop_hook(conn, business_id, source_id):
            await insert_audit(conn, business_id, actor=actor, action="hook.revoke", target=str(source_id))
