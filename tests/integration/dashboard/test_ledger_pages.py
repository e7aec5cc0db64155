"""A source's table, its settings, its address for notices, a look before it is added, and what waits for the owner."""

from __future__ import annotations

import html
import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from psycopg.types.json import Json

from app.db.pool import Connection
from tests.integration.dashboard.conftest import SLUG, Site
from tests.integration.dashboard.test_knowledge_pages import published

B = f"/dashboard/{SLUG}"
HOST = "https://corner.example"


async def rows(site: Site, query: str) -> list[tuple[Any, ...]]:
    async with site.services.database.business_transaction(site.business_id) as conn:
        return await (await conn.execute(query)).fetchall()  # type: ignore[arg-type]


async def lines(conn: Connection, business_id: UUID, crawl: UUID, *given: tuple[str, str, str | None, int]) -> None:
    """(path, status, reason, words)."""
    for number, (path, status, reason, words) in enumerate(given, 10):
        await conn.execute(
            "INSERT INTO crawl_pages (business_id, crawl_id, position, depth, http, status, reason, url, words, bytes,"
            " language) VALUES (%s, %s, %s, 1, 200, %s, %s, %s, %s, 2048, 'da')",
            (business_id, crawl, number, status, reason, HOST + path, words),
        )


@pytest.fixture
async def source(site: Site) -> UUID:
    async with site.services.database.business_transaction(site.business_id) as conn:
        source, _ = await published(conn, site.business_id)
        await conn.execute("UPDATE crawls SET started_at = now() - interval '1 hour'")
        (crawl,) = (await (await conn.execute("SELECT crawl_id FROM crawls")).fetchall())[0]
        await lines(
            conn,
            site.business_id,
            crawl,
            ("/shop/a", "fetched", None, 100),
            ("/shop/b", "failed", "timeout", 0),
            ("/old", "failed", "not_found", 0),
        )
    return source


def shown(text: str) -> list[str]:
    """The addresses of the table, in order."""
    found = re.findall(r'<td class="whole address">(?:<a [^>]*>)?([^<\n]*)', text)
    return [html.unescape(one).strip() for one in found]


async def test_the_table_is_filtered_ordered_and_paged_by_its_address(site: Site, source: UUID) -> None:
    path = f"{B}/knowledge/sources/{source}"
    assert shown((await site.member.get(path)).text) == ["/menu", "/secret", "/shop/a", "/shop/b", "/old"]
    assert shown((await site.member.get(f"{path}?status=failed")).text) == ["/shop/b", "/old"]
    assert shown((await site.member.get(f"{path}?reason=timeout")).text) == ["/shop/b"]
    assert shown((await site.member.get(f"{path}?match=SHOP")).text) == ["/shop/a", "/shop/b"]
    assert shown((await site.member.get(f"{path}?match=shop&status=fetched&order=words")).text) == ["/shop/a"]
    assert shown((await site.member.get(f"{path}?order=words")).text)[0] == "/shop/a"
    assert shown((await site.member.get(f"{path}?order=address")).text) == sorted(
        ["/menu", "/secret", "/shop/a", "/shop/b", "/old"]
    )
    for strange in ("?match=%25", "?match='--", "?order=x;drop", "?reason=x", "?start=-5", "?start=99999999999"):
        assert (await site.member.get(path + strange)).status_code == 200, strange
    nothing = (await site.member.get(f"{path}?match=nowhere")).text
    assert "Nothing found" in nothing and "Show all" in nothing
    whole = (await site.member.get(path)).text
    for words in (">Danish<", "2 kB", "did not answer in time", "Try again", "Leave out", ">200<"):
        assert words in whole, words


async def test_the_table_shows_how_far_its_reading_is_and_looks_again_at_its_end(site: Site, source: UUID) -> None:
    path = f"{B}/knowledge/sources/{source}"
    ended = await site.member.get(f"{path}/reading")
    assert ended.headers["hx-trigger"] == "source-read" and "hx-get" not in ended.text
    assert 'id="reading"' not in (await site.member.get(path)).text
    await site.member.post(f"{path}/again", {"url": f"{HOST}/shop/b", "back": "?status=failed"})
    waiting = (await site.member.get(f"{path}?status=failed")).text
    assert f'hx-get="{path}/reading' in waiting and "<progress" in waiting
    assert f'hx-get="{path}?status=failed"' in waiting, "the table that looks again keeps its filter"
    asked = await site.member.get(f"{path}/reading")
    assert "hx-trigger" not in asked.headers and "<progress" in asked.text


async def test_pages_of_the_table_lead_on(site: Site, source: UUID) -> None:
    async with site.services.database.business_transaction(site.business_id) as conn:
        (crawl,) = (await (await conn.execute("SELECT crawl_id FROM crawls")).fetchall())[0]
        await conn.execute("DELETE FROM crawl_pages")
        await lines(conn, site.business_id, crawl, *((f"/p{n:03}", "fetched", None, 1) for n in range(230)))
    path = f"{B}/knowledge/sources/{source}"
    first = (await site.member.get(path)).text
    assert len(shown(first)) == 100 and "Further down" in first and "Earlier in the list" not in first
    last = (await site.member.get(f"{path}?start=200&status=fetched")).text
    assert shown(last)[0] == "/p200" and len(shown(last)) == 30 and "Further down" not in last
    assert html.escape("?status=fetched&start=100") in last


async def test_what_was_asked_again_takes_its_line_in_the_table(site: Site, source: UUID) -> None:
    async with site.services.database.business_transaction(site.business_id) as conn:
        again, looked = uuid4(), uuid4()
        for crawl, purpose in ((again, "recheck"), (looked, "preview")):
            await conn.execute(
                "INSERT INTO crawls (business_id, crawl_id, source_id, state, purpose, generation, finished_at)"
                " VALUES (%s, %s, %s, 'published', %s, 7, now())",
                (site.business_id, crawl, source, purpose),
            )
        await lines(conn, site.business_id, again, ("/shop/b", "fetched", None, 55))
        await lines(conn, site.business_id, looked, ("/elsewhere", "skipped", "would_be_read", 0))
    text = (await site.member.get(f"{B}/knowledge/sources/{source}")).text
    assert shown(text) == ["/menu", "/secret", "/shop/a", "/shop/b", "/old"]
    assert ">55 <" in text and ">version 7<" in text and "did not answer in time" not in text


async def test_trying_again_asks_for_that_address_and_keeps_the_view(site: Site, source: UUID) -> None:
    path = f"{B}/knowledge/sources/{source}"
    form = {"url": f"{HOST}/shop/b", "back": "?status=failed"}
    answer = await site.member.post(f"{path}/again", form)
    assert answer.headers["location"] == f"{path}?status=failed&said=again"
    assert await rows(site, "SELECT recheck FROM sources") == [([f"{HOST}/shop/b"],)]
    assert await rows(site, "SELECT kind FROM jobs WHERE state = 'queued'") == [("recheck_pages",)]
    assert "asks for it again" in (await site.member.get(answer.headers["location"])).text
    for foreign in ("https://elsewhere.example/", "file:///etc/passwd", "", "http://169.254.169.254/"):
        assert (await site.member.post(f"{path}/again", {"url": foreign})).status_code == 400, foreign
    for back in ("https://evil.example/", "//evil.example", "?a\r\nX: y", "@evil.example"):
        answer = await site.member.post(f"{path}/again", form | {"back": back})
        assert answer.headers["location"] == f"{path}?said=again", back
    assert (await site.stranger.post(f"{path}/again", form)).status_code == 404


async def test_a_file_that_could_not_be_read_is_tried_again(site: Site) -> None:
    async with site.services.database.business_transaction(site.business_id) as conn:
        source, crawl = uuid4(), uuid4()
        await conn.execute(
            "INSERT INTO sources (business_id, source_id, kind, url, schedule)"
            " VALUES (%s, %s, 'files', 'files:', 'never')",
            (site.business_id, source),
        )
        await conn.execute(
            "INSERT INTO crawls (business_id, crawl_id, source_id, state, finished_at)"
            " VALUES (%s, %s, %s, 'failed', now())",
            (site.business_id, crawl, source),
        )
        await conn.execute(
            "INSERT INTO crawl_pages (business_id, crawl_id, position, depth, status, reason, url)"
            " VALUES (%s, %s, 1, 0, 'failed', 'scanned', 'file:scan.pdf')",
            (site.business_id, crawl),
        )
    path = f"{B}/knowledge/sources/{source}"
    text = (await site.member.get(path)).text
    assert "Try scan.pdf again" in text and "Leave out" not in text and "Settings of" not in text
    await site.member.post(f"{path}/again", {"url": "file:scan.pdf", "back": "?"})
    assert await rows(site, "SELECT kind FROM jobs WHERE state = 'queued'") == [("ingest_source",)]
    assert (await site.member.get(f"{path}/settings")).status_code == 404, "files have no schedule and no rules"


async def test_leaving_out_adds_a_rule_and_undo_takes_it_back(site: Site, source: UUID) -> None:
    path = f"{B}/knowledge/sources/{source}"
    form = {"url": f"{HOST}/shop/a", "back": "?match=shop"}
    left = await site.member.post(f"{path}/leave-out", form)
    assert await rows(site, "SELECT exclude FROM sources") == [(["/shop/a$"],)]
    ((kind, later),) = await rows(site, "SELECT kind, run_after > now() FROM jobs WHERE state = 'queued'")
    assert (kind, later) == ("recheck_pages", True)
    told = (await site.member.get(left.headers["location"])).text
    assert "Left out." in told and ">Undo<" in told and shown(told) == ["/shop/a", "/shop/b"]
    await site.member.post(f"{path}/leave-out", form)
    assert await rows(site, "SELECT exclude FROM sources") == [(["/shop/a$"],)], "twice is once"
    undo = await site.member.post(f"{path}/take-back", {"rule": "/shop/a$", "url": form["url"], "back": "?match=shop"})
    assert await rows(site, "SELECT exclude FROM sources") == [([],)]
    assert undo.headers["location"] == f"{path}?match=shop&said=taken_back"
    # A link with a rule that is not in force offers nothing to undo.
    assert ">Undo<" not in (await site.member.get(f"{path}?said=left_out&rule=/x")).text
    log = await rows(site, "SELECT action, target FROM audit_log WHERE action LIKE 'source.%' ORDER BY entry_id")
    assert ("source.leave_out", f"{HOST}/shop/a") in log and ("source.take_back", "/shop/a$") in log


async def test_a_page_that_is_left_out_by_a_rule_offers_the_way_back(site: Site, source: UUID) -> None:
    async with site.services.database.business_transaction(site.business_id) as conn:
        await conn.execute("UPDATE sources SET exclude = '{/secret}'")
        await conn.execute(
            "UPDATE crawl_pages SET status = 'skipped', reason = 'excluded', detail = '/secret'"
            " WHERE url LIKE '%%/secret'"
        )
    text = (await site.member.get(f"{B}/knowledge/sources/{source}?reason=excluded")).text
    assert "Take back in" in text and 'value="/secret"' in text and "left out by the rules you set" in text


async def test_a_page_that_fails_says_since_when_and_which_text_answers(site: Site, source: UUID) -> None:
    async with site.services.database.business_transaction(site.business_id) as conn:
        await conn.execute("UPDATE documents SET failing_since = '2026-11-19 08:00Z'")
        await conn.execute("UPDATE document_versions SET fetched_at = '2020-11-03 08:00Z'")
        await conn.execute("UPDATE crawl_pages SET status = 'failed', reason = 'timeout' WHERE url LIKE '%%/menu'")
    text = re.sub("<[^>]+>", "", (await site.member.get(f"{B}/knowledge/sources/{source}?match=menu")).text)
    assert "It could not be read since" in text and "The text of 3 November 2020 still answers." in text
    assert "1 page could not be read lately" in re.sub("<[^>]+>", "", (await site.member.get(f"{B}/knowledge")).text)


async def test_a_site_that_needs_a_browser_says_what_to_do(site: Site, source: UUID) -> None:
    async with site.services.database.business_transaction(site.business_id) as conn:
        await conn.execute("UPDATE sources SET needs_browser = true")
    assert "server-side rendering" in (await site.member.get(f"{B}/knowledge/sources/{source}")).text
    assert "no text on some pages" in (await site.member.get(f"{B}/knowledge")).text


SETTINGS = {"schedule": "weekly", "max_pages": "800", "max_depth": "4", "exclude": "", "include": ""}


async def test_settings_are_saved_checked_and_planned_by(site: Site, source: UUID) -> None:
    path = f"{B}/knowledge/sources/{source}/settings"
    assert "/shop/" in (await site.member.get(path)).text
    typed = SETTINGS | {"exclude": "shop/\n\n/*.pdf$\n/shop/", "include": f"{HOST}/a/b"}
    saved = await site.member.post(path, typed)
    assert saved.headers["location"] == f"{path}?said=choices_saved"
    assert await rows(site, "SELECT schedule, max_pages, max_depth, exclude, include, ignore_robots FROM sources") == [
        ("weekly", 800, 4, ["/shop/", "/*.pdf$"], ["/a/b"], False)
    ]
    ((days,),) = await rows(
        site, "SELECT extract(day FROM run_after - now()) FROM jobs WHERE kind = 'ingest_source' AND state = 'queued'"
    )
    assert 3 <= days <= 10
    await site.member.post(path, SETTINGS | {"schedule": "never"})
    assert await rows(site, "SELECT FROM jobs WHERE state = 'queued'") == []
    for wrong in (
        {"max_pages": "0"},
        {"max_pages": "x"},
        {"max_depth": "51"},
        {"schedule": "hourly"},
        {"exclude": "a b"},
    ):
        answer = await site.member.post(path, SETTINGS | wrong)
        assert answer.status_code == 400 and "The settings are as they were." in answer.text, wrong
    assert await rows(site, "SELECT schedule, max_pages FROM sources") == [("never", 800)]
    assert (await site.stranger.post(path, SETTINGS)).status_code == 404


async def test_rules_are_tried_before_they_are_saved(site: Site, source: UUID) -> None:
    path = f"{B}/knowledge/sources/{source}"
    tried = await site.member.post(f"{path}/rules", {"exclude": "/shop/\n/nothing/", "include": ""})
    assert "3 of 5 known addresses" in re.sub("<[^>]+>", "", tried.text) and "/shop/b" in tried.text
    assert "leaves out no address that is known" in tried.text and "<html" not in tried.text
    wrong = await site.member.post(f"{path}/rules", {"exclude": "a b", "include": ""})
    assert wrong.status_code == 200 and "a path has no spaces" in wrong.text
    # Without scripts the same button stands in the form.
    whole = await site.member.post(f"{path}/settings", SETTINGS | {"exclude": "/shop/", "check": "yes"})
    assert whole.status_code == 200 and "3 of 5" in whole.text and ">/shop/</textarea>" in whole.text
    assert await rows(site, "SELECT exclude, schedule FROM sources") == [([], "daily")]


async def test_robots_txt_is_only_set_aside_on_a_proved_host(site: Site, source: UUID) -> None:
    path = f"{B}/knowledge/sources/{source}/settings"
    assert 'name="ignore_robots"' not in (await site.member.get(path)).text
    refused = await site.member.post(path, SETTINGS | {"ignore_robots": "yes"})
    assert refused.status_code == 403 and "Prove that it is yours" in refused.text
    async with site.services.database.business_transaction(site.business_id) as conn:
        await conn.execute(
            "INSERT INTO host_proofs (business_id, host, token, proved_at, checked_at, method)"
            " VALUES (%s, 'corner.example', 't', now(), now(), 'dns')",
            (site.business_id,),
        )
    assert 'name="ignore_robots"' in (await site.member.get(path)).text
    assert (await site.member.post(path, SETTINGS | {"ignore_robots": "yes"})).status_code == 303
    assert await rows(site, "SELECT ignore_robots FROM sources") == [(True,)]


async def test_the_address_for_notices_is_shown_once(site: Site, source: UUID) -> None:
    path = f"{B}/knowledge/sources/{source}"
    made = (await site.member.post(f"{path}/hook")).text
    (address,) = set(re.findall(r"https://127\.0\.0\.1:8000/hooks/[\w-]{43}", made))
    again = (await site.member.get(f"{path}/settings")).text
    assert address not in again and "/hooks/" not in again and "Nobody has called it yet." in again
    second = (await site.member.post(f"{path}/hook")).text
    assert address not in second
    assert (await site.member.post(f"{path}/hook/revoke")).headers["location"].endswith("said=hook_revoked")
    assert "Make an address" in (await site.member.get(f"{path}/settings")).text
    assert (await site.stranger.post(f"{path}/hook")).status_code == 404
    assert (await site.stranger.post(f"/dashboard/elsewhere/knowledge/sources/{source}/hook")).status_code == 404


async def looked_at(site: Site, source: str) -> None:
    async with site.services.database.business_transaction(site.business_id) as conn:
        crawl = uuid4()
        await conn.execute("UPDATE jobs SET state = 'done'")
        await conn.execute(
            "INSERT INTO crawls (business_id, crawl_id, source_id, state, purpose, finished_at)"
            " VALUES (%s, %s, %s, 'published', 'preview', now())",
            (site.business_id, crawl, source),
        )
        await lines(
            conn,
            site.business_id,
            crawl,
            ("/", "fetched", None, 10),
            ("/shop/a", "skipped", "would_be_read", 0),
            ("/shop/b", "skipped", "would_be_read", 0),
            ("/blog/x", "skipped", "would_be_read", 0),
            ("/private", "skipped", "robots_disallowed", 0),
        )


async def test_one_looks_first_and_adds_what_one_wants(site: Site) -> None:
    begun = await site.member.post(f"{B}/knowledge/preview", {"url": "corner.example"})
    where = begun.headers["location"]
    source = where.rpartition("/")[2]
    waiting = (await site.member.get(where)).text
    assert "Starting in a moment" in waiting and "Read these pages" not in waiting
    assert "hx-redirect" not in (await site.member.get(f"{where}/progress")).headers
    assert "corner.example" not in (await site.member.get(f"{B}/knowledge")).text, "a look is not listed"
    await looked_at(site, source)
    assert (await site.member.get(f"{where}/progress")).headers["hx-redirect"] == where
    text = (await site.member.get(where)).text
    plain = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", text))
    assert "Milo would read 4 pages." in plain and "/shop/ 2 pages" in plain and "/blog/ 1 page" in plain
    assert "1 address: forbidden by robots.txt" in plain and "1 page in no folder is read in any case" in plain
    assert (await site.stranger.get(where)).status_code == 404
    shown = [("shown", "/shop/"), ("shown", "/blog/"), ("folder", "/shop/")]
    sent = "&".join(f"{name}={value}" for name, value in [("csrf", site.member.csrf), *shown])
    headers = site.member.cookies | {
        "origin": "https://127.0.0.1:8000",
        "sec-fetch-site": "same-origin",
        "content-type": "application/x-www-form-urlencoded",
    }
    taken = await site.client.post(f"{where}/accept", content=sent, headers=headers)
    assert taken.headers["location"] == f"{B}/knowledge?said=reading"
    assert await rows(site, "SELECT draft, exclude, schedule FROM sources") == [(False, ["/blog/"], "daily")]
    assert await rows(site, "SELECT kind FROM jobs WHERE state = 'queued'") == [("ingest_source",)]
    assert "corner.example" in (await site.member.get(f"{B}/knowledge")).text


async def test_a_look_that_found_nothing_says_why(site: Site) -> None:
    where = (await site.member.post(f"{B}/knowledge/preview", {"url": "corner.example"})).headers["location"]
    async with site.services.database.business_transaction(site.business_id) as conn:
        await conn.execute("UPDATE jobs SET state = 'done'")
        await conn.execute(
            "INSERT INTO crawls (business_id, source_id, state, purpose, finished_at, reason)"
            " VALUES (%s, %s, 'failed', 'preview', now(), 'There is no website at corner.example.')",
            (site.business_id, where.rpartition("/")[2]),
        )
    text = (await site.member.get(where)).text
    assert "There is no website at corner.example." in text and "Look again" in text and "Read these" not in text
    assert (await site.member.post(f"{B}/knowledge/preview", {"url": "no address"})).status_code == 400


async def test_a_held_reading_shows_what_it_would_change(site: Site) -> None:
    changes = [
        {"what": "facts", "count": 1, "first": ["Saturday 10-16 is now 10-14 on /contact"]},
        {"what": "gone", "count": 70, "first": [f"{HOST}/gone-{number}" for number in range(50)]},
    ]
    async with site.services.database.business_transaction(site.business_id) as conn:
        await published(conn, site.business_id, crawl_state="held", generation=2)
        await conn.execute(
            "INSERT INTO generations (business_id, generation, state, documents, embedding_model, analyser, reason,"
            " changes) VALUES (%s, 2, 'held', 0, 'm', 'a', 'The site says otherwise than you confirmed.', %s)",
            (site.business_id, Json(changes)),
        )
    text = (await site.member.get(f"{B}/knowledge")).text
    assert "Saturday 10-16 is now 10-14 on /contact" in text
    assert "70 pages are gone" in text and "and 20 more" in text and "/gone-49" in text
    assert ">Publish it<" in text and ">Discard it<" in text
    await site.member.post(f"{B}/knowledge/held/2/publish")
    after = (await site.member.get(f"{B}/knowledge")).text
    assert "What the last update changed" in after and "70 pages are gone" in after


async def test_who_withdraws_a_helper_has_the_pages_learnt_anew_at_once(site: Site) -> None:
    async with site.services.database.business_transaction(site.business_id) as conn:
        await published(conn, site.business_id)  # with a model that is not the one of now
    saved = await site.owner.post(
        f"{B}/settings", {"name": "Corner Café", "time_zone": "Europe/Copenhagen", "language": "en"}
    )
    assert saved.status_code == 303
    assert await rows(site, "SELECT kind, run_after <= now() FROM jobs WHERE state = 'queued'") == [("reembed", True)]
    page = await site.member.get(f"{B}/knowledge")
    assert "Learning your pages anew" in page.text
    assert "hx-redirect" not in (await site.member.get(f"{B}/knowledge/renewal")).headers
    async with site.services.database.business_transaction(site.business_id) as conn:
        await conn.execute("UPDATE jobs SET state = 'running'")
        await conn.execute(
            "INSERT INTO generations (business_id, generation, state, embedding_model, analyser, done, total)"
            " VALUES (%s, 2, 'staging', 'n', 'a', 30, 60)",
            (site.business_id,),
        )
    assert "50%" in (await site.member.get(f"{B}/knowledge/renewal")).text
    async with site.services.database.business_transaction(site.business_id) as conn:
        await conn.execute("UPDATE jobs SET state = 'done'")
    assert (await site.member.get(f"{B}/knowledge/renewal")).headers["hx-redirect"] == f"{B}/knowledge"
