"""Creates a business with its slug, keys and widget key, in one transaction.

Called by the dashboard's first run, `milo business create` and the sample. Bad input raises
BadInput with one sentence; a taken slug raises Conflict.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from dataclasses import replace
from uuid import UUID, uuid4
from zoneinfo import available_timezones

from app.audit.queries import insert_audit
from app.businesses.country import country_of
from app.businesses.model import HOUSE_BUSINESS_ID, HOUSE_SLUG, CreatedBusiness, NewBusiness
from app.businesses.queries import insert_business, insert_house, insert_widget_key, take_slug
from app.db.pool import Database
from app.errors import BadInput, Conflict
from app.vault.keys import Vault

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


async def create_business(
    database: Database, vault: Vault, new: NewBusiness, *, actor: str, business_id: UUID | None = None
) -> CreatedBusiness:
    """`actor` goes into the audit log: account:ID or operator."""
    check(new)
    new = replace(new, country=new.country or country_of(new.time_zone))
    business_id = business_id or uuid4()
    widget_key = f"w_{secrets.token_urlsafe(16)}"
    async with database.business_transaction(business_id) as conn:
        if not await take_slug(conn, business_id, new.slug):
            raise Conflict(f"The short name {new.slug!r} is taken. Please choose another one.", code="slug_taken")
        await insert_business(conn, business_id, new)
        await vault.keys(conn, business_id)  # made now, so that no first visitor races for them
        await insert_widget_key(conn, business_id, widget_key)
        await insert_audit(conn, business_id, actor=actor, action="business.create", target=new.slug)
    return CreatedBusiness(business_id, new.slug, widget_key)


async def ensure_house(database: Database, vault: Vault) -> None:
    """Milo's own row, once. Called at every start."""
    async with database.business_transaction(HOUSE_BUSINESS_ID) as conn:
        await insert_house(conn, HOUSE_BUSINESS_ID, HOUSE_SLUG)
        await vault.keys(conn, HOUSE_BUSINESS_ID)


def slug_from(name: str) -> str:
    """A short name made of a name: "Café Zoë" gives cafe-zoe; empty names give "business"."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:48] or "business"


def check(new: NewBusiness) -> None:
    """Raises BadInput with the first thing that is wrong."""
    if not new.name.strip() or len(new.name) > 200:
        raise BadInput("A business needs a name of at most 200 characters.")
    if not SLUG.fullmatch(new.slug) or new.slug == HOUSE_SLUG:
        raise BadInput(
            f"{new.slug!r} cannot be a short name: use small letters, digits and hyphens, at most 63,"
            " like corner-bakery."
        )
    if new.time_zone not in available_timezones():
        raise BadInput(f"{new.time_zone!r} is not a time zone. Use a name like Europe/Copenhagen.")
    if not re.fullmatch(r"[a-z]{2}", new.language):
        raise BadInput(f"{new.language!r} is not a language. Use two letters, like en or da.")
    if new.country is not None and not re.fullmatch(r"[A-Z]{2}", new.country):
        raise BadInput(f"{new.country!r} is not a country. Use two capital letters, like DK.")
