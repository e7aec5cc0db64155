"""`milo serve`: the web process. Started by `milo up` and by the compose file."""

from __future__ import annotations

import signal
import sys
from types import FrameType

import click

from app.commands.console import Console, milo_command, wait_for_input_to_end
from app.settings import Settings


@milo_command("serve", help="Serve the pages, the widget and the API.", signals=False)
@click.option("--wait", is_flag=True, hidden=True, help="Load, then wait until standard input ends.")
async def command(console: Console, settings: Settings, wait: bool) -> None:
    # Until uvicorn takes the signals, and again when it hands them back after a clean stop.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)
    from app.asgi import serve
    from app.embedded import running

    if wait:
        await wait_for_input_to_end()
    async with running(settings) as resolved:
        await serve(resolved)


def _leave(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)
