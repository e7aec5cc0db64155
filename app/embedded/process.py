"""Processes by identity: a pid with its start time and boot, so that a recycled pid is never signalled.

`spawn` starts one (its children die with us when asked), `recorded` finds one again from runtime.json,
`Process.stop` ends it step by step. Used for PostgreSQL, Redis, web and worker.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1
# (signal, seconds to wait for it), each harder than the last.
Steps = Sequence[tuple[signal.Signals, float]]
# Servers that other commands may go on using outlive the object that started them; dropped when they end.
_started: list[subprocess.Popen[bytes]] = []


class Process:
    """A running process that we started (`child`) or found again."""

    def __init__(self, pid: int, started: str, child: subprocess.Popen[bytes] | None = None):
        self.pid = pid
        self.started = started
        self.child = child

    @property
    def alive(self) -> bool:
        if self.child is not None:
            return self.child.poll() is None  # poll also reaps it
        return _start_of(self.pid) == self.started

    @property
    def exit_code(self) -> int | None:
        return self.child.returncode if self.child is not None else None

    def open_gate(self) -> None:
        """Lets a gated child go on."""
        if self.child is not None and self.child.stdin is not None:
            self.child.stdin.close()

    def record(self) -> dict[str, Any]:
        return {"pid": self.pid, "started": self.started}

    def signal(self, number: signal.Signals) -> None:
        if not self.alive:
            return
        try:
            # By descriptor: between our look and the signal the pid cannot become another process.
            handle = os.pidfd_open(self.pid)
            try:
                if self.child is not None or _start_of(self.pid) == self.started:
                    signal.pidfd_send_signal(handle, number)
            finally:
                os.close(handle)
        except ProcessLookupError:
            return  # it ended by itself in this moment, which is what was wanted

    async def gone(self, timeout: float | None = None) -> bool:
        """Waits until it has ended; False when the time ran out."""
        try:
            handle = os.pidfd_open(self.pid)
        except ProcessLookupError:
            return not self.alive
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.add_reader(handle, ended.set)
        try:
            if self.alive:
                await asyncio.wait_for(ended.wait(), timeout)
        except TimeoutError:
            return False
        finally:
            loop.remove_reader(handle)
            os.close(handle)
        return not self.alive

    async def stop(self, steps: Steps) -> bool:
        """True when it ended before the last resort."""
        for index, (number, seconds) in enumerate(steps):
            self.signal(number)
            if await self.gone(seconds):
                return index < len(steps) - 1
        return not self.alive


def spawn(
    argv: Sequence[str],
    *,
    environment: Mapping[str, str],
    log: Path | None = None,
    folder: Path | None = None,
    die_with_parent: signal.Signals | None = None,
    user: int | None = None,
    group: int | None = None,
    gated: bool = False,
) -> Process:
    """Starts `argv`. Call from the main thread: the death signal follows the thread that forked.

    `gated`: its standard input is a pipe that ends when `open_gate` is called, or when we die.
    """
    output: Any = None
    if log is not None:
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        child = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE if gated else subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output is not None else None,
            env=dict(environment),
            cwd=folder,
            # A Ctrl-C in the terminal reaches the supervisor alone, which ends the others in order.
            start_new_session=True,
            preexec_fn=_death_signal(die_with_parent) if die_with_parent else None,
            user=user,
            group=group,
            extra_groups=[] if user is not None else None,
        )
    finally:
        if output is not None:
            os.close(output)
    _started[:] = [other for other in _started if other.poll() is None]
    _started.append(child)
    return Process(child.pid, _start_of(child.pid) or "", child)


def recorded(record: Mapping[str, Any] | None, words: Sequence[str]) -> Process | None:
    """The process a record names, if it still runs and its command line holds all of `words`."""
    if not record or not isinstance(record.get("pid"), int):
        return None
    found = Process(record["pid"], str(record.get("started")))
    return found if found.alive and _names(found.pid, words) else None


def by_pid_file(path: Path, words: Sequence[str]) -> Process | None:
    """The process whose pid stands in the first line of a pid file, by the same rule."""
    try:
        pid = int(path.read_text(encoding="ascii", errors="replace").split("\n", 1)[0])
    except (OSError, ValueError):
        return None  # no such file, or cut off: then nothing is named
    started = _start_of(pid) if pid > 1 else None
    return Process(pid, started) if started and _names(pid, words) else None


def identity(pid: int) -> dict[str, Any]:
    """The record of a process that runs now, ours included."""
    return {"pid": pid, "started": _start_of(pid) or ""}


def _names(pid: int, words: Sequence[str]) -> bool:
    try:
        line = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False  # it ended
    parts = [os.fsdecode(part) for part in line]
    return all(any(word in part for part in parts) for word in words)


def _start_of(pid: int) -> str | None:
    """Boot and start time of a live process; None for none, or one that only waits to be reaped."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return None  # no such process
    # The name in parentheses may hold spaces and parentheses itself.
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else f"{boot}/{fields[19]}"


def _death_signal(number: signal.Signals) -> Callable[[], None]:
    parent = os.getpid()
    libc = ctypes.CDLL(None)  # loaded here: after the fork nothing may be imported

    def arrange() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(number))
        if os.getppid() != parent:
            os._exit(1)  # the parent died before it was asked for

    return arrange
