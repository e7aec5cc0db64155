"""The widget on somebody else's site: what a visitor sees and does there, in a real browser."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from retrieval.model import Citation, Sentence
from tests.browser.visitor.conftest import ALL_BLOCKED, ALLOWED, BLOCKED, PHONE, Profile, watched
from tests.browser.visitor.serving import ANSWER, Milo, Stranger
from tests.browser.visitor.walking import (
    NOTHING,
    VISITOR_ID,
    answered,
    ask,
    chat,
    open_chat,
    requests,
    said,
    stored_by,
    until,
)

pytestmark = pytest.mark.browser


def test_visitor_asks_reads_the_source_and_leaves_a_message(page: Page, stranger: Stranger, milo: Milo) -> None:
    frame = open_chat(page, stranger)
    expect(frame.get_by_text("I am an AI")).to_be_visible()
    ask(frame)
    answered(frame)
    expect(frame.locator(".theirs")).to_contain_text("We are open Tuesday to Saturday from 7:00 to 17:30")
    mark = frame.get_by_role("button", name="Source 1: Opening hours").first
    quote = frame.locator(".quote").first
    expect(quote).to_be_hidden()
    mark.click()
    expect(mark).to_have_attribute("aria-expanded", "true")
    expect(quote).to_contain_text("Sunday 8:00 - 13:00")
    expect(quote).to_contain_text("checked on March 14, 2026")
    link = quote.get_by_role("link", name="Open page")
    expect(link).to_have_attribute(
        "href",
        "https://bakery.example/opening-hours#:~:text=Tuesday%20to%20Saturday%207%3A00%20%2D%2017%3A30,Sunday%208%3A00%20%2D%2013%3A00",
    )
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute("rel", "noopener noreferrer")

    frame.get_by_role("button", name="Talk to a person").click()
    frame.get_by_role("button", name="Leave a message").click()
    frame.get_by_label("Name (optional)").fill("Anna")
    frame.get_by_role("button", name="Send message").click()
    expect(frame.get_by_role("alert")).to_have_text("Please give a mail address or a phone number.")
    frame.get_by_label("Phone number").fill("12 34 56 78")
    frame.get_by_role("button", name="Send message").click()
    expect(frame.locator(".thanks")).to_contain_text("has your message")
    assert milo.sql("SELECT count(*) FROM leads") == [(1,)]
    assert milo.sql("SELECT count(*) FROM outbox WHERE lead_id IS NOT NULL") == [(1,)]
    assert milo.sql("SELECT conversation_id IS NOT NULL FROM leads") == [(True,)]
    assert said(page) == []


def test_before_the_click_only_the_loader_is_fetched(page: Page, stranger: Stranger, milo: Milo) -> None:
    page.goto(stranger.url)
    page.get_by_role("button", name="Chat").wait_for()
    page.wait_for_load_state("networkidle")
    ours = [url for url in requests(page) if url.startswith(milo.url)]
    assert ours == [f"{milo.url}/widget.js"]
    assert said(page) == []


def test_nothing_is_stored_before_the_first_message_and_only_the_id_after(
    page: Page, stranger: Stranger, milo: Milo
) -> None:
    frame = open_chat(page, stranger)
    frame.get_by_label("Ask a question").fill("half a thought")
    assert stored_by(page, frame) == {"host": NOTHING, "frame": NOTHING}
    assert not [url for url in requests(page) if "/session" in url]
    assert milo.sql("SELECT count(*) FROM people") == [(0,)]
    ask(frame)
    answered(frame)
    kept = stored_by(page, frame)
    assert list(kept["host"]["local"]) == [f"milo:{milo.key}"]
    assert VISITOR_ID.match(kept["host"]["local"][f"milo:{milo.key}"])
    assert list(kept["frame"]["local"]) == [f"milo-proof:{milo.key}"]
    assert kept["host"]["session"] == kept["frame"]["session"] == {}
    assert page.context.cookies() == []


def test_conversation_is_there_on_the_next_page_and_after_a_reload(page: Page, stranger: Stranger, milo: Milo) -> None:
    ask(open_chat(page, stranger))
    answered(chat(page))
    for path in ("/second", "/"):
        frame = open_chat(page, stranger, path)
        expect(frame.locator(".mine")).to_contain_text("When are you open?")
        expect(frame.get_by_role("button", name="Source 1: Opening hours").first).to_be_visible()
    ask(frame, "And tomorrow?")
    expect(frame.locator(".theirs")).to_have_count(2)
    assert milo.sql("SELECT count(*) FROM conversations") == [(1,)]


def test_the_id_of_the_host_page_alone_opens_no_transcript(profile: Profile, stranger: Stranger, milo: Milo) -> None:
    first = watched(profile(preferences=ALLOWED).pages[0])
    ask(open_chat(first, stranger))
    answered(chat(first))
    stolen = first.evaluate("() => ({...localStorage})")
    thief = watched(profile(preferences=ALLOWED).pages[0])
    thief.goto(stranger.url)
    thief.evaluate("(entries) => Object.entries(entries).forEach(([k, v]) => localStorage.setItem(k, v))", stolen)
    frame = open_chat(thief, stranger)
    expect(frame.get_by_text("I am an AI")).to_be_visible()
    thief.wait_for_timeout(300)
    expect(frame.locator(".mine")).to_have_count(0)
    ask(frame, "What did I ask before?")
    answered(frame)
    assert milo.sql("SELECT count(*) FROM conversations") == [(2,)]


@pytest.mark.parametrize(
    ("preferences", "host_keeps"),
    [
        (BLOCKED, True),
        (ALL_BLOCKED, False),
    ],
    ids=["third-party storage blocked", "all storage blocked"],
)
def test_works_where_storage_is_blocked(
    profile: Profile, stranger: Stranger, milo: Milo, preferences: dict[str, Any], host_keeps: bool
) -> None:
    page = watched(profile(preferences=preferences).pages[0])
    frame = open_chat(page, stranger)
    blocked = "() => { try { localStorage.length; return false } catch { return true } }"
    assert frame.evaluate(blocked), "the browser blocks what this test is about"
    assert page.evaluate(blocked) is not host_keeps
    ask(frame)
    answered(frame)
    ask(frame, "And on Monday?")
    expect(frame.locator(".theirs")).to_have_count(2)
    assert milo.sql("SELECT count(*) FROM conversations") == [(1,)]
    assert said(page) == []
    if host_keeps:
        again = open_chat(page, stranger, "/second")
        expect(again.get_by_text("Earlier messages are not shown")).to_be_visible()
        ask(again)
        answered(again)
        assert milo.sql("SELECT count(*) FROM people") == [(1,)], "the business still sees one person"


def test_escape_closes_and_the_focus_goes_back_to_the_button(page: Page, stranger: Stranger) -> None:
    frame = open_chat(page, stranger)
    expect(frame.get_by_label("Ask a question")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("milo-chat iframe")).to_be_hidden()
    launcher = page.get_by_role("button", name="Chat")
    expect(launcher).to_be_focused()
    expect(launcher).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Enter")
    expect(page.locator("milo-chat iframe")).to_be_visible()
    expect(frame.get_by_label("Ask a question")).to_be_focused()
    frame.get_by_role("button", name="Close the chat").click()
    expect(launcher).to_be_focused()


def test_answer_is_announced_once_when_it_is_whole(page: Page, stranger: Stranger, milo: Milo) -> None:
    milo.script.held = threading.Event()
    frame = open_chat(page, stranger)
    ask(frame)
    expect(frame.locator(".theirs")).to_contain_text("13:00.")
    expect(frame.locator("#announcer")).to_have_text("Looking it up…")
    expect(frame.get_by_role("log")).to_have_attribute("aria-busy", "true")
    milo.script.held.set()
    answered(frame)
    expect(frame.locator("#announcer")).to_contain_text(ANSWER[2].text)


def test_stop_ends_the_answer_and_keeps_what_was_shown(page: Page, stranger: Stranger, milo: Milo) -> None:
    milo.script.held = threading.Event()
    frame = open_chat(page, stranger)
    ask(frame)
    expect(frame.get_by_role("button", name="Source 1: Opening hours")).to_be_visible()
    frame.get_by_role("button", name="Stop the answer").click()
    expect(frame.locator(".theirs")).to_contain_text("Stopped.")
    expect(frame.locator(".theirs")).to_contain_text("We are open")
    expect(frame.get_by_role("button", name="Send", exact=True)).to_be_visible()
    state = "SELECT state FROM messages WHERE author = 'assistant'"
    until(lambda: milo.sql(state) == [("interrupted",)], seconds=1)
    milo.script.held.set()


def test_leaving_the_page_ends_the_answer_by_beacon(page: Page, stranger: Stranger, milo: Milo) -> None:
    milo.script.held = threading.Event()
    ask(open_chat(page, stranger))
    expect(chat(page).get_by_role("button", name="Source 1: Opening hours")).to_be_visible()
    page.goto("about:blank")
    state = "SELECT state FROM messages WHERE author = 'assistant'"
    until(lambda: milo.sql(state) == [("interrupted",)], seconds=1.5)
    milo.script.held.set()


def test_broken_connection_is_taken_up_without_losing_or_repeating_a_word(
    page: Page, stranger: Stranger, milo: Milo
) -> None:
    milo.script.held = threading.Event()
    frame = open_chat(page, stranger)
    ask(frame)
    expect(frame.get_by_role("button", name="Source 1: Opening hours")).to_be_visible()
    page.context.set_offline(True)
    page.wait_for_timeout(300)
    page.context.set_offline(False)
    milo.script.held.set()
    answered(frame)
    shown = frame.locator(".theirs .sentence").evaluate_all(
        "found => found.map(s => { const c = s.cloneNode(true); c.querySelectorAll('.mark').forEach(m => m.remove());"
        " return c.textContent; })"
    )
    assert shown == [sentence.text for sentence in ANSWER]
    assert len(milo.script.asked) == 1


def test_unreachable_is_said_honestly_and_nothing_typed_is_lost(page: Page, stranger: Stranger, milo: Milo) -> None:
    milo.sql("UPDATE businesses SET controller_contact = '+45 33 12 34 56'")
    frame = open_chat(page, stranger)
    page.context.route("**/w/**", lambda route: route.abort())
    ask(frame)
    trouble = frame.locator(".trouble")
    expect(trouble).to_contain_text(
        "Corner Bakery cannot be reached right now. Your message is still here.", timeout=15_000
    )
    expect(trouble).to_contain_text("+45 33 12 34 56")
    expect(frame.locator(".mine")).to_contain_text("When are you open?")
    page.context.unroute("**/w/**")
    trouble.get_by_role("button", name="Try again").click()
    answered(frame)
    expect(frame.locator(".mine")).to_have_count(1)
    assert milo.sql("SELECT count(*) FROM messages WHERE author = 'visitor'") == [(1,)]


def test_chat_that_cannot_even_open_says_so_on_the_host_page(page: Page, stranger: Stranger, milo: Milo) -> None:
    page.goto(stranger.url)
    page.context.route("**/frame", lambda route: route.abort())
    page.get_by_role("button", name="Chat").click()
    expect(page.get_by_text("The chat cannot be reached right now.")).to_be_visible()
    page.context.unroute("**/frame")
    page.get_by_role("button", name="Try again").click()
    expect(chat(page).get_by_text("I am an AI")).to_be_visible()


def test_offered_form_comes_with_a_refusal(page: Page, stranger: Stranger, milo: Milo) -> None:
    milo.script.offer = True
    frame = open_chat(page, stranger)
    ask(frame, "Do you sell skis?")
    expect(frame.get_by_role("heading", name="Leave a message")).to_be_visible()
    expect(frame.get_by_label("Ask a question")).to_be_focused()


def test_forget_me_erases_everything_here_and_there(page: Page, stranger: Stranger, milo: Milo) -> None:
    frame = open_chat(page, stranger)
    ask(frame)
    answered(frame)
    frame.get_by_role("button", name="Delete my chat").click()
    frame.get_by_role("button", name="Delete", exact=True).click()
    expect(frame.get_by_role("log")).to_contain_text("Everything you wrote here is deleted.")
    expect(frame.locator(".mine")).to_have_count(0)
    assert stored_by(page, frame) == {"host": NOTHING, "frame": NOTHING}
    for table in ("people", "identities", "conversations", "messages"):
        assert milo.sql(f"SELECT count(*) FROM {table}") == [(0,)], table


def test_full_screen_on_a_phone(profile: Profile, stranger: Stranger) -> None:
    page = watched(profile(viewport=PHONE, has_touch=True, is_mobile=True, device_scale_factor=2).pages[0])
    frame = open_chat(page, stranger)
    box = page.locator("milo-chat iframe").bounding_box()
    assert box is not None
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, PHONE["width"], PHONE["height"])
    expect(frame.get_by_role("heading", name="Corner Bakery")).to_be_focused()
    small = frame.evaluate(
        """() => [...document.querySelectorAll('button, textarea, input, a')].filter(e => e.offsetParent)
          .map(e => [e.id || e.className, e.getBoundingClientRect().height]).filter(([, height]) => height < 44)"""
    )
    assert small == []
    assert frame.evaluate("() => parseFloat(getComputedStyle(document.querySelector('#input')).fontSize)") >= 16


def test_a_row_and_what_it_stands_under_are_behind_one_mark(page: Page, stranger: Stranger, milo: Milo) -> None:
    place = ("https://bakery.example/menu", "Menu")
    row = "Dark rye | £5.20 | £2.90"
    milo.script.sentences = (
        Sentence(
            "Loaves: Dark rye – Whole: £5.20, Half: £2.90",
            (
                *(Citation(1, text, *place, 1) for text in ("Loaves", "Loaf | Whole | Half", row)),
                Citation(2, "Call us.", "file:orders.pdf", "orders.pdf", 4, 2),
            ),
        ),
    )
    frame = open_chat(page, stranger)
    ask(frame)
    expect(frame.locator(".mark")).to_have_count(2)
    frame.get_by_role("button", name="Source 1: Menu").click()
    quote = frame.locator(".quote").first
    expect(quote.locator("q")).to_have_text(["Loaves", "Loaf · Whole · Half", "Dark rye · £5.20 · £2.90"])
    expect(quote.get_by_role("link")).to_have_count(1)
    assert "rye" in (quote.get_by_role("link").get_attribute("href") or ""), "it opens at the row"


def test_nothing_runs_over_the_edge_at_320_pixels(profile: Profile, stranger: Stranger) -> None:
    page = watched(profile(viewport={"width": 320, "height": 568}).pages[0])
    frame = open_chat(page, stranger)
    ask(frame, "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen" * 2)
    answered(frame)
    for number in range(3):  # each opens its own, however close they stand
        frame.locator(".mark").nth(number).click()
        expect(frame.locator(".mark").nth(number)).to_have_attribute("aria-expanded", "true")
    frame.get_by_role("button", name="Talk to a person").click()
    frame.get_by_role("button", name="Leave a message").click()
    wide = """() => [...document.querySelectorAll('body *:not(.sr)')]
      .filter(e => e.getBoundingClientRect().right > innerWidth + 1).map(e => e.className || e.tagName)"""
    assert frame.evaluate(wide) == []


def test_interface_speaks_the_language_of_the_visitor(profile: Profile, stranger: Stranger) -> None:
    page = watched(profile(locale="de-DE").pages[0])
    frame = open_chat(page, stranger)
    expect(frame.get_by_text("Ich bin eine KI.")).to_be_visible()
    expect(frame.locator("html")).to_have_attribute("lang", "de")


def test_demo_page_works_whatever_sites_are_listed(page: Page, milo: Milo) -> None:
    milo.sql("UPDATE businesses SET allowed_origins = '{https://somewhere.example}'")
    page.goto(f"{milo.url}/demo/corner-bakery")
    page.get_by_role("button", name="Chat").click()
    frame = chat(page)
    ask(frame)
    answered(frame)
    assert said(page) == []
