"""Which models a business may use, by settings and by its own consent."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from app.errors import ConfigurationError
from app.providers.factory import Models
from app.providers.in_turn import InTurn
from app.providers.minilm import MiniLmEmbedder
from app.settings import Settings
from retrieval.ports import ChatModel

LOCAL = MiniLmEmbedder(Path("unused"))  # loads nothing until it is asked


def models(tmp_path: Path, **environ: str) -> Models:
    return Models(Settings.from_env({"MILO_DATA_DIR": str(tmp_path), **environ}), LOCAL)


def names(found: Sequence[ChatModel]) -> list[str]:
    return [model.name for model in found]


async def test_without_a_key_there_is_no_model(tmp_path: Path):
    assert models(tmp_path).chat_models(["openai"]) == []


async def test_a_key_alone_gives_the_default_model(tmp_path: Path):
    made = models(tmp_path, OPENAI_API_KEY="sk-test")
    [name] = names(made.chat_models(["openai"]))
    assert name.startswith("openai:gpt-")
    await made.close()


async def test_a_business_that_does_not_allow_openai_gets_none(tmp_path: Path):
    made = models(tmp_path, OPENAI_API_KEY="sk-test")
    assert made.chat_models([]) == []
    assert made.chat_models(["resend", "sendgrid"]) == []
    await made.close()


async def test_models_stand_in_the_order_of_failover(tmp_path: Path):
    made = models(tmp_path, OPENAI_API_KEY="sk-test", MILO_CHAT="openai:a,openai:b,openai:a")
    assert names(made.chat_models(["openai"])) == ["openai:a", "openai:b"]
    await made.close()


async def test_a_compatible_server_needs_no_key(tmp_path: Path):
    made = models(tmp_path, OPENAI_BASE_URL="http://127.0.0.1:9/v1", MILO_CHAT="openai:local")
    assert names(made.chat_models(["openai"])) == ["openai:local"]
    await made.close()


async def test_the_order_of_failover_goes_across_providers_as_far_as_a_business_allows(tmp_path: Path):
    chat = "anthropic:claude-a,openai:b,anthropic:claude-c"
    made = models(tmp_path, OPENAI_API_KEY="sk-test", ANTHROPIC_API_KEY="sk-ant-test", MILO_CHAT=chat)
    assert names(made.chat_models(["openai", "anthropic"])) == chat.split(",")
    assert names(made.chat_models(["openai"])) == ["openai:b"]
    assert names(made.chat_models(["anthropic"])) == ["anthropic:claude-a", "anthropic:claude-c"]
    await made.close()


async def test_a_business_says_which_is_asked_first_or_alone_among_those_it_may_have(tmp_path: Path):
    made = models(tmp_path, OPENAI_API_KEY="k", ANTHROPIC_API_KEY="k", MILO_CHAT="openai:a,openai:b,anthropic:c")
    both = ["openai", "anthropic"]
    assert names(made.chat_models(both, first="openai:b")) == ["openai:b", "openai:a", "anthropic:c"]
    assert names(made.chat_models(both, only="anthropic:c")) == ["anthropic:c"]
    assert names(made.chat_models(["openai"], first="anthropic:c", only="anthropic:c")) == ["openai:a", "openai:b"]
    assert names(made.chat_models(both, first="openai:gone")) == ["openai:a", "openai:b", "anthropic:c"]
    await made.close()


async def test_each_model_but_the_last_has_its_share_of_the_visitors_patience(tmp_path: Path):
    made = models(tmp_path, OPENAI_API_KEY="k", MILO_CHAT="openai:a,openai:b")
    first, second = made.chat_models(["openai"], temperature=0.4)
    assert isinstance(first, InTurn) and isinstance(second, InTurn)
    assert first.patience == pytest.approx(1.0) and second.patience is None
    assert first.temperature == second.temperature == 0.4
    [alone] = made.chat_models(["openai"], only="openai:a")
    assert isinstance(alone, InTurn) and alone.patience is None
    await made.close()


async def test_the_default_is_a_model_of_each_provider_whose_key_is_there(tmp_path: Path):
    both = models(tmp_path, OPENAI_API_KEY="k", ANTHROPIC_API_KEY="k")
    found = names(both.chat_models(["openai", "anthropic"]))
    assert [name.partition(":")[0] for name in found] == ["openai", "anthropic"]
    await both.close()
    (tmp_path / "key").write_text("sk-ant-of-a-file\n")
    claude = models(tmp_path, ANTHROPIC_API_KEY_FILE=str(tmp_path / "key"))
    assert names(claude.chat_models(["openai", "anthropic"])) == found[1:]
    await claude.close()


def test_claude_without_a_key_is_refused_with_the_setting(tmp_path: Path):
    with pytest.raises(ConfigurationError, match="ANTHROPIC_API_KEY"):
        models(tmp_path, MILO_CHAT="anthropic:claude-haiku-5-5", OPENAI_API_KEY="k")


def test_a_model_without_a_key_is_refused_with_the_setting(tmp_path: Path):
    with pytest.raises(ConfigurationError, match="OPENAI_API_KEY"):
        models(tmp_path, MILO_CHAT="openai:gpt-5.4-mini")


async def test_a_business_that_does_not_allow_openai_is_embedded_on_this_machine(tmp_path: Path):
    assert models(tmp_path).embedder_for(["openai"]) is LOCAL
    remote = models(tmp_path, OPENAI_API_KEY="sk-test", MILO_EMBEDDING="openai:text-embedding-3-small")
    assert remote.embedder_for(["openai"]).dimensions == 1536
    assert remote.embedder_for(["resend"]) is LOCAL
    await remote.close()


async def test_what_is_live_is_asked_in_its_own_model_while_that_is_at_hand_and_allowed(tmp_path: Path):
    small, large = "openai:text-embedding-3-small@1536", "openai:text-embedding-3-large@3072"
    remote = models(tmp_path, OPENAI_API_KEY="sk-test", MILO_EMBEDDING="openai:text-embedding-3-small")
    for model in (LOCAL.model, small, large):  # large: configured before
        found = remote.embedder_of(model, ["openai"])
        assert found is not None and found.model == model
    assert remote.embedder_of(large, ["openai"]) is remote.embedder_of(large, ["openai"])
    assert remote.embedder_of(small, ["resend"]) is None, "withdrawn: nothing more is sent there"
    assert remote.embedder_of(LOCAL.model, []) is LOCAL
    assert remote.embedder_of("minilm-l6-v2-int8-older", ["openai"]) is None
    await remote.close()
    alone = models(tmp_path)
    assert alone.embedder_of(small, ["openai"]) is None
    assert alone.embedder_of(None, []) is LOCAL is alone.comparer
