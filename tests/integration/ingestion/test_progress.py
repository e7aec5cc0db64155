"""The bar moves while pages are sorted, and tells no more than a few times a second."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass

import pytest

from ingestion.generations import stage
from ingestion.model import PageStatus
from retrieval.analyse import SnowballAnalyser
from tests.integration.ingestion.shop import Shop
from tests.integration.ingestion.site import Site
from tests.unit.ingestion.doubles import WordTokenizer


class SlowTokenizer(WordTokenizer):
    def offsets(self, text: str) -> list[tuple[int, int]]:
        time.sleep(0.002)
        return super().offsets(text)


@dataclass
class SlowAnalyser(SnowballAnalyser):
    def words(self, text: str, language: str | None) -> list[str]:
        time.sleep(0.02)
        return super().words(text, language)


async def test_sorting_tells_how_far_it_is(shop: Shop, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from ingestion import pipeline

    written: list[tuple[float, str, int, int]] = []
    write = pipeline.set_progress

    async def noted(conn: object, business_id: object, crawl_id: object, phase: str, done: int, total: int) -> None:
        written.append((time.monotonic(), phase, done, total))
        await write(conn, business_id, crawl_id, phase, done, total)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline, "set_progress", noted)
    monkeypatch.setattr(stage, "WATCH_SECONDS", 0.05)
    shop.tokenizer, shop.analyser = SlowTokenizer(), SlowAnalyser()
    site.fill(20)
    outcome = await shop.read(site.base)
    assert outcome.status == "published" and getattr(outcome.pages, PageStatus.FETCHED) == 21
    told = [(at, done, total) for at, phase, done, total in written if phase == "chunk"]
    figures = [done for _, done, _ in told]
    assert {total for _, _, total in told} == {21}
    assert figures == sorted(figures) and figures[0] == 0 and figures[-1] == 21
    between = sorted({done for done in figures if 0 < done < 21})
    assert len(between) >= 3 and between[0] <= 10 < between[-1]  # both while cutting and while indexing
    moved = [at for at, done, _ in told if 0 < done < 21]
    assert all(later - earlier >= 0.04 for earlier, later in itertools.pairwise(moved))
