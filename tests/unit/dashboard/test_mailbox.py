"""Who may open the built-in mailbox, which holds sign-in links: this machine's own browser and nobody else."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest
from litestar.datastructures import Headers

from app.dashboard.admission import AnyRequest
from app.dashboard.mailbox import mailbox_open
from app.settings import Secret, Settings

SETTINGS = Settings.from_env({"MILO_PORT": "8000"})


def asked(peer: str | None = "127.0.0.1", **headers: str) -> AnyRequest:
    given = {"host": "127.0.0.1:8000", "user-agent": "Mozilla/5.0"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    client = SimpleNamespace(host=peer) if peer else None
    return cast(AnyRequest, SimpleNamespace(client=client, headers=Headers(given)))


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000", "LOCALHOST:8000"])
def test_this_machine_may_look(host: str) -> None:
    assert mailbox_open(asked(host=host), SETTINGS)
    assert mailbox_open(asked("::1", host=host), SETTINGS)


@pytest.mark.parametrize(
    "request_",
    [
        asked("192.0.2.1"),
        asked(None),
        asked("not an address"),
        asked(host="rebound.example:8000"),  # a foreign name that leads to this machine
        asked(host="127.0.0.1:9000"),
        asked(host=""),
        asked(x_forwarded_for="127.0.0.1"),
        asked(forwarded="for=127.0.0.1"),
        asked(x_real_ip="127.0.0.1"),
        asked(via="1.1 proxy"),
        asked(user_agent="Milo/0.1 (+http://127.0.0.1:8000/)"),  # our own crawler, sent by an owner
    ],
)
def test_nobody_else_may(request_: Any) -> None:
    assert not mailbox_open(request_, SETTINGS)


def test_there_is_no_mailbox_where_mail_really_goes_out_or_on_a_server() -> None:
    assert not mailbox_open(asked(), replace(SETTINGS, mail_url=Secret("smtp://mail.example")))
    assert not mailbox_open(asked(), replace(SETTINGS, embedded=False))


def test_a_public_address_closes_it_for_every_other_name() -> None:
    assert not mailbox_open(asked(), replace(SETTINGS, public_url="https://milo.example"))


def test_the_crawler_is_known_by_its_name() -> None:
    from app.outbound import OutboundFetcher

    fetcher = OutboundFetcher(SETTINGS)
    assert fetcher._agent.lower().startswith("milo/")  # what mailbox_open turns away
