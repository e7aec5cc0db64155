"""`milo ask SLUG QUESTION`: an answer as a visitor gets it, with its sources. Nothing is stored.

Beside a running service it asks that one, with its settings and its model in memory; else it answers itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from app.commands.asked import AskedQuestion, read_questions
from app.commands.console import Console, milo_command
from app.settings import Settings


@milo_command("ask", help="Ask the business SLUG a question, as a visitor would.")
@click.argument("slug")
@click.argument("question", required=False)
@click.option("--questions", "path", help="A file with one JSON object a line, each with a question.")
async def command(console: Console, settings: Settings, slug: str, question: str | None, path: str | None) -> None:
    from app.embedded import running

    asked = read_questions(question, path)
    async with running(settings) as resolved:
        rest = await _ask_service(console, resolved, slug, asked)
        if rest:
            await _ask_here(console, resolved, slug, rest)


async def _ask_service(
    console: Console, settings: Settings, slug: str, asked: Sequence[AskedQuestion]
) -> Sequence[AskedQuestion]:
    """What no running service took."""
    from app.channels.operator.pass_token import issue_pass
    from app.providers.operator_client import NotThere, OperatorClient
    from app.security import KeyRing, Signer

    port = _service_port(settings)
    if port is None:
        return asked
    signer = Signer(KeyRing(settings.secret_keys))
    for number, one in enumerate(asked):
        async with OperatorClient(port, issue_pass(signer)) as service:
            try:
                answered = await service.ask(slug, one.text)
            except NotThere:
                return asked[number:]
        console.emit(answered, _told(answered))
    return []


async def _ask_here(console: Console, settings: Settings, slug: str, asked: Sequence[AskedQuestion]) -> None:
    from app.channels.operator.ask import ask, business_by_slug
    from app.wiring import open_services

    async with open_services(settings) as services:
        business = await business_by_slug(services, slug)
        for one in asked:
            answered = await ask(services, business, one.text)
            console.emit(answered, _told(answered))


def _service_port(settings: Settings) -> int | None:
    """Of the `milo up` that holds this data dir; with a database of one's own, the port in the settings."""
    from app.embedded.layout import DataDir, read_runtime

    if not settings.embedded:
        return settings.port
    state = read_runtime(DataDir(settings.data_dir))
    port = state.get("port")
    return port if isinstance(port, int) and "web" in state and not state.get("stopping") else None


def _told(answered: dict[str, Any]) -> str:
    lines = [answered["text"]]
    cited = {
        (citation["url"], " ".join(citation["quote"].split()))
        for sentence in answered["sentences"]
        for citation in sentence["citations"]
    }
    lines += [f"   “{quote}” — {url}" for url, quote in sorted(cited)]
    return "\n".join(lines)
