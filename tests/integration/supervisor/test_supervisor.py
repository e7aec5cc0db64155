"""`milo up` as a process: starts, heals, stops, survives its own kill -9. Web and worker are stand-ins here."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
CHILD = Path(__file__).with_name("child.py")
RUN = """
import asyncio, sys
from app import logs
from app.errors import MiloError
from app.settings import settings_with
from app.supervisor import supervise
child = sys.argv[1]
extra = sys.argv[2:]
async def ready(settings):
    print(f"ready http://127.0.0.1:{settings.port}", flush=True)
logs.configure()
commands = {name: [sys.executable, child, name, "app.cli", *extra] for name in ("web", "worker")}
try:
    asyncio.run(supervise(settings_with({}), ready, commands))
except MiloError as error:
    print(error.sentence, flush=True)
    sys.exit(1)
"""


class Up:
    """One running `up`."""

    def __init__(self, data: Path, port: int, *extra: str):
        self.data, self.port = data, port
        environ = {name: value for name, value in os.environ.items() if not name.startswith("MILO_")}
        self.process = subprocess.Popen(
            [sys.executable, "-c", RUN, str(CHILD), *extra],
            env=environ | {"MILO_DATA_DIR": str(data), "MILO_PORT": str(port)},
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def state(self) -> dict[str, Any]:
        return json.loads((self.data / "runtime.json").read_text())

    def pid(self, part: str) -> int:
        return self.state()[part]["pid"]

    def code(self) -> int:
        """Its exit code once it ended by itself."""
        return self.process.wait(30)

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(30)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


Start = Callable[..., Up]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    running: list[Up] = []

    def begin(*extra: str, name: str = "data", port: int | None = None) -> Up:
        running.append(Up(tmp_path / name, port or free_port(), *extra))
        return running[-1]

    yield begin
    for up in running:
        up.end()
    assert leftovers(tmp_path) == []


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def leftovers(folder: Path) -> list[str]:
    """Processes that name the folder, or were given it in their environment."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                text = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
            except OSError:
                continue
            if str(folder).encode() in text:
                found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
    return found


def eventually(claim: Callable[[], object], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            if claim():
                return
        except (OSError, KeyError, ValueError):
            pass  # not there yet: asked again until the deadline
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.05)


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except FileNotFoundError:
        return True


def test_up_is_ready_stops_on_sigterm_and_is_ready_again_soon(start: Start) -> None:
    first = start()
    assert first.line() == f"ready http://127.0.0.1:{first.port}"
    assert first.end() == 0
    assert not (first.data / "runtime.json").exists()
    began = time.monotonic()
    second = start(port=first.port)
    assert second.line().startswith("ready ")
    assert time.monotonic() - began < 4


def test_ctrl_c_stops_all(start: Start) -> None:
    up = start()
    up.line()
    assert up.end(signal.SIGINT) == 0


@pytest.mark.parametrize("part", ["web", "worker", "postgres", "redis"])
def test_what_dies_is_started_again(start: Start, part: str) -> None:
    up = start()
    up.line()
    before = up.pid(part)
    os.kill(before, signal.SIGKILL)
    eventually(lambda: up.pid(part) != before and not gone(up.pid(part)))
    eventually(lambda: urllib.request.urlopen(f"http://127.0.0.1:{up.port}/readyz", timeout=2).close() is None)


def test_after_kill_nine_the_next_start_works_and_nothing_is_left(start: Start) -> None:
    up = start()
    up.line()
    pids = [up.pid(part) for part in ("postgres", "redis", "web", "worker")]
    up.end(signal.SIGKILL)
    again = start(port=up.port)
    assert again.line().startswith("ready ")
    assert all(gone(pid) for pid in pids)


def test_after_kill_nine_everything_ends_by_itself_too(start: Start) -> None:
    up = start()
    up.line()
    pids = [up.pid(part) for part in ("postgres", "redis", "web", "worker")]
    up.end(signal.SIGKILL)
    eventually(lambda: all(gone(pid) for pid in pids))


def test_a_start_right_after_a_stop_waits_for_it(start: Start) -> None:
    up = start()
    up.line()
    up.process.send_signal(signal.SIGTERM)
    again = start(port=up.port)
    assert again.line().startswith("ready ")


def test_two_data_dirs_run_side_by_side(start: Start) -> None:
    one, two = start(name="one"), start(name="two")
    assert one.line().startswith("ready ")
    assert two.line().startswith("ready ")


def test_a_second_up_on_the_same_data_dir_is_refused(start: Start) -> None:
    up = start()
    up.line()
    second = start()
    assert "already runs on this data dir" in second.line()
    assert second.code() == 1
    assert up.process.poll() is None


def test_a_port_in_use_is_one_sentence_and_nothing_is_started(start: Start) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        up = start(port=taken.getsockname()[1])
        assert "is in use by another program" in up.line()
        assert up.code() == 1
    assert not (up.data / "pg").exists()


def test_a_part_that_cannot_start_ends_the_start(start: Start) -> None:
    up = start("broken")
    assert "process ended while it started" in up.line()
    assert up.code() == 1
