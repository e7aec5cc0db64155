"""An answer as it is stored, and back: text, the sentences over it, and how it came about.

The text is what the visitor was shown; citations are offsets into it with quotes of the business's own pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.conversations.model import Message, MessageRow
from app.vault.keys import BusinessKeys
from retrieval.model import Answer, Citation, Sentence


@dataclass(frozen=True, slots=True)
class Record:
    text: str
    citations: list[dict[str, Any]]
    details: dict[str, Any]


def record_of(
    sentences: Sequence[Sentence],
    *,
    generation: int | None,
    answer: Answer | None,
    offered: bool,
    wished: bool,
    language: str | None,
    cost: int | None = None,
) -> Record:
    """`answer` None: it broke off, and only what was shown is known. `wished`: a person was asked for."""
    text = ""
    spans: list[dict[str, Any]] = []
    for sentence in sentences:
        start = len(text) + (1 if text else 0)
        text = f"{text} {sentence.text}" if text else sentence.text
        cited = [_citation(citation, generation) for citation in sentence.citations]
        spans.append({"start": start, "end": len(text), "citations": cited})
    details: dict[str, Any] = {"generation": generation, "language": language, "lead_form": offered, "person": wished}
    if answer is not None:
        timings = answer.timings
        details |= {
            "mode": answer.mode.value,
            "model": answer.usage.model if answer.usage else None,
            "language": answer.language,
            "quote_reason": answer.quote_reason.value if answer.quote_reason else None,
            "passages": [{"chunk": p.chunk_no, "score": round(p.score, 5)} for p in answer.passages],
            "withheld": [sentence.reason for sentence in answer.withheld],
            "detail": answer.detail,
            "usage": {"prompt": answer.usage.prompt_tokens, "answer": answer.usage.answer_tokens}
            if answer.usage
            else None,
            "cost_micros": cost,  # of a dollar; None: no model, or its price is not known
            "ms": {
                "embed": timings.embed,
                "search": timings.search,
                "first_token": timings.first_token,
                "total": timings.total,
            },
        }
    return Record(text, spans, details)


def open_message(keys: BusinessKeys, row: MessageRow) -> Message:
    text = keys.open("messages", "text", row.message_id, row.text_sealed) if row.text_sealed is not None else ""
    return Message(
        message_id=row.message_id,
        created_at=row.created_at,
        author=row.author,
        state=row.state,
        outcome=row.outcome,
        text=text,
        sentences=sentences_of(text, row.citations),
        client_message_id=row.client_message_id,
        details=row.details,
    )


def sentences_of(text: str, spans: Sequence[dict[str, Any]]) -> tuple[Sentence, ...]:
    return tuple(
        Sentence(text[span["start"] : span["end"]], tuple(_cited(entry) for entry in span["citations"]))
        for span in spans
    )


def _citation(citation: Citation, generation: int | None) -> dict[str, Any]:
    return {
        "passage": citation.passage,
        "chunk": [generation, citation.chunk_no],
        "quote": citation.quote,
        "url": citation.url,
        "title": citation.title,
        "page": citation.page,
        "checked_at": citation.checked_at.isoformat() if citation.checked_at else None,
    }


def _cited(entry: dict[str, Any]) -> Citation:
    return Citation(
        passage=entry["passage"],
        quote=entry["quote"],
        url=entry["url"],
        title=entry["title"],
        chunk_no=entry["chunk"][1],
        page=entry.get("page"),
        checked_at=datetime.fromisoformat(entry["checked_at"]) if entry.get("checked_at") else None,
    )
