"""Embeddings over the wire: order, length 1, batches, retries, and sentences for what goes wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator

import numpy as np
import pytest

from app.errors import ConfigurationError, Unavailable
from app.providers import openai_embeddings
from app.providers.openai_client import open_client
from app.providers.openai_embeddings import OpenAIEmbeddings
from tests.fakes.openai_server import BROKEN, KEY, SPENT_QUOTA, OpenAIServer, Reply, fake_vector


@pytest.fixture
async def embeddings(openai_server: OpenAIServer) -> AsyncIterator[OpenAIEmbeddings]:
    client = open_client(KEY, openai_server.base_url, read_seconds=5)
    yield OpenAIEmbeddings(client, "text-embedding-3-small@64")
    await client.close()


async def test_rows_come_in_order_and_have_length_one(openai_server: OpenAIServer, embeddings: OpenAIEmbeddings):
    texts = [f"text {i}" for i in range(600)]
    rows = await embeddings.embed(texts)
    assert rows.shape == (600, 64)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    for i in (0, 255, 256, 599):
        raw = fake_vector(texts[i], 64)
        assert np.allclose(rows[i], raw / np.linalg.norm(raw), atol=1e-5)
    assert [len(request.json["input"]) for request in openai_server.history] == [256, 256, 88]
    openai_server.expect_clean()


async def test_every_token_of_a_long_text_counts(openai_server: OpenAIServer, embeddings: OpenAIEmbeddings):
    long = "word " * 5000
    rows = await embeddings.embed([long + "one", long + "two", ""])
    assert not np.allclose(rows[0], rows[1], atol=1e-4)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert all(len(text.encode()) <= 8000 for request in openai_server.history for text in request.json["input"])
    openai_server.expect_clean()


async def test_a_passing_failure_is_tried_again(openai_server: OpenAIServer, embeddings: OpenAIEmbeddings):
    openai_server.script_embeddings(BROKEN, Reply(status=429, code="rate_limit_exceeded", retry_after=0.1), Reply())
    assert (await embeddings.embed(["a", "b"])).shape == (2, 64)
    openai_server.expect_clean()


async def test_a_spent_quota_is_a_sentence_at_once(openai_server: OpenAIServer, embeddings: OpenAIEmbeddings):
    openai_server.script_embeddings(SPENT_QUOTA)
    with pytest.raises(Unavailable, match="quota is spent") as caught:
        await embeddings.embed(["a", "b"])
    assert caught.value.code == "embedding_quota"
    assert len(openai_server.history) == 1


async def test_a_visitor_does_not_wait_for_retries(openai_server, embeddings: OpenAIEmbeddings, monkeypatch):
    monkeypatch.setattr(openai_embeddings, "PATIENCE_ONE", 0.5)
    openai_server.script_embeddings(*[BROKEN] * 20)
    with pytest.raises(Unavailable):
        await embeddings.embed(["one question"])
    assert 1 < len(openai_server.history) < 6


async def test_vectors_of_the_wrong_size_are_refused(openai_server: OpenAIServer):
    client = open_client(KEY, openai_server.base_url, read_seconds=5)
    with pytest.raises(Unavailable, match="vectors of 768 dimensions"):
        await OpenAIEmbeddings(client, "other-model@768").embed(["a"])
    assert "dimensions" not in openai_server.history[0].json
    await client.close()


def test_an_unknown_model_needs_its_dimensions():
    client = open_client(KEY, "http://127.0.0.1:9/v1", read_seconds=1)
    with pytest.raises(ConfigurationError, match="other-model@768"):
        OpenAIEmbeddings(client, "other-model")
    with pytest.raises(ConfigurationError, match="from 1 to 4000"):
        OpenAIEmbeddings(client, "other-model@99999")
    assert OpenAIEmbeddings(client, "text-embedding-3-large").dimensions == 3072
    assert OpenAIEmbeddings(client, "text-embedding-3-small").model == "openai:text-embedding-3-small@1536"
