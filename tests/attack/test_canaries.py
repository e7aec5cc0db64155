"""P3 and P7: no text of one business, and none of another visitor, in anything that comes out of a business.

Not in what a model is given, not in answers, quotes, pages, exports, mails, memory or logs, with requests of several
businesses mixed over few connections and a model that repeats all it was given. `python -m tests.eval.run_attacks`
does it with 50 businesses and 5,000 requests.
"""

from __future__ import annotations

import pytest
import structlog

from app.settings import Settings
from tests.attack.canaries import Crowd, plant_canaries, trial


async def test_no_canary_leaves_its_business(settings: Settings, capfd: pytest.CaptureFixture[str]) -> None:
    structlog.reset_defaults()
    found = await trial(settings, Crowd(businesses=3, requests=36, at_once=12, pool=3, seed=4))
    said = capfd.readouterr()
    assert found.leaks == []
    assert found.strange == [], "every request was answered, or refused in words"
    assert found.answered > 30 and found.own_seen > 20, "the canaries can be seen where they belong"
    assert not any(canary in said.out + said.err for canary in found.canaries)


def test_a_leak_would_be_seen() -> None:
    """The judge itself: a canary of another business, or of another visitor, is called a leak."""
    ledger = plant_canaries(["a", "b"], seed=1)
    own, other = ledger.of("a", "page"), ledger.of("b", "page")
    assert ledger.foreign(f"x {own} y", "a") == [] and ledger.foreign(f"x {other} y", "a") == [("b", "page")]
    visitors_own = ledger.new("a", "visitor 1")
    assert ledger.foreign(visitors_own, "a", visitor="visitor 1") == []
    assert ledger.foreign(visitors_own, "a", visitor="visitor 2") == [("a", "visitor 1")]
