"""What only a superuser may do, once: the three roles, the database and the extension.

Called by the embedded start with the superuser's address (which stays in the data dir) and by the
compose file's init step. Safe to repeat. Everything after this is done by milo_owner.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from psycopg import AsyncConnection, sql


@dataclass(frozen=True, slots=True)
class RolePasswords:
    owner: str = field(repr=False)
    app: str = field(repr=False)
    ops: str = field(repr=False)


async def prepare(superuser_dsn: str, database: str, passwords: RolePasswords) -> None:
    """`superuser_dsn` names any existing database of the cluster (postgres)."""
    async with await AsyncConnection.connect(superuser_dsn, autocommit=True) as conn:
        await _make_roles(conn, passwords)
        await _make_database(conn, database)
    async with await AsyncConnection.connect(superuser_dsn, dbname=database, autocommit=True) as conn:
        await _make_schema(conn, database)


async def _make_roles(conn: AsyncConnection[Any], passwords: RolePasswords) -> None:
    for role, password in (("milo_owner", passwords.owner), ("milo_app", passwords.app), ("milo_ops", passwords.ops)):
        found = await conn.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,))
        verb = sql.SQL("ALTER" if await found.fetchone() else "CREATE")
        # Every attribute is named, so that a role someone widened by hand is narrowed again.
        await conn.execute(
            sql.SQL(
                "{verb} ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT"
                " PASSWORD {password}"
            ).format(verb=verb, role=sql.Identifier(role), password=sql.Literal(password))
        )


async def _make_database(conn: AsyncConnection[Any], database: str) -> None:
    found = await conn.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,))
    if await found.fetchone() is None:
        # The builtin provider sorts and folds alike on every machine, container or wheel.
        await conn.execute(
            sql.SQL(
                "CREATE DATABASE {} OWNER milo_owner TEMPLATE template0 ENCODING 'UTF8'"
                " LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'"
            ).format(sql.Identifier(database))
        )


async def _make_schema(conn: AsyncConnection[Any], database: str) -> None:
    await conn.execute("CREATE EXTENSION IF NOT EXISTS vector")
    for statement in (
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        "GRANT USAGE, CREATE ON SCHEMA public TO milo_owner",
        "GRANT USAGE ON SCHEMA public TO milo_app, milo_ops",
    ):
        await conn.execute(statement)
    await conn.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(database)))
    await conn.execute(
        sql.SQL("GRANT CONNECT ON DATABASE {} TO milo_owner, milo_app, milo_ops").format(sql.Identifier(database))
    )
