"""The nouns of proving a host, and how its name is written as a key. Pure.

A host is keyed without `www.`: a proof of example.com covers www.example.com, and no other subdomain.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from app.db.pool import Database
from app.errors import BadInput
from app.outbound_rules import BadAddress, WebAddress, is_local_name, literal, parse_address
from ingestion.model import Reason
from ingestion.ports import Fetcher
from ingestion.sentences import sentence_for

NAME = "milo-verification"
FILE_PATH = f"/.well-known/{NAME}.txt"


class Method(StrEnum):
    DNS = "dns"
    FILE = "file"
    META = "meta"


class Proves(Protocol):
    """What proving needs. `Services` has it."""

    @property
    def database(self) -> Database: ...
    @property
    def fetcher(self) -> Fetcher: ...


@dataclass(frozen=True, slots=True)
class ProofRow:
    """As stored. `proved_at`: when the proof was last seen, None where there is none (any more)."""

    host: str
    token: str
    checked_at: datetime | None
    proved_at: datetime | None
    method: Method | None
    reason: str | None

    def __post_init__(self) -> None:
        if self.method is not None:
            object.__setattr__(self, "method", Method(self.method))


@dataclass(frozen=True, slots=True)
class Way:
    """One way to prove the host. `value` is what goes there, to be copied as it is."""

    method: Method
    title: str
    sentence: str
    place: str
    value: str


@dataclass(frozen=True, slots=True)
class Proof:
    """`given`: the operator opened this host for everybody, so there is nothing to prove."""

    host: str
    token: str
    proved: bool
    method: Method | None
    proved_at: datetime | None
    checked_at: datetime | None
    reason: str | None
    ways: tuple[Way, ...]
    given: bool = False


def proof_host(typed: str) -> str:
    """ "https://www.Example.com/a" is "example.com", "127.0.0.1:8001" stays as it is. Raises BadInput."""
    text = typed.strip()
    try:
        address = parse_address(text if "://" in text else f"https://{text}")
    except BadAddress:
        raise BadInput(sentence_for(Reason.BAD_ADDRESS, f"“{text[:80]}”"), code=Reason.BAD_ADDRESS) from None
    return host_of(address)


def host_of(address: WebAddress) -> str:
    bare = address.host.removeprefix("www.")
    host = bare if "." in bare else address.host  # www.com is a name of its own
    host = f"[{host}]" if ":" in host else host
    return host if address.port in (80, 443) else f"{host}:{address.port}"


def ways_for(host: str, token: str, *, origin: str | None = None) -> tuple[Way, ...]:
    """The three ways in plain words; two for an address without a name, which has no DNS records.

    `origin`: how the site is known, with or without www.
    """
    name = name_of(host)
    origin = origin or f"https://{host}"
    file = Way(
        Method.FILE,
        "A file on the site",
        f"Put a text file at {origin}{FILE_PATH} that holds this line and nothing else.",
        f"{origin}{FILE_PATH}",
        f"{NAME}={token}",
    )
    meta = Way(
        Method.META,
        "A line in the start page",
        f"Put this line into the page {origin}/, between <head> and </head>.",
        f"{origin}/",
        f'<meta name="{NAME}" content="{token}">',
    )
    if literal(name) is not None or is_local_name(name):
        return file, meta
    dns = Way(
        Method.DNS,
        "A DNS record",
        f"Where you manage the domain name, add a record of the type TXT for the name _{NAME}.{name} with this value."
        " It may take an hour until it is seen.",
        f"_{NAME}.{name}",
        f"{NAME}={token}",
    )
    return dns, file, meta


def name_of(host: str) -> str:
    """The host of a key without its port and brackets."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]
