"""`milo up`: PostgreSQL, Redis, web and worker as one thing that starts, heals and stops together.

In: embedded or configured settings. It prints nothing itself; `on_ready` is called once web and worker
answer. What dies is restarted with backoff; a part that cannot start at all ends the whole start with
its reason. After `kill -9` of this process its children end by themselves, and the next start clears
what is left.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import structlog

from app.embedded.layout import DataDir, write_runtime
from app.embedded.pair import Pair, start_pair, stop_pair
from app.embedded.postgres import start_postgres
from app.embedded.process import Process, identity, spawn
from app.embedded.redis_server import start_redis
from app.embedded.share import alone
from app.errors import ConfigurationError
from app.settings import Settings, child_environment

# -P: a folder named `app` where the command was typed is not ours.
CHILDREN = {
    name: [sys.executable, "-P", "-m", "app.cli", verb] for name, verb in (("web", "serve"), ("worker", "worker"))
}
# The web process ends its streams within 8 s, the worker its jobs within 10 s.
STOP_STEPS = ((signal.SIGTERM, 15.0), (signal.SIGKILL, 5.0))
BACKOFF_SECONDS = (0.2, 1.0, 2.0, 5.0, 15.0)
STEADY_SECONDS = 60.0  # alive this long, its earlier falls are forgotten
READY_SECONDS = 110.0
log = structlog.get_logger(__name__)

Ready = Callable[[Settings], Awaitable[None]]


@dataclass(slots=True)
class Parts:
    """What runs. `begun` is when; an older heartbeat of a worker is not ours."""

    settings: Settings
    begun: datetime
    commands: Mapping[str, Sequence[str]]
    pair: Pair | None = None
    children: dict[str, Process] = field(default_factory=dict[str, Process])


async def supervise(settings: Settings, on_ready: Ready, commands: Mapping[str, Sequence[str]] = CHILDREN) -> None:
    """Runs until SIGTERM or Ctrl-C, then stops everything. Raises MiloError when the start fails."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        if settings.database is None:
            data = DataDir(settings.data_dir)
            data.make()
            await stack.enter_async_context(alone(data))
        check_port(settings)
        parts = Parts(settings, datetime.now(UTC), commands)
        watching = asyncio.create_task(_run(parts, on_ready))
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({watching, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            watching.cancel()
            await asyncio.gather(watching, stopping, return_exceptions=True)
            await _stop(parts)
        if not stop.is_set():
            watching.result()


def check_port(settings: Settings) -> None:
    """Raises ConfigurationError when the port is taken, before anything is started."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise ConfigurationError(
                f"Port {settings.port} is in use by another program. Stop that program, or choose another port:"
                f" milo up --port {settings.port + 1}",
                code="port_in_use",
            ) from error


async def _run(parts: Parts, on_ready: Ready) -> None:
    def begin(settings: Settings) -> None:
        parts.settings = settings
        for name in parts.commands:
            _start_child(parts, name, gated=True)

    if parts.settings.database is None:
        # Web and worker load their code while the servers start, and wait at their gate.
        parts.pair = await start_pair(parts.settings, die_with_parent=True, meanwhile=begin)
    else:
        begin(parts.settings)
    for process in parts.children.values():
        process.open_gate()
    _record(parts)
    await _wait_ready(parts)
    names = [*parts.commands, *(("postgres", "redis") if parts.pair else ())]
    await asyncio.gather(on_ready(parts.settings), *(_keep(parts, name) for name in names))


def _start_child(parts: Parts, name: str, *, gated: bool = False) -> None:
    parts.children[name] = spawn(
        [*parts.commands[name], *(["--wait"] if gated else [])],
        environment=child_environment(parts.settings),
        die_with_parent=signal.SIGTERM,
        gated=gated,
    )


async def _wait_ready(parts: Parts) -> None:
    """Until the web process says that database, queue and this start's worker are there."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + READY_SECONDS
    while not await _answers(parts):
        for name, process in _processes(parts).items():
            if not process.alive:
                raise ConfigurationError(
                    f"The {name} process ended while it started (exit {process.exit_code}); its reason stands above.",
                    code=f"{name}_failed",
                )
        if loop.time() > deadline:
            raise ConfigurationError(
                f"Web and worker did not answer within {READY_SECONDS:.0f} seconds; their log stands above.",
                code="not_ready",
            )
        await asyncio.sleep(0.03)


async def _answers(parts: Parts) -> bool:
    host = "127.0.0.1" if parts.settings.host in {"0.0.0.0", "::", ""} else parts.settings.host  # noqa: S104 - compared
    try:
        reader, writer = await asyncio.open_connection(host, parts.settings.port)
    except OSError:
        return False  # not listening yet
    try:
        writer.write(f"GET /readyz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        async with asyncio.timeout(5):
            head, _, body = (await reader.read(65_536)).partition(b"\r\n\r\n")
            body += await reader.read(65_536)
    except (OSError, TimeoutError):
        return False
    finally:
        writer.close()
    if b" 200 " not in head.split(b"\r\n", 1)[0]:
        return False
    seen = json.loads(body).get("worker_seen_at")
    return seen is not None and datetime.fromisoformat(seen) >= parts.begun


async def _keep(parts: Parts, name: str) -> None:
    """Restarts one part whenever it ends, ever more slowly while it keeps falling."""
    loop = asyncio.get_running_loop()
    falls = 0
    while True:
        process = _processes(parts)[name]
        since = loop.time()
        await process.gone()
        falls = 0 if loop.time() - since > STEADY_SECONDS else falls
        log.warning("supervisor.part_ended", part=name, exit=process.exit_code)
        while True:
            await asyncio.sleep(BACKOFF_SECONDS[min(falls, len(BACKOFF_SECONDS) - 1)])
            falls += 1
            try:
                await _restart(parts, name)
                break
            except ConfigurationError as error:
                log.error("supervisor.restart_failed", part=name, reason=error.sentence)
        _record(parts)
        log.info("supervisor.part_restarted", part=name)


def _processes(parts: Parts) -> dict[str, Process]:
    servers = {"postgres": parts.pair.postgres, "redis": parts.pair.redis} if parts.pair else {}
    return parts.children | servers


async def _restart(parts: Parts, name: str) -> None:
    if name in parts.commands:
        _start_child(parts, name)
        return
    pair = parts.pair
    assert pair is not None
    if name == "postgres":
        pair.postgres = await start_postgres(pair.data, pair.secrets, pair.socket_dir, die_with_parent=True)
    else:
        pair.redis = await start_redis(pair.data, pair.secrets, pair.socket_dir, die_with_parent=True)


def _record(parts: Parts, *, stopping: bool = False) -> None:
    """What a command beside us reads, and what the next start clears after our sudden end."""
    if parts.pair is None:
        return
    state: dict[str, Any] = parts.pair.record()
    state["up"] = identity(os.getpid())
    state["url"] = parts.settings.public_url
    state["port"] = parts.settings.port
    state["stopping"] = stopping
    for name, process in parts.children.items():
        state[name] = process.record()
    write_runtime(parts.pair.data, state)


async def _stop(parts: Parts) -> None:
    if parts.pair is not None:
        _record(parts, stopping=True)  # the next `up` waits for us instead of refusing
    for process in parts.children.values():
        process.open_gate()
    await asyncio.gather(*(process.stop(STOP_STEPS) for process in parts.children.values()))
    if parts.pair is not None:
        await stop_pair(parts.pair)
