"""The start-up probe: refuses to serve when the database would show one business's rows to another.

Asks the server what the role may do, then plants a row of a made-up business in a transaction that
is rolled back and looks for it as another one. Called by web and worker before they take any work.
"""

from __future__ import annotations

from uuid import uuid4

from psycopg import AsyncConnection, Rollback

from app.db.migrate import missing
from app.db.pool import Database
from app.errors import ConfigurationError


async def probe(database: Database) -> None:
    """Raises ConfigurationError; returns when rows are kept apart and the schema is this version's."""
    async with database.directory_transaction() as conn:
        await _check_schema(conn)
        await _check_role(conn)
        await _check_isolation(conn)


async def _check_schema(conn: AsyncConnection[tuple[object, ...]]) -> None:
    async with conn.transaction(force_rollback=True):
        lacking = await missing(conn)
    if lacking:
        raise ConfigurationError(
            f"The database lacks {len(lacking)} change(s) of this version. Run: milo migrate", code="not_migrated"
        )


async def _check_role(conn: AsyncConnection[tuple[object, ...]]) -> None:
    cursor = await conn.execute(
        "SELECT rolsuper OR rolbypassrls, EXISTS (SELECT FROM pg_class WHERE relowner = pg_roles.oid AND relkind = 'r')"
        " FROM pg_roles WHERE rolname = current_user"
    )
    row = await cursor.fetchone()
    if row is None or row[0] or row[1]:
        raise ConfigurationError(
            "The database role of MILO_DATABASE_URL is a superuser, bypasses row level security or owns tables, so"
            " businesses would not be kept apart. Use the role milo_app.",
            code="role_too_strong",
        )


async def _check_isolation(conn: AsyncConnection[tuple[object, ...]]) -> None:
    planted, other = uuid4(), uuid4()
    seen: object = None
    async with conn.transaction():
        await conn.execute("SELECT set_config('app.business_id', %s, true)", (str(planted),))
        await conn.execute(
            "INSERT INTO businesses (business_id, slug, name) VALUES (%s, %s, 'probe')", (planted, f"probe-{planted}")
        )
        await conn.execute("SELECT set_config('app.business_id', %s, true)", (str(other),))
        cursor = await conn.execute("SELECT count(*) FROM businesses")
        row = await cursor.fetchone()
        seen = row[0] if row else None
        raise Rollback
    if seen != 0:
        raise ConfigurationError(
            "The database showed one business's row to another: row level security is not in force. Milo refuses to"
            " start.",
            code="isolation_broken",
        )
