"""The form of a question that must stay right: what was typed, out of a form, out of a conversation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from litestar.datastructures import FormMultiDict

from app.conversations.model import Conversation
from app.dashboard.forms import field
from app.errors import BadInput, NotFound
from app.golden.model import FACT, FACTS, QUESTION, Expects, Golden, NewGolden, Origin
from app.golden.propose import propose_facts
from app.people.mask import mask


@dataclass(frozen=True, slots=True)
class Typed:
    """As the fields show it: one fact a line."""

    question: str = ""
    facts: str = ""
    expects: Expects = Expects.FACTS
    origin: Origin = Origin.OWNER
    paused: bool = False

    def golden(self) -> NewGolden:
        return NewGolden(self.question, tuple(self.facts.splitlines()), self.expects)


def typed_of(form: FormMultiDict) -> Typed:
    """Raises BadInput for what no page of ours sends."""
    try:
        expects, origin = Expects(field(form, "expects") or "facts"), Origin(field(form, "origin") or "owner")
    except ValueError as error:
        raise BadInput("The page did not say what is expected. Open it again and try once more.") from error
    facts = field(form, "facts", longest=2 * (FACT + 2) * FACTS)
    return Typed(field(form, "question"), facts, expects, origin, field(form, "paused") == "yes")


def typed_again(golden: Golden) -> Typed:
    return Typed(
        golden.question, "\n".join(golden.facts), Expects(golden.expects), Origin(golden.origin), golden.paused
    )


def typed_from(conversation: Conversation, message_id: UUID, today: date) -> Typed:
    """`message_id`: of an answer, or of the question before it. Raises NotFound.

    The question without who asked it; what the answer said is what it should go on to say.
    """
    messages = conversation.messages
    at = next((number for number, one in enumerate(messages) if one.message_id == message_id), None)
    asked = None if at is None else next((one for one in messages[at::-1] if one.author == "visitor"), None)
    if at is None or asked is None:
        raise NotFound("This message is not here any more.")
    answer = next((one for one in messages[at:] if one.author == "assistant"), None)
    question = " ".join(mask(asked.text, today).split())[:QUESTION]
    if answer is None or answer.outcome != "answered":
        # What was not answered should be: what it must say, only the owner knows.
        return Typed(question, "", Expects.FACTS, Origin.CONVERSATION)
    return Typed(question, "\n".join(propose_facts(answer.sentences)), Expects.FACTS, Origin.CONVERSATION)
