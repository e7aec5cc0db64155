"""A thousand visitors' streams held open at once: what they cost the web process.

The model showed each a sentence and writes no further. Such an answer would be ended after five seconds without a word;
so it says a space now and then, as slow models do.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Any

import httpx2

from tests.bench.first_text import QUESTIONS, answer_of_page, client_of, visitor, web_process, wheels
from tests.fakes.openai_server import Reply

GAP_SECONDS = 4.0
HELD_SECONDS = 40.0  # an answer ends after a minute
AT_ONCE = 20  # visitors who arrive in the same moment
WATCHED_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Held:
    """`grown` in MB of proportional set size; `busy` a share of one core while nothing is said."""

    open: int
    grown: float
    busy: float


async def measure(count: int) -> Held:
    with wheels(_answer) as (running, made):
        async with client_of(running, made) as client:
            web = web_process(running)
            await _until_shown(client, 0)
            before = web.memory_full_info().pss
            gate = asyncio.Semaphore(AT_ONCE)
            shown = [asyncio.Event() for _ in range(count)]
            tasks = [
                asyncio.create_task(_listen(client, number + 1, event, gate)) for number, event in enumerate(shown)
            ]
            await asyncio.wait_for(asyncio.gather(*(event.wait() for event in shown)), HELD_SECONDS)
            used = web.cpu_times()
            began = time.perf_counter()
            await asyncio.sleep(WATCHED_SECONDS)
            spent = web.cpu_times()
            lasted = time.perf_counter() - began
            still = sum(not task.done() for task in tasks)
            grown = web.memory_full_info().pss - before
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    busy = (spent.user + spent.system - used.user - used.system) / lasted
    return Held(still, grown / 1e6, busy)


async def _until_shown(client: httpx2.AsyncClient, number: int) -> None:
    shown, gate = asyncio.Event(), asyncio.Semaphore(1)
    task = asyncio.create_task(_listen(client, number, shown, gate))
    await asyncio.wait({task, asyncio.create_task(shown.wait())}, return_when=asyncio.FIRST_COMPLETED)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _listen(client: httpx2.AsyncClient, number: int, shown: asyncio.Event, gate: asyncio.Semaphore) -> None:
    """To the answer's end: who is done before everybody came is not open at once with them."""
    async with gate:
        headers = await visitor(client, number)
        body = {"text": QUESTIONS["repairs"], "client_message_id": f"held-{number}"}
        response = await client.send(client.build_request("POST", "/messages", json=body, headers=headers), stream=True)
        lines = response.aiter_lines()
        async for line in lines:
            if line == "event: delta":
                shown.set()
                break
    try:
        if response.status_code != 200 or not shown.is_set():
            raise RuntimeError(f"{response.status_code}: no text was shown")
        async for _ in lines:
            pass
    finally:
        await response.aclose()


def _answer(body: dict[str, Any]) -> Reply:
    """The page's words as in first_text, then nothing but a sign of life."""
    text = answer_of_page(body).text + " "
    spaces = [" "] * int(HELD_SECONDS * 1.4 / GAP_SECONDS)
    return Reply(text + "".join(spaces), pieces=[text, *spaces], gap=GAP_SECONDS)
