"""An embedder that was asked the same before answers from memory. For one round of questions: they meet the same
sentences again and again, and two versions of a site share most of theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.ports import Embedder

MOST = 20_000  # texts of a model, some 30 MB; what comes later is embedded each time
Texts = dict[str, NDArray[np.float32]]


class Remembered:
    """By model: what was embedded with it in this round."""

    def __init__(self) -> None:
        self._models: dict[str, Texts] = {}

    def around(self, embedder: Embedder) -> Embedder:
        return _Remembering(embedder, self._models.setdefault(embedder.model, {}))


@dataclass(frozen=True, slots=True)
class _Remembering:
    embedder: Embedder
    known: Texts

    @property
    def model(self) -> str:
        return self.embedder.model

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        missing = [text for text in dict.fromkeys(texts) if text not in self.known]
        if not texts or (missing and len(self.known) + len(missing) > MOST):
            return await self.embedder.embed(texts)
        if missing:
            # Copied: a row that is kept must not keep its whole batch.
            vectors = await self.embedder.embed(missing)
            self.known.update((text, row.copy()) for text, row in zip(missing, vectors, strict=True))
        return np.stack([self.known[text] for text in texts])
