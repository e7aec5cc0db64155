"""`milo worker`: runs jobs. Started by `milo up` and by the compose file."""

from __future__ import annotations

import asyncio
import signal
from typing import Any

import click

from app.commands.console import Console, milo_command, wait_for_input_to_end
from app.settings import Settings


def _overrides(options: dict[str, Any]) -> dict[str, str]:
    return {"MILO_RENDER": "1"} if options.pop("render") else {}


@milo_command("worker", help="Run jobs: indexing, mail, purges.", signals=False, overrides=_overrides)
@click.option("--render", is_flag=True, help="With a browser beside it, for pages that need JavaScript (MILO_RENDER).")
@click.option("--wait", is_flag=True, hidden=True, help="Load, then wait until standard input ends.")
async def command(console: Console, settings: Settings, wait: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    from app.embedded import running
    from app.worker import work

    if wait:
        await wait_for_input_to_end()
        if stop.is_set():  # told to end before it began: the servers may never have started
            return
    async with running(settings) as resolved:
        await work(resolved, stop)
