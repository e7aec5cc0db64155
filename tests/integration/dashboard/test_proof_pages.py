"""“This site is mine” in the dashboard: what to do is shown, the look is one click, both for team mates too."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, cast
from uuid import UUID

from app.knowledge.proof.model import FILE_PATH
from app.knowledge.queries import put_source
from app.outbound import OutboundFetcher
from tests.fakes.loopback import LoopbackServer, Received, Wire
from tests.integration.dashboard.conftest import SLUG, Site

B = f"/dashboard/{SLUG}"


class OwnSite(LoopbackServer):
    file = b""

    async def handle(self, request: Received, wire: Wire) -> None:
        found = request.path == FILE_PATH and self.file
        await wire.answer(200 if found else 404, self.file if found else b"no", {"content-type": "text/plain"})


async def test_a_team_mate_proves_the_site_and_a_stranger_sees_nothing_of_it(site: Site) -> None:
    async with OwnSite() as own:
        host = own.url.removeprefix("http://")
        fetcher = OutboundFetcher(replace(site.services.settings, crawl_private_hosts=frozenset({host})))
        cast(Any, site.services).fetcher = NotGiven(fetcher)
        path = f"{B}/knowledge/sources/{await source(site, own.url)}/proof"
        assert "Show me how" in (await site.member.get(path)).text
        assert (await site.member.post(f"{path}/start")).headers["location"] == path
        shown = (await site.owner.get(path)).text
        assert "It is there: look now" in shown and "/.well-known/milo-verification.txt" in shown
        [line] = set(re.findall(r">(milo-verification=[\w-]+)<", shown))
        assert (await site.member.post(f"{path}/check")).headers["location"] == path
        assert "Not proved yet" in (await site.member.get(path)).text
        own.file = line.encode()
        async with site.services.database.business_transaction(site.business_id) as conn:
            await conn.execute("UPDATE host_proofs SET checked_at = NULL")
        assert (await site.member.post(f"{path}/check")).headers["location"] == f"{path}?said=proved"
        proved = (await site.owner.get(f"{path}?said=proved")).text
        assert "in a file on the site" in proved and "Look again" in proved
        assert line not in (await site.stranger.get(path)).text
        elsewhere = path.replace(SLUG, "elsewhere")
        assert (await site.stranger.get(elsewhere)).status_code == 404
        assert (await site.stranger.post(f"{elsewhere}/check")).status_code == 404
        await fetcher.close()


async def test_what_the_operator_opened_needs_no_proof(site: Site) -> None:
    settings = replace(site.services.settings, crawl_private_hosts=frozenset({"127.0.0.1:9"}))
    cast(Any, site.services).fetcher = OutboundFetcher(settings)
    path = f"{B}/knowledge/sources/{await source(site, 'http://127.0.0.1:9')}/proof"
    assert "There is nothing to prove" in (await site.owner.get(path)).text, "also before anybody begins"
    await site.owner.post(f"{path}/start")
    assert "There is nothing to prove" in (await site.owner.get(path)).text


async def test_files_have_no_proof(site: Site) -> None:
    async with site.services.database.business_transaction(site.business_id) as conn:
        files = await put_source(conn, site.business_id, "files", "files:", "never")
    assert (await site.owner.get(f"{B}/knowledge/sources/{files}/proof")).status_code == 404


async def source(site: Site, url: str) -> UUID:
    async with site.services.database.business_transaction(site.business_id) as conn:
        return await put_source(conn, site.business_id, "site", f"{url}/", "daily")


class NotGiven:
    """The fetcher of a machine that opened no host to everybody, which reaches the loopback all the same."""

    def __init__(self, fetcher: OutboundFetcher):
        self._fetcher = fetcher

    def is_owned(self, url: str) -> bool:
        return False

    async def fetch(self, url: str, **options: Any) -> Any:
        return await self._fetcher.fetch(url, **options)


async def test_the_settings_of_a_site_lead_to_its_proof(site: Site) -> None:
    cast(Any, site.services).fetcher = NotGiven(OutboundFetcher(site.services.settings))
    source_id = await source(site, "https://corner.example")
    path = f"{B}/knowledge/sources/{source_id}"
    shown = (await site.member.get(f"{path}/settings")).text
    assert f'href="{path}/proof"' in shown and "This site is mine" in shown
    async with site.services.database.business_transaction(site.business_id) as conn:
        await conn.execute(
            "INSERT INTO host_proofs (business_id, host, token, method, proved_at) VALUES (%s, %s, 't', 'dns', now())",
            (site.business_id, "corner.example"),
        )
    assert "See the proof" in (await site.member.get(f"{path}/settings")).text
