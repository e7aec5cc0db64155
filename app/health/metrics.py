"""Prometheus text on MILO_METRICS_PORT and nowhere else: what waits, for how long, and what is down.

`metrics(services)` is entered by the web process and does nothing when the port is not set. Numbers are
read when they are asked for, as milo_ops; no label carries a business, a person or an address.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from prometheus_client.process_collector import ProcessCollector
from psycopg import Error as DatabaseError

from app.errors import ConfigurationError, Unavailable
from app.health.check import check
from app.health.queries import waiting
from app.services import Services

log = structlog.get_logger(__name__)


@asynccontextmanager
async def metrics(services: Services) -> AsyncGenerator[None]:
    """Serves while entered. Raises ConfigurationError when the port is taken."""
    port = services.settings.metrics_port
    if port is None:
        yield
        return

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(15):
                await _answer(services, reader, writer)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            log.info("metrics.reader_gone", error=type(error).__name__)
        finally:
            writer.close()

    try:
        server = await asyncio.start_server(answer, services.settings.host, port, limit=16_384)
    except OSError as error:
        raise ConfigurationError(
            f"MILO_METRICS_PORT {port} is in use by another program: choose another one.", code="port_in_use"
        ) from error
    try:
        yield
    finally:
        server.close()
        await server.wait_closed()


async def collect(services: Services) -> bytes:
    """The exposition text."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    up = Gauge("milo_up", "1 when the part answers", ["part"], registry=registry)
    count = Gauge("milo_rows", "Rows of jobs and outbox", ["table", "kind", "state"], registry=registry)
    oldest = Gauge(
        "milo_oldest_due_seconds", "How long the oldest due row has waited", ["table", "kind"], registry=registry
    )
    missed = Gauge("milo_doorbell_missed", "Rings Redis did not take, since the start", registry=registry)
    health = await check(services.database, services.redis)
    for part, answers in (("database", health.database), ("queue", health.queue), ("worker", health.worker)):
        up.labels(part).set(answers)
    missed.set(services.doorbell.missed)
    try:
        async with services.database.ops_transaction() as conn:
            rows = await waiting(conn)
    except (DatabaseError, Unavailable) as error:
        # milo_up says it already; the rest of the numbers are still worth having.
        log.warning("metrics.no_rows", error=type(error).__name__)
        rows = []
    for row in rows:
        count.labels(row.table, row.kind, row.state).set(row.count)
        if row.state in {"queued", "sending"}:
            oldest.labels(row.table, row.kind).set(row.oldest_seconds)
    return generate_latest(registry)


async def _answer(services: Services, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    asked = await reader.readuntil(b"\r\n\r\n")
    found = asked.startswith((b"GET /metrics ", b"GET / "))
    body = await collect(services) if found else b"There is nothing here.\n"
    status = "200 OK" if found else "404 Not Found"
    kind = CONTENT_TYPE_LATEST if found else "text/plain; charset=utf-8"
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    writer.write(head.encode() + body)
    await writer.drain()
