"""The sample bakery: its pages, and that it is set up once however often Milo starts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast
from uuid import UUID

from httpx import AsyncClient
from selectolax.lexbor import LexborHTMLParser

from app.accounts.queries import find_membership, list_members
from app.sample.ensure import ensure_sample
from app.sample.routes import FILES, PAGES
from app.services import Services
from tests.integration.dashboard.conftest import BASE


async def rows(services: Services, business_id: UUID, sql: str) -> list[Any]:
    async with services.database.business_transaction(business_id) as conn:
        cursor = await conn.execute(cast(Any, sql))
        return await cursor.fetchall()


async def test_it_is_set_up_once_however_often_milo_starts(services: Services) -> None:
    first = await ensure_sample(services)
    assert [await ensure_sample(services) for _ in range(3)] == [first] * 3
    assert await rows(services, first, "SELECT url FROM sources") == [(f"{BASE}/sample/",)]
    assert await rows(services, first, "SELECT kind, state FROM jobs") == [("ingest_source", "queued")]
    async with services.database.directory_transaction() as conn:
        (operator,) = await list_members(conn, first)
        found = await find_membership(conn, operator.account_id, "sample")
    assert operator.email == "owner@localhost"
    assert found is not None and found.role == "owner"


async def test_on_another_port_the_same_source_moves(services: Services) -> None:
    business_id = await ensure_sample(services)
    (before,) = await rows(services, business_id, "SELECT source_id FROM sources")
    elsewhere = cast(Any, services)
    elsewhere.settings = replace(services.settings, public_url="http://127.0.0.1:9000")
    assert await ensure_sample(elsewhere) == business_id
    after = await rows(services, business_id, "SELECT source_id, url FROM sources")
    assert after == [(before[0], "http://127.0.0.1:9000/sample/")]
    assert await rows(services, business_id, "SELECT website FROM businesses") == [("http://127.0.0.1:9000/sample/",)]


async def test_every_page_carries_the_widget_and_links_only_to_what_is_there(
    services: Services, client: AsyncClient
) -> None:
    business_id = await ensure_sample(services)
    ((key,),) = await rows(services, business_id, "SELECT widget_key FROM widget_keys")
    known = {f"/sample/{name}" for name in PAGES | set(FILES)}
    for name in PAGES:
        answer = await client.get(f"/sample/{name}")
        page = LexborHTMLParser(answer.text)
        script = page.css_first("script[src='/widget.js']")
        assert answer.status_code == 200 and script is not None and script.attributes["data-key"] == key
        assert "unsafe" not in answer.headers["content-security-policy"]
        linked = {node.attributes[attribute] for attribute in ("href", "src") for node in page.css(f"[{attribute}]")}
        own = {link for link in linked if link and link.startswith("/") and link != "/widget.js"}
        assert own <= known, own - known
        assert all(not link.startswith("http") for link in linked if link)


async def test_files_sitemap_and_robots_are_served(services: Services, client: AsyncClient) -> None:
    for name, media_type in FILES.items():
        answer = await client.get(f"/sample/{name}")
        assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, media_type)
    sitemap = (await client.get("/sample/sitemap.xml")).text
    assert sitemap.count(f"<loc>{BASE}/sample/") == len(PAGES) + 1
    robots = (await client.get("/robots.txt")).text
    assert f"Sitemap: {BASE}/sample/sitemap.xml" in robots
    assert "Disallow: /mailbox" in robots and "Disallow: /sample" not in robots


async def test_no_path_leads_out_of_the_list_of_files(client: AsyncClient) -> None:
    for path in (
        "/sample/nothing",
        "/sample/..%2fensure.py",
        "/sample/ensure.py",
        "/static/..%2frender.py",
        "/static/x.js",
    ):
        answer = await client.get(path)
        assert answer.status_code == 404, path
        assert "import" not in answer.text


async def test_static_files_are_kept_for_ever_under_the_name_of_their_content(client: AsyncClient) -> None:
    page = (await client.get("/")).text
    parser = LexborHTMLParser(page)
    linked = [
        node.attributes.get("href") or node.attributes.get("src") for node in parser.css("link[href], script[src]")
    ]
    assert len(linked) == 4
    for address in linked:
        assert address is not None and "?v=" in address
        answer = await client.get(address)
        assert answer.status_code == 200 and "immutable" in answer.headers["cache-control"]
        assert "immutable" not in (await client.get(address.partition("?")[0])).headers["cache-control"]
