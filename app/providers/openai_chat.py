"""A chat model of OpenAI, or of any server that speaks its Chat Completions, as retrieval's ChatModel.

Messages in; text pieces as they come and the usage out; every failure is a ModelFailed. Nothing is kept
by the provider (`store=False`). Parameters that a model refuses are left out from then on, because
compatible servers and model families differ in them and say so only when asked. The SDK asks, reads the
stream and finds errors in it; its models are left out, because making one of a piece takes 60 µs, of which
an answer has a hundred and the processor others to serve.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Sequence
from typing import cast

import anyio
from openai import APIStatusError, AsyncOpenAI, AsyncStream, OpenAIError

from app.providers.circuit_breaker import CircuitBreaker
from app.providers.guarded import LONGEST_TOKEN, RetryableFailure, asked, at_most_used, guarded
from app.providers.openai_client import failure_of
from app.providers.surrogates import CharacterJoiner
from app.providers.token_budget import Vocabularies, count_prompt
from retrieval.model import Usage
from retrieval.ports import ModelFailed, PromptMessage

OPTIONAL = ("temperature", "reasoning_effort", "max_tokens", "max_completion_tokens", "stream_options", "store")


class OpenAIChat:
    """One model, shared by all answers of the process. `official`: OpenAI's own server."""

    def __init__(
        self,
        client: AsyncOpenAI,
        model: str,
        vocabularies: Vocabularies,
        *,
        official: bool,
        breaker: CircuitBreaker | None = None,
    ):
        self._client = client
        self._model = model
        self._vocabularies = vocabularies
        self._official = official
        self._breaker = breaker or CircuitBreaker()
        self._refused: set[str] = set()

    @property
    def name(self) -> str:
        return f"openai:{self._model}"

    def count_tokens(self, messages: Sequence[PromptMessage]) -> int:
        # A compatible server may give any model a known name; only OpenAI's own uses that vocabulary.
        return count_prompt(messages, self._vocabularies.get(self._model) if self._official else None)

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
            errors=OpenAIError,
        )
        joiner = CharacterJoiner()
        written, most = 0, max_tokens * LONGEST_TOKEN  # bytes
        finished: str | None = None
        usage: Usage | None = None
        failure: ModelFailed | None = None
        try:
            async for chunk in response:
                text, reason = _read(chunk)
                finished = reason or finished
                usage = self._usage(chunk) or usage  # some servers count along in every piece
                if text and (whole := joiner.feed(text)):
                    whole = whole[: most - written + 1]  # one piece may be longer than a whole answer
                    yield whole
                    written += len(whole.encode())
                if written > most:
                    finished = "length"
                    break
        except (OpenAIError, ValueError, TypeError, AttributeError) as error:
            failure = failure_of(error)
            failure.__cause__ = error
        finally:
            # Also when the caller closes us or is cancelled: the provider must stop writing (and billing).
            with anyio.CancelScope(shield=True):
                await response.close()
        if failure is None and finished is None:
            failure = RetryableFailure("bad_response", "The model's answer ended in the middle.")
        if failure is None and (rest := joiner.end()):
            yield rest
        if failure is None and finished == "content_filter":
            failure = ModelFailed("refused", "The provider's content filter stopped the answer.")
        if usage is None and failure is not None:
            usage = at_most_used(read, written, max_tokens)
        if usage is not None:
            yield usage
        if failure is not None:
            raise failure

    async def _create(
        self, messages: Sequence[PromptMessage], max_tokens: int, temperature: float
    ) -> AsyncStream[object]:
        return await self._client.post(
            "/chat/completions",
            body=self._body(messages, max_tokens, temperature),
            cast_to=object,
            stream=True,
            stream_cls=AsyncStream[object],
        )

    def _body(self, messages: Sequence[PromptMessage], max_tokens: int, temperature: float) -> dict[str, object]:
        modern = self._official != bool({"max_tokens", "max_completion_tokens"} & self._refused)
        body: dict[str, object] = {
            "model": self._model,
            "messages": [{"role": message.role, "content": message.content} for message in messages],
            "stream": True,
            # OpenAI's newer models refuse the old name, several compatible servers ignore the new one.
            "max_completion_tokens" if modern else "max_tokens": max_tokens,
        }
        if "stream_options" not in self._refused:
            body["stream_options"] = {"include_usage": True}
        if "store" not in self._refused:
            body["store"] = False
        if "temperature" not in self._refused and not self._reasons:
            body["temperature"] = temperature
        if (effort := self._effort()) is not None:
            body["reasoning_effort"] = effort
        return body

    def _usage(self, chunk: object) -> Usage | None:
        counted = _of(chunk, "usage")
        prompt, answer = _of(counted, "prompt_tokens"), _of(counted, "completion_tokens")
        if not isinstance(prompt, int) or not isinstance(answer, int):
            return None
        cached = _of(_of(counted, "prompt_tokens_details"), "cached_tokens")
        return Usage(self.name, prompt, answer, cached if isinstance(cached, int) else 0)

    @property
    def _reasons(self) -> bool:
        return self._official and self._model.startswith(("gpt-5", "gpt-6", "o1", "o3", "o4"))

    def _effort(self) -> str | None:
        """As little as the family allows: the visitor waits, and the evidence is in the prompt."""
        if not self._reasons or "reasoning_effort" in self._refused:
            return None
        if self._model.startswith("o"):
            return "low"
        return "minimal" if re.match(r"gpt-5(-|$)", self._model) else "none"

    def _learn(self, error: Exception) -> bool:
        """Whether a refused parameter was found that can be left out the next time."""
        if not isinstance(error, APIStatusError) or error.status_code not in {400, 422}:
            return False
        for name in OPTIONAL:
            if name in self._refused or (name == "store" and self._official):
                continue
            if error.param == name or (error.param is None and name in error.message):
                self._refused.add(name)
                return True
        return False


def _read(chunk: object) -> tuple[str | None, str | None]:
    """Text and finish reason. Nobody validated what is streamed: any field may be absent, null or of another kind."""
    choices = _of(chunk, "choices")
    if not choices:
        return None, None
    if not isinstance(choices, list):
        raise ValueError("the answer's choices are no list")
    first: object = cast("list[object]", choices)[0]
    text = _of(_of(first, "delta"), "content")
    if text is not None and not isinstance(text, str):
        raise ValueError("the answer's text is no text")
    reason = _of(first, "finish_reason")
    return text, reason if isinstance(reason, str) else None


def _of(found: object, name: str) -> object:
    return cast("dict[str, object]", found).get(name) if isinstance(found, dict) else None
