"""`milo sample`: sets the sample business up. `milo up` runs it, as a process of its own, once it is ready."""

from __future__ import annotations

from app.commands.console import Console, milo_command
from app.settings import Settings


@milo_command("sample", help="Set the sample business up (milo up does it).")
async def command(console: Console, settings: Settings) -> None:
    from app.embedded import running
    from app.sample.ensure import SAMPLE_SLUG, ensure_sample
    from app.wiring import open_services

    async with running(settings) as resolved, open_services(resolved) as services:
        business_id = await ensure_sample(services)
    console.emit({"slug": SAMPLE_SLUG, "id": str(business_id)})
