"""Embeddings of OpenAI or a compatible server, as the Embedder port of ingestion and retrieval.

Texts in, unit vectors out, every token of each text counted: a text over the model's limit is embedded
in parts whose mean it gets. Setting: `openai:MODEL` or, for other models and sizes, `openai:MODEL@DIMENSIONS`.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from openai import AsyncOpenAI, OpenAIError, omit

from app.errors import ConfigurationError, Unavailable
from app.providers.guarded import RetryableFailure
from app.providers.openai_client import failure_of
from retrieval.ports import EmbeddingFailed

KNOWN_DIMENSIONS = {"text-embedding-3-small": 1536, "text-embedding-3-large": 3072, "text-embedding-ada-002": 1536}
# Limits of the API: 2,048 texts and 300,000 tokens a request, 8,192 tokens a text. A byte is never less
# than a token, so bytes within the limit are tokens within it.
TEXTS_A_REQUEST = 256
BYTES_A_REQUEST = 280_000
BYTES_A_TEXT = 8_000
REQUESTS_AT_ONCE = 4
PATIENCE_ONE, PATIENCE_MANY = 2.0, 90.0  # seconds of retries: a visitor waits for one text, a job for many
PAUSE, LONGEST_PAUSE = 0.2, 20.0


class EmbeddingUnavailable(Unavailable, EmbeddingFailed):
    """A sentence for the owner of a job; a search goes on by words alone."""


class OpenAIEmbeddings:
    def __init__(self, client: AsyncOpenAI, setting: str):
        """`setting`: MODEL or MODEL@DIMENSIONS."""
        self._client = client
        self._name, _, size = setting.partition("@")
        known = KNOWN_DIMENSIONS.get(self._name)
        if size and not (size.isascii() and size.isdigit() and 0 < int(size) <= 4000):
            raise ConfigurationError(f"MILO_EMBEDDING: {size!r} is not a number of dimensions from 1 to 4000.")
        if not size and known is None:
            raise ConfigurationError(
                f"MILO_EMBEDDING: say how many dimensions {self._name} has, like openai:{self._name}@768."
            )
        self._dimensions = int(size) if size else (known or 0)
        # Only the third generation can shorten its vectors; other servers refuse the parameter.
        self._asked = self._dimensions if self._dimensions != known and known is not None else None

    @property
    def model(self) -> str:
        return f"openai:{self._name}@{self._dimensions}"

    @property
    def dimensions(self) -> int:
        return self._dimensions

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape (len(texts), dimensions). Raises EmbeddingUnavailable with a sentence for the owner."""
        parts = [(row, part) for row, text in enumerate(texts) for part in _parts(text)]
        give_up = time.monotonic() + (PATIENCE_ONE if len(texts) <= 1 else PATIENCE_MANY)
        gate = asyncio.Semaphore(REQUESTS_AT_ONCE)
        vectors = await asyncio.gather(*(self._request(batch, give_up, gate) for batch in _batches(parts)))
        rows = np.zeros((len(texts), self._dimensions), dtype=np.float32)
        for (row, part), vector in zip(parts, (v for batch in vectors for v in batch), strict=True):
            rows[row] += vector * len(part.encode())
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        if not np.all(lengths > 0):
            raise EmbeddingUnavailable("The embedding server sent an empty vector.", code="embedding_bad_response")
        return rows / lengths

    async def _request(
        self, texts: Sequence[str], give_up: float, gate: asyncio.Semaphore
    ) -> list[NDArray[np.float32]]:
        async with gate:
            attempt = 0
            while True:
                try:
                    return await self._create(texts)
                except OpenAIError as error:
                    failure = failure_of(error)
                    detail = failure.detail or failure.reason
                    asked = failure.retry_after if isinstance(failure, RetryableFailure) else None
                    pause = asked or min(PAUSE * 2**attempt, LONGEST_PAUSE) * random.uniform(0.75, 1.25)
                    if not isinstance(failure, RetryableFailure) or time.monotonic() + pause > give_up:
                        raise EmbeddingUnavailable(
                            f"The texts could not be embedded: {detail}", code=f"embedding_{failure.reason}"
                        ) from error
                attempt += 1
                await asyncio.sleep(pause)

    async def _create(self, texts: Sequence[str]) -> list[NDArray[np.float32]]:
        response = await self._client.embeddings.create(
            model=self._name, input=list(texts), dimensions=self._asked or omit, encoding_format="float"
        )
        found = {entry.index: np.asarray(entry.embedding, dtype=np.float32) for entry in response.data}
        if set(found) != set(range(len(texts))) or any(v.shape != (self._dimensions,) for v in found.values()):
            raise EmbeddingUnavailable(
                f"The embedding server did not send {len(texts)} vectors of {self._dimensions} dimensions.",
                code="embedding_bad_response",
            )
        # Unit length before any mean, so that a long text's parts weigh by their size only.
        return [found[i] / max(float(np.linalg.norm(found[i])), 1e-12) for i in range(len(texts))]


def _parts(text: str) -> list[str]:
    """Pieces of at most BYTES_A_TEXT bytes; the API refuses the empty text, so that is a space."""
    if len(text.encode()) <= BYTES_A_TEXT:
        return [text or " "]
    quarter = BYTES_A_TEXT // 4  # no character has more than 4 bytes
    return [text[i : i + quarter] for i in range(0, len(text), quarter)]


def _batches(parts: Sequence[tuple[int, str]]) -> list[list[str]]:
    batches: list[list[str]] = []
    size = 0
    for _, part in parts:
        cost = len(part.encode())
        if not batches or len(batches[-1]) == TEXTS_A_REQUEST or size + cost > BYTES_A_REQUEST:
            batches.append([])
            size = 0
        batches[-1].append(part)
        size += cost
    return batches
