"""Starts Chromium so that a hostile page finds nothing: its own sandbox, no network at all, an empty profile.

The process lives in a network namespace of its own with no interface up, so that not even a fault of the
browser reaches a private address; everything it shows comes over the pipe (page.py). Called by browser.py.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.errors import ConfigurationError
from app.render.devtools import MAX_MESSAGE, DevTools

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
NOBODY = 65534
# Root of the new user namespace is nobody: Chromium refuses root, and its own sandbox works inside.
WALLS = ("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--net", "--")
FLAGS = (
    "--headless=new",
    "--remote-debugging-pipe",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--disable-breakpad",
    "--disable-crash-reporter",
    "--mute-audio",
    "--metrics-recording-only",
    "--disable-features=Translate,MediaRouter,OptimizationHints,AutofillServerCommunication",
    "--blink-settings=imagesEnabled=false",
    "--js-flags=--max-old-space-size=256",
    "--renderer-process-limit=2",
    # A second line behind the namespace: names resolve to nothing and the proxy is a closed door.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--window-size=1280,2000",
)
END_SECONDS = 3.0


@dataclass(slots=True)
class Browser:
    process: asyncio.subprocess.Process
    devtools: DevTools
    profile: Path
    pages: int = 0

    async def end(self) -> None:
        """Kills all of it: there is nothing in it that is worth a farewell."""
        await self.devtools.close()
        with suppress(ProcessLookupError):  # it ended by itself
            os.killpg(self.process.pid, signal.SIGKILL)
        await self.process.wait()
        await asyncio.to_thread(shutil.rmtree, self.profile, ignore_errors=True)


def find_browser(wanted: str | None) -> str | None:
    """The program's path: the one that is wanted, else the first known name on the PATH."""
    for name in (wanted,) if wanted else NAMES:
        if path := shutil.which(name):
            return path
    return None


async def launch(program: str) -> Browser:
    """Raises ConfigurationError where this machine does not let a browser run behind walls."""
    profile = Path(tempfile.mkdtemp(prefix="milo-render-"))
    profile.chmod(0o700)
    process = await asyncio.create_subprocess_exec(
        # The pipe is expected on 3 and 4; the shell moves it there and hands on nothing else.
        "sh", "-c", 'exec "$@" 3<&0 4>&1 </dev/null >/dev/null 2>&1', "sh",
        *WALLS, program, *FLAGS, f"--user-data-dir={profile}", "about:blank",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd="/",
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(profile), "LANG": "C.UTF-8"},
        start_new_session=True,
        limit=MAX_MESSAGE,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    browser = Browser(process, DevTools(process.stdout, process.stdin), profile)
    try:
        async with asyncio.timeout(20):
            await browser.devtools.send("Browser.getVersion")
    except Exception as error:
        await browser.end()
        raise ConfigurationError(
            "The browser does not run here without its walls being lowered, which Milo does not do. It needs user and"
            " network namespaces (unshare --user --net) and Chromium 112 or newer.",
            code="no_browser",
        ) from error
    return browser
