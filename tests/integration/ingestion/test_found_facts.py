"""Facts of pages come with the generation that shows them, leave with it, and come back with it."""

from __future__ import annotations

from typing import Any

from app.knowledge.manage import add_files, go_back
from app.knowledge.remove import find_target, remove_knowledge
from ingestion.facts.model import FactKind
from ingestion.facts.queries import list_found
from tests.integration.ingestion.shop import ACTOR, File, Shop
from tests.integration.ingestion.site import Site

HOURS = "<h1>Contact</h1><h2>Opening hours</h2><p>Mon-Fri 9-17</p><p>Sat {saturday}</p><p>Phone: +45 86 12 34 56</p>"


def put(site: Site, path: str, body: str) -> None:
    page = f"<html lang=en><title>{path}</title>{body}<a href='/contact'>Contact</a></html>"
    site.pages[path] = (200, "text/html; charset=utf-8", page.encode())


async def saturday(shop: Shop) -> list[Any]:
    live = await shop.live()
    assert live is not None
    async with shop.database.business_transaction(shop.business_id) as conn:
        found = await list_found(conn, shop.business_id, live, [FactKind.HOURS])
    return [(fact.url.rpartition("/")[2], fact.value["spans"]) for fact in found if fact.value["days"] == [6]]


async def test_facts_come_and_go_with_their_generation(shop: Shop, site: Site) -> None:
    site.fill(4)
    put(site, "/", "<h1>Museum</h1><p>Ships of all times.</p>")
    put(site, "/contact", HOURS.format(saturday="10-16"))
    await shop.read(site.base)
    assert await saturday(shop) == [("contact", [["10:00", "16:00"]])]

    rows = await shop.rows(
        "SELECT f.*, v.text FROM found_facts f JOIN document_versions v USING (business_id, document_id, version_id)"
    )
    assert {row["kind"] for row in rows} == {"hours", "phone"}
    assert all(row["text"][row["start_at"] : row["end_at"]] == row["shown"] for row in rows)
    assert all((row["subject"], row["language"], row["origin"]) == ("", "en", "text") for row in rows)

    put(site, "/contact", HOURS.format(saturday="10-14"))
    await shop.read(site.base)
    assert await saturday(shop) == [("contact", [["10:00", "14:00"]])]
    await go_back(shop, shop.business_id, actor=ACTOR)
    assert await saturday(shop) == [("contact", [["10:00", "16:00"]])]


async def test_a_removed_source_takes_its_facts_and_leaves_those_of_others(shop: Shop, site: Site) -> None:
    put(site, "/", HOURS.format(saturday="10-16"))
    await shop.read(site.base)
    await shop.run(
        await add_files(shop, shop.business_id, [File("prices.md", b"# Tickets\n\nAdults: 12 EUR")], actor=ACTOR)
    )
    kinds = "SELECT f.kind FROM found_facts f JOIN businesses b ON b.live_generation = f.generation ORDER BY 1"
    assert [row["kind"] for row in await shop.rows(kinds)] == ["hours", "hours", "phone", "price"]
    await remove_knowledge(shop, shop.business_id, await find_target(shop, shop.business_id, site.base), actor=ACTOR)
    assert [row["kind"] for row in await shop.rows(kinds)] == ["price"]
    assert [row["kind"] for row in await shop.rows("SELECT kind FROM found_facts")] == ["price"]
