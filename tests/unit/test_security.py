"""Tokens, signatures and the key ring."""

from __future__ import annotations

import os

import pytest
from cryptography.exceptions import InvalidTag

from app.security import KeyRing, SecretKey, Signer, new_token


def ring(*ids: str) -> KeyRing:
    return KeyRing([SecretKey(key_id, (key_id * 32).encode()[:32]) for key_id in ids])


def test_signature_verifies_only_for_its_purpose() -> None:
    signer = Signer(ring("a"))
    token = signer.sign("session", b"payload")
    assert signer.verify("session", token) == b"payload"
    assert signer.verify("visitor", token) is None


def test_every_single_character_change_breaks_the_signature() -> None:
    signer = Signer(ring("a"))
    token = signer.sign("session", b"some payload bytes")
    for position in range(len(token)):
        for character in ("A", "b", "_", "."):
            if token[position] != character:
                forged = token[:position] + character + token[position + 1 :]
                assert signer.verify("session", forged) is None, forged


@pytest.mark.parametrize("token", ["", ".", "..", "a..", "a.b.c", "none.eA.eA", "a.é.é", "a" * 10_000])
def test_garbage_is_not_signed(token: str) -> None:
    assert Signer(ring("a")).verify("session", token) is None


def test_old_key_still_verifies_after_rotation_and_a_removed_one_does_not() -> None:
    token = Signer(ring("a")).sign("session", b"x")
    assert Signer(ring("b", "a")).verify("session", token) == b"x"
    assert Signer(ring("b")).verify("session", token) is None


def test_wrapped_key_opens_only_in_its_context() -> None:
    keys = ring("a")
    plain = os.urandom(32)
    key_id, wrapped = keys.wrap(plain, b"business 1")
    assert keys.unwrap(key_id, wrapped, b"business 1") == plain
    with pytest.raises(InvalidTag):
        keys.unwrap(key_id, wrapped, b"business 2")
    with pytest.raises(LookupError):
        ring("b").unwrap(key_id, wrapped, b"business 1")


def test_tokens_are_256_bits_and_differ() -> None:
    tokens = {new_token() for _ in range(1000)}
    assert len(tokens) == 1000 and all(len(token) == 43 for token in tokens)
