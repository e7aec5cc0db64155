"""Ends answers that were told to end elsewhere: a stop that reached another process, a person who took over there.

One short read a business and process every so often for all the answers it is giving, however many; quotes are over
before the first. Called by reply.py.
"""

from __future__ import annotations

import asyncio
from uuid import UUID

import structlog
from psycopg import Error as DatabaseError

from app.conversations.person.queries import find_ended
from app.conversations.running import AnswerTasks
from app.db.pool import Database
from app.errors import Unavailable

EVERY_SECONDS = 0.6  # in force within one second
log = structlog.get_logger(__name__)


async def watch(database: Database, answers: AnswerTasks, business_id: UUID) -> None:
    """Until cancelled. While the database is away nothing can be told to end."""
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        running = answers.of_business(business_id)
        try:
            async with database.business_transaction(business_id) as conn:
                ended = await find_ended(conn, business_id, list(running))
        except (DatabaseError, Unavailable) as error:
            log.warning("answers.not_watched", business=str(business_id), error=type(error).__name__)
            continue
        for message_id in ended:
            running[message_id].stop()
