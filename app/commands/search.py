"""`milo search SLUG QUESTION`: the passages a question finds, best first."""

from __future__ import annotations

from typing import Any

import click

from app.commands.asked import read_questions
from app.commands.console import Console, milo_command
from app.settings import Settings


@milo_command("search", help="Show which passages of the business SLUG a question finds.")
@click.argument("slug")
@click.argument("question", required=False)
@click.option("--questions", "path", help="A file with one JSON object a line, each with a question.")
@click.option("-k", "count", default=5, show_default=True, type=click.IntRange(1, 100), help="How many passages.")
async def command(
    console: Console, settings: Settings, slug: str, question: str | None, path: str | None, count: int
) -> None:
    from app.channels.operator.ask import business_by_slug, passage_out
    from app.channels.web.asking import knowledge_of
    from app.embedded import running
    from app.wiring import open_services
    from retrieval.search import search

    asked = read_questions(question, path)
    async with running(settings) as resolved, open_services(resolved) as services:
        business = await business_by_slug(services, slug)
        knowledge, transaction = knowledge_of(business), services.database.bound(business.business_id)
        embedder = services.embedder_of(business.live_model, business.allowed_processors)
        if embedder is not None and len(asked) > 1:  # the first question would be timed with the model's opening
            await embedder.embed(["ready"])
        for one in asked:
            result = await search(one.text, knowledge, transaction=transaction, embedder=embedder, k=count)
            found: dict[str, Any] = {
                "question": one.text,
                "passages": [passage_out(rank, passage) for rank, passage in enumerate(result.passages, 1)],
                "ms": round(result.embed_ms + result.search_ms, 2),
            }
            console.emit(found, _told(found))


def _told(found: dict[str, Any]) -> str:
    lines = [f"{found['question']}  ({found['ms']:.1f} ms)"]
    if not found["passages"]:
        lines.append("   Nothing found: nothing has been published for this business yet.")
    for passage in found["passages"]:
        place = " > ".join(part for part in (passage["title"], passage["heading"]) if part)
        text = " ".join(passage["text"].split())
        lines.append(f"{passage['rank']:>2}. {passage['score']:.3f}  {place}  {passage['url']}")
        lines.append(f"    {text[:240]}{'…' if len(text) > 240 else ''}")
    return "\n".join(lines)
