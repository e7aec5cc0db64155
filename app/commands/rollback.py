"""`milo rollback SLUG`: the version that was live before becomes live again."""

from __future__ import annotations

import click

from app.commands.console import Console, milo_command
from app.settings import Settings

ACTOR = "operator"


@milo_command("rollback", help="Make the version that the business SLUG was asked about before live again.")
@click.argument("slug")
async def command(console: Console, settings: Settings, slug: str) -> None:
    from app.businesses.queries import find_by_slug
    from app.embedded import running
    from app.errors import NotFound
    from app.knowledge.manage import go_back
    from app.wiring import open_services

    async with running(settings) as resolved, open_services(resolved) as services:
        async with services.database.directory_transaction() as conn:
            business_id = await find_by_slug(conn, slug)
        if business_id is None:
            raise NotFound(f"There is no business {slug}.")
        generation = await go_back(services, business_id, actor=ACTOR)
    console.emit(
        {"generation": generation, "status": "published"},
        f"Generation {generation} is live again. What it replaced waits as held until the pages say something new.",
    )
