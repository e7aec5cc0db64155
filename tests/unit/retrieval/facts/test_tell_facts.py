"""What is told of facts without a model: only what was asked for, and of nothing else."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from retrieval.facts.asked import read_question
from retrieval.facts.model import EMAIL, Fact
from retrieval.facts.tell import tell_facts
from retrieval.hours.model import Origin
from retrieval.model import Knowledge

BAKERY = Knowledge(uuid4(), "Harbour bakery", 1, "en", "UTC", None)


def mail(address: str) -> Fact:
    return Fact(EMAIL, "", "", json.dumps({"address": address}), Origin(address))


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("info@harbour.example", True),
        ("anna@harbour.example", True),
        ("faktura@harbour.example", False),
        ("jobs.aarhus@harbour.example", False),
        ("no-reply@harbour.example", False),
    ],
)
def test_the_box_of_a_department_is_not_the_address_of_the_business(address: str, told: bool) -> None:
    [asked] = read_question("What is your email?", "en")[:1]
    assert bool(tell_facts(asked, [mail(address)], "", BAKERY)) is told
