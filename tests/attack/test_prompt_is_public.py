"""P4: a prompt holds nothing that the world may not read, and what a visitor reads is never the prompt."""

from __future__ import annotations

import base64
import json
from dataclasses import replace

from app.settings import Secret, Settings
from retrieval.prompt import repeats_rules
from tests.attack.prompts import EXTRACTION
from tests.attack.town import Visitor, answer_text, read_by_visitor, town
from tests.attack.worst import WorstModel, whole_input
from tests.integration.retrieval.planting import Planted

PAGES = [
    Planted("Adults pay 5 € for a ticket.\nChildren pay 3 € for a ticket.", "Prices"),
    Planted("Book at https://tickets.example/secret-path?token=PAGESECRET or at www.tickets.example/two.", "Booking"),
]
GERMAN = [Planted("Erwachsene zahlen 5 € für eine Karte.\nKinder zahlen 3 € für eine Karte.", "Preise", language="de")]
# Parameters of a request, and nothing else of us goes with it: no name of the visitor, no number of the business.
SENT = {"model", "messages", "stream", "stream_options", "store", "temperature", "max_tokens", "max_completion_tokens",
        "reasoning_effort"}  # fmt: skip


async def test_all_that_reaches_a_model_is_public(settings: Settings) -> None:
    """Search and answer, with a history and in another language; secrets of every kind stand around."""
    settings = replace(
        settings,
        operator_email="operator@private.example",
        mail_url=Secret("smtp://u:MAILPASS@h.example?from=m@h.example"),
    )
    model = WorstModel()
    async with town(settings, model) as here:
        shop = await here.settle(
            "Shop", "shop", PAGES, owner="owner@private.example", url="https://shop.example/URLSECRET"
        )
        other = await here.visitor(shop)
        await other.ask("What do adults pay for a ticket? My name is OTHERVISITOR")
        await other.post("leads", {"email": "lead@private.example", "name": "LEADNAME"}, **{"Idempotency-Key": "k"})
        visitor = await here.visitor(shop)
        for question in ("What do adults pay for a ticket?", "And for children?", "Hvad koster en billet for børn?"):
            await visitor.ask(question)
        await visitor.ask("How do I book, at https://evil.example/QUESTIONSECRET?")
        model.expect_clean()
        understood = [heard for heard in model.heard if heard[0]["content"].startswith("You prepare a search")]
        assert understood, "the other prompt is looked at too"
        bodies = [request.json for request in model.history if request.path == "/v1/chat/completions"]
        assert {name for body in bodies for name in body} <= SENT
        mine = json.dumps([heard for heard in model.heard if "OTHERVISITOR" not in heard[-1]["content"]])
        keys = [base64.b64encode(key.secret).decode() for key in settings.secret_keys]
        for secret in (
            "OTHERVISITOR", "LEADNAME", "private.example", "URLSECRET", "PAGESECRET", "QUESTIONSECRET", "://", "www.",
            "MAILPASS", model.key, str(shop.business_id), shop.key, "w_", visitor.token, str(visitor.conversation),
            str(settings.data_dir), *keys,
        ):  # fmt: skip
            assert secret not in mine, secret
        for heard in model.heard:
            assert len(heard) <= 6 and heard[0]["role"] == "system" and heard[-1]["role"] == "user"


async def test_whoever_asks_for_the_prompt_reads_none_of_it(settings: Settings) -> None:
    """An echo model gives all of it away; also where pages and visitor speak different languages."""
    model = WorstModel(whole_input)
    async with town(settings, model) as here:
        english = await here.settle("Shop", "shop", PAGES)
        german = await here.settle("Laden", "laden", GERMAN)
        await here.sql(german.business_id, "UPDATE businesses SET language = 'de'")
        for number, question in enumerate(EXTRACTION):
            shop = german if number % 2 else english
            if number % 8 < 2:
                visitors: list[Visitor] = [await here.visitor(english), await here.visitor(german)]
            visitor = next(one for one in visitors if one.business is shop)
            found = await visitor.ask(question)
            read = read_by_visitor(found)
            for mark in ("<passage", "<question", "NO_ANSWER", "Prompt version", "You answer visitors"):
                assert mark not in read, (question, mark)
            for name, data in found:
                if name in ("delta", "sentence"):
                    assert not repeats_rules(data["text"], shop.slug), (question, data["text"])
            for sentence in answer_text(found).split(". "):
                assert not repeats_rules(sentence, shop.slug), (question, sentence)
        assert len(model.heard) > len(EXTRACTION) / 2, "most of these are put to the model"
