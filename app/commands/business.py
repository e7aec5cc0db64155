"""`milo business create`: a business from the command line, with an owner's sign-in link if asked for."""

from __future__ import annotations

import click

from app.commands.console import Console, milo_command
from app.settings import Settings

command = click.Group("business", help="Businesses that Milo answers for.")


@milo_command("create", help="Create a business.")
@click.argument("name")
@click.option("--slug", required=True, help="Short name in addresses: small letters, digits, hyphens.")
@click.option("--timezone", default="UTC", show_default=True, help="Like Europe/Copenhagen.")
@click.option("--language", default="en", show_default=True, help="Two letters: the language of its pages.")
@click.option("--owner", help="Mail address of who may sign in; a sign-in link is printed.")
async def create(
    console: Console, settings: Settings, name: str, slug: str, timezone: str, language: str, owner: str | None
) -> None:
    from app.accounts.address import normalised
    from app.accounts.queries import ensure_account, insert_membership
    from app.accounts.sign_in import operator_link
    from app.businesses.create import create_business, ensure_house
    from app.businesses.model import NewBusiness
    from app.db.pool import Database
    from app.embedded import running
    from app.security import KeyRing
    from app.vault.keys import Vault

    email = normalised(owner) if owner else None  # refused before anything is made
    async with running(settings) as resolved:
        assert resolved.database is not None
        database = await Database.open(resolved.database, max_size=2)
        try:
            vault = Vault(KeyRing(resolved.secret_keys))
            await ensure_house(database, vault)
            created = await create_business(
                database, vault, NewBusiness(name, slug, time_zone=timezone, language=language), actor="operator"
            )
            result = {"slug": created.slug, "id": str(created.business_id), "widget_key": created.widget_key}
            if email is not None:
                async with database.directory_transaction() as conn:
                    account = await ensure_account(conn, email)
                    await insert_membership(conn, account.account_id, created.business_id, "owner")
                result["sign_in_url"] = await operator_link(database, resolved, email)
        finally:
            await database.close()
    console.emit(result)


command.add_command(create)
