"""The way in through the pages, as browsers and mail scanners walk it."""

from __future__ import annotations

import re
from http.cookies import SimpleCookie

from httpx import AsyncClient, Response

from app.accounts.model import NONCE_COOKIE, SESSION_COOKIE
from app.businesses.model import HOUSE_BUSINESS_ID
from app.mail.model import open_mail
from app.mail.queries import read_outbox
from app.services import Services
from tests.integration.dashboard.conftest import BASE, Site

SENT = {"origin": BASE, "sec-fetch-site": "same-origin"}


def csrf_of(answer: Response) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', answer.text)
    assert found is not None
    return found[1]


def cookies_of(answer: Response) -> SimpleCookie:
    jar = SimpleCookie()
    for header in answer.headers.get_list("set-cookie"):
        jar.load(header)
    return jar


async def ask(client: AsyncClient, email: str, **headers: str) -> Response:
    form = await client.get("/sign-in", headers=headers)
    return await client.post("/sign-in", data={"email": email, "csrf": csrf_of(form)}, headers=SENT | headers)


async def newest_mail(services: Services) -> str:
    async with services.database.business_transaction(HOUSE_BUSINESS_ID) as conn:
        cursor = await conn.execute("SELECT outbox_id FROM outbox ORDER BY outbox_id DESC LIMIT 1")
        found = await cursor.fetchone()
        assert found is not None
        row = await read_outbox(conn, HOUSE_BUSINESS_ID, found[0])
        assert row is not None
        return open_mail(await services.vault.keys(conn, HOUSE_BUSINESS_ID), row).text


async def newest_token(services: Services) -> str:
    return (await newest_mail(services)).partition("#")[2].split()[0]


async def confirm(client: AsyncClient, token: str, code: str = "") -> Response:
    form = await client.get("/sign-in/open")
    return await client.post("/sign-in/open", data={"token": token, "csrf": csrf_of(form), "code": code}, headers=SENT)


async def test_a_person_signs_up_by_mail_and_lands_in_the_first_run(services: Services, client: AsyncClient) -> None:
    sent = await ask(client, "new@example.com")
    assert (sent.status_code, sent.headers["location"]) == (303, "/sign-in/sent")
    opened = await confirm(client, await newest_token(services))
    assert (opened.status_code, opened.headers["location"]) == (303, "/dashboard")
    home = await client.get("/dashboard", follow_redirects=True)
    assert "Set up your business" in home.text


async def test_cookies_are_host_bound_signed_and_out_of_scripts_reach(services: Services, client: AsyncClient) -> None:
    sent = await ask(client, "new@example.com")
    opened = await confirm(client, await newest_token(services))
    for answer, name, life in ((sent, NONCE_COOKIE, "600"), (opened, SESSION_COOKIE, str(30 * 86400))):
        morsel = cookies_of(answer)[name]
        assert name.startswith("__Host-")
        assert (morsel["secure"], morsel["httponly"], morsel["samesite"].lower()) == (True, True, "lax")
        assert (morsel["path"], morsel["domain"], morsel["max-age"]) == ("/", "", life)
    assert cookies_of(opened)[NONCE_COOKIE]["max-age"] == "0"
    assert set(client.cookies) == {SESSION_COOKIE}


async def test_scanners_that_follow_the_link_leave_it_valid(services: Services, client: AsyncClient) -> None:
    await ask(client, "new@example.com")
    token = await newest_token(services)
    for _ in range(10):
        scanned = await client.get("/sign-in/open", headers={"user-agent": "Mail-Scanner"})
        assert scanned.status_code == 200
        assert SESSION_COOKIE not in cookies_of(scanned)
    assert (await confirm(client, token)).status_code == 303


async def test_the_second_use_of_a_link_is_told_and_opens_nothing(services: Services, client: AsyncClient) -> None:
    await ask(client, "new@example.com")
    token = await newest_token(services)
    await confirm(client, token)
    client.cookies.clear()
    again = await confirm(client, token)
    assert again.status_code == 410
    assert "Ask for a new link" in again.text
    assert SESSION_COOKIE not in cookies_of(again)


async def test_another_browser_is_asked_for_the_digits_shown_in_the_first(
    services: Services, client: AsyncClient
) -> None:
    await ask(client, "new@example.com")
    shown = re.search(r"<strong>(\d{3}) (\d{3})</strong>", (await client.get("/sign-in/sent")).text)
    assert shown is not None
    token = await newest_token(services)
    client.cookies.clear()  # the phone
    asked = await confirm(client, token)
    assert asked.status_code == 403
    assert "six digits" in asked.text
    assert (await confirm(client, token, shown[1] + shown[2])).status_code == 303


async def test_known_unknown_and_locked_addresses_get_the_same_answer(services: Services, client: AsyncClient) -> None:
    async with services.database.directory_transaction() as conn:
        await conn.execute("INSERT INTO accounts (email) VALUES ('known@example.com')")
    answers = [await ask(client, "known@example.com"), await ask(client, "unknown@example.com")]
    answers += [await ask(client, "locked@example.com") for _ in range(8)]
    assert len({(answer.status_code, answer.text, answer.headers["location"]) for answer in answers}) == 1


async def test_a_poisoned_host_reaches_neither_mail_nor_page(services: Services, client: AsyncClient) -> None:
    await ask(client, "new@example.com", host="evil.example", **{"x-forwarded-host": "evil.example"})
    assert "evil.example" not in await newest_mail(services)
    page = await client.get("/sign-in/sent", headers={"host": "evil.example"})
    assert "evil.example" not in page.text


async def test_pages_of_a_link_tell_no_referrer(client: AsyncClient) -> None:
    for path in ("/sign-in", "/sign-in/sent", "/sign-in/open"):
        answer = await client.get(path)
        assert (answer.headers["referrer-policy"], answer.headers["cache-control"]) == ("no-referrer", "no-store")


async def test_a_form_from_a_page_without_referrer_is_taken(client: AsyncClient) -> None:
    # Chromium sends `Origin: null` from a page whose policy is no-referrer.
    form = await client.get("/sign-in")
    answer = await client.post(
        "/sign-in",
        data={"email": "new@example.com", "csrf": csrf_of(form)},
        headers={"origin": "null", "sec-fetch-site": "same-origin"},
    )
    assert answer.status_code == 303


async def test_signing_out_ends_the_cookie_at_once(site: Site) -> None:
    assert (await site.member.get("/dashboard/businesses")).status_code == 200
    out = await site.member.post("/sign-out")
    assert out.headers["location"] == "/?said=signed_out"
    replayed = await site.member.get("/dashboard/businesses")
    assert replayed.status_code == 401
    assert cookies_of(replayed)[SESSION_COOKIE]["max-age"] == "0"


async def test_signing_out_everywhere_ends_the_other_browsers_too(site: Site) -> None:
    before = await site.owner.get("/dashboard/businesses")
    await site.owner.post("/sign-out/everywhere")
    after = await site.owner.get("/dashboard/businesses")
    assert (before.status_code, after.status_code) == (200, 401)
    assert (await site.member.get("/dashboard/businesses")).status_code == 200


async def test_a_tampered_cookie_is_answered_with_401(site: Site) -> None:
    assert site.owner.cookie is not None
    for cookie in (site.owner.cookie[:-2], site.owner.cookie[::-1], "x", f"{site.owner.cookie}.x"):
        answer = await site.client.get("/dashboard/businesses", headers={"cookie": f"{SESSION_COOKIE}={cookie}"})
        assert answer.status_code == 401


async def test_a_sentence_code_in_the_address_shows_only_known_sentences(client: AsyncClient) -> None:
    answer = await client.get("/?said=<script>alert(1)</script>")
    assert "alert(1)" not in answer.text
    assert "You are signed out." in (await client.get("/?said=signed_out")).text
