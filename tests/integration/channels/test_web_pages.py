"""The files and pages of the widget: what is sent, to whom, and under which policy."""

from __future__ import annotations

import gzip
import html
import json
import re

from app.channels.web.assets import widget
from tests.integration.channels.conftest import Web


async def allow(web: Web, *origins: str) -> None:
    async with web.services.database.business_transaction(web.business.business_id) as conn:
        await conn.execute("UPDATE businesses SET allowed_origins = %s", (list(origins),))


async def test_loader_is_small_cached_and_the_same_for_all(web: Web) -> None:
    answer = await web.client.get("/widget.js", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert int(answer.headers["content-length"]) <= 3000
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.content == widget().loader.plain
    plain = await web.client.get("/widget.js", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    known = await web.client.get("/widget.js", headers={"If-None-Match": answer.headers["etag"]})
    assert known.status_code == 304


async def test_files_of_the_frame_are_kept_for_ever_by_version(web: Web) -> None:
    version = widget().version
    answer = await web.client.get(f"/widget/{version}/frame.js")
    assert "immutable" in answer.headers["cache-control"]
    older = await web.client.get("/widget/000000000000/frame.js")
    assert older.headers["cache-control"] == "no-cache"
    for name in ("frame.html", "loader.js", "types.js", "tsconfig.json", "..%2fpyproject.toml", "strings%2fen.json"):
        assert (await web.client.get(f"/widget/{version}/{name}")).status_code == 404, name


async def test_frame_may_be_embedded_by_the_listed_sites_and_us(web: Web) -> None:
    path = f"/w/{web.business.widget_key}/frame"

    async def ancestors() -> str:
        policy = (await web.client.get(path)).headers["content-security-policy"]
        assert "unsafe" not in policy
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';")
        return policy.partition("frame-ancestors ")[2]

    assert await ancestors() == "*"
    await allow(web, "https://shop.example", "https://www.shop.example:8443")
    assert await ancestors() == "'self' https://shop.example https://www.shop.example:8443"
    await allow(web, "https://shop.example; script-src *", "javascript:alert(1)", "https://ok.example")
    assert await ancestors() == "'self' https://ok.example", "what is no origin gets into no header"


async def test_frame_escapes_the_business_and_carries_its_words(web: Web) -> None:
    page = (await web.client.get(f"/w/{web.business.widget_key}/frame", headers={"Accept-Language": "da"})).text
    assert "<Bakery>" not in page
    assert '<html lang="da">' in page
    match = re.search(r'name="milo-config" content="([^"]*)"', page)
    assert match is not None
    config = json.loads(html.unescape(match[1]))
    assert config["name"] == "Corner <Bakery>"
    assert config["words"]["send"] == "Send"
    assert not re.search(r"<style|\son\w+=|<script(?![^>]*\ssrc=)", page)


async def test_frame_travels_compressed_to_who_can_read_it(web: Web) -> None:
    path = f"/w/{web.business.widget_key}/frame"
    packed = await web.client.get(path, headers={"Accept-Encoding": "gzip"})
    plain = await web.client.get(path, headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["content-type"] == plain.headers["content-type"] == "text/html; charset=utf-8"
    assert int(packed.headers["content-length"]) * 2 < int(plain.headers["content-length"])
    assert "content-encoding" not in plain.headers
    assert packed.text == plain.text


async def test_unknown_key_gets_a_page_that_says_so(web: Web) -> None:
    answer = await web.client.get("/w/unknown/frame")
    assert answer.status_code == 404
    assert "no longer available" in answer.text
    assert "milo-config" not in answer.text
    assert (await web.client.post("/w/unknown/session", json={})).json()["code"] == "unknown_key"


async def test_revoked_key_is_unknown_at_once(web: Web) -> None:
    async with web.services.database.directory_transaction() as conn:
        await conn.execute("UPDATE widget_keys SET revoked_at = now()")
    assert (await web.client.get(f"/w/{web.business.widget_key}/frame")).status_code == 404


async def test_demo_page_carries_the_snippet(web: Web) -> None:
    answer = await web.client.get("/demo/corner-bakery")
    assert f'data-key="{web.business.widget_key}"' in answer.text
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "<Bakery>" not in answer.text
    assert (await web.client.get("/demo/nobody")).status_code == 404
    assert (await web.client.get("/demo/milo-house")).status_code == 404


async def test_nothing_of_the_widget_sets_a_cookie(web: Web) -> None:
    papers = await web.session()
    answers = [
        await web.client.get("/widget.js"),
        await web.client.get(f"/w/{web.business.widget_key}/frame"),
        await web.ask(papers["token"]),
        await web.client.get("/demo/corner-bakery"),
    ]
    assert not any("set-cookie" in answer.headers for answer in answers)


def test_gzipped_files_are_what_the_plain_ones_are() -> None:
    for asset in (widget().loader, *widget().files.values()):
        assert gzip.decompress(asset.gzipped) == asset.plain
