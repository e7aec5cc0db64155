"""The local embedder against a plain numpy forward pass, and its promises on long texts."""

from __future__ import annotations

import asyncio
import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file

from app.providers import minilm
from app.providers.minilm import MiniLmEmbedder, MiniLmTokenizer, graph_file


@pytest.fixture(scope="module")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def embedder(models_dir: Path) -> MiniLmEmbedder:
    return MiniLmEmbedder(models_dir)


def _forward(weights: dict[str, Any], ids: list[int]) -> np.ndarray:
    """BERT as the paper has it, one text, float64."""

    def dense(name: str, x: np.ndarray) -> np.ndarray:
        return x @ weights[name + ".weight"].T.astype(np.float64) + weights[name + ".bias"]

    def norm(name: str, x: np.ndarray) -> np.ndarray:
        centred = x - x.mean(-1, keepdims=True)
        return (
            centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12) * weights[name + ".weight"]
            + weights[name + ".bias"]
        )

    erf = np.vectorize(math.erf)
    words, places = weights["embeddings.word_embeddings.weight"], weights["embeddings.position_embeddings.weight"]
    x = words[ids].astype(np.float64) + places[: len(ids)] + weights["embeddings.token_type_embeddings.weight"][0]
    x = norm("embeddings.LayerNorm", x)
    for number in range(6):
        layer = f"encoder.layer.{number}."
        q, k, v = (
            dense(layer + f"attention.self.{part}", x).reshape(len(ids), 12, 32).transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        scores = np.exp(q @ k.transpose(0, 2, 1) / math.sqrt(32))
        mixed = (scores / scores.sum(-1, keepdims=True)) @ v
        x = norm(
            layer + "attention.output.LayerNorm",
            x + dense(layer + "attention.output.dense", mixed.transpose(1, 0, 2).reshape(len(ids), 384)),
        )
        wide = dense(layer + "intermediate.dense", x)
        wide = wide * 0.5 * (1 + erf(wide / math.sqrt(2)))
        x = norm(layer + "output.LayerNorm", x + dense(layer + "output.dense", wide))
    mean = x.mean(0)
    return mean / np.linalg.norm(mean)


def test_the_graph_gives_the_vectors_of_the_paper(embedder: MiniLmEmbedder) -> None:
    weights = load_file(minilm._wheel_folder() / "model.safetensors")
    for text in ("When do you open on Sundays?", "The workshop repairs bicycles, e-bikes and prams."):
        ids = minilm._tokenizer().encode(text).ids
        assert float(embedder.embed_now([text])[0] @ _forward(weights, ids)) > 0.98


def test_like_sentences_are_nearer_than_unlike_ones(embedder: MiniLmEmbedder) -> None:
    asked, near, far = embedder.embed_now(["how much is it", "what does it cost", "our dog sleeps in the garden"])
    assert asked @ near > asked @ far + 0.2


def test_last_ten_of_four_hundred_tokens_change_the_vector(embedder: MiniLmEmbedder) -> None:
    tokenizer = MiniLmTokenizer()
    first = " ".join(["bread"] * 390 + ["cake"] * 10)
    second = " ".join(["bread"] * 390 + ["key"] * 10)
    assert tokenizer.count(first) == tokenizer.count(second) == 400
    a, b = embedder.embed_now([first, second])
    assert a @ b < 0.999


def test_vectors_have_length_one_in_the_order_asked(embedder: MiniLmEmbedder) -> None:
    texts = ["a" * n + " word " * n for n in (40, 1, 300, 7, 90, 3, 2, 5, 11, 700)]
    together = embedder.embed_now(texts)
    assert together.shape == (10, 384)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    for number, text in enumerate(texts):
        assert together[number] @ embedder.embed_now([text])[0] > 0.97


def test_no_text_gives_no_vector(embedder: MiniLmEmbedder) -> None:
    assert embedder.embed_now([]).shape == (0, 384)


async def test_the_loop_runs_on_while_texts_are_embedded(embedder: MiniLmEmbedder) -> None:
    running = asyncio.create_task(embedder.embed(["word " * 250] * 12))
    turns = 0
    while not running.done():
        await asyncio.sleep(0.005)
        turns += 1
    assert turns > 3
    assert (await running).shape == (12, 384)


def test_a_dropped_session_opens_again(embedder: MiniLmEmbedder) -> None:
    before = embedder.embed_now(["open again"])
    embedder.unload()
    embedder.unload()
    assert np.allclose(before, embedder.embed_now(["open again"]))


def test_two_builders_at_once_leave_one_whole_file(tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(graph_file, [tmp_path / "models"] * 2)
    assert first == second
    assert sorted(path.suffix for path in (tmp_path / "models").iterdir()) == [".lock", ".onnx"]
    assert MiniLmEmbedder(tmp_path / "models").embed_now(["whole"]).shape == (1, 384)


def test_token_offsets_point_into_the_text() -> None:
    text = "Öffnungszeiten: 10-16 Uhr"
    offsets = MiniLmTokenizer().offsets(text)
    assert len(offsets) == MiniLmTokenizer().count(text)
    assert text[offsets[-1][0] : offsets[-1][1]].lower() in "uhr"
    assert all(0 <= start < end <= len(text) for start, end in offsets)


async def test_an_idle_session_leaves_memory_and_comes_back(models_dir: Path) -> None:
    resting = MiniLmEmbedder(models_dir, idle_seconds=0.1)
    before = await resting.embed(["fresh bread"])
    async with asyncio.timeout(5):
        while resting._session is not None:  # pyright: ignore[reportPrivateUsage]
            await asyncio.sleep(0.02)
    assert np.array_equal(await resting.embed(["fresh bread"]), before)
