"""Chat models, budgets and an embedder that do as they are told."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from retrieval.analyse import fold, stem, stop_words, tokens
from retrieval.model import Usage
from retrieval.ports import ModelFailed, PromptMessage


@dataclass
class ScriptedModel:
    """Streams `script`: text, a pause in seconds, a failure, or the usage."""

    script: Sequence[str | float | ModelFailed | Usage]
    name: str = "scripted"
    asked: list[Sequence[PromptMessage]] = field(default_factory=list)
    closed: bool = False

    async def stream(self, messages: Sequence[PromptMessage], *, max_tokens: int) -> AsyncIterator[str | Usage]:
        self.asked.append(messages)
        try:
            for step in self.script:
                if isinstance(step, ModelFailed):
                    raise step
                if isinstance(step, (int, float)):
                    await asyncio.sleep(step)
                else:
                    yield step
        finally:
            self.closed = True

    def count_tokens(self, messages: Sequence[PromptMessage]) -> int:
        return sum(len(message.content) for message in messages) // 4 + 1


@dataclass
class CountingBudget:
    room: int = 1_000_000
    reserved: list[int] = field(default_factory=list)
    settled: list[Usage | None] = field(default_factory=list)

    async def reserve(self, model: str, tokens: int, purpose: str = "answer") -> CountingBudget | None:
        if tokens > self.room:
            return None
        self.reserved.append(tokens)
        return self

    async def settle(self, usage: Usage | None) -> None:
        await asyncio.sleep(0)  # a place where an unshielded cancellation would strike
        self.settled.append(usage)


class WordEmbedder:
    """Texts that share words with content are near; no model needed."""

    model = "words"
    dimensions = 256

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.full((len(texts), self.dimensions), 0.01, np.float32)
        stops = stop_words("en") | stop_words("de")
        for row, text in enumerate(texts):
            for _, token in tokens(text):
                if fold(token) not in stops:
                    vectors[row, zlib.crc32(stem(token, "en").encode()) % self.dimensions] += 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
