"""Sets the sample business up, once, and has its site read like any other. Called by `milo up`.

Its pages are served by the very web process that runs, so their address changes with the port: then
the source is moved and read anew. The operator's account owns it, so that the printed link leads to it.
"""

from __future__ import annotations

from uuid import UUID, uuid4

from app.accounts.address import normalised
from app.accounts.queries import ensure_account, insert_membership
from app.accounts.sign_in import OPERATOR
from app.businesses.create import create_business
from app.businesses.model import NewBusiness
from app.businesses.queries import find_by_slug
from app.errors import Conflict
from app.knowledge.manage import add_site
from app.sample.queries import find_site, move_site, set_accent
from app.services import Services

SAMPLE_SLUG = "sample"
ACTOR = "operator"
CRUST = "#8a4b1f"  # the colour of its pages, app/sample/site/style.css


async def ensure_sample(services: Services) -> UUID:
    """The sample's business id. Safe to call at every start, also by two processes at once."""
    address = f"{services.settings.public_url}/sample/"
    async with services.database.directory_transaction() as conn:
        business_id = await find_by_slug(conn, SAMPLE_SLUG)
    if business_id is None:
        business_id = await _create(services, address)
    async with services.database.directory_transaction() as conn:
        account = await ensure_account(conn, normalised(services.settings.operator_email or OPERATOR))
        await insert_membership(conn, account.account_id, business_id, "owner")
    async with services.database.business_transaction(business_id) as conn:
        known = await find_site(conn, business_id)
        if known is not None and known != address:
            await move_site(conn, business_id, address)
    if known != address:
        await add_site(services, business_id, address, actor=ACTOR)
    return business_id


async def _create(services: Services, address: str) -> UUID:
    new = NewBusiness(
        "Fern Street Bakery",
        SAMPLE_SLUG,
        time_zone="Europe/London",
        language="en",
        website=address,
        country="GB",
        industry="Bakery and café",
    )
    try:
        created = await create_business(services.database, services.vault, new, actor=ACTOR, business_id=uuid4())
    except Conflict:  # another start was first
        async with services.database.directory_transaction() as conn:
            found = await find_by_slug(conn, SAMPLE_SLUG)
        assert found is not None
        return found
    async with services.database.business_transaction(created.business_id) as conn:
        await set_accent(conn, created.business_id, CRUST)
    return created.business_id
