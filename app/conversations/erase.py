"""Forgets a visitor: the person's row and, by cascade, identities, conversations, messages, leads and mails."""

from __future__ import annotations

from uuid import UUID

from app.audit.queries import insert_audit
from app.conversations.running import AnswerTasks
from app.db.pool import Database
from app.people.queries import delete_person, find_person
from app.vault.keys import Vault


async def erase_visitor(
    database: Database, vault: Vault, answers: AnswerTasks, business_id: UUID, visitor_id: str
) -> bool:
    """False when nothing was stored. A running answer is ended first, so that nothing is written after."""
    async with database.business_transaction(business_id) as conn:
        keys = await vault.keys(conn, business_id)
        person_id = await find_person(conn, business_id, "web", keys.blind("web", visitor_id))
    if person_id is None:
        return False
    await answers.end_of_person(business_id, person_id)
    async with database.business_transaction(business_id) as conn:
        erased = await delete_person(conn, business_id, person_id)
        if erased:
            # That it happened is kept, who it was is not.
            await insert_audit(conn, business_id, actor="visitor", action="person.erase")
    return erased
