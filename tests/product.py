"""Starts the product as a person would and reads the kernel's own figures about it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).parents[1]
MILO = [str(Path(sys.executable).parent / "milo")]


@dataclass(frozen=True, slots=True)
class Running:
    process: subprocess.Popen[str]
    environ: dict[str, str]
    ready_seconds: float
    url: str

    def json(self, *arguments: str) -> list[dict[str, Any]]:
        """The JSON lines of one milo command beside the running product."""
        done = subprocess.run([*MILO, *arguments, "--json"], env=self.environ, cwd=ROOT, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"milo {' '.join(arguments)}: {done.stdout[-500:]} {done.stderr[-1500:]}")
        return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]

    def pss_megabytes(self) -> float:
        """Proportional set size of the whole process tree, servers included."""
        family = [psutil.Process(self.process.pid)]
        family += family[0].children(recursive=True)
        return sum(process.memory_full_info().pss for process in family) / 1e6


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def up(data_dir: Path, *, port: int | None = None, options: tuple[str, ...] = (), **environ: str) -> Iterator[Running]:
    """`milo up` until `ready`, then SIGTERM. Raises RuntimeError when it does not get ready in 120 s."""
    port = port or free_port()
    full = {**os.environ, "MILO_DATA_DIR": str(data_dir), "MILO_PORT": str(port), **environ}
    started = time.perf_counter()
    process = subprocess.Popen(
        [*MILO, "up", *options], env=full, cwd=ROOT, stdout=subprocess.PIPE, text=True, stderr=subprocess.DEVNULL
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("ready "):
                break
        else:
            raise RuntimeError(f"milo up ended with {process.wait()} before it was ready")
        yield Running(process, full, time.perf_counter() - started, f"http://127.0.0.1:{port}")
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        finally:
            if process.stdout is not None:
                process.stdout.close()
