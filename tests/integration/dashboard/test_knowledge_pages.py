"""Knowledge with real rows: pages, ledger, progress, held updates, uploads."""

from __future__ import annotations

from uuid import UUID, uuid4

from app.db.pool import Connection
from tests.integration.dashboard.conftest import SLUG, Site

B = f"/dashboard/{SLUG}"


async def published(
    conn: Connection, business_id: UUID, *, crawl_state: str = "published", generation: int = 1
) -> tuple[UUID, UUID]:
    """A site with one page read and one left out; source and document."""
    source, crawl, document, version = uuid4(), uuid4(), uuid4(), uuid4()
    b = {"b": business_id, "s": source, "c": crawl, "d": document, "v": version, "state": crawl_state, "g": generation}
    for statement in (
        "INSERT INTO sources (business_id, source_id, kind, url) VALUES (%(b)s, %(s)s, 'site', 'https://corner.example/')",
        "INSERT INTO generations (business_id, generation, state, documents, embedding_model, analyser)"
        " VALUES (%(b)s, 1, 'published', 1, 'm', 'a')",
        "UPDATE businesses SET live_generation = 1, last_generation = 1 WHERE business_id = %(b)s",
        "INSERT INTO documents (business_id, document_id, source_id, url)"
        " VALUES (%(b)s, %(d)s, %(s)s, 'https://corner.example/menu')",
        "INSERT INTO document_versions (business_id, version_id, document_id, words, content_hash, media_type,"
        " title, links, blocks, text) VALUES (%(b)s, %(v)s, %(d)s, 3, 'h', 'text/html', 'Menu <b>', '{}', '[]',"
        " 'Soup £5 <i>')",
        "INSERT INTO generation_documents (business_id, generation, document_id, version_id)"
        " VALUES (%(b)s, 1, %(d)s, %(v)s)",
        "INSERT INTO chunks (business_id, generation, chunk_no, document_id, version_id, tokens, kind, text_hash,"
        " spans, title, heading_path, text) VALUES (%(b)s, 1, 0, %(d)s, %(v)s, 5, 'page', 'h', '{0,11}', 'Menu <b>',"
        " '{Lunch}', 'Soup £5 <i>')",
        "INSERT INTO crawls (business_id, crawl_id, source_id, state, generation, finished_at, reason)"
        " VALUES (%(b)s, %(c)s, %(s)s, %(state)s, %(g)s, now(), 'Half is gone.')",
        "INSERT INTO crawl_pages (business_id, crawl_id, position, depth, status, reason, url, document_id, words)"
        " VALUES (%(b)s, %(c)s, 0, 0, 'fetched', NULL, 'https://corner.example/menu', %(d)s, 3),"
        " (%(b)s, %(c)s, 1, 1, 'skipped', 'robots_disallowed', 'https://corner.example/secret', NULL, 0)",
    ):
        await conn.execute(statement, b)
    return source, document


async def test_a_page_shows_what_was_taken_from_it_and_escapes_it(site: Site) -> None:
    async with site.services.database.business_transaction(site.business_id) as conn:
        _, document = await published(conn, site.business_id)
    listed = await site.member.get(f"{B}/knowledge/pages?match=MENU")
    assert "Menu &lt;b&gt;" in listed.text and "in 1 answer source<" in listed.text
    opened = await site.member.get(f"{B}/knowledge/pages/{document}")
    assert "Soup £5 &lt;i&gt;" in opened.text and "Lunch" in opened.text
    assert "Nothing found" in (await site.member.get(f"{B}/knowledge/pages?match=nothing-like-it")).text
    # The stranger's own business shows nothing of it, by its real id.
    assert (await site.stranger.get(f"/dashboard/elsewhere/knowledge/pages/{document}")).status_code == 404


async def test_the_ledger_says_why_and_can_be_filtered(site: Site) -> None:
    async with site.services.database.business_transaction(site.business_id) as conn:
        source, _ = await published(conn, site.business_id)
    path = f"{B}/knowledge/sources/{source}"
    whole = await site.member.get(path)
    assert "/menu" in whole.text and "robots.txt does not allow" in whole.text
    left_out = await site.member.get(f"{path}?status=skipped")
    assert "/secret" in left_out.text and ">/menu<" not in left_out.text
    assert (await site.member.get(f"{path}?status=nonsense")).text.count("<tr>") == whole.text.count("<tr>")
    assert (await site.stranger.get(f"/dashboard/elsewhere/knowledge/sources/{source}")).status_code == 404


async def test_update_now_waits_its_turn_and_the_card_asks_for_itself_again(site: Site) -> None:
    async with site.services.database.business_transaction(site.business_id) as conn:
        source, _ = await published(conn, site.business_id)
    done = await site.member.get(f"{B}/knowledge/sources/{source}/progress")
    assert done.headers["hx-redirect"] == f"{B}/knowledge"
    await site.member.post(f"{B}/knowledge/sources/{source}/update")
    card = await site.member.get(f"{B}/knowledge/sources/{source}/progress")
    assert "hx-redirect" not in card.headers and "hx-get" in card.text and "waits its turn" in card.text


async def test_a_held_update_says_why_and_waits_for_the_owner(site: Site) -> None:
    async with site.services.database.business_transaction(site.business_id) as conn:
        await published(conn, site.business_id, crawl_state="held", generation=2)
        await conn.execute(
            "INSERT INTO generations (business_id, generation, state, documents, embedding_model, analyser, reason)"
            " VALUES (%s, 2, 'held', 0, 'm', 'a', 'Only 0 of 1 pages are left.')",
            (site.business_id,),
        )
    page = await site.member.get(f"{B}/knowledge")
    assert "An update waits for you" in page.text and "Only 0 of 1 pages are left." in page.text
    discarded = await site.member.post(f"{B}/knowledge/held/2/discard")
    assert discarded.headers["location"].endswith("said=discarded")
    after = (await site.member.get(f"{B}/knowledge")).text
    assert "waits for you" not in after and "last update set aside" in after
    assert (await site.member.post(f"{B}/knowledge/held/2/publish")).status_code == 409


async def test_a_file_that_is_not_read_is_said_with_what_stays(site: Site) -> None:
    sent = {"origin": "https://127.0.0.1:8000", "sec-fetch-site": "same-origin"} | site.member.cookies
    answer = await site.client.post(
        f"{B}/knowledge/files",
        data={"csrf": site.member.csrf},
        files=[("files", ("song.mp3", b"ID3", "audio/mpeg"))],
        headers=sent,
    )
    assert answer.status_code == 422
    assert "does not read" in answer.text and "What was there before is as it was." in answer.text
    taken = await site.client.post(
        f"{B}/knowledge/files",
        data={"csrf": site.member.csrf},
        files=[
            ("files", ("menu.txt", b"Soup is 5 pounds.", "text/plain")),
            ("files", ("b.md", b"# B", "text/markdown")),
        ],
        headers=sent,
    )
    assert taken.headers["location"].endswith("said=files_added")
    assert (
        "2 files" in (await site.member.get(f"{B}/knowledge")).text
        or "waits its turn" in (await site.member.get(f"{B}/knowledge")).text
    )


async def test_what_is_removed_is_named_first_and_gone_after(site: Site) -> None:
    async with site.services.database.business_transaction(site.business_id) as conn:
        live, document = await published(conn, site.business_id)
    await site.member.post(f"{B}/knowledge/sites", {"url": "mistyped.example"})
    async with site.services.database.business_transaction(site.business_id) as conn:
        cursor = await conn.execute("SELECT source_id FROM sources WHERE url = 'https://mistyped.example/'")
        ((wrong,),) = await cursor.fetchall()
    for source in (wrong, live):
        assert (await site.stranger.get(f"/dashboard/elsewhere/knowledge/remove/{source}")).status_code == 404
        assert (await site.stranger.post(f"/dashboard/elsewhere/knowledge/remove/{source}")).status_code == 404
    gone = await site.member.post(f"{B}/knowledge/remove/{wrong}")
    assert gone.headers["location"].endswith("said=source_removed")
    page = (await site.member.get(f"{B}/knowledge")).text
    assert "mistyped.example" not in page and f"{B}/knowledge/remove/{live}" in page
    asked = (await site.member.get(f"{B}/knowledge/remove/{live}")).text
    assert "Remove corner.example?" in asked and "1 page that Milo answers from" in asked
    assert (await site.member.get(f"{B}/knowledge/pages/{document}")).status_code == 200  # asking removes nothing
    gone = await site.member.post(f"{B}/knowledge/remove/{live}")
    assert gone.headers["location"].endswith("said=removed")
    assert (await site.member.get(f"{B}/knowledge/pages/{document}")).status_code == 404
    assert "corner.example" not in (await site.member.get(f"{B}/knowledge")).text
    again = await site.member.post(f"{B}/knowledge/remove/{live}")
    assert again.status_code == 404
    async with site.services.database.business_transaction(site.business_id) as conn:
        cursor = await conn.execute("SELECT target, actor FROM audit_log WHERE action = 'source.remove'")
        assert {(target, actor.split(":")[0]) for target, actor in await cursor.fetchall()} == {
            ("https://mistyped.example/", "account"),
            ("https://corner.example/", "account"),
        }


async def test_a_single_file_is_listed_and_can_be_removed(site: Site) -> None:
    sent = {"origin": "https://127.0.0.1:8000", "sec-fetch-site": "same-origin"} | site.member.cookies
    files = [("files", (name, b"Soup is 5 pounds.", "text/plain")) for name in ("a.txt", "b.txt")]
    await site.client.post(f"{B}/knowledge/files", data={"csrf": site.member.csrf}, files=files, headers=sent)
    async with site.services.database.business_transaction(site.business_id) as conn:
        cursor = await conn.execute("SELECT source_id, file_id FROM files WHERE name = 'a.txt'")
        ((source, file),) = await cursor.fetchall()
    path = f"{B}/knowledge/sources/{source}"
    assert f"{B}/knowledge/remove/{file}" in (await site.member.get(path)).text
    assert "Remove a.txt?" in (await site.member.get(f"{B}/knowledge/remove/{file}")).text
    await site.member.post(f"{B}/knowledge/remove/{file}")
    left = (await site.member.get(path)).text
    assert "a.txt" not in left and "b.txt" in left


async def test_the_former_version_can_be_gone_back_to_while_one_is_kept(site: Site) -> None:
    async with site.services.database.business_transaction(site.business_id) as conn:
        await published(conn, site.business_id)
    assert "Go back to it" not in (await site.member.get(f"{B}/knowledge")).text
    async with site.services.database.business_transaction(site.business_id) as conn:
        await conn.execute("UPDATE generations SET state = 'superseded'")
        await conn.execute(
            "INSERT INTO generations (business_id, generation, state, documents, embedding_model, analyser)"
            " VALUES (%s, 2, 'published', 0, 'm', 'a')",
            (site.business_id,),
        )
        await conn.execute("UPDATE businesses SET live_generation = 2, last_generation = 2")
    assert "Go back to it" in (await site.member.get(f"{B}/knowledge")).text
    done = await site.member.post(f"{B}/knowledge/back")
    assert done.headers["location"].endswith("said=went_back")
    after = (await site.member.get(f"{B}/knowledge")).text
    assert "Go back to it" not in after and "You went back from this version." in after
    assert (await site.member.post(f"{B}/knowledge/held/2/publish")).status_code == 303  # and forward again
    assert "Go back to it" in (await site.member.get(f"{B}/knowledge")).text
