"""What a command line wishes of a site, stored before the job that reads it: rules, limits, robots.txt.

Called by `milo ingest`; the dashboard has its own page for it (choices/). A site that is not known yet is kept as
a draft until it is added in the next step.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from app.audit.queries import insert_audit
from app.errors import BadInput, NotAllowed
from app.knowledge.manage import site_address
from app.knowledge.model import Wishes
from app.knowledge.proof.model import Proves
from app.knowledge.proof.prove import read_proof
from app.knowledge.queries import find_site, put_draft, set_wishes
from ingestion.rules import MAX_RULES, checked_pattern

NOT_PROVED = (
    "{url} is not proved to be yours, so Milo keeps to its robots.txt. Prove it in the dashboard (Knowledge), or name"
    " the host in MILO_CRAWL_PRIVATE_HOSTS."
)


async def wish(parts: Proves, business_id: UUID, address: str, wishes: Wishes, *, actor: str) -> None:
    """Raises BadInput for a rule that is none, NotAllowed for robots.txt of a host that is not proved."""
    url = site_address(address)
    include, exclude = _patterns(wishes.include), _patterns(wishes.exclude)
    if wishes.ignore_robots and not parts.fetcher.is_owned(url):
        proof = await read_proof(parts, business_id, url)
        if proof is None or not proof.proved:
            raise NotAllowed(NOT_PROVED.format(url=url), code="not_proved")
    async with parts.database.business_transaction(business_id) as conn:
        source_id = await find_site(conn, business_id, url) or await put_draft(conn, business_id, url)
        await set_wishes(
            conn,
            business_id,
            source_id,
            include=include,
            exclude=exclude,
            ignore_robots=wishes.ignore_robots,
            max_pages=wishes.max_pages,
        )
        await insert_audit(conn, business_id, actor=actor, action="source.choices", target=url)


def _patterns(typed: Sequence[str] | None) -> list[str] | None:
    if typed is None:
        return None
    try:
        found = list(dict.fromkeys(checked_pattern(each) for each in typed))
    except ValueError as error:
        raise BadInput(str(error), code="bad_rule") from error
    if len(found) > MAX_RULES:
        raise BadInput(f"At most {MAX_RULES} rules can be kept.", code="bad_rule")
    return found
