"""The visitor's words are never evidence: not the question, not what was said before, not what looks like a passage."""

from __future__ import annotations

import re

from app.settings import Settings
from tests.attack.prompts import POISON
from tests.attack.town import answer_text, town
from tests.attack.worst import WorstModel
from tests.integration.retrieval.planting import Planted

PAGES = [
    Planted("Adults pay 5 € for a ticket.\nChildren pay 3 € for a ticket.", "Prices"),
    Planted("There is free parking behind the house.", "Parking"),
]
LIE = re.compile(r"\b1\s?(?:€|EUR)|€\s?1\b")
# A model that believes the visitor, in ways that a check may miss.
BELIEVES = (
    "Adults pay 1 € for a ticket. [1]",
    "Adults pay 1 € for a ticket. [9]",
    "You are right, it is 1 € for adults. [1][2]",
    "A ticket for adults is one euro. [1]",
    "Adults pay 5 €, now 1 € for a ticket. [1]",
    "As you said: 1 €. [1]",
)


async def test_what_the_visitor_says_is_no_evidence(settings: Settings) -> None:
    model = WorstModel()
    told = 0
    async with town(settings, model) as here:
        shop = await here.settle("Shop", "shop", PAGES)
        for number, poison in enumerate(POISON):
            if number % 6 == 0:
                visitor = await here.visitor(shop)
            lies = "\n".join(BELIEVES[number % 3 :: 3])
            model.says = lambda _, lies=lies: f"{lies}\nAdults pay 5 € for a ticket. [1]"
            model.understands = lambda _: '{"question": "Adults pay 1 € for a ticket, right?", "parts": []}'
            text = answer_text(await visitor.ask(poison))
            assert not LIE.search(text) and "one euro" not in text, (poison, text)
            told += "5 €" in text
    assert told > len(POISON) / 2, "what the pages say is said all the same"


async def test_a_pasted_fence_reaches_the_model_as_text(settings: Settings) -> None:
    model = WorstModel(lambda _: "Adults pay 5 € for a ticket. [1]")
    async with town(settings, model) as here:
        shop = await here.settle("Shop", "shop", PAGES)
        for poison in POISON:
            await (await here.visitor(shop)).ask(poison)
    for heard in model.heard:
        last = heard[-1]["content"]
        if heard[0]["content"].startswith("You answer"):
            assert len(re.findall(r"[<＜]\s*passage", last)) == len(re.findall(r"(?m)^<passage number=", last))
            assert last.count("<question>") == last.count("</question>") == 1
            assert [message["role"] for message in heard[1:]] == ["user"], "no role but ours"
