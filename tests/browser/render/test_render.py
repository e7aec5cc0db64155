"""Pages opened in a real Chromium that reaches the world through the outbound door alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import psutil
import pytest

from app.jobs.model import ClaimedJob, RenderSource
from app.jobs.queries import beat
from app.knowledge.follow import read_outcome
from app.knowledge.manage import update_now
from app.knowledge.reindex import reindex
from app.outbound import OutboundFetcher, agent
from app.render import page as page_module
from app.render.browser import BrowserRenderer
from app.render.launch import find_browser
from app.settings import Settings
from ingestion.extract.read import read_document
from ingestion.model import Reason
from ingestion.ports import FetchFailed
from tests.integration.ingestion.conftest import shop
from tests.integration.ingestion.shop import Held, Shop
from tests.integration.ingestion.site import Site, serving

__all__ = ["shop"]
pytestmark = pytest.mark.browser

SHELL = b"<html><head><title>Harbour Spa</title><script src='/app.js'></script></head><body><div id=root></div></html>"
APP = b"""
fetch('/api/hours.json').then((answer) => answer.json()).then((hours) => {
  document.getElementById('root').innerHTML = '<h1>Opening hours</h1><p>Open ' + hours.open + '</p>'
    + '<a href="/prices">Prices</a>';
});
"""


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as started:
        started.pages["/"] = (200, "text/html", SHELL)
        started.pages["/app.js"] = (200, "text/javascript", APP)
        started.pages["/api/hours.json"] = (200, "application/json", b'{"open": "Saturday 10 to 16"}')
        yield started


@contextmanager
def another_site() -> Iterator[Site]:
    """One that the settings do not name: a private address to the crawler."""
    with serving() as started:
        started.pages["/secret"] = (200, "text/plain", b"the router's password")
        yield started


@pytest.fixture
async def renderer(settings: Settings, site: Site) -> AsyncIterator[BrowserRenderer]:
    allowed = replace(settings, crawl_private_hosts=frozenset({site.base.removeprefix("http://")}))
    fetcher = OutboundFetcher(allowed)
    opened = BrowserRenderer(fetcher, agent=agent(allowed))
    yield opened
    await opened.close()
    await fetcher.close()


async def test_text_built_by_scripts_is_read(renderer: BrowserRenderer, site: Site):
    bare = read_document(SHELL, site.base + "/", "text/html", None)
    assert bare.reason is Reason.SCRIPT_SHELL
    result = await renderer.render(site.base + "/")
    document = read_document(result.body, result.url, "text/html", "utf-8")
    assert "Open Saturday 10 to 16" in [block.text for block in document.blocks]
    assert site.base + "/prices" in document.links
    assert document.reason is None


async def test_a_page_cannot_reach_a_private_address(renderer: BrowserRenderer, site: Site):
    with another_site() as inner:
        ways = f"""<body><p id=p>Text.</p><script>
          const to = '{inner.base}/secret';
          const say = (text) => document.body.append(text);
          fetch(to).then((a) => a.text()).then(say).catch(() => say('no1 '));
          const asked = new XMLHttpRequest(); asked.open('GET', to);
          asked.onload = () => say(asked.response); asked.onerror = () => say('no2 ');
          asked.send();
          new WebSocket(to.replace('http', 'ws')).onerror = () => document.body.append('no3 ');
          navigator.sendBeacon(to, 'x');
          for (const [tag, name] of [['img', 'src'], ['script', 'src'], ['iframe', 'src'], ['object', 'data']])
            document.body.append(Object.assign(document.createElement(tag), {{[name]: to}}));
          const style = document.createElement('link'); style.rel = 'stylesheet'; style.href = to;
          document.head.append(style);
          const worker = new Worker(URL.createObjectURL(new Blob([`fetch('${{to}}')`])));
          new RTCPeerConnection({{iceServers: [{{urls: 'stun:127.0.0.1:1'}}]}}).createDataChannel('x');
        </script>"""
        site.pages["/ways"] = (200, "text/html", ways.encode())
        result = await renderer.render(site.base + "/ways")
        assert inner.asked == []
    assert b"password" not in result.body
    for refusal in (b"no1", b"no2", b"no3"):
        assert refusal in result.body


async def test_nothing_is_sent_but_get(renderer: BrowserRenderer, site: Site):
    site.pages["/post"] = (
        200,
        "text/html",
        b"<body><script>fetch('/order', {method: 'POST', body: 'x'})"
        b".catch(() => document.body.append('kept'))</script>",
    )
    result = await renderer.render(site.base + "/post")
    assert b"kept" in result.body
    assert "/order" not in site.asked


async def test_a_page_that_never_ends_costs_its_browser_only(
    renderer: BrowserRenderer, site: Site, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(page_module, "PAGE_SECONDS", 3.0)
    site.pages["/loop"] = (200, "text/html", b"<body><script>for (;;) {}</script>")
    with pytest.raises(FetchFailed) as failed:
        await renderer.render(site.base + "/loop")
    assert failed.value.reason is Reason.TIMEOUT
    assert b"10 to 16" in (await renderer.render(site.base + "/")).body, "the next page is read"


async def test_what_the_site_refuses_is_told_as_it_is(renderer: BrowserRenderer, site: Site):
    site.pages["/old"] = (404, "text/html", b"<h1>No such page</h1>")
    assert (await renderer.render(site.base + "/old")).status == 404
    site.pages["/away"] = (200, "text/html", b"<script>location = 'http://127.0.0.1:9/other'</script>")
    with pytest.raises(FetchFailed):
        await renderer.render(site.base + "/away")


async def test_dialogs_shadow_roots_and_long_pages_are_handled(renderer: BrowserRenderer, site: Site):
    site.pages["/odd"] = (
        200,
        "text/html",
        b"<body><div id=host></div><script>alert('stop'); confirm('?');"
        b"document.getElementById('host').attachShadow({mode: 'open'}).innerHTML ="
        b"'<p>Inside a component</p>';</script>",
    )
    result = await renderer.render(site.base + "/odd")
    assert b"Inside a component" in result.body
    site.pages["/long"] = (200, "text/html", b"<body><script>document.body.append('x'.repeat(6e6))</script>")
    with pytest.raises(FetchFailed) as failed:
        await renderer.render(site.base + "/long")
    assert failed.value.reason is Reason.TOO_LARGE


async def test_no_process_and_no_profile_is_left(renderer: BrowserRenderer, site: Site):
    await renderer.render(site.base + "/")
    browser = renderer._browser
    assert browser is not None
    family = [psutil.Process(browser.process.pid), *psutil.Process(browser.process.pid).children(recursive=True)]
    await renderer.close()
    await asyncio.to_thread(psutil.wait_procs, family, 5)
    assert [one for one in family if one.is_running() and one.status() != psutil.STATUS_ZOMBIE] == []
    assert not browser.profile.exists()


async def test_the_browser_runs_inside_its_own_sandbox_and_without_a_network(renderer: BrowserRenderer, site: Site):
    await renderer.render(site.base + "/")
    browser = renderer._browser
    assert browser is not None
    own = Path("/proc/self/ns/net").readlink()
    family = psutil.Process(browser.process.pid).children(recursive=True)
    assert family
    living = [one for one in family if one.status() != psutil.STATUS_ZOMBIE]
    assert len(living) >= 3
    for one in living:
        assert "--no-sandbox" not in one.cmdline()
        assert Path(f"/proc/{one.pid}/ns/net").readlink() != own


def test_a_browser_that_is_not_there_is_said(settings: Settings):
    assert find_browser("/no/such/chromium") is None


async def test_a_site_of_scripts_is_answered_from_once_a_worker_has_a_browser(
    renderer: BrowserRenderer, shop: Shop, site: Site
):
    """Without one the owner is told and nothing is published; the worker that has one takes the job over."""
    site.pages["/prices"] = (200, "text/html", SHELL.replace(b"/app.js", b"/prices.js"))
    late = b"addEventListener('load', () => { document.body.innerHTML = '<p>A day costs 19.50 EUR.</p>' })"
    site.pages["/prices.js"] = (200, "text/javascript", late)
    address = site.base + "/"
    bare = await shop.read(address)
    assert bare.status == "failed"
    assert bare.ledger[0].reason is Reason.SCRIPT_SHELL
    assert await shop.rows("SELECT needs_browser FROM sources") == [{"needs_browser": True}]
    assert await shop.rows("SELECT job_id FROM jobs WHERE kind = 'render_source'") == [], "nobody could take it"
    async with shop.database.directory_transaction() as conn:
        await beat(conn, UUID(int=1), renders=True)
    added = await update_now(shop, shop.business_id, await source_of(shop), actor="operator")
    await shop.run(added)
    waiting = await shop.rows("SELECT job_id, payload FROM jobs WHERE kind = 'render_source' AND state = 'queued'")
    assert len(waiting) == 1
    shop.renderer = renderer
    job = ClaimedJob(shop.business_id, waiting[0]["job_id"], RenderSource(added.source_id), 1, 5)
    await reindex(shop, job, Held())
    outcome = await read_outcome(shop.database, shop.business_id, waiting[0]["job_id"])
    assert outcome.status == "published"
    assert [(entry.status, entry.reason) for entry in outcome.ledger[:2]] == [("fetched", Reason.RENDERED)] * 2
    texts = await shop.rows("SELECT text FROM chunks")
    assert any("19.50" in row["text"] for row in texts) and any("10 to 16" in row["text"] for row in texts)


async def source_of(shop: Shop) -> UUID:
    [row] = await shop.rows("SELECT source_id FROM sources")
    return row["source_id"]
