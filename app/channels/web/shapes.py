"""The JSON that goes over the widget's wire, in and out. Names are those of the contract."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import msgspec

from app.conversations.events import Failed, Finished, Heard, Started
from app.conversations.model import Conversation, Message
from app.errors import NotFound
from retrieval.fragment import link_to
from retrieval.model import Citation, OfferContact, PersonWished, Sentence, SentenceEnded, TextShown


class SessionIn(msgspec.Struct):
    visitor: str | None = None
    proof: str | None = None


class MessageIn(msgspec.Struct):
    text: str
    client_message_id: str
    conversation: str | None = None
    trial: str | None = None


class StopIn(msgspec.Struct):
    token: str | None = None


class ConversationIn(msgspec.Struct):
    conversation: str | None = None

    def conversation_id(self) -> UUID | None:
        return id_of(self.conversation)


class LeadIn(msgspec.Struct):
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    message: str | None = None
    conversation: str | None = None


def id_of(text: str | None) -> UUID | None:
    """Raises NotFound for what is no id."""
    if text is None:
        return None
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound("This conversation is not here any more.", code="no_conversation") from error


def event_bytes(heard: Heard) -> bytes:
    """One server-sent event."""
    name, data = _event(heard)
    return f"id: {heard.position}\nevent: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


def _event(heard: Heard) -> tuple[str, dict[str, Any]]:
    match heard.event:
        case Started(message_id, conversation_id, question_id):
            return "meta", {
                "message": str(message_id),
                "conversation": str(conversation_id),
                "question": str(question_id),
            }
        case TextShown(text):
            return "delta", {"text": text}
        case SentenceEnded(sentence):
            return "sentence", sentence_out(sentence)
        case PersonWished():
            return "person", {}
        case OfferContact():
            return "lead_form", {}
        case Finished(message_id, status, mode):
            return "done", {"message": str(message_id), "status": status, "mode": mode}
        case Failed(sentence, retry):
            return "error", {"message": sentence, "retry": retry}


def sentence_out(sentence: Sentence) -> dict[str, Any]:
    return {"text": sentence.text, "citations": [citation_out(citation) for citation in sentence.citations]}


def citation_out(citation: Citation) -> dict[str, Any]:
    # An uploaded file has a name and no address that a visitor could open.
    linked = urlsplit(citation.url).scheme in {"http", "https"}
    return {
        "passage": citation.passage,
        "quote": citation.quote,
        "url": citation.url if linked else None,
        "link": link_to(citation.url, citation.quote, citation.page),
        "title": citation.title,
        "page": citation.page,
        "checked_at": citation.checked_at.isoformat() if citation.checked_at else None,
    }


def conversation_out(conversation: Conversation | None) -> dict[str, Any]:
    if conversation is None:
        return {"conversation": None, "messages": [], "person": None}
    row = conversation.row
    return {
        "conversation": str(row.conversation_id),
        "messages": [message_out(message) for message in conversation.messages],
        # Who answers: a person with a name, one who was asked for and is not there yet, or nobody but the assistant.
        "person": {"name": row.handler_name, "there": row.handled_by == "person"}
        if row.handled_by == "person" or row.person_asked_at is not None
        else None,
    }


def message_out(message: Message) -> dict[str, Any]:
    return {
        "id": str(message.message_id),
        "author": message.author,
        "state": message.state,
        "outcome": message.outcome,
        "at": message.created_at.isoformat(),
        "text": message.text,
        "sentences": [sentence_out(sentence) for sentence in message.sentences],
        "client_message_id": message.client_message_id,
        "note": message.details.get("note"),
        "name": message.details.get("name"),
    }
