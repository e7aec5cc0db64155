"""Files under a password, uploaded with it: stored open, and the password is nowhere afterwards."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest
from httpx import Response

from ingestion.extract.child import ChildExtractor
from ingestion.extract.pdf import extract_pdf
from tests.integration.dashboard.conftest import SLUG, Site
from tests.unit.ingestion import documents

B = f"/dashboard/{SLUG}"
PASSWORD = "Otters-swim-9471"


@pytest.fixture(autouse=True)
async def unlocker(site: Site) -> AsyncIterator[None]:
    async with ChildExtractor() as children:
        cast(Any, site.services).unlocker = children
        yield


async def upload(site: Site, password: str) -> Response:
    sent = {"origin": "https://127.0.0.1:8000", "sec-fetch-site": "same-origin"} | site.member.cookies
    locked = documents.encrypted(documents.pdf(["The summer price is 12 EUR."]), PASSWORD)
    return await site.client.post(
        f"{B}/knowledge/files",
        data={"csrf": site.member.csrf, "password": password},
        files=[
            ("files", ("prices.pdf", locked, "application/pdf")),
            ("files", ("menu.txt", b"Soup is 5 pounds.", "text/plain")),
        ],
        headers=sent,
    )


async def stored(site: Site) -> dict[str, bytes]:
    async with site.services.database.business_transaction(site.business_id) as conn:
        cursor = await conn.execute("SELECT name, content FROM files")
        return dict(await cursor.fetchall())


async def test_a_wrong_password_is_said_and_nothing_is_stored(site: Site) -> None:
    answer = await upload(site, "guessed")
    assert answer.status_code == 400
    assert "The password does not open prices.pdf." in answer.text
    assert "guessed" not in answer.text
    assert await stored(site) == {}


async def test_the_right_password_opens_the_file_once_and_is_kept_nowhere(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = await upload(site, PASSWORD)
    assert answer.headers["location"].endswith("said=files_added")
    files = await stored(site)
    assert files["menu.txt"] == b"Soup is 5 pounds."
    assert [block.text for block in extract_pdf(files["prices.pdf"], "prices").blocks] == [
        "The summer price is 12 EUR."
    ]
    assert PASSWORD not in caplog.text
    async with site.services.database.business_transaction(site.business_id) as conn:
        for table in ("files", "audit_log", "jobs", "sources"):
            cursor = await conn.execute(f"SELECT count(*) FROM {table} t WHERE t::text LIKE %s", (f"%{PASSWORD}%",))
            assert await cursor.fetchone() == (0,)


async def test_without_a_password_the_locked_file_is_stored_and_its_reading_asks_for_one(site: Site) -> None:
    answer = await upload(site, "")
    assert answer.headers["location"].endswith("said=files_added")
    assert extract_pdf((await stored(site))["prices.pdf"], "prices").reason == "encrypted"
