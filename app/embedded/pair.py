"""Both embedded servers at once: leftovers cleared, started side by side, roles and schema brought up.

`start_pair` and `stop_pair` are what `milo up`, the sharing commands and the tests use. The caller
holds the data dir's lock.
"""

from __future__ import annotations

import asyncio
import os
import secrets as random
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app.embedded import postgres, redis_server
from app.embedded.layout import DataDir, DataSecrets, open_secrets, read_runtime, write_runtime
from app.embedded.process import Process, recorded
from app.errors import ConfigurationError
from app.settings import DatabaseUrls, Secret, Settings

# PostgreSQL takes at most 107 bytes for the socket's whole path.
LONGEST_SOCKET_DIR = 80
PREFIX = "milo-"
PREPARED = "milo.prepared"
CHILD_WORDS = ("app.cli",)
CHILD_NAMES = ("web", "worker")


@dataclass(slots=True)
class Pair:
    data: DataDir
    secrets: DataSecrets
    socket_dir: Path
    postgres: Process
    redis: Process

    def resolved(self, settings: Settings) -> Settings:
        """The settings with this pair's addresses and keys. The superuser is not among them."""
        return resolved(settings, self.secrets, self.socket_dir)

    def record(self) -> dict[str, Any]:
        return {
            "socket_dir": str(self.socket_dir),
            "postgres": self.postgres.record(),
            "redis": self.redis.record(),
        }


async def start_pair(
    settings: Settings,
    *,
    die_with_parent: bool,
    durable: bool = True,
    meanwhile: Callable[[Settings], None] | None = None,
) -> Pair:
    """Starts both and migrates. Raises ConfigurationError; then neither is left running.

    `meanwhile` is called with the resolved settings before the servers answer: what takes long to
    begin can begin beside them.
    """
    data = DataDir(settings.data_dir)
    data.make()
    postgres.check_version(data)
    await clear_leftovers(data)
    secrets = open_secrets(data)
    socket_dir = make_socket_dir(settings.runtime_dir)
    # Before anything runs there: whoever finds this data dir after our sudden end can clear it.
    write_runtime(data, {"socket_dir": str(socket_dir)})
    if meanwhile is not None:
        meanwhile(resolved(settings, secrets, socket_dir))
    started = await asyncio.gather(
        postgres.start_postgres(data, secrets, socket_dir, die_with_parent=die_with_parent, durable=durable),
        redis_server.start_redis(data, secrets, socket_dir, die_with_parent=die_with_parent),
        return_exceptions=True,
    )
    try:
        for outcome in started:
            if isinstance(outcome, BaseException):
                raise outcome
        database, redis = (outcome for outcome in started if isinstance(outcome, Process))
        pair = Pair(data, secrets, socket_dir, database, redis)
        write_runtime(data, pair.record())
        await _bring_up(pair)
        return pair
    except BaseException:
        for outcome, steps in zip(started, (postgres.STOP_STEPS, redis_server.STOP_STEPS), strict=True):
            if isinstance(outcome, Process):
                await outcome.stop(steps)
        _forget(data, socket_dir)
        raise


async def stop_pair(pair: Pair) -> None:
    """Ends both, whoever started them, and removes what named them."""
    await asyncio.gather(pair.postgres.stop(postgres.STOP_STEPS), pair.redis.stop(redis_server.STOP_STEPS))
    _forget(pair.data, pair.socket_dir)


async def find_pair(data: DataDir) -> Pair | None:
    """The pair that runtime.json names, if both still run and answer."""
    state = read_runtime(data)
    database = recorded(state.get("postgres"), ["postgres", str(data.postgres)])
    redis = recorded(state.get("redis"), ["redis-server", str(data.redis)])
    socket_dir = Path(str(state.get("socket_dir", "")))
    if database is None or redis is None or not data.secrets.exists() or not postgres.is_ready(data, database):
        return None
    secrets = open_secrets(data)
    if not await redis_server.answers(socket_dir, secrets):
        return None
    return Pair(data, secrets, socket_dir, database, redis)


async def clear_leftovers(data: DataDir) -> None:
    """Ends what a killed supervisor left: its web and worker first, then its servers. Never another's process."""
    state = read_runtime(data)
    children = [recorded(state.get(name), CHILD_WORDS) for name in CHILD_NAMES]
    await asyncio.gather(*(child.stop(redis_server.STOP_STEPS) for child in children if child))
    servers = (
        (postgres.find_leftover(data), postgres.STOP_STEPS),
        (recorded(state.get("postgres"), ["postgres", str(data.postgres)]), postgres.STOP_STEPS),
        (redis_server.find_leftover(data), redis_server.STOP_STEPS),
        (recorded(state.get("redis"), ["redis-server", str(data.redis)]), redis_server.STOP_STEPS),
    )
    await asyncio.gather(*(server.stop(steps) for server, steps in servers if server))
    socket_dir = Path(str(state.get("socket_dir", "")))
    if socket_dir.name.startswith(PREFIX):
        _forget(data, socket_dir)


def resolved(settings: Settings, secrets: DataSecrets, socket_dir: Path) -> Settings:
    return replace(
        settings,
        database=DatabaseUrls(
            app=Secret(postgres.url("milo_app", secrets.app, socket_dir)),
            ops=Secret(postgres.url("milo_ops", secrets.ops, socket_dir)),
            owner=Secret(postgres.url("milo_owner", secrets.owner, socket_dir)),
        ),
        redis_url=settings.redis_url or Secret(redis_server.url(secrets, socket_dir)),
        secret_keys=settings.secret_keys or secrets.keys,
    )


def make_socket_dir(runtime_dir: Path) -> Path:
    """A fresh 0700 folder with a short name: the data dir's own path may be too long for a socket."""
    for parent in (runtime_dir, Path("/tmp")):
        path = parent / f"{PREFIX}{random.token_hex(6)}"
        if len(os.fsencode(path)) > LONGEST_SOCKET_DIR or not os.access(parent, os.W_OK | os.X_OK):
            continue
        path.mkdir(mode=0o700)
        return path
    raise ConfigurationError(
        f"No folder for sockets: neither {runtime_dir} nor /tmp can be written, or the path is too long."
        " Set XDG_RUNTIME_DIR to a short path.",
        code="runtime_dir",
    )


async def _bring_up(pair: Pair) -> None:
    """Roles, database and extension once; the schema at every start."""
    # Imported here: `milo up` starts web and worker before it needs a database client itself.
    from app.db.bootstrap import RolePasswords, prepare
    from app.db.migrate import migrate

    marker = pair.data.postgres / PREPARED
    secrets = pair.secrets
    if not marker.exists():
        superuser = postgres.url(postgres.SUPERUSER, secrets.superuser, pair.socket_dir, "postgres")
        await prepare(superuser, postgres.DATABASE, RolePasswords(secrets.owner, secrets.app, secrets.ops))
        marker.touch(mode=0o600)
    await migrate(postgres.url("milo_owner", secrets.owner, pair.socket_dir))


def _forget(data: DataDir, socket_dir: Path) -> None:
    if socket_dir.is_dir():
        shutil.rmtree(socket_dir)
    data.runtime.unlink(missing_ok=True)
