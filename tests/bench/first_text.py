"""The service's own time from a visitor's request to the first text shown, with a model that answers at once.

    python -m tests.bench.first_text [N [RATE SECONDS]]      prints {"n", "p50", "p95", "unit"} as JSON

The whole product runs (`milo up`), the scripted model stands on loopback in this process, a visitor asks
over HTTP. Counted is what a visitor waits: rate limits, storing the question, embedding, searching, the
prompt, the verifier, the stream; and the scripted server's and this client's own few milliseconds.
"""

from __future__ import annotations

import asyncio
import json
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import psutil

from tests.fakes.openai_server import OpenAIServer, Reply
from tests.product import Running, up

# Our own text: a shop that does not exist, a page a subject.
SUBJECTS = {
    "repairs": "We repair bicycles from Monday to Friday between 9:00 and 17:00. A check costs 35 euros.",
    "rental": "Renting a city bike costs 18 euros a day. Helmets are included in the price.",
    "delivery": "We deliver new bicycles within 30 kilometres for 25 euros.",
    "warranty": "Every frame has a warranty of 10 years against breaking.",
    "courses": "The repair course takes place on the first Saturday of the month at 14:00.",
    "parking": "Customers park behind the house for 2 hours without paying.",
    "children": "Seats for children carry up to 22 kilograms and are fitted in the shop.",
    "batteries": "Old batteries are taken back at the counter without a fee.",
}
QUESTIONS = {
    "repairs": "What does a check of my bicycle cost?",
    "rental": "How much is it to rent a city bike for a day?",
    "delivery": "How far do you deliver new bicycles?",
    "warranty": "How long is the warranty on a frame?",
    "courses": "When is the repair course?",
    "parking": "Where can customers park?",
    "children": "How many kilograms may a child seat carry?",
    "batteries": "Do you take back old batteries?",
}
ASKED_AS_ONE_VISITOR = 10  # below what one visitor may ask in a row


@dataclass(frozen=True, slots=True)
class Outcome:
    """Milliseconds, one a question; `asked` and `answered` count those of the rate, `web` and `all` are milliseconds of
    processor time a question of these: of the web process, and of the product with its database."""

    one_by_one: list[float]
    at_rate: list[float]
    asked: int
    answered: int
    web: float
    all: float


async def measure(*, one_by_one: int, a_second: float = 0, seconds: float = 0) -> Outcome:
    """Raises RuntimeError when an answer that was waited for was not the model's."""
    with wheels(answer_of_page) as (running, made):
        async with client_of(running, made) as client:
            times = await _one_by_one(client, one_by_one)
            asked = int(a_second * seconds)
            before = processor_time(running)
            loaded = await _at_rate(client, a_second, asked) if asked else []
            web, everything = (now - then for now, then in zip(processor_time(running), before, strict=True))
    many = max(1, asked) / 1000
    return Outcome(times, loaded, asked, len(loaded), web / many, everything / many)


def processor_time(running: Running) -> tuple[float, float]:
    """Seconds so far: of the web process, and of the product with its servers."""
    family = psutil.Process(running.process.pid).children(recursive=True)
    spent = {process.pid: sum(process.cpu_times()[:2]) for process in family}
    return spent[web_process(running).pid], sum(spent.values())


def web_process(running: Running) -> psutil.Process:
    family = psutil.Process(running.process.pid).children(recursive=True)
    return next(process for process in family if "serve" in process.cmdline())


@contextmanager
def wheels(answer: Callable[[dict[str, Any]], Reply]) -> Iterator[tuple[Running, dict[str, Any]]]:
    """The product with the shop's pages, its model scripted, and proxies on this machine believed."""
    with (
        tempfile.TemporaryDirectory(prefix="milo-bench-") as folder,
        OpenAIServer(default=answer).in_thread() as model,
    ):
        pages = Path(folder) / "pages"
        pages.mkdir()
        for name, text in SUBJECTS.items():
            (pages / f"{name}.md").write_text(f"# {name.title()}\n\n{text}\n", encoding="utf-8")
        with up(
            Path(folder) / "data",
            options=("--no-sample",),
            OPENAI_BASE_URL=model.base_url,
            OPENAI_API_KEY=model.key,
            MILO_CHAT="openai:scripted",
            MILO_TRUSTED_PROXIES="127.0.0.1",  # else a thousand visitors are one address, which is slowed down
        ) as running:
            [made] = running.json("business", "create", "Wheels", "--slug", "wheels")
            running.json("ingest", "wheels", str(pages))
            yield running, made


def client_of(running: Running, made: dict[str, Any]) -> httpx2.AsyncClient:
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=None)
    return httpx2.AsyncClient(base_url=f"{running.url}/w/{made['widget_key']}", timeout=90, limits=limits)


async def visitor(client: httpx2.AsyncClient, number: int) -> dict[str, str]:
    """Headers of a visitor with an address of their own."""
    headers = {"x-forwarded-for": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"}
    papers = (await client.post("/session", json={}, headers=headers)).raise_for_status().json()
    return headers | {"authorization": f"Bearer {papers['token']}"}


async def _one_by_one(client: httpx2.AsyncClient, count: int) -> list[float]:
    times: list[float] = []
    names = list(QUESTIONS)
    headers: dict[str, str] = {}
    for number in range(count + ASKED_AS_ONE_VISITOR):
        if number % ASKED_AS_ONE_VISITOR == 0:
            headers = await visitor(client, number)
        took = await _ask(client, headers, QUESTIONS[names[number % len(names)]], number)
        if number >= ASKED_AS_ONE_VISITOR:  # the first ones warm up what is loaded at first use
            times.append(took)
    return times


async def _at_rate(client: httpx2.AsyncClient, a_second: float, count: int) -> list[float]:
    """Each question at its time: one that waits does not keep the next from coming."""
    names = list(QUESTIONS)
    visitors = [await visitor(client, 1000 + number) for number in range(count // ASKED_AS_ONE_VISITOR + 1)]
    began = time.perf_counter()

    async def ask(number: int) -> float:
        await asyncio.sleep(began + number / a_second - time.perf_counter())
        headers = visitors[number % len(visitors)]
        return await _ask(client, headers, QUESTIONS[names[number % len(names)]], 10_000 + number)

    return list(await asyncio.gather(*(ask(number) for number in range(count))))


async def _ask(client: httpx2.AsyncClient, headers: dict[str, str], question: str, number: int) -> float:
    body = {"text": question, "client_message_id": f"bench-{number}"}
    started = time.perf_counter()
    first: float | None = None
    event = ""
    async with client.stream("POST", "/messages", json=body, headers=headers) as response:
        if response.status_code != 200:
            raise RuntimeError(f"{response.status_code}: {(await response.aread())[:300]!r}")
        async for line in response.aiter_lines():
            if line.startswith("event: "):
                event = line.removeprefix("event: ")
            elif line.startswith("data: ") and event == "delta" and first is None:
                first = (time.perf_counter() - started) * 1000
            elif line.startswith("data: ") and event == "done":
                done = json.loads(line.removeprefix("data: "))
                if done.get("mode") != "model" or done.get("status") != "answered":
                    raise RuntimeError(f"{question!r} was not answered by the model: {done}")
    if first is None:
        raise RuntimeError(f"{question!r} got no text")
    return first


def answer_of_page(body: dict[str, Any]) -> Reply:
    """The page's own words, each sentence with the number under which the prompt shows that page."""
    prompt = body["messages"][-1]["content"]
    name = next(name for name, question in QUESTIONS.items() if question in prompt)
    sentences = SUBJECTS[name].removesuffix(".").split(". ")
    passages = re.findall(r'<passage number="(\d+)"[^>]*>(.*?)</passage>', prompt, re.DOTALL)
    number = next((number for number, text in passages if sentences[0] in text), "1")
    text = " ".join(f"{sentence}. [{number}]" for sentence in sentences)
    return Reply(text, pieces=[text])  # at once: how fast a model writes is not the service's time


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    rate, seconds = (float(word) for word in sys.argv[2:4]) if len(sys.argv) > 3 else (0.0, 0.0)
    outcome = asyncio.run(measure(one_by_one=count, a_second=rate, seconds=seconds))
    if outcome.asked:
        sys.stdout.write(json.dumps({"web_cpu_ms": round(outcome.web, 2), "all_cpu_ms": round(outcome.all, 2)}) + "\n")
    for name, values in (("one by one", outcome.one_by_one), (f"{rate:g} a second", outcome.at_rate)):
        if values:
            times = sorted(values)
            p95 = times[min(len(times) - 1, round(0.95 * (len(times) - 1)))]
            figures = {"n": len(times), "p50": round(statistics.median(times), 2), "p95": round(p95, 2), "unit": "ms"}
            sys.stdout.write(json.dumps({"asked": name, **figures}) + "\n")


if __name__ == "__main__":
    main()
