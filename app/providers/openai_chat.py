"""A chat model of OpenAI, or of any server that speaks its Chat Completions, as retrieval's ChatModel.

Messages in; text pieces as they come and the usage out; every failure is a ModelFailed. Nothing is kept
by the provider (`store=False`). Parameters that a model refuses are left out from then on, because
compatible servers and model families differ in them and say so only when asked.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Sequence
from typing import Any

import anyio
from openai import APIStatusError, AsyncOpenAI, AsyncStream, Omit, OpenAIError, omit
from openai.types.chat import ChatCompletionChunk, ChatCompletionMessageParam
from openai.types.shared.reasoning_effort import ReasoningEffort

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
        # Resolved here: the SDK imports the resource at first use, a tenth of a second for the first visitor.
        self._completions = client.chat.completions
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
        written = 0  # bytes
        finished: str | None = None
        usage: Usage | None = None
        failure: ModelFailed | None = None
        try:
            async for chunk in response:
                text, reason = _read(chunk)
                finished = reason or finished
                usage = self._usage(chunk) or usage  # some servers count along in every piece
                if text and (whole := joiner.feed(text)):
                    yield whole
                    written += len(whole.encode())
                if written > max_tokens * LONGEST_TOKEN:
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
    ) -> AsyncStream[ChatCompletionChunk]:
        modern = self._official != bool({"max_tokens", "max_completion_tokens"} & self._refused)
        return await self._completions.create(
            model=self._model,
            messages=[_message(message) for message in messages],
            stream=True,
            stream_options=omit if "stream_options" in self._refused else {"include_usage": True},
            store=omit if "store" in self._refused else False,
            temperature=omit if "temperature" in self._refused or self._reasons else temperature,
            reasoning_effort=self._effort(),
            # OpenAI's newer models refuse the old name, several compatible servers ignore the new one.
            max_completion_tokens=max_tokens if modern else omit,
            max_tokens=omit if modern else max_tokens,
        )

    def _usage(self, chunk: ChatCompletionChunk) -> Usage | None:
        counted: Any = getattr(chunk, "usage", None)
        prompt, answer = getattr(counted, "prompt_tokens", None), getattr(counted, "completion_tokens", None)
        if not isinstance(prompt, int) or not isinstance(answer, int):
            return None
        cached = getattr(getattr(counted, "prompt_tokens_details", None), "cached_tokens", None)
        return Usage(self.name, prompt, answer, cached if isinstance(cached, int) else 0)

    @property
    def _reasons(self) -> bool:
        return self._official and self._model.startswith(("gpt-5", "gpt-6", "o1", "o3", "o4"))

    def _effort(self) -> ReasoningEffort | Omit:
        """As little as the family allows: the visitor waits, and the evidence is in the prompt."""
        if not self._reasons or "reasoning_effort" in self._refused:
            return omit
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


def _message(message: PromptMessage) -> ChatCompletionMessageParam:
    match message.role:
        case "system":
            return {"role": "system", "content": message.content}
        case "assistant":
            return {"role": "assistant", "content": message.content}
        case _:
            return {"role": "user", "content": message.content}


def _read(chunk: ChatCompletionChunk) -> tuple[str | None, str | None]:
    """Text and finish reason. The SDK does not validate what it streams: any field may be absent or null."""
    choices: Any = getattr(chunk, "choices", None)
    if not choices:
        return None, None
    text: Any = getattr(getattr(choices[0], "delta", None), "content", None)
    if text is not None and not isinstance(text, str):
        raise ValueError("the answer's text is no text")
    return text, getattr(choices[0], "finish_reason", None)
