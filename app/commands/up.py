"""`milo up`: everything on this machine, from nothing. Prints `ready http://127.0.0.1:PORT` and stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from app.commands.console import Console, milo_command
from app.settings import Settings


def _overrides(options: dict[str, Any]) -> dict[str, str]:
    named = {"MILO_PORT": options.pop("port"), "MILO_DATA_DIR": options.pop("data")}
    return {name: str(value) for name, value in named.items() if value is not None}


@milo_command("up", help="Start everything; Ctrl-C stops it.", signals=False, overrides=_overrides)
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on (MILO_PORT, 8000).")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Data dir (MILO_DATA_DIR, .milo).")
@click.option("--no-sample", is_flag=True, help="Leave out the sample business.")
async def command(console: Console, settings: Settings, no_sample: bool) -> None:
    from app.supervisor import supervise

    first = settings.embedded and not (settings.data_dir / "pg").exists()

    async def ready(resolved: Settings) -> None:
        address = f"http://127.0.0.1:{resolved.port}" if resolved.host == "127.0.0.1" else resolved.public_url
        console.emit({"ready": address}, f"ready {address}")
        if first:
            link = await _sign_in_link(resolved)
            console.emit({"sign_in_url": link}, f"sign in within ten minutes: {link}")

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
