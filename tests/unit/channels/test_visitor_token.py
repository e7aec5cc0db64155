"""A visitor's papers: what each opens, for whom, and for how long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from app.channels.web.visitor_token import TOKEN_LIFE, issue, visitor_of
from app.errors import NotAllowed, NotSignedIn
from app.security import KeyRing, SecretKey, Signer

SIGNER = Signer(KeyRing([SecretKey("k1", bytes(range(32)))]))
BUSINESS = uuid4()
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def test_new_visitor_has_an_id_nobody_can_guess() -> None:
    ids = {issue(SIGNER, BUSINESS, None, None, NOW).visitor_id for _ in range(1000)}
    assert len(ids) == 1000
    assert all(len(visitor_id) == 32 for visitor_id in ids)


def test_token_names_its_visitor_until_it_ends() -> None:
    papers = issue(SIGNER, BUSINESS, None, None, NOW)
    assert visitor_of(SIGNER, BUSINESS, papers.token, NOW + TOKEN_LIFE).visitor_id == papers.visitor_id
    assert TOKEN_LIFE <= DAY
    with pytest.raises(NotSignedIn):
        visitor_of(SIGNER, BUSINESS, papers.token, NOW + TOKEN_LIFE + timedelta(seconds=1))


def test_proof_keeps_the_view_back_to_the_first_day() -> None:
    first = issue(SIGNER, BUSINESS, None, None, NOW)
    later = issue(SIGNER, BUSINESS, first.visitor_id, first.proof, NOW + 30 * DAY)
    assert visitor_of(SIGNER, BUSINESS, later.token, NOW + 30 * DAY).since == NOW
    again = issue(SIGNER, BUSINESS, first.visitor_id, later.proof, NOW + 60 * DAY)
    assert visitor_of(SIGNER, BUSINESS, again.token, NOW + 60 * DAY).since == NOW


def test_id_without_its_own_proof_sees_only_what_comes() -> None:
    anna, bent = (issue(SIGNER, BUSINESS, None, None, NOW) for _ in range(2))
    elsewhere = issue(SIGNER, uuid4(), anna.visitor_id, None, NOW)
    for proof in (None, "", "x", bent.proof, anna.token, elsewhere.proof, anna.proof[:-2] + "AA"):
        brought = issue(SIGNER, BUSINESS, anna.visitor_id, proof, NOW + DAY)
        assert brought.visitor_id == anna.visitor_id
        assert visitor_of(SIGNER, BUSINESS, brought.token, NOW + DAY).since == NOW + DAY


@pytest.mark.parametrize("visitor_id", ["", "x", "A" * 32, "a" * 31, "a" * 33, "../../etc/passwd", "a" * 32 + "\n"])
def test_odd_id_is_replaced_by_a_new_one(visitor_id: str) -> None:
    assert issue(SIGNER, BUSINESS, visitor_id, None, NOW).visitor_id != visitor_id


def test_token_of_another_business_or_signer_opens_nothing() -> None:
    papers = issue(SIGNER, BUSINESS, None, None, NOW)
    with pytest.raises(NotAllowed):
        visitor_of(SIGNER, uuid4(), papers.token, NOW)
    other = Signer(KeyRing([SecretKey("k1", bytes(range(1, 33)))]))
    for token in (other.sign("visitor-token", b"x" * 48), papers.proof, papers.token + "A", None):
        with pytest.raises(NotSignedIn):
            visitor_of(SIGNER, BUSINESS, token, NOW)
