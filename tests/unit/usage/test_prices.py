"""What tokens cost, by the table that comes along and by an operator's own; what the owner's mails say."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from app.errors import ConfigurationError
from app.settings import DEFAULT_CHAT
from app.usage.compose import WORDS, Spending, compose_full_mail, compose_near_mail
from app.usage.prices import read_prices
from retrieval.model import Usage

BOTH = ("openai", "anthropic")


def test_the_shipped_table_has_a_date_and_knows_the_default_models():
    prices = read_prices(None, own_servers=BOTH)
    assert prices.as_of.year >= 2026
    for model in DEFAULT_CHAT.values():
        assert prices.of(model) is not None
    assert all(price.cached <= price.input <= price.output for price in prices.table.values())


def test_a_million_tokens_cost_what_the_table_says_and_parts_of_a_millionth_are_rounded_up():
    prices = read_prices(None, own_servers=BOTH)
    assert prices.cost(Usage("openai:gpt-5.4-mini", 1_000_000, 0)) == 750_000
    assert prices.cost(Usage("openai:gpt-5.4-mini", 1_000_000, 1_000_000, 1_000_000)) == 75_000 + 4_500_000
    assert prices.cost(Usage("openai:gpt-5.4-mini", 1, 0)) == 1
    assert prices.cost(Usage("openai:gpt-5.4-mini", 10, 0, 10**9)) == 1, "no more is cached than was sent"
    assert prices.at_most("openai:gpt-5.4-mini", 1000) == 4500


def test_dated_versions_cost_what_their_name_does_and_unknown_models_have_no_cost():
    prices = read_prices(None, own_servers=BOTH)
    for dated, name in (("gpt-5.4-mini-2026-03-17", "gpt-5.4-mini"), ("gpt-5.4-mini-20260317", "gpt-5.4-mini")):
        assert prices.of(f"openai:{dated}") == prices.of(f"openai:{name}")
    assert prices.cost(Usage("openai:gpt-5.4-mini-turbo", 10, 10)) is None
    assert prices.at_most("anthropic:claude-none", 10) is None


def test_behind_another_address_the_providers_prices_do_not_hold_but_the_operators_do(tmp_path: Path):
    assert read_prices(None, own_servers=("anthropic",)).of("openai:gpt-5.4-mini") is None
    own = tmp_path / "prices.toml"
    own.write_text('as_of = 2026-12-01\n["openai:qwen"]\ninput = 0\ncached = 0\noutput = 0.5\n')
    prices = read_prices(own, own_servers=())
    assert prices.as_of == date(2026, 12, 1)
    assert prices.cost(Usage("openai:qwen", 1_000_000, 2)) == 1


@pytest.mark.parametrize(
    "text",
    ["as_of = 2026-12-01\n[a]\ninput = 1\n", "[a]\ninput = 1\ncached = 1\noutput = 1\n", "as_of = [", 'as_of = "soon"'],
)
def test_a_table_that_is_wrong_is_refused_at_the_start_with_its_place(tmp_path: Path, text: str):
    own = tmp_path / "prices.toml"
    own.write_text(text)
    with pytest.raises(ConfigurationError, match=r"MILO_PRICES: .*prices\.toml cannot be used"):
        read_prices(own, own_servers=BOTH)


@pytest.mark.parametrize("language", [*WORDS, "sw"])
def test_the_mails_say_what_happens_and_what_to_do_in_every_language(language: str):
    spending = Spending("b", "Zoë & Søn", language, date(2026, 11, 1), 81_000, 100_000, 80, "openai:gpt-5.4-nano")
    for mail in (
        compose_near_mail(spending, "https://m.example/x"),
        compose_full_mail(spending, "https://m.example/x"),
    ):
        assert "Zoë & Søn" in mail.subject and "https://m.example/x" in mail.text
        assert "{" not in mail.subject + mail.text
        assert "81" in mail.text and "100" in mail.text
    assert "gpt-5.4-nano" in compose_near_mail(spending, "x").text
