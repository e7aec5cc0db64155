"""An owner's first day, in a real browser against a whole Milo: from a mail address to the first lead."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.browser.owner.conftest import Running

pytestmark = pytest.mark.browser
OWNER = "potter@example.com"


def watched(page: Page) -> list[str]:
    """Everything the browser objects to: a page that breaks its own content policy says so here."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


async def sign_in_by_mail(page: Page, milo: Running, email: str) -> None:
    await page.goto(f"{milo.url}/sign-in")
    await page.get_by_label("Mail address").fill(email)
    await page.get_by_role("button", name="Send me the link").click()
    await expect(page.get_by_role("heading", name="Look at your mail")).to_be_visible()
    await page.get_by_role("link", name="Open the built-in mailbox").click()
    await page.get_by_role("link", name="Your link to Milo").first.click()
    await page.locator(".mail-text a").click()
    await expect(page).to_have_url(f"{milo.url}/sign-in/open")  # the token is gone from the address
    await page.get_by_role("button", name="Sign in").click()


async def test_from_a_mail_address_to_the_first_lead(milo_up: Running, context: BrowserContext, tmp_path: Path) -> None:
    page = await context.new_page()
    said = watched(page)
    await sign_in_by_mail(page, milo_up, OWNER)

    # First run: the browser fills in what it knows; with an address given the reading starts at once.
    await expect(page.get_by_role("heading", name="Set up your business")).to_be_visible()
    await expect(page.get_by_label("Time zone")).to_have_value("Europe/Rome")
    await expect(page.get_by_label("Language of your pages")).to_have_value("en")
    await page.get_by_label("Name").fill("Pottery on the Quay")
    await page.get_by_label("Website").fill(f"http://{milo_up.site}")
    await page.get_by_role("button", name="Set it up").click()
    base = f"{milo_up.url}/dashboard/pottery-on-the-quay"
    assert page.url.startswith(f"{base}/knowledge")

    # The crawl is watched without a reload by hand, and ends by itself.
    await expect(page.locator("progress")).to_be_visible()
    await expect(page.get_by_text("it goes on")).to_be_visible()
    await expect(page.get_by_text("up to date")).to_be_visible(timeout=60_000)
    await expect(page.get_by_text("Milo answers from 3 pages.")).to_be_visible()

    # What was read, what not, and why.
    await page.get_by_role("link", name="What was read, and what not").click()
    await expect(page.locator("tr", has_text="/private")).to_contain_text("robots.txt does not allow")
    await expect(page.locator("tr", has_text="/missing")).to_contain_text("There is no page at")
    await page.get_by_label("State").select_option("skipped")
    await page.get_by_role("button", name="Show", exact=True).click()
    await expect(page.locator("tbody tr")).to_have_count(1)
    await page.goto(f"{base}/knowledge/pages")
    await page.get_by_role("link", name=re.compile("Prices")).click()
    await expect(page.locator("ol")).to_contain_text("£210")

    # Try it: the visitor's own frame.
    await page.get_by_role("link", name="Knowledge").click()
    await page.get_by_role("link", name="Try it").first.click()
    chat = page.frame_locator("iframe")
    await chat.get_by_label("Ask a question").fill("When is the workshop open on Saturday?")
    await chat.get_by_label("Ask a question").press("Enter")
    await expect(chat.locator("#log")).to_contain_text("10:00 to 15:00", timeout=30_000)
    await page.goto(f"{base}/inbox")
    await expect(page.get_by_role("heading", name="No conversations yet")).to_be_visible()
    await page.goto(f"{base}/inbox?show=tries")
    await expect(page.get_by_role("link", name=re.compile("When is the workshop open"))).to_be_visible()

    # A visitor asks the same, on a page that has the chat.
    await page.goto(f"{milo_up.url}/demo/{base.rpartition('/')[2]}")
    await page.get_by_role("button", name="Chat").click()
    chat = page.frame_locator("milo-chat iframe")
    await chat.get_by_label("Ask a question").fill("When is the workshop open on Saturday?")
    await chat.get_by_label("Ask a question").press("Enter")
    await expect(chat.locator("#log")).to_contain_text("10:00 to 15:00", timeout=30_000)
    await chat.get_by_role("button", name="Talk to a person").click()
    await chat.get_by_role("button", name="Leave a message").click()
    await chat.locator("form.card input").nth(0).fill("=Ada Visitor")
    await chat.locator("form.card input").nth(1).fill("ada@example.net")
    await chat.locator("form.card textarea").fill("Is there a place for two on Saturday?")
    await chat.locator("form.card button.primary").click()
    await expect(chat.locator("form.card")).to_have_count(0)

    # The owner sees the conversation with the quote behind the answer, the lead and its mail.
    await page.goto(f"{base}/inbox")
    await page.get_by_role("link", name=re.compile("When is the workshop open")).click()
    await page.get_by_text("The words behind it").click()
    await expect(page.locator("blockquote", has_text="10:00 to 15:00")).to_be_visible()
    await expect(page.get_by_text("left contact details")).to_be_visible()
    await page.get_by_role("link", name="Leads").click()
    await expect(page.get_by_text("1 person waits for an answer from you.")).to_be_visible()
    row = page.locator("tbody tr")
    await expect(row).to_contain_text("=Ada Visitor")
    await row.get_by_role("button", name="Mark handled").click()
    await expect(row.get_by_text("handled", exact=True)).to_be_visible()
    await page.reload()
    await expect(page.get_by_text("Nobody waits for an answer.")).to_be_visible()
    async with page.expect_download() as started:
        await page.get_by_role("link", name="Download all as CSV").click()
    saved = tmp_path / "leads.csv"
    await (await started.value).save_as(saved)
    with saved.open(encoding="utf-8-sig", newline="") as table:
        _, lead = csv.reader(table)
    assert lead[1] == "'=Ada Visitor"
    assert lead[3:5] == ["ada@example.net", "Is there a place for two on Saturday?"]
    await page.goto(f"{base}/numbers")
    await expect(page.get_by_role("heading", name="1 of 1 question answered")).to_be_visible()
    await page.goto(f"{milo_up.url}/mailbox")
    await expect(page.locator(".list")).to_contain_text(f"to {OWNER}")
    await expect(page.locator(".list a").first).not_to_contain_text("Your link to Milo")

    # One cookie, and nothing that any page objected to.
    assert {cookie.get("name") for cookie in await context.cookies()} == {"__Host-sid"}
    assert said == []


async def test_the_printed_link_opens_in_a_browser_that_never_asked(milo_up: Running, context: BrowserContext) -> None:
    page = await context.new_page()
    await page.goto(milo_up.sign_in_url)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("heading", name="Set up your business")).to_be_visible()
    await page.goto(milo_up.sign_in_url)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_text("has been used")).to_be_visible()


async def test_another_device_is_asked_for_the_digits(milo_up: Running, chromium: Browser) -> None:
    desk = await (await chromium.new_context()).new_page()
    await desk.goto(f"{milo_up.url}/sign-in")
    await desk.get_by_label("Mail address").fill("two-devices@example.com")
    await desk.get_by_role("button", name="Send me the link").click()
    digits = await desk.locator(".figures-code").inner_text()
    await desk.goto(f"{milo_up.url}/mailbox")
    await desk.get_by_role("link", name="Your link to Milo").first.click()
    link = await desk.locator(".mail-text a").get_attribute("href")
    assert link is not None
    phone = await (await chromium.new_context(viewport={"width": 390, "height": 844})).new_page()
    await phone.goto(link)
    await phone.get_by_role("button", name="Sign in").click()
    await phone.get_by_label("Six digits").fill(digits)
    await phone.get_by_role("button", name="Sign in").click()
    await expect(phone.get_by_role("heading", name="Set up your business")).to_be_visible()


async def test_every_page_fits_a_phone_and_can_be_walked_by_keyboard(milo_up: Running, chromium: Browser) -> None:
    context = await chromium.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark")
    page = await context.new_page()
    said = watched(page)
    await sign_in_by_mail(page, milo_up, "phone@example.com")
    await page.get_by_label("Name").fill("A long name of a business that has to be broken somewhere " * 2)
    await page.get_by_role("button", name="Set it up").click()
    base = page.url.partition("/knowledge")[0]
    for place in (
        f"{base}/inbox",
        f"{base}/leads",
        f"{base}/knowledge",
        f"{base}/knowledge/pages",
        f"{base}/try",
        f"{base}/numbers",
        f"{base}/settings",
        f"{base}/settings/people",
        f"{base}/install",
        f"{base}/account",
        f"{milo_up.url}/",
        f"{milo_up.url}/dashboard/businesses",
        f"{milo_up.url}/dashboard/new",
        f"{milo_up.url}/mailbox",
    ):
        await page.goto(place)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), place
        if "/new" not in place:  # there the first field has the focus
            await page.keyboard.press("Tab")
            assert await page.evaluate("document.activeElement.className") == "skip", place
        unnamed = await page.evaluate(UNNAMED)
        assert unnamed == [], place
    assert said == []


# Controls without a name that a screen reader could say, and targets that a thumb would miss.
UNNAMED = """[...document.querySelectorAll('a, button, input:not([type=hidden]), select, textarea')]
  .filter((part) => part.checkVisibility())
  .filter((part) => {
    const name = part.getAttribute('aria-label') || part.textContent.trim() || part.labels?.[0]?.textContent.trim();
    const box = part.getBoundingClientRect();
    const control = part.matches('button:not(.link), .button, select, input:not([type=checkbox]), .rail li a');
    return !name || (control && box.height < 36);
  })
  .map((part) => part.outerHTML.slice(0, 120))"""
