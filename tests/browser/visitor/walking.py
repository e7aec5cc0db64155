"""What a visitor does in the widget, in words: open the chat, ask, wait for the answer, look at what is stored."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Frame, Page, expect

from tests.browser.visitor.serving import ANSWER, Stranger

VISITOR_ID = re.compile(r"^[0-9a-f]{32}$")


def open_chat(page: Page, stranger: Stranger, path: str = "/") -> Frame:
    page.goto(stranger.url + path)
    page.get_by_role("button", name="Chat").click()
    return chat(page)


def chat(page: Page) -> Frame:
    page.locator("milo-chat iframe:not([hidden])").wait_for()
    handle = page.locator("milo-chat iframe").element_handle()
    assert handle is not None
    frame = handle.content_frame()
    assert frame is not None
    return frame


def ask(frame: Frame, text: str = "When are you open?") -> None:
    frame.get_by_label("Ask a question").fill(text)
    frame.get_by_label("Ask a question").press("Enter")


def answered(frame: Frame) -> None:
    expect(frame.locator(".theirs").last).to_contain_text(ANSWER[-1].text.split()[0])
    expect(frame.get_by_role("button", name="Stop the answer")).to_be_hidden()


def stored_by(page: Page, frame: Frame) -> dict[str, Any]:
    read = "() => ({local: {...localStorage}, session: {...sessionStorage}, cookies: document.cookie})"
    return {"host": page.evaluate(read), "frame": frame.evaluate(read)}


NOTHING = {"local": {}, "session": {}, "cookies": ""}


def said(page: Page) -> list[str]:
    return page.__dict__["said"]


def requests(page: Page) -> list[str]:
    return page.__dict__["requests"]


def until(condition: Callable[[], Any], seconds: float) -> None:
    for _ in range(int(seconds / 0.05)):
        if condition():
            return
        threading.Event().wait(0.05)
    assert condition(), "in force in time"
