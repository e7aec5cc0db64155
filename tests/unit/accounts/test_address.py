"""One spelling for one mailbox, and no second allowance for a +tag."""

from __future__ import annotations

import re

import pytest

from app.accounts.address import allowance_pattern, normalised
from app.errors import BadInput


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("Olga@Example.COM", "olga@example.com"),
        ("  olga@example.com\t", "olga@example.com"),
        ("ｏlga@example.com", "olga@example.com"),  # full-width o
        ("olga@bücher.example", "olga@xn--bcher-kva.example"),
        ("olga@BÜCHER.example", "olga@xn--bcher-kva.example"),
        ("olga+milo@example.com", "olga+milo@example.com"),
        ("owner@localhost", "owner@localhost"),
    ],
)
def test_one_mailbox_has_one_spelling(typed: str, address: str) -> None:
    assert normalised(typed) == address
    assert normalised(address) == address


def test_a_look_alike_domain_is_another_address() -> None:
    assert normalised("olga@exаmple.com") != "olga@example.com"  # a Cyrillic а


@pytest.mark.parametrize(
    "typed",
    [
        "olga",
        "@example.com",
        "olga@",
        "olga@@example.com",
        "оlga@example.com",  # a Cyrillic о before the @
        "olga@exam ple.com",
        "olga@-example.com",
        "olga@example..com",
        ".olga@example.com",
        "olga@example.com\r\nBcc: eve@example.com",
        '"o l"@example.com',
        f"{'a' * 65}@example.com",
        f"a@{'b' * 64}.com",
        f"a@{'b.' * 130}com",
        "a@b@c",
    ],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(BadInput):
        normalised(typed)


def test_the_allowance_counts_every_tag_of_one_mailbox_and_no_other_mailbox() -> None:
    pattern = re.compile(allowance_pattern("o.lga+a@example.com"))
    for same in ("o.lga@example.com", "o.lga+a@example.com", "o.lga+b+c@example.com"):
        assert pattern.fullmatch(same), same
    for other in (
        "olga@example.com",
        "oxlga@example.com",
        "o.lga@examplexcom",
        "xo.lga@example.com",
        "o.lgab@example.com",
    ):
        assert not pattern.fullmatch(other), other
