"""What an owner sets: the business, its origins, its people, and the first run."""

from __future__ import annotations

import html
from typing import Any

import pytest

from app.businesses.queries import read_business
from app.mail.model import open_mail
from app.mail.queries import read_outbox
from tests.integration.dashboard.conftest import SLUG, Site

B = f"/dashboard/{SLUG}"
GOOD: dict[str, Any] = {
    "name": "Corner Café & Bar",
    "website": "www.corner.example",
    "industry": "Café",
    "country": "dk",
    "time_zone": "Europe/Copenhagen",
    "language": "da",
    "controller_name": "Corner ApS",
    "controller_contact": "+45 12 34 56 78",
    "processor": ["openai", "resend", "nobody"],
    "accent": "#FFEE00",
}


async def actions(site: Site) -> list[str]:
    async with site.services.database.business_transaction(site.business_id) as conn:
        cursor = await conn.execute("SELECT action FROM audit_log ORDER BY entry_id")
        return [row[0] for row in await cursor.fetchall()]


async def test_settings_are_saved_as_typed_and_written_down(site: Site) -> None:
    saved = await site.owner.post(f"{B}/settings", GOOD)
    assert (saved.status_code, saved.headers["location"]) == (303, f"{B}/settings?said=saved")
    async with site.services.database.business_transaction(site.business_id) as conn:
        business = await read_business(conn, site.business_id)
    assert business is not None
    assert (business.name, business.website) == ("Corner Café & Bar", "https://www.corner.example/")
    assert (business.country, business.language, business.time_zone) == ("DK", "da", "Europe/Copenhagen")
    assert business.allowed_processors == ["openai", "resend"]
    assert business.accent == "#ffee00"
    assert "business.settings" in await actions(site)
    page = await site.owner.get(f"{B}/settings")
    assert "Corner Café &amp; Bar" in page.text
    assert "too light for text" in page.text
    line = html.unescape((await site.owner.get(f"{B}/install")).text)
    assert 'data-accent="#ffee00"></script>' in line, "the button has the colour from the first moment"
    sheet = await site.owner.get(f"{B}/accent.css")
    assert sheet.headers["content-type"].startswith("text/css") and "#ffee00" in sheet.text


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "needs a name"),
        ("website", "javascript:alert(1)", "is not a web address"),
        ("time_zone", "Mars/Olympus", "not a time zone"),
        ("language", "english", "not a language"),
        ("country", "D", "not a country"),
        ("accent", "red;}", "six figures"),
        ("industry", "x" * 200, "at most 100"),
    ],
)
async def test_a_wrong_setting_is_said_and_nothing_is_changed(site: Site, field: str, value: str, words: str) -> None:
    answer = await site.owner.post(f"{B}/settings", GOOD | {field: value})
    assert answer.status_code == 400
    assert words in answer.text
    async with site.services.database.business_transaction(site.business_id) as conn:
        business = await read_business(conn, site.business_id)
    assert business is not None and business.name == "Corner Café"


async def test_no_processor_ticked_is_none_allowed(site: Site) -> None:
    await site.owner.post(f"{B}/settings", {key: value for key, value in GOOD.items() if key != "processor"})
    async with site.services.database.business_transaction(site.business_id) as conn:
        business = await read_business(conn, site.business_id)
    assert business is not None and business.allowed_processors == []


async def test_origins_are_cut_to_scheme_and_host(site: Site) -> None:
    typed = "https://www.corner.example/menu\nwww.corner.example\n\nhttp://localhost:3000\nhttps://www.corner.example"
    await site.owner.post(f"{B}/install/origins", {"origins": typed})
    page = await site.member.get(f"{B}/install")
    assert page.text.count("<li>https://www.corner.example</li>") == 1
    assert "<li>http://localhost:3000</li>" in page.text
    assert site.widget_key in page.text
    wrong = await site.owner.post(f"{B}/install/origins", {"origins": "https://ok.example\nnot an address"})
    assert wrong.status_code == 400 and "not an address" in wrong.text


async def test_an_invited_member_gets_a_mail_and_may_come_in(site: Site) -> None:
    await site.owner.post(f"{B}/settings/people", {"email": "Sam@Example.com", "role": "member"})
    assert (await site.stranger.get(f"{B}/inbox")).status_code == 200
    assert (await site.stranger.get(f"{B}/settings")).status_code == 403
    async with site.services.database.business_transaction(site.business_id) as conn:
        cursor = await conn.execute("SELECT outbox_id FROM outbox WHERE purpose = 'invite'")
        rows = await cursor.fetchall()
        assert len(rows) == 1
        row = await read_outbox(conn, site.business_id, rows[0][0])
        assert row is not None
        mail = open_mail(await site.services.vault.keys(conn, site.business_id), row)
    assert mail.to == ("sam@example.com",)
    assert "Corner Café" in mail.subject and f"{site.services.settings.public_url}/sign-in" in mail.text
    assert "#" not in mail.text  # no link that would sign anybody in
    again = await site.owner.post(f"{B}/settings/people", {"email": "sam@example.com", "role": "owner"})
    assert again.headers["location"].endswith("said=member_there")
    assert (await site.stranger.get(f"{B}/settings")).status_code == 403  # inviting again raises nobody


async def test_a_removed_member_is_out_at_once_and_undo_lets_back_in(site: Site) -> None:
    assert site.member.account is not None
    gone = await site.owner.post(f"{B}/settings/people/{site.member.account.account_id}/remove")
    assert gone.status_code == 200 and "Undo" in gone.text
    assert (await site.member.get(f"{B}/inbox")).status_code == 404
    await site.owner.post(f"{B}/settings/people", {"email": "tim@example.com", "role": "member", "undo": "yes"})
    assert (await site.member.get(f"{B}/inbox")).status_code == 200
    assert (await actions(site))[-2:] == ["member.remove", "member.add"]


async def test_the_last_owner_cannot_be_removed(site: Site) -> None:
    assert site.owner.account is not None
    path = f"{B}/settings/people/{site.owner.account.account_id}/remove"
    assert (await site.owner.post(path)).headers["location"].endswith("said=last_owner")
    assert (await site.owner.get(f"{B}/settings")).status_code == 200


async def test_somebody_elses_account_cannot_be_removed_from_here(site: Site) -> None:
    assert site.stranger.account is not None
    await site.owner.post(f"{B}/settings/people/{site.stranger.account.account_id}/remove")
    assert (await site.stranger.get("/dashboard/elsewhere/inbox")).status_code == 200


async def test_a_new_business_with_an_address_is_read_at_once(site: Site) -> None:
    made = await site.stranger.post(
        "/dashboard/new",
        {"name": "Corner Café", "website": "corner.example", "language": "en", "time_zone": "Europe/Rome"},
    )
    assert made.status_code == 303
    where = made.headers["location"]
    assert where.startswith("/dashboard/corner-cafe-") and where.endswith(
        "/knowledge?said=reading"
    )  # the name is taken
    page = await site.stranger.get(where)
    assert "waits its turn" in page.text and "corner.example" in page.text
    assert (await site.owner.get(where)).status_code == 404


async def test_a_wrong_first_run_sets_nothing_up(site: Site) -> None:
    answer = await site.stranger.post("/dashboard/new", {"name": "X", "website": "not an address"})
    assert answer.status_code == 400 and "Nothing was set up yet." in answer.text
    assert (await site.stranger.get("/dashboard")).headers["location"] == "/dashboard/elsewhere"
