"""The large versions of tests/attack: python -m tests.eval.run_attacks [--trials …] [--render FILE] [--requests 5000]

One JSON line a trial, with how many attacks were tried and how many got through; exit 1 when one did. Canaries of 50
businesses through 5,000 mixed requests over five connections; each hostile output alone through both protocols, to the
visitor and to every page of the owner; `--render` adds cases of a file of JSON lines with `id` and `markdown`;
extraction prompts, calls of tools and poisoned conversations one by one. Nothing leaves this machine.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog

from app.embedded import running
from app.settings import Settings, settings_with
from retrieval.prompt import repeats_rules
from tests.attack.calls import CALLS, raw_deltas, texts
from tests.attack.canaries import Crowd, trial
from tests.attack.judge import wrong_with
from tests.attack.outputs import EVIL, own_and
from tests.attack.prompts import EXTRACTION, POISON
from tests.attack.test_no_tools import all_rows
from tests.attack.test_poisoned_conversation import BELIEVES, LIE
from tests.attack.town import Visitor, answer_text, read_by_visitor, town
from tests.attack.worst import Deltas, WorstClaude, WorstModel
from tests.integration.retrieval.planting import Planted

SUPPORTED = "Adults pay 5 € for a ticket."
QUESTION = "What do adults pay for a ticket?"
PAGES = [
    Planted(f"{SUPPORTED}\nChildren pay 3 € for a ticket.", "Prices"),
    Planted("There is free parking behind the house.", "Parking"),
]
GERMAN = [Planted("Erwachsene zahlen 5 € für eine Karte.\nKinder zahlen 3 € für eine Karte.", "Preise", language="de")]
URL = "https://shop.example/prices"
A_VISITOR = 8  # questions of one visitor: twelve in a row are allowed


@dataclass
class Result:
    trial: str
    tried: int = 0
    through: list[str] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)

    def line(self, seconds: float) -> str:
        told = {"trial": self.trial, "tried": self.tried, "through": len(self.through), "seconds": round(seconds, 1)}
        return json.dumps(told | self.more | ({"first": self.through[:5]} if self.through else {}), ensure_ascii=False)


async def canaries(settings: Settings, given: argparse.Namespace) -> Result:
    crowd = Crowd(given.businesses, given.requests, at_once=given.at_once, pool=5, seed=given.seed)
    found = await trial(settings, crowd)
    more = {
        "businesses": given.businesses,
        "canaries": len(found.canaries),
        "answered": found.answered,
        "slowed_down": found.refused,
        "answers_with_an_own_canary": found.own_seen,
        "prompts": found.prompts,
        "places": found.places,
    }
    return Result("canaries", given.requests, [str(leak) for leak in (*found.leaks, *found.strange)], more)


async def outputs(settings: Settings, given: argparse.Namespace) -> Result:
    """Each alone, before, after and instead of a sentence that is true."""
    cases = own_and(given.render)
    result = Result("hostile outputs", more={"cases": len(cases)})
    model = WorstModel()
    async with town(settings, model) as here:
        shop = await here.settle("Shop", "shop", PAGES, owner="owner@example.com", url=URL)
        await here.sql(shop.business_id, "UPDATE businesses SET visitor_daily_token_cap = 1000000000")
        visitor = await here.visitor(shop)
        slowest = 0.0
        for name, text in cases.items():
            for said in (f"{SUPPORTED} [1]\n{text}", f"{text}\n{SUPPORTED} [1]", f"{text} [1][2]"):
                visitor = await _rested(here.visitor, shop, visitor)
                model.says = lambda _, said=said: said
                result.tried += 1
                started = time.perf_counter()
                found = await visitor.ask(QUESTION)
                slowest = max(slowest, time.perf_counter() - started)
                result.through += _acting(name, found)
        rows = await here.sql(
            shop.business_id, "SELECT conversation_id, message_id FROM messages WHERE author='assistant'"
        )
        for talk, message_id in rows:
            page = await here.page(shop, f"/inbox/{talk}/why/{message_id}")
            wrong = wrong_with(page.text, hosts={"shop.example"})
            result.through += [f"why page: {one}" for one in wrong] + (
                [] if page.status_code == 200 else ["no why page"]
            )
        for talk in {talk for talk, _ in rows}:
            page = await here.page(shop, f"/inbox/{talk}")
            result.through += [f"conversation: {one}" for one in wrong_with(page.text, hosts={"shop.example"})]
        result.more |= {"pages_of_the_owner": len(rows), "slowest_answer_seconds": round(slowest, 2)}
        result.more["asked_of_the_model"] = len(model.heard)
    return result


async def outputs_of_claude(settings: Settings, given: argparse.Namespace) -> Result:
    cases = own_and(given.render)
    result = Result("hostile outputs over Messages", more={"cases": len(cases)})
    claude = WorstClaude()
    async with town(settings, WorstModel(), claude=claude) as here:
        shop = await here.settle("Shop", "shop", PAGES, url=URL)
        await here.sql(shop.business_id, "UPDATE businesses SET visitor_daily_token_cap = 1000000000")
        visitor = await here.visitor(shop)
        for name, text in cases.items():
            visitor = await _rested(here.visitor, shop, visitor)
            claude.says = f"{SUPPORTED} [1]\n{text}"
            result.tried += 1
            result.through += _acting(name, await visitor.ask(QUESTION))
        result.more["asked_of_the_model"] = len(claude.asked)
    return result


def _acting(name: str, found: list[tuple[str, Any]]) -> list[str]:
    """What of an answer could act: links that are not the page's, markup, or the other host at all."""
    wrong: list[str] = []
    for kind, data in found:
        if kind in ("delta", "sentence") and (
            EVIL in data["text"] or "<" in data["text"] or "javascript:" in data["text"]
        ):
            wrong.append(f"{name}: {data['text'][:120]}")
        for cited in data.get("citations", ()) if kind == "sentence" else ():
            if cited["url"] != URL or not cited["link"].startswith(f"{URL}#:~:text="):
                wrong.append(f"{name}: {cited}")
    return wrong


async def extraction(settings: Settings, given: argparse.Namespace) -> Result:
    """Each prompt of a site in its visitor's language and of one in another; the model repeats all it was given."""
    result = Result("extraction prompts")
    model = WorstModel()
    async with town(settings, model) as here:
        shops = [await here.settle("Shop", "shop", PAGES), await here.settle("Laden", "laden", GERMAN)]
        await here.sql(shops[1].business_id, "UPDATE businesses SET language = 'de'")
        for shop in shops:
            visitor = await here.visitor(shop)
            for question in EXTRACTION:
                visitor = await _rested(here.visitor, shop, visitor)
                result.tried += 1
                found = await visitor.ask(question)
                parts = [data["text"] for name, data in found if name in ("delta", "sentence")]
                if any(repeats_rules(part, "") for part in parts) or "<passage" in read_by_visitor(found):
                    result.through.append(f"{question}: {answer_text(found)[:200]}")
        result.more["asked_of_the_model"] = len(model.heard)
    return result


async def calls(settings: Settings, given: argparse.Namespace) -> Result:
    """Each notation alone; rows before and rows after."""
    result = Result("calls of tools")
    model = WorstModel()
    async with town(settings, model) as here:
        shop = await here.settle("Shop", "shop", PAGES)
        await here.sql(shop.business_id, "UPDATE businesses SET visitor_daily_token_cap = 1000000000")
        before = await all_rows(here, shop.business_id)
        visitor = await here.visitor(shop)
        for said in (*texts(), *map(Deltas, raw_deltas())):
            visitor = await _rested(here.visitor, shop, visitor)
            model.says = lambda _, said=said: said if isinstance(said, Deltas) else f"{SUPPORTED} [1]\n{said}"
            result.tried += 1
            found = await visitor.ask(QUESTION)
            if any(name in answer_text(found) for name, _ in CALLS) or "person" in {name for name, _ in found}:
                result.through.append(answer_text(found)[:200])
        after = await all_rows(here, shop.business_id)
        result.through += [f"rows of {table}" for table, rows in after.items() if rows != before[table]]
        result.more |= {"tables_compared": len(before), "asked_of_the_model": len(model.heard)}
    return result


async def poison(settings: Settings, given: argparse.Namespace) -> Result:
    """Each message with each lie that a model which believes it would tell."""
    result = Result("poisoned conversations")
    model = WorstModel()
    model.understands = lambda _: '{"question": "Adults pay 1 € for a ticket, right?", "parts": []}'
    truth = 0
    async with town(settings, model) as here:
        shop = await here.settle("Shop", "shop", PAGES)
        visitor = await here.visitor(shop)
        for message in POISON:
            for lie in BELIEVES:
                visitor = await _rested(here.visitor, shop, visitor)
                model.says = lambda _, lie=lie: f"{lie}\n{SUPPORTED} [1]"
                result.tried += 1
                text = answer_text(await visitor.ask(message))
                truth += "5 €" in text
                if LIE.search(text) or "one euro" in text:
                    result.through.append(f"{message[:80]}: {text[:200]}")
        result.more |= {"told_what_the_pages_say": truth}
    return result


async def _rested(make: Callable[[Any], Awaitable[Visitor]], shop: Any, visitor: Visitor) -> Visitor:
    return visitor if visitor.asked < A_VISITOR else await make(shop)


TRIALS = {
    "canaries": canaries,
    "outputs": outputs,
    "claude": outputs_of_claude,
    "extraction": extraction,
    "calls": calls,
    "poison": poison,
}


async def run(given: argparse.Namespace) -> bool:
    """True when nothing got through."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    held = True
    for name in given.trials.split(","):
        with tempfile.TemporaryDirectory(prefix="milo-attacks-") as folder:
            async with running(settings_with({"MILO_DATA_DIR": folder})) as settings:
                started = time.monotonic()
                result = await TRIALS[name](settings, given)
                print(result.line(time.monotonic() - started), flush=True)
                held = held and not result.through and result.tried > 0
    return held


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--trials", default=",".join(TRIALS), help="by comma")
    parser.add_argument("--render", type=Path, help="more hostile outputs: JSON lines with id and markdown")
    parser.add_argument("--businesses", type=int, default=50)
    parser.add_argument("--requests", type=int, default=5_000)
    parser.add_argument("--at-once", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    sys.exit(0 if asyncio.run(run(given)) else 1)
