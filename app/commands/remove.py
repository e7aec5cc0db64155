"""`milo remove SLUG URL_OR_FILENAME`: a site or an uploaded file out of what the business is asked about."""

from __future__ import annotations

from dataclasses import asdict

import click

from app.commands.console import Console, milo_command
from app.settings import Settings

ACTOR = "operator"


@milo_command("remove", help="Remove a site (its address) or an uploaded file (its name) of the business SLUG.")
@click.argument("slug")
@click.argument("target", metavar="URL_OR_FILENAME")
async def command(console: Console, settings: Settings, slug: str, target: str) -> None:
    from app.businesses.queries import find_by_slug
    from app.embedded import running
    from app.errors import NotFound
    from app.knowledge.remove import find_target, remove_knowledge
    from app.wiring import open_services

    async with running(settings) as resolved, open_services(resolved) as services:
        async with services.database.directory_transaction() as conn:
            business_id = await find_by_slug(conn, slug)
        if business_id is None:
            raise NotFound(f"There is no business {slug}.")
        found = await find_target(services, business_id, target)
        removal = await remove_knowledge(services, business_id, found, actor=ACTOR)
    left = (
        "Nothing is left to answer from." if removal.generation is None else f"Live: generation {removal.generation}."
    )
    console.emit(
        asdict(removal),
        f"Removed {removal.removed}: {removal.pages} pages and {removal.passages} passages are gone. {left}",
    )
