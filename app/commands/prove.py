"""`milo prove SLUG HOST`: how to prove that a site is yours, and a look whether it was done. Exit 1 until it is."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from app.commands.console import Console, milo_command
from app.settings import Settings

if TYPE_CHECKING:
    from app.knowledge.proof.model import Proof

ACTOR = "operator"


@milo_command(
    "prove", help="Prove that HOST belongs to the business SLUG: says what to do, or looks whether it was done."
)
@click.argument("slug")
@click.argument("host")
async def command(console: Console, settings: Settings, slug: str, host: str) -> None:
    from app.businesses.queries import find_by_slug
    from app.embedded import running
    from app.errors import NotFound
    from app.knowledge.proof.prove import check_proof, read_proof, start_proof
    from app.wiring import open_services

    async with running(settings) as resolved, open_services(resolved) as services:
        async with services.database.directory_transaction() as conn:
            business_id = await find_by_slug(conn, slug)
        if business_id is None:
            raise NotFound(f"There is no business {slug}.")
        begun = await read_proof(services, business_id, host) is not None
        proof = await start_proof(services, business_id, host, actor=ACTOR)
        if begun:  # before that, nothing can be there to be found
            proof = await check_proof(services, business_id, host, actor=ACTOR)
    console.emit(_as_json(proof), _told(proof, begun=begun))
    if not (proof.proved or proof.given):
        sys.exit(1)


def _as_json(proof: Proof) -> dict[str, Any]:
    return {
        "host": proof.host,
        "proved": proof.proved or proof.given,
        "way": "operator" if proof.given else proof.method,
        "proved_at": proof.proved_at.isoformat() if proof.proved_at else None,
        "checked_at": proof.checked_at.isoformat() if proof.checked_at else None,
        "reason": proof.reason,
        "ways": [
            {"way": way.method, "place": way.place, "value": way.value, "sentence": way.sentence} for way in proof.ways
        ],
    }


def _told(proof: Proof, *, begun: bool) -> str:
    if proof.given:
        return f"{proof.host} counts as proved: it is one of MILO_CRAWL_PRIVATE_HOSTS."
    if proof.proved:
        note = f" The last look found nothing new ({proof.reason})." if proof.reason else ""
        return f"{proof.host} is proved ({proof.method}). It is looked at again before each reading.{note}"
    lines = [f"{proof.host} is not proved yet{f': {proof.reason}' if begun and proof.reason else ''}. Do one of these:"]
    for number, way in enumerate(proof.ways, 1):
        lines += ["", f"{number}. {way.title}. {way.sentence}", f"     {way.value}"]
    lines += ["", "Then run the same command again."]
    return "\n".join(lines)
