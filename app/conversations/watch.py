"""Ends an answer that was told to end elsewhere: a stop that reached another process, a person who took over there.

Runs beside an answer that takes its time. A short read every so often; quotes are over before the first. Called by
reply.py.
"""

from __future__ import annotations

import asyncio
from uuid import UUID

import structlog
from psycopg import Error as DatabaseError

from app.conversations.person.queries import read_ending
from app.conversations.running import RunningAnswer
from app.db.pool import Database
from app.errors import Unavailable

EVERY_SECONDS = 0.6  # in force within one second
log = structlog.get_logger(__name__)


async def watch(database: Database, business_id: UUID, running: RunningAnswer) -> None:
    """Until cancelled, or the answer was ended. While the database is away nothing can be told to end."""
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        try:
            async with database.business_transaction(business_id) as conn:
                ending = await read_ending(conn, business_id, running.message_id)
        except (DatabaseError, Unavailable) as error:
            log.warning("answer.not_watched", message_id=str(running.message_id), error=type(error).__name__)
            continue
        if ending is not None:
            running.stop()
            return
