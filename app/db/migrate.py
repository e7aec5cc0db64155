"""Brings a database to this version: forward only, one transaction a file, in order of their names.

Each applied file is recorded with its SHA-256. A database that holds a migration this version does
not know is newer than the program: refused, nothing touched. Called by `milo migrate`, the embedded
start and the tests' template database.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString, cast

from psycopg import AsyncConnection, errors

from app.errors import ConfigurationError

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = 7_345_201  # any constant: two `milo migrate` at once wait for each other


@dataclass(frozen=True, slots=True)
class Migration:
    name: str
    body: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.body.encode()).hexdigest()


async def migrate(owner_dsn: str) -> list[str]:
    """Applies what is missing, as milo_owner; returns the names applied now.

    Raises ConfigurationError when the database is newer, or when an applied file was changed since.
    """
    async with await AsyncConnection.connect(owner_dsn, autocommit=True) as conn:
        await conn.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        await _ensure_record(conn)
        known = migrations()
        applied = await _applied(conn)
        check_known(known, applied)
        done: list[str] = []
        for migration in known:
            if migration.name not in applied:
                await _apply(conn, migration)
                done.append(migration.name)
        return done


def migrations() -> list[Migration]:
    """The files of this version, in order."""
    return [Migration(path.stem, path.read_text(encoding="utf-8")) for path in sorted(MIGRATIONS.glob("*.sql"))]


async def missing(conn: AsyncConnection[Any]) -> list[str]:
    """Names of this version's migrations that the database lacks; all of them for an empty one."""
    try:
        applied = await _applied(conn)
    except errors.UndefinedTable:
        applied = {}
    known = migrations()
    check_known(known, applied)
    return [migration.name for migration in known if migration.name not in applied]


def check_known(known: list[Migration], applied: dict[str, str]) -> None:
    """Raises ConfigurationError unless all that is applied is known, unchanged."""
    bodies = {migration.name: migration.sha256 for migration in known}
    for name, sha256 in applied.items():
        if name not in bodies:
            raise ConfigurationError(
                f"This data was written by a newer Milo (it has the change {name}). Nothing was touched:"
                " start the newer version, or use another data dir.",
                code="data_newer",
            )
        if bodies[name] != sha256:
            raise ConfigurationError(
                f"The migration {name} is not the one this database was made with. Nothing was touched.",
                code="migration_changed",
            )


async def _ensure_record(conn: AsyncConnection[Any]) -> None:
    await conn.execute(
        "CREATE TABLE IF NOT EXISTS schema_migrations ("
        " name text PRIMARY KEY, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())"
    )
    await conn.execute("GRANT SELECT ON schema_migrations TO milo_app, milo_ops")


async def _applied(conn: AsyncConnection[Any]) -> dict[str, str]:
    cursor = await conn.execute("SELECT name, sha256 FROM schema_migrations ORDER BY name")
    return dict(await cursor.fetchall())


async def _apply(conn: AsyncConnection[Any], migration: Migration) -> None:
    async with conn.transaction():
        # Waiting behind a long query for a table lock would stop every query behind us.
        await conn.execute("SET LOCAL lock_timeout = '5s'")
        # LiteralString: the body is a file of this package, never input.
        await conn.execute(cast(LiteralString, migration.body))
        await conn.execute(
            "INSERT INTO schema_migrations (name, sha256) VALUES (%s, %s)", (migration.name, migration.sha256)
        )
