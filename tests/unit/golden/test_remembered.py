"""One round of questions embeds each text once, and keeps no more than is bounded."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from app.golden import remembered
from app.golden.remembered import Remembered
from tests.unit.retrieval.models import WordEmbedder


class Counting(WordEmbedder):
    def __init__(self) -> None:
        self.texts: list[str] = []

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.texts.extend(texts)
        return await super().embed(texts)


async def test_each_text_is_embedded_once_and_comes_back_in_order() -> None:
    plain = Counting()
    around = Remembered().around(plain)
    first = await around.embed(["soup", "tea", "soup"])
    again = await around.embed(["tea", "bread", "soup"])
    assert plain.texts == ["soup", "tea", "bread"]
    expected = await WordEmbedder().embed(["soup", "tea", "soup", "tea", "bread", "soup"])
    assert np.array_equal(np.vstack([first, again]), expected) and around.model == plain.model


async def test_what_is_too_much_is_embedded_and_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "MOST", 2)
    plain = Counting()
    around = Remembered().around(plain)
    for _ in range(2):
        assert (await around.embed(["soup", "tea", "bread"])).shape == (3, 256)
    assert len(plain.texts) == 6
