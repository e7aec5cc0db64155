"""Nothing scripted: `milo up`, the sample read by its own pipeline, a page of a stranger under a strict policy."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser.visitor.conftest import CHROMIUM, FLAGS
from tests.browser.visitor.serving import strangers_site
from tests.product import Running, up

pytestmark = pytest.mark.browser


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Running]:
    with up(tmp_path / "data", OPENAI_API_KEY="", OPENAI_BASE_URL="") as running:
        yield running


def test_stranger_on_a_strict_page_is_answered_and_the_owner_gets_the_mail(product: Running) -> None:
    key = _widget_key_of_the_sample(product)
    with strangers_site(product.url) as site, sync_playwright() as driver:
        site.pages["/"] = (
            "<!doctype html><html lang=en><title>A shop</title><h1>A shop</h1>"
            f'<script async src="{product.url}/widget.js" data-key="{key}"></script></html>'
        )
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.goto(site.url)
        page.get_by_role("button", name="Chat").click()
        chat = page.frame_locator("milo-chat iframe")
        example = chat.locator(".example").first
        expect(example).to_be_visible()
        assert chat.locator(".example").count() <= 3
        chat.get_by_label("Ask a question").fill("How much is a gift voucher?")
        chat.get_by_label("Ask a question").press("Enter")
        answer = chat.locator(".theirs")
        expect(answer).to_contain_text(re.compile(r"£\d"), timeout=20_000)
        answer.locator(".mark").first.click()
        quote = answer.locator(".quote").first
        expect(quote).to_contain_text(re.compile(r"voucher.*£\d", re.DOTALL))
        expect(quote.get_by_role("link", name="Open page")).to_have_attribute("href", re.compile("/sample/"))
        chat.get_by_role("button", name="Talk to a person").click()
        chat.get_by_role("button", name="Leave a message").click()
        chat.get_by_label("Phone number").fill("020 7946 0123")
        chat.get_by_label("Message (optional)").fill("Could you keep two for me?")
        chat.get_by_role("button", name="Send message").click()
        expect(chat.locator(".thanks")).to_be_visible()
        assert said == []
        _until_the_mail_is_there(product, "+442079460123")
        browser.close()


def _widget_key_of_the_sample(product: Running) -> str:
    """Once its pages are read."""
    with httpx2.Client(base_url=product.url, trust_env=False) as client:
        for _ in range(300):
            found = re.search(r'data-key="([^"]+)"', client.get("/demo/sample").text)
            if found and 'class="example"' in client.get(f"/w/{found[1]}/frame").text:
                return found[1]
            threading.Event().wait(0.1)
    raise AssertionError("the sample was not published within 30 seconds")


def _until_the_mail_is_there(product: Running, phone: str) -> None:
    with httpx2.Client(base_url=product.url, trust_env=False) as client:
        for _ in range(100):
            if phone in client.get("/mailbox").text:
                return
            threading.Event().wait(0.1)
    raise AssertionError("the mail did not reach the mailbox within 10 seconds")
