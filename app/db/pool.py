"""Connections and transactions. Out goes one thing: a connection bound to one business.

`business_transaction` is the only way to a tenant's rows; `directory_transaction` sees no tenant row
at all; `ops_transaction` is the narrow cross-business view (states and times) of the milo_ops role.
A connection that comes back to the pool is cleaned and checked, so that no business lingers on it.
Around what a transaction does stand two round trips and not one for each word that is said to the database:
several transactions stand before the first word of an answer.
"""

from __future__ import annotations

import select
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any
from uuid import UUID
from weakref import WeakSet

from psycopg import AsyncConnection, AsyncCursor, OperationalError, sql
from psycopg import Error as DatabaseError
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from app.errors import Unavailable
from app.settings import DatabaseUrls

Connection = AsyncConnection[tuple[Any, ...]]
Transaction = Callable[[], AbstractAsyncContextManager[Connection]]

# force_custom_plan: a generic plan for a warm connection hides pgvector's missing rows and mis-sizes
# tenants. JIT costs more than these queries take.
OPTIONS = " ".join(
    f"-c {option}"
    for option in (
        "timezone=UTC",
        "jit=off",
        "plan_cache_mode=force_custom_plan",
        "statement_timeout=30s",
        "lock_timeout=10s",
        "idle_in_transaction_session_timeout=60s",
        "client_min_messages=warning",
    )
)


class Database:
    """The pools of one process. Make it with `Database.open`, end it with `close`."""

    def __init__(self, app: AsyncConnectionPool[Connection], ops: AsyncConnectionPool[Connection] | None):
        self._app = app
        self._ops = ops

    @classmethod
    async def open(cls, urls: DatabaseUrls, *, max_size: int = 8) -> Database:
        app = _pool(urls.app.reveal(), "app", max_size)
        ops = _pool(urls.ops.reveal(), "ops", 2) if urls.ops else None
        await app.open(wait=False)
        if ops:
            await ops.open(wait=False)
        return cls(app, ops)

    async def close(self) -> None:
        await self._app.close(timeout=2)
        if self._ops:
            await self._ops.close(timeout=2)

    @asynccontextmanager
    async def business_transaction(self, business_id: UUID) -> AsyncGenerator[Connection, None]:
        """A transaction that sees and writes rows of this business only. Keep it short; no network inside."""
        # SET LOCAL and not set_config(): a cluster hands on what is SET and not what a function sets (docs/scale.md).
        begin = _BEGIN + sql.SQL("SET LOCAL app.business_id = {}").format(str(business_id))
        async with _connection(self._app) as conn, _transaction(conn, begin):
            yield conn

    def bound(self, business_id: UUID) -> Transaction:
        """`business_transaction` with the business filled in: the Transaction port of the lower rooms."""
        return lambda: self.business_transaction(business_id)

    @asynccontextmanager
    async def directory_transaction(self) -> AsyncGenerator[Connection, None]:
        """For directory tables. Tenant tables are empty from here."""
        async with _connection(self._app) as conn, _transaction(conn, _BEGIN):
            yield conn

    @asynccontextmanager
    async def ops_transaction(self) -> AsyncGenerator[Connection, None]:
        """Read-only, across businesses, only the columns granted to milo_ops."""
        if self._ops is None:
            raise Unavailable("The operations database role is not configured (MILO_DATABASE_OPS_URL).")
        async with _connection(self._ops) as conn, _transaction(conn, _BEGIN):
            yield conn


def _pool(url: str, name: str, max_size: int) -> AsyncConnectionPool[Connection]:
    return AsyncConnectionPool(
        url,
        name=f"milo-{name}",
        min_size=1,
        max_size=max_size,
        open=False,
        timeout=5,
        max_lifetime=1800,
        reconnect_timeout=30,
        # autocommit: BEGIN and COMMIT are said here, with what stands beside them, and not by the client of its own.
        kwargs={"autocommit": True, "options": OPTIONS, "application_name": f"milo-{name}", "connect_timeout": 5},
        configure=_configure,
        reset=_reset,
        check=_check,
    )


async def _configure(conn: Connection) -> None:
    conn.prepare_threshold = None  # see OPTIONS: no plan outlives the business it was made for


async def _check(conn: Connection) -> None:
    """A server that ended this connection has said so: only then is it worth asking. Nothing is due on an idle one."""
    if select.select([conn.fileno()], [], [], 0)[0]:
        await AsyncConnectionPool.check_connection(conn)


async def _reset(conn: Connection) -> None:
    """A connection on which a setting survived is thrown away by raising, not handed to the next."""
    if conn in _CLEANED:
        _CLEANED.discard(conn)
    elif not await _is_clean(await conn.execute(_CLEAN)):
        raise OperationalError("a business lingered on a pooled connection")


async def _is_clean(cursor: AsyncCursor[tuple[Any, ...]]) -> bool:
    """By the last of the statements that were sent together."""
    while cursor.nextset():
        pass
    row = await cursor.fetchone()
    return row is not None and row[0] is None


_BEGIN = sql.SQL("BEGIN;")
_CLEAN = "RESET ALL; SELECT nullif(current_setting('app.business_id', true), '')"
_CLEANED = WeakSet[Connection]()  # with their commit, and not used since: the pool need not ask again


@asynccontextmanager
async def _transaction(conn: Connection, begin: sql.Composed | sql.SQL) -> AsyncGenerator[None, None]:
    """Commits, or takes everything back when what it encloses raises or is cancelled."""
    await conn.execute(begin)
    try:
        yield
    except BaseException:
        # A connection that broke, or is cut in the middle of an answer, cannot say it: the pool throws it away.
        with suppress(DatabaseError):
            await conn.rollback()
        raise
    if await _is_clean(await conn.execute(f"COMMIT; {_CLEAN}")):
        _CLEANED.add(conn)


@asynccontextmanager
async def _connection(pool: AsyncConnectionPool[Connection]) -> AsyncGenerator[Connection, None]:
    try:
        async with pool.connection() as conn:
            yield conn
    except PoolTimeout as error:
        raise Unavailable(
            "The database is not reachable right now. Please try again in a moment.", retry_after=5
        ) from error
