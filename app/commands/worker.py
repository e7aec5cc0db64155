"""`milo worker`: runs jobs. Started by `milo up` and by the compose file."""

from __future__ import annotations

import asyncio
import signal

from app.commands.console import Console, milo_command
from app.settings import Settings


@milo_command("worker", help="Run jobs: indexing, mail, purges.", signals=False)
async def command(console: Console, settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    from app.embedded import running
    from app.worker import work

    async with running(settings) as resolved:
        await work(resolved, stop)
