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

from tests.bench.first_text import QUESTIONS, client_of, visitor, web_process, wheels
from tests.fakes.openai_server import Reply

FIRST = "We repair bicycles from Monday to Friday between 9:00 and 17:00. [1]"
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
            warm = await visitor(client, 0)
            await _hold(client, warm, "warm-up", asyncio.Event(), over=asyncio.Event())
            before = web.memory_full_info().pss
            shown = [asyncio.Event() for _ in range(count)]
            over = asyncio.Event()
            gate = asyncio.Semaphore(AT_ONCE)
            tasks = [asyncio.create_task(_arrive(client, gate, number, shown[number], over)) for number in range(count)]
            await asyncio.wait_for(asyncio.gather(*(event.wait() for event in shown)), HELD_SECONDS)
            used = web.cpu_times()
            began = time.perf_counter()
            await asyncio.sleep(WATCHED_SECONDS)
            spent = web.cpu_times()
            lasted = time.perf_counter() - began
            still = sum(not task.done() for task in tasks)
            grown = web.memory_full_info().pss - before
            over.set()
            await asyncio.gather(*tasks)
    busy = (spent.user + spent.system - used.user - used.system) / lasted
    return Held(still, grown / 1e6, busy)


async def _arrive(
    client: httpx2.AsyncClient, gate: asyncio.Semaphore, number: int, shown: asyncio.Event, over: asyncio.Event
) -> None:
    async with gate:
        headers = await visitor(client, number + 1)
        task = asyncio.create_task(_hold(client, headers, f"held-{number}", shown, over))
        await shown.wait()
    await task


async def _hold(
    client: httpx2.AsyncClient, headers: dict[str, str], name: str, shown: asyncio.Event, over: asyncio.Event
) -> None:
    """Until `over`; with one that is set already, to the end of the first text."""
    body = {"text": QUESTIONS["repairs"], "client_message_id": name}
    async with client.stream("POST", "/messages", json=body, headers=headers) as response:
        if response.status_code != 200:
            raise RuntimeError(f"{response.status_code}: {(await response.aread())[:300]!r}")
        async for line in response.aiter_lines():
            if line == "event: delta":
                shown.set()
                await over.wait() if name != "warm-up" else None
                return


def _answer(body: dict[str, Any]) -> Reply:
    spaces = int(HELD_SECONDS * 1.4 / GAP_SECONDS)
    return Reply(FIRST + " " * spaces, pieces=[FIRST + " ", *[" "] * spaces], gap=GAP_SECONDS)
