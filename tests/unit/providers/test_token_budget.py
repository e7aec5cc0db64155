"""Counting is never under what a provider counts, with and without its vocabulary."""

from __future__ import annotations

import asyncio
import json
import tempfile
import unicodedata
from pathlib import Path

import pytest
import tiktoken
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tiktoken_ext import openai_public

from app.providers.fetch_vocabulary import fetch_vocabulary, read_vocabulary, write_vocabulary
from app.providers.token_budget import Vocabularies, at_most, count_prompt, encoding_name
from retrieval.ports import PromptMessage

MERGES = [b"th", b"the", b" t", b" the", b"in", b"ing", b"er", b"00", b"10", b"  ", "é".encode(), "ß".encode()]


def small_encoding(merges: list[bytes]) -> tiktoken.Encoding:
    """A byte-level BPE: every single byte, and a few merges; few merges are the worst case for a bound."""
    ranks = {bytes([byte]): byte for byte in range(256)}
    for token in merges:
        ranks.setdefault(token, len(ranks))
    return tiktoken.Encoding(
        "small",
        pat_str=r"[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+|\s+",
        mergeable_ranks=ranks,
        special_tokens={"<|end|>": len(ranks)},
    )


ENCODINGS = [small_encoding([]), small_encoding(MERGES)]


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=200))
@example("")
@example("<|end|> is text like any other")
@example("🍞" * 50)
@example("㌀½ﷺ")  # grow under NFKC: the last one from 3 bytes to 33
@example("\ud83c lone")
def test_the_bound_is_never_under_the_count(text: str):
    for encoding in ENCODINGS:
        assert at_most(text) >= len(encoding.encode_ordinary(text))
        normalised = " " + unicodedata.normalize("NFKC", text)
        assert at_most(text) >= len(encoding.encode_ordinary(normalised))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["system", "user", "assistant"]), st.text(max_size=80)), max_size=6))
def test_a_prompt_counts_its_messages_and_what_is_between_them(parts):
    messages = [PromptMessage(role, text) for role, text in parts]
    for encoding in ENCODINGS:
        # OpenAI's own recipe: 3 a message, the role, the content, and 3 for the primer of the answer.
        said = 3 + sum(3 + 1 + len(encoding.encode_ordinary(message.content)) for message in messages)
        assert said <= count_prompt(messages, encoding) <= count_prompt(messages, None)


def test_a_vocabulary_survives_its_file(tmp_path: Path):
    parts = {
        "name": "small",
        "pat_str": r"\S+|\s+",
        "mergeable_ranks": {**{bytes([b]): b for b in range(256)}, b"the": 256},
        "special_tokens": {"<|end|>": 257},
    }
    write_vocabulary(parts, tmp_path / "small")
    assert read_vocabulary(tmp_path / "small").encode_ordinary("the 9") == [256, 32, 57]


@pytest.mark.parametrize("content", [b"", b"{}\n", b"not json\nYQ== 1\n", b'{"name": "x"}\nYQ== one\n'])
async def test_a_broken_vocabulary_file_is_no_reason_to_stop(tmp_path: Path, content: bytes):
    (tmp_path / "o200k_base.vocabulary").write_bytes(content)
    vocabularies = Vocabularies(tmp_path)
    vocabularies.start(["gpt-5.4-mini"])
    await vocabularies.settled()
    assert vocabularies.get("gpt-5.4-mini") is None


async def test_a_vocabulary_in_the_data_folder_is_used(tmp_path: Path):
    write_vocabulary(
        {
            "name": "o200k_base",
            "pat_str": r"\S+|\s+",
            "mergeable_ranks": {**{bytes([b]): b for b in range(256)}, b"bread": 256, b"b" * 2: 257},
            "special_tokens": {},
        },
        tmp_path / "o200k_base.vocabulary",
    )
    vocabularies = Vocabularies(tmp_path)
    assert vocabularies.get("gpt-5.4-mini") is None, "loaded in the background only"
    vocabularies.start(["gpt-5.4-mini", "unknown-model"])
    await vocabularies.settled()
    assert vocabularies.get("gpt-5.4-mini") is not None
    assert vocabularies.get("unknown-model") is None


async def test_a_fetch_that_hangs_is_killed_and_never_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("app.providers.token_budget.FETCH_SECONDS", 0.05)
    vocabularies = Vocabularies(tmp_path / "models")
    vocabularies.start(["gpt-5.4-mini"])
    await asyncio.wait_for(vocabularies.settled(), 10)
    assert vocabularies.get("gpt-5.4-mini") is None
    assert not list((tmp_path / "models").iterdir())


def test_a_fetched_vocabulary_appears_whole_and_leaves_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def small() -> dict[str, object]:
        # Where tiktoken would keep its download: inside the folder that goes away again.
        (Path(tempfile.gettempdir()) / "data-gym-cache").mkdir()
        return {"name": "small", "pat_str": ".", "mergeable_ranks": {b"a": 0}, "special_tokens": {}}

    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setitem(openai_public.ENCODING_CONSTRUCTORS, "small", small)
    fetch_vocabulary("small", tmp_path / "small.vocabulary")
    assert [path.name for path in tmp_path.iterdir()] == ["small.vocabulary"]
    assert read_vocabulary(tmp_path / "small.vocabulary").encode_ordinary("aa") == [0, 0]


def test_the_default_models_have_a_known_vocabulary():
    assert encoding_name("gpt-5.4-mini") == "o200k_base"
    assert encoding_name("gpt-4o-mini") == "o200k_base"
    assert encoding_name("some-local-model") is None


def test_a_vocabulary_file_begins_with_a_line_of_json(tmp_path: Path):
    write_vocabulary(
        {"name": "n", "pat_str": "x", "mergeable_ranks": {b"\n": 0}, "special_tokens": {}}, tmp_path / "file"
    )
    head, *rest = (tmp_path / "file").read_bytes().splitlines()
    assert json.loads(head)["name"] == "n"
    assert rest == [b"Cg== 0"]
