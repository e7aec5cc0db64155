"""`milo migrate`: brings the database to this version. The compose file's first step.

With --superuser-url-file also makes roles, database and extension, once, on a server of one's own.
"""

from __future__ import annotations

from pathlib import Path

import click

from app.commands.console import Console, milo_command
from app.errors import ConfigurationError
from app.settings import Settings


@milo_command("migrate", help="Bring the database to this version.")
@click.option(
    "--superuser-url-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File with a superuser's address: first makes the roles (with the passwords of the configured"
    " addresses), the database and the extension.",
)
async def command(console: Console, settings: Settings, superuser_url_file: Path | None) -> None:
    from app.db.migrate import migrate
    from app.embedded import running

    if superuser_url_file is not None:
        await _prepare(settings, superuser_url_file)
    async with running(settings) as resolved:
        if resolved.database is None or resolved.database.owner is None:
            raise ConfigurationError(
                "MILO_DATABASE_OWNER_URL is needed to migrate: the address of the role milo_owner."
            )
        applied = await migrate(resolved.database.owner.reveal())
    console.emit({"applied": applied}, f"Applied: {', '.join(applied)}" if applied else "The database is up to date.")


async def _prepare(settings: Settings, file: Path) -> None:
    from urllib.parse import unquote, urlsplit

    from app.db.bootstrap import RolePasswords, prepare

    urls = settings.database
    if urls is None or urls.owner is None or urls.ops is None:
        raise ConfigurationError(
            "To prepare a server, MILO_DATABASE_URL, MILO_DATABASE_OPS_URL and MILO_DATABASE_OWNER_URL are all needed."
        )
    try:
        superuser = file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigurationError(f"Cannot read {file} ({error.strerror}).") from error
    passwords = [unquote(urlsplit(url.reveal()).password or "") for url in (urls.owner, urls.app, urls.ops)]
    if not all(passwords):
        raise ConfigurationError("Each of the three database addresses needs a password for its role.")
    database = urlsplit(urls.app.reveal()).path.strip("/") or "milo"
    await prepare(superuser, database, RolePasswords(*passwords))
