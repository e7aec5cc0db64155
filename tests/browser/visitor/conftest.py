"""One application, one stranger's site and one Chromium for the visitor's tests; a fresh profile each."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright

from app.settings import Secret, Settings
from tests.browser.visitor.serving import Milo, Script, Stranger, page_with, serving, strangers_site
from tests.conftest import Pair, copied_database

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Said explicitly: what a browser allows by default differs by version and packager.
ALLOWED = {"cookie_controls_mode": 0, "block_third_party_cookies": False}
BLOCKED = {"cookie_controls_mode": 1, "block_third_party_cookies": True}
ALL_BLOCKED = {"default_content_setting_values": {"cookies": 2}}
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}

Profile = Callable[..., BrowserContext]


@pytest.fixture(scope="session")
def milo_server(pair: Pair, cluster: psycopg.Connection, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Milo]:
    folder = tmp_path_factory.mktemp("data")
    with copied_database(pair, cluster) as (_, urls):
        plain = pair.resolved(Settings.from_env({"MILO_DATA_DIR": str(folder)}))
        assert plain.redis_url is not None
        settings = replace(plain, database=urls, redis_url=Secret(plain.redis_url.reveal()))
        patch = pytest.MonkeyPatch()
        script = Script()
        patch.setattr("app.channels.web.asking.answer", lambda *given: script(*given))
        with serving(settings, script) as milo:
            yield milo
        patch.undo()


@pytest.fixture
def milo(milo_server: Milo) -> Milo:
    """With the script as it was and nobody's rows."""
    fresh = Script()
    for name in ("sentences", "status", "offer", "held", "fails", "asked"):
        setattr(milo_server.script, name, getattr(fresh, name))
    milo_server.sql("DELETE FROM people")
    milo_server.sql("UPDATE businesses SET allowed_origins = '{}', accent = NULL, language = 'en'")
    return milo_server


@pytest.fixture(scope="session")
def stranger_server(milo_server: Milo) -> Iterator[Stranger]:
    with strangers_site(milo_server.url) as site:
        yield site


@pytest.fixture
def stranger(stranger_server: Stranger, milo: Milo) -> Stranger:
    stranger_server.pages = {"/": page_with(milo), "/second": page_with(milo)}
    return stranger_server


@pytest.fixture(scope="module")
def playwright_driver(milo_server: Milo) -> Iterator[Playwright]:
    """A module's own: while it runs, no other event loop can run in this thread, so the servers come first."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture
def profile(playwright_driver: Playwright, tmp_path: Path) -> Iterator[Profile]:
    """Opens Chromium with a profile of its own: `preferences` as in the browser's settings page."""
    with ExitStack() as stack:

        def open_profile(*, preferences: dict[str, Any] | None = None, **options: Any) -> BrowserContext:
            folder = tmp_path / f"profile-{len(list(tmp_path.iterdir()))}"
            if preferences:
                (folder / "Default").mkdir(parents=True)
                (folder / "Default" / "Preferences").write_text(json.dumps({"profile": preferences}))
            context = playwright_driver.chromium.launch_persistent_context(
                str(folder), executable_path=CHROMIUM, args=FLAGS, headless=True, **{"viewport": DESKTOP, **options}
            )
            context.set_default_timeout(10_000)
            stack.callback(context.close)
            return context

        yield open_profile


@pytest.fixture
def page(profile: Profile) -> Page:
    return watched(profile(preferences=ALLOWED).pages[0])


def watched(page: Page) -> Page:
    """With lists of what went over the wire and what the console said."""
    requests: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"error: {error}"))
    page.__dict__["requests"] = requests
    page.__dict__["said"] = said
    return page
