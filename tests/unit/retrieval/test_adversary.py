"""A share of tests/eval/adversary: no lie is shown, the truth is, and every quote is of what it stands behind."""

from __future__ import annotations

from itertools import chain

from tests.eval.adversary.by_kind import by_kind
from tests.eval.adversary.faithful import faithful, golden
from tests.eval.adversary.judge import judge
from tests.eval.adversary.mutations import adversarial
from tests.eval.adversary.pages import own_sites

SEED = 7


async def test_no_lie_is_shown() -> None:
    lies = chain(adversarial(own_sites(), SEED, 100), golden(own_sites(), true=False))
    tally = await judge(lies, SEED)
    assert tally.lies > 200 and tally.lies_shown == []


async def test_no_lie_of_any_kind_is_shown() -> None:
    tally = await judge(by_kind(true=False), SEED)
    assert tally.lies > 350 and tally.lies_shown == []


async def test_what_is_true_of_each_kind_is_shown() -> None:
    tally = await judge(by_kind(true=True), SEED)
    assert tally.sentences > 200 and tally.withheld == []


async def test_what_the_pages_say_is_shown_with_its_quote() -> None:
    told = chain(faithful(own_sites(), SEED, 100), golden(own_sites(), true=True))
    tally = await judge(told, SEED)
    assert tally.sentences > 200
    assert len(tally.withheld) <= 0.01 * tally.sentences, tally.withheld
    assert tally.cited_right >= 0.97 * tally.cited, tally.cited_wrong
