"""An owner looks at a site before it is read, filters its table, tries a page again, leaves one out and back in."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.browser.owner.conftest import Running
from tests.browser.owner.test_first_day import UNNAMED, sign_in_by_mail, watched

pytestmark = pytest.mark.browser
SHOTS = os.environ.get("MILO_TEST_SHOTS")  # a folder for pictures of each step; none by default


async def shot(page: Page, name: str) -> None:
    if SHOTS:
        for width, scheme in ((1280, "light"), (390, "light"), (390, "dark")):
            await page.set_viewport_size({"width": width, "height": 860})
            await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            await page.screenshot(path=Path(SHOTS) / f"{name}-{width}-{scheme}.png", full_page=True)
        await page.set_viewport_size({"width": 1280, "height": 860})
        await page.emulate_media(color_scheme="light")


async def test_looking_first_then_keeping_the_table_in_order(milo_up: Running, context: BrowserContext) -> None:
    page = await context.new_page()
    said = watched(page)
    await sign_in_by_mail(page, milo_up, "keeper@example.com")
    await page.get_by_label("Name").fill("Pottery kept in order")
    await page.get_by_role("button", name="Set it up").click()
    base = page.url.partition("/knowledge")[0]

    # Look first: nothing is read until one says so.
    await page.get_by_label("Address of a site").fill(f"http://{milo_up.site}")
    await page.get_by_role("button", name="Look first").click()
    await shot(page, "1-looking")
    await expect(page.get_by_text("Milo would read 3 pages.")).to_be_visible(timeout=60_000)
    await page.get_by_text("forbidden by robots.txt").click()
    await expect(page.get_by_text("/private").first).to_be_visible()
    await shot(page, "2-preview")
    await page.goto(f"{base}/knowledge")
    await expect(page.locator("article.card")).to_have_count(0)
    await page.go_back()
    await page.get_by_role("button", name="Read these pages").click()
    await expect(page.get_by_text("up to date")).to_be_visible(timeout=60_000)
    await shot(page, "3-knowledge")

    # The table, by keyboard and by filter.
    await page.get_by_role("link", name="What was read, and what not").click()
    await expect(page.locator("tbody tr")).to_have_count(5)
    await shot(page, "4-ledger")
    await page.get_by_label("Address").fill("pric")
    await page.get_by_label("Address").press("Enter")
    await expect(page.locator("tbody tr")).to_have_count(1)
    await expect(page.locator("tbody tr")).to_contain_text("/prices")

    # Leave it out, and take that back within the ten seconds.
    await page.get_by_role("button", name="Leave /prices out").click()
    await expect(page.get_by_role("status")).to_contain_text("Left out.")
    await expect(page.get_by_label("Address")).to_have_value("pric")  # the view is kept
    await shot(page, "5-left-out")
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_role("status")).to_contain_text("Taken back.")

    # Out for good: the page leaves within a minute, and the way back stands in its line.
    await page.get_by_role("button", name="Leave /prices out").click()
    await expect(page.get_by_role("button", name="Undo")).to_be_visible()
    for _ in range(60):
        await page.goto(f"{base}/knowledge/pages")
        if await page.locator(".list a").count() == 2:
            break
        await page.wait_for_timeout(500)
    await expect(page.locator(".list")).not_to_contain_text("/prices")
    await page.goto(f"{base}/knowledge")
    await page.get_by_role("link", name="What was read, and what not").click()
    await page.get_by_label("Reason").select_option("excluded")
    await page.get_by_role("button", name="Show", exact=True).click()
    await expect(page.locator("tbody tr")).to_contain_text("left out by the rules you set")
    await shot(page, "6-excluded")
    await page.get_by_role("button", name="Take /prices back in").click()
    await expect(page.get_by_role("status")).to_contain_text("Taken back.")

    # Try again what failed.
    await page.get_by_role("link", name="Show all").click()
    await page.get_by_role("button", name="Try /missing again").click()
    await expect(page.get_by_role("status")).to_contain_text("asks for it again")

    # Settings: rules are tried while one types them.
    await page.get_by_role("link", name="Settings").last.click()
    await page.get_by_label("Leave out addresses that begin with").fill("/hours")
    await expect(page.locator("#tried")).to_contain_text(re.compile(r"/hours leaves out 1 address"))
    await page.get_by_label("Read it again").select_option("weekly")
    await shot(page, "7-settings")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("status")).to_contain_text("Saved.")
    await page.get_by_role("button", name="Make an address").click()
    address = await page.locator("#hook-address").inner_text()
    assert re.fullmatch(rf"{re.escape(milo_up.url)}/hooks/[\w-]{{43}}", address)
    await shot(page, "8-hook")
    answer = await context.request.post(address)
    assert answer.status == 202
    assert said == []


async def test_the_pages_of_a_source_fit_a_phone_and_have_names(milo_up: Running, chromium: Browser) -> None:
    context = await chromium.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark")
    page = await context.new_page()
    said = watched(page)
    await sign_in_by_mail(page, milo_up, "keeper-phone@example.com")
    await page.get_by_label("Name").fill("Pottery on a phone")
    await page.get_by_label("Website").fill(f"http://{milo_up.site}")
    await page.get_by_role("button", name="Set it up").click()
    await expect(page.get_by_text("up to date")).to_be_visible(timeout=60_000)
    base = page.url.partition("/knowledge")[0]
    await page.get_by_role("link", name="What was read, and what not").click()
    ledger = page.url
    await page.goto(f"{base}/knowledge")
    await page.get_by_label("Address of a site").fill(f"http://{milo_up.site}")
    await page.get_by_role("button", name="Look first").click()
    await expect(page.get_by_text("Milo would read 3 pages.")).to_be_visible(timeout=60_000)
    for place in (page.url, ledger, f"{ledger}?status=failed", f"{ledger}/settings"):
        await page.goto(place)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), place
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.className") == "skip", place
        assert await page.evaluate(UNNAMED) == [], place
    assert said == []
    await context.close()
