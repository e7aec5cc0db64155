"""A Claude model of Anthropic, asked through its Messages, as retrieval's ChatModel.

Messages in; text pieces as they come and the usage out; every failure is a ModelFailed. Nothing of a request is
marked for the provider's cache. Parameters that a model refuses are left out from then on, because the families differ
in them: newer ones take no temperature and think unless told not to, each in its own way.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import anyio
import httpx2
from anthropic import AnthropicError, APIStatusError, AsyncAnthropic, AsyncStream, Omit, omit
from anthropic.types import MessageParam, OutputConfigParam, RawMessageStreamEvent, ThinkingConfigParam

from app.providers.anthropic_client import failure_of
from app.providers.circuit_breaker import CircuitBreaker
from app.providers.guarded import LONGEST_TOKEN, RetryableFailure, asked, at_most_used, guarded
from app.providers.surrogates import CharacterJoiner
from app.providers.token_budget import count_prompt
from retrieval.model import Usage
from retrieval.ports import ModelFailed, PromptMessage

# Up to 4.6 a model takes a temperature and does not think unless asked to.
OLDER = re.compile(r"claude-(3|opus-4-[0-6]|sonnet-4-[0-6]|haiku-4-[0-6]|(opus|sonnet|haiku)-4-20)")
# Ways to have a model begin with its answer, tried in this order. None: it decides itself, with little effort.
SILENT_WAYS: tuple[ThinkingConfigParam | None, ...] = ({"type": "disabled"}, {"type": "between_tools"}, None)
FIRST_WAY = {"claude-sonnet-5-5": 1, "claude-opus-5-5": 2}
ENDED_WELL = {"end_turn", "max_tokens", "stop_sequence"}


class AnthropicChat:
    """One model, shared by all answers of the process."""

    def __init__(self, client: AsyncAnthropic, model: str, *, breaker: CircuitBreaker | None = None):
        # Resolved here: the SDK imports the resource at first use.
        self._messages = client.messages
        self._model = model
        self._breaker = breaker or CircuitBreaker()
        self._refused: set[str] = set()
        self._way = FIRST_WAY.get(model, 0)

    @property
    def name(self) -> str:
        return f"anthropic:{self._model}"

    def count_tokens(self, messages: Sequence[PromptMessage]) -> int:
        # The vocabulary is not public, and asking the provider would cost a round trip: bytes are never fewer.
        return count_prompt(messages, None)

    def stream(
        self,
        messages: Sequence[PromptMessage],
        *,
        max_tokens: int,
        temperature: float | None = None,
        patience: float | None = None,
    ) -> AsyncGenerator[str | Usage]:
        """`temperature` None: 0, where the model takes one. `patience`: see guarded."""
        read = Usage(self.name, self.count_tokens(messages), 0)
        pieces = self._pieces(messages, max_tokens, temperature or 0, read)
        return guarded(self._breaker, pieces, patience=patience, read=read)

    async def _pieces(
        self, messages: Sequence[PromptMessage], max_tokens: int, temperature: float, read: Usage
    ) -> AsyncGenerator[str | Usage]:
        response = await asked(
            lambda: self._create(messages, max_tokens, temperature),
            learn=self._learn,
            failure_of=failure_of,
            errors=AnthropicError,
        )
        heard = _Heard()
        joiner = CharacterJoiner()
        written, most = 0, max_tokens * LONGEST_TOKEN  # bytes
        failure: ModelFailed | None = None
        try:
            async for event in response:
                if (text := heard.take(event)) and (whole := joiner.feed(text)):
                    whole = whole[: most - written + 1]  # one piece may be longer than a whole answer
                    yield whole
                    written += len(whole.encode())
                if written > most:
                    heard.ended = "max_tokens"
                    break
        except (AnthropicError, httpx2.HTTPError, ValueError, TypeError, AttributeError) as error:
            failure = failure_of(error)
            failure.__cause__ = error
        finally:
            # Also when the caller closes us or is cancelled: the provider must stop writing (and billing).
            with anyio.CancelScope(shield=True):
                await response.close()
        if failure is None and heard.ended is None:
            failure = RetryableFailure("bad_response", "The model's answer ended in the middle.")
        if failure is None and (rest := joiner.end()):
            yield rest
        if failure is None:
            failure = _ending_failure(heard.ended or "")
        usage = heard.usage(self.name)
        if failure is not None:
            # What the last event would have counted is not known: never less than was written.
            floor = at_most_used(read, written, max_tokens)
            usage = (
                floor if usage is None else replace(usage, answer_tokens=max(usage.answer_tokens, floor.answer_tokens))
            )
        if usage is not None:
            yield usage
        if failure is not None:
            raise failure

    async def _create(
        self, messages: Sequence[PromptMessage], max_tokens: int, temperature: float
    ) -> AsyncStream[RawMessageStreamEvent]:
        system = "\n\n".join(message.content for message in messages if message.role == "system")
        older = OLDER.match(self._model) is not None
        return await self._messages.create(
            model=self._model,
            max_tokens=max_tokens,
            system=system or omit,
            messages=_turns(messages),
            stream=True,
            thinking=omit if older else self._thinking(),
            output_config=omit if older else self._effort(),
            # The SDK left the name out with the models that take it no more.
            extra_body={"temperature": temperature} if older and "temperature" not in self._refused else None,
        )

    def _thinking(self) -> ThinkingConfigParam | Omit:
        return SILENT_WAYS[self._way] or omit

    def _effort(self) -> OutputConfigParam | Omit:
        """As little as there is: the visitor waits, and the evidence is in the prompt."""
        return omit if "effort" in self._refused else {"effort": "low"}

    def _learn(self, error: Exception) -> bool:
        """Whether a refused parameter was found that can be left out, or said in another way, the next time."""
        if not isinstance(error, APIStatusError) or error.status_code not in {400, 422}:
            return False
        words = error.api_message if isinstance(error.api_message, str) else ""
        if re.search(r"\bthinking\b", words) and self._way + 1 < len(SILENT_WAYS) and not OLDER.match(self._model):
            self._way += 1
            return True
        for name, sign in (("temperature", r"\btemperature\b"), ("effort", r"\beffort\b|output_config")):
            if name not in self._refused and re.search(sign, words):
                self._refused.add(name)
                return True
        return False


@dataclass(slots=True)
class _Heard:
    """What the events said beside the text. The SDK does not validate what it streams: any field may be absent."""

    ended: str | None = None
    prompt: int | None = None
    cached: int = 0
    answer: int = 0

    def take(self, event: Any) -> str | None:
        """The text in it. Thinking, signatures and what is not known yet are none."""
        match getattr(event, "type", None):
            case "message_start":
                self._count(getattr(getattr(event, "message", None), "usage", None))
            case "content_block_delta":
                return _text(event.delta, "text_delta")
            case "content_block_start":
                return _text(event.content_block, "text")
            case "message_delta":
                self._count(getattr(event, "usage", None))
                self.ended = getattr(event.delta, "stop_reason", None) or self.ended
            case _:
                return None
        return None

    def usage(self, model: str) -> Usage | None:
        return None if self.prompt is None else Usage(model, self.prompt, self.answer, self.cached)

    def _count(self, usage: Any) -> None:
        """Both events count from the start of the answer; the later one may leave the prompt out."""
        plain, output = getattr(usage, "input_tokens", None), getattr(usage, "output_tokens", None)
        if isinstance(plain, int):
            made, read = (
                count if isinstance(count := getattr(usage, name, None), int) else 0
                for name in ("cache_creation_input_tokens", "cache_read_input_tokens")
            )
            self.prompt, self.cached = plain + made + read, read
        if isinstance(output, int):
            self.answer = max(self.answer, output)


def _text(part: Any, kind: str) -> str | None:
    if getattr(part, "type", None) != kind:
        return None
    text: Any = getattr(part, "text", None)
    if text is not None and not isinstance(text, str):
        raise ValueError("the answer's text is no text")
    return text


def _ending_failure(ended: str) -> ModelFailed | None:
    if ended in ENDED_WELL:
        return None
    if ended == "refusal":
        return ModelFailed("refused", "The provider's safeguards declined the question.")
    if ended == "model_context_window_exceeded":
        return ModelFailed("context_too_long", "The answer did not fit into the model.")
    return ModelFailed("bad_response", f"The answer ended for a reason that is not known ({ended[:40]}).")


def _turns(messages: Sequence[PromptMessage]) -> list[MessageParam]:
    """Empty turns are refused, and a conversation has to begin with the visitor."""
    turns: list[MessageParam] = []
    for message in messages:
        if message.role == "system" or not message.content.strip():
            continue
        if message.role != "assistant":
            turns.append({"role": "user", "content": message.content})
        else:
            if not turns:
                turns.append({"role": "user", "content": "…"})
            turns.append({"role": "assistant", "content": message.content})
    return turns
