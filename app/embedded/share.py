"""Who may use a data dir's servers, decided by locks the kernel drops when a process dies.

`milo up` holds DATA/lock alone; commands hold it together. The first command to find no running pair
starts one (under DATA/lock.start), the last to leave stops it. A command beside `up` uses that one's.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from app.embedded.layout import DataDir, read_runtime
from app.embedded.pair import Pair, find_pair, start_pair, stop_pair
from app.errors import Conflict, Unavailable
from app.settings import Settings

WAIT_SECONDS = 90.0
STEP = 0.05
STOPPING_SECONDS = 1.0  # until an `up` that was told to stop says so in runtime.json


class Lock:
    """A lock on a file, held by this process until `close` or its end."""

    def __init__(self, path: Path):
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)

    def take(self, *, alone: bool) -> bool:
        """Without waiting. Changing from shared to alone may lose the shared one; see `running`."""
        try:
            fcntl.flock(self._handle, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in {errno.EWOULDBLOCK, errno.EACCES}:
                return False
            raise
        return True

    async def wait(self, *, alone: bool) -> None:
        while not self.take(alone=alone):
            await asyncio.sleep(STEP)

    def close(self) -> None:
        os.close(self._handle)


@asynccontextmanager
async def running(settings: Settings) -> AsyncGenerator[Settings]:
    """Yields settings whose database, Redis and keys can be used. Raises ConfigurationError, Unavailable."""
    if settings.database is not None:
        yield settings
        return
    data = DataDir(settings.data_dir)
    data.make()
    lock = Lock(data.lock)
    try:
        pair, shared = await _join(settings, data, lock)
        try:
            yield pair.resolved(settings)
        finally:
            if shared:
                await _leave(data, lock, pair)
    finally:
        lock.close()


@asynccontextmanager
async def alone(data: DataDir) -> AsyncGenerator[None]:
    """For `milo up`: the data dir for itself. Waits for commands at work, refuses beside another `up`."""
    lock = Lock(data.lock)
    loop = asyncio.get_running_loop()
    refuse_at = loop.time() + STOPPING_SECONDS
    try:
        told = False
        while not lock.take(alone=True):
            other = read_runtime(data)
            if other.get("up") and not other.get("stopping") and loop.time() > refuse_at:
                raise Conflict(
                    f"Milo already runs on this data dir at {other.get('url')} (process {other['up'].get('pid')}):"
                    " stop it first, or give --data and --port for a second one.",
                    code="already_running",
                )
            if not other.get("up") and not told:
                print("Waiting for another milo command on this data dir to end …", file=sys.stderr)
                told = True
            await asyncio.sleep(STEP)
        yield
    finally:
        lock.close()


async def _join(settings: Settings, data: DataDir, lock: Lock) -> tuple[Pair, bool]:
    """The pair, and whether it is shared among commands (else it is `milo up`'s)."""
    deadline = asyncio.get_running_loop().time() + WAIT_SECONDS
    while asyncio.get_running_loop().time() < deadline:
        if lock.take(alone=False):
            return await _share(settings, data), True
        # Held alone: by `up` (use its servers once they are there) or by a command that just stops them.
        if read_runtime(data).get("up"):
            pair = await find_pair(data)
            if pair is not None:
                return pair, False
        await asyncio.sleep(STEP)
    raise Unavailable(
        f"Another milo process holds the data dir {data.root} and its database does not answer:"
        " wait a moment, or stop that process.",
        code="data_dir_held",
    )


async def _share(settings: Settings, data: DataDir) -> Pair:
    start = Lock(data.start_lock)
    try:
        await start.wait(alone=True)
        # Not tied to this process's life: another command may still need it when we are done.
        return await find_pair(data) or await start_pair(settings, die_with_parent=False)
    finally:
        start.close()


async def _leave(data: DataDir, lock: Lock, pair: Pair) -> None:
    start = Lock(data.start_lock)
    try:
        await start.wait(alone=True)
        # If this fails someone else uses the pair, or `up` took over, which clears it itself.
        if lock.take(alone=True):
            await stop_pair(pair)
    finally:
        start.close()
