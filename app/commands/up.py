"""`milo up`: everything on this machine, from nothing. Prints `ready http://127.0.0.1:PORT` and stays."""

from __future__ import annotations

import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
import structlog

from app.commands.console import Console, milo_command
from app.settings import Settings, child_environment


def _overrides(options: dict[str, Any]) -> dict[str, str]:
    named = {"MILO_PORT": options.pop("port"), "MILO_DATA_DIR": options.pop("data")}
    named |= {"MILO_RENDER": "1"} if options.pop("render") else {}
    return {name: str(value) for name, value in named.items() if value is not None}


@milo_command("up", help="Start everything; Ctrl-C stops it.", signals=False, overrides=_overrides)
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on (MILO_PORT, 8000).")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Data dir (MILO_DATA_DIR, .milo).")
@click.option("--render", is_flag=True, help="Read pages that need JavaScript with a browser (MILO_RENDER).")
@click.option("--no-sample", is_flag=True, help="Leave out the sample business.")
async def command(console: Console, settings: Settings, no_sample: bool) -> None:
    from app.supervisor import supervise

    first = settings.embedded and not (settings.data_dir / "pg").exists()
    sample = settings.embedded and not no_sample
    if sample:
        # The sample's pages are served by this very Milo, at a private address.
        own = urlsplit(settings.public_url).netloc
        settings = replace(settings, crawl_private_hosts=settings.crawl_private_hosts | {own})

    async def ready(resolved: Settings) -> None:
        address = f"http://127.0.0.1:{resolved.port}" if resolved.host == "127.0.0.1" else resolved.public_url
        console.emit({"ready": address}, f"ready {address}")
        if first:
            link = await _sign_in_link(resolved)
            console.emit({"sign_in_url": link}, f"sign in within ten minutes: {link}")
        if sample:
            await _set_sample_up(resolved)

    await supervise(settings, ready)


async def _sign_in_link(settings: Settings) -> str:
    from app.accounts.sign_in import operator_link
    from app.db.pool import Database

    assert settings.database is not None
    database = await Database.open(settings.database, max_size=1)
    try:
        return await operator_link(database, settings)
    finally:
        await database.close()


async def _set_sample_up(settings: Settings) -> None:
    """In a process of its own, so that what it loads is given back."""
    from app.embedded.process import spawn

    process = spawn(
        [sys.executable, "-P", "-m", "app.cli", "sample", "--json"],
        environment=child_environment(settings),
        log=settings.data_dir / "logs" / "sample.log",
        die_with_parent=signal.SIGTERM,
    )
    try:
        await process.gone()
    finally:
        await process.stop([(signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0)])
    if process.exit_code:
        structlog.get_logger(__name__).warning("up.no_sample", exit=process.exit_code, see="logs/sample.log")
