"""Where a request may go, proved at the socket: a recorder stands where connections would be opened.

ssrf.jsonl: addresses with the verdict they must get, DNS answers and redirects.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Any

import pytest

from app.outbound import MAX_TRIES, OutboundFetcher
from app.outbound_dns import Resolver
from app.outbound_rules import BadAddress, denied, literal, parse_address
from app.settings import Settings
from ingestion.model import Reason
from ingestion.ports import FetchFailed, FetchResult
from ingestion.sentences import sentence_for
from tests.fakes.recording import OK, Recorder

SETTINGS = Settings.from_env({"MILO_DATA_DIR": "/nonexistent", "MILO_PUBLIC_URL": "https://milo.example"})
CASES = [
    json.loads(line)
    for line in Path(__file__).with_name("ssrf.jsonl").read_text(encoding="utf-8").splitlines()
    if line.strip()
]
PUBLIC = "93.184.216.34"


class Names:
    """A resolver out of a table: a list of answers, or several lists, one for each time it is asked."""

    def __init__(self, table: dict[str, list[Any]]):
        self._table = table
        self._asked: dict[str, int] = {}

    async def __call__(self, host: str, _port: int) -> list[str]:
        if host not in self._table:
            raise OSError("no such name")
        answers = self._table[host]
        if answers and isinstance(answers[0], list):
            turn = self._asked.get(host, 0)
            self._asked[host] = turn + 1
            return list(answers[min(turn, len(answers) - 1)])
        return list(answers)


def door(table: dict[str, list[Any]], recorder: Recorder, settings: Settings = SETTINGS) -> OutboundFetcher:
    return OutboundFetcher(settings, resolve=Names(table), backend=recorder, refusal_seconds=0)


def leading(locations: list[str]) -> Recorder:
    """Each request is redirected to the next of the list; then comes a page."""
    left = list(locations)

    def answer(_head: bytes) -> bytes:
        if not left:
            return OK
        location = left.pop(0)
        return f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()

    return Recorder(answer)


async def ask(fetcher: OutboundFetcher, url: str) -> FetchResult | FetchFailed:
    try:
        return await fetcher.fetch(url, max_bytes=100_000)
    except FetchFailed as failure:
        return failure
    finally:
        await fetcher.close()


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
async def test_every_listed_address_gets_its_verdict_and_no_forbidden_connection(case: dict[str, Any]):
    recorder = leading(case.get("redirects", []))
    fetcher = door(case.get("dns", {}), recorder)
    if case["verdict"] == "pin":
        for _ in range(4):
            try:
                await fetcher.fetch(case["url"], max_bytes=100_000)
            except FetchFailed as failure:
                assert failure.reason is Reason.NO_SUCH_HOST
        assert set(recorder.hosts) == {PUBLIC}
        return
    outcome = await ask(fetcher, case["url"])
    if case["verdict"] == "allow":
        assert isinstance(outcome, FetchResult), outcome
    else:
        assert isinstance(outcome, FetchFailed), "it had to be refused"
    assert not set(recorder.hosts) & set(case.get("must_not_connect", []))
    for host, port in recorder.connected:
        assert not denied(ip_address(host))
        assert port in (80, 443)


def test_the_list_is_the_whole_list():
    assert len(CASES) == 111


@pytest.mark.parametrize(
    "answers",
    [
        ["10.0.0.1"],
        [PUBLIC, "10.0.0.1"],
        [PUBLIC, "::1"],
        ["127.0.0.1", PUBLIC],
        ["::ffff:93.184.216.34"],
        ["fe80::1%eth0"],
        ["2a00:1450::1%3"],
        [*(f"93.184.{high}.{low}" for high in range(4) for low in range(250)), "192.168.0.1"],
    ],
    ids=["private", "mixed", "mixed-v6", "mixed-first", "mapped", "scope", "public-with-scope", "a-thousand-and-one"],
)
async def test_any_denied_answer_refuses_the_host(answers: list[str]):
    """Also the end of a CNAME chain: what counts are the addresses that came out of it."""
    recorder = Recorder()
    outcome = await ask(door({"shop.example": answers}, recorder), "http://shop.example/")
    assert isinstance(outcome, FetchFailed)
    assert outcome.reason is Reason.NO_SUCH_HOST
    assert recorder.connected == []


async def test_of_a_thousand_answers_a_few_are_tried():
    answers = [f"93.184.{high}.{low}" for high in range(4) for low in range(250)]
    recorder = Recorder(failing=frozenset(answers))
    outcome = await ask(door({"shop.example": answers}, recorder), "http://shop.example/")
    assert isinstance(outcome, FetchFailed)
    assert outcome.reason is Reason.CONNECT_FAILED
    assert recorder.hosts == answers[:MAX_TRIES]


async def test_the_next_address_is_tried_where_the_first_does_not_answer():
    recorder = Recorder(failing=frozenset({"93.184.216.34"}))
    answers = ["2606:2800:220::1", "93.184.216.34", "93.184.216.35"]
    outcome = await ask(door({"shop.example": answers}, recorder), "http://shop.example/")
    assert isinstance(outcome, FetchResult)
    assert recorder.hosts == ["93.184.216.34", "93.184.216.35"], "version 4 first"


async def test_the_connection_goes_to_the_checked_address_with_the_name_in_host_and_handshake():
    recorder = Recorder()
    outcome = await ask(door({"shop.example": [PUBLIC]}, recorder), "https://shop.example/a")
    assert isinstance(outcome, FetchResult)
    assert recorder.connected == [(PUBLIC, 443)]
    assert recorder.names == ["shop.example"]
    assert b"\r\nHost: shop.example\r\n" in recorder.requests[0]


async def test_a_kept_connection_is_not_used_when_the_name_has_moved():
    """The pool is keyed by address and name: each request goes where its own look-up said."""
    recorder = Recorder()
    fetcher = door({"shop.example": [[PUBLIC], [PUBLIC], ["93.184.216.35"], ["10.0.0.1"]]}, recorder)
    for _ in range(3):
        await fetcher.fetch("http://shop.example/", max_bytes=100)
    assert recorder.hosts == [PUBLIC, "93.184.216.35"], "the second request used the first one's connection"
    with pytest.raises(FetchFailed):
        await fetcher.fetch("http://shop.example/", max_bytes=100)
    assert len(recorder.requests) == 3, "nor is the old connection used for a name that is private now"
    await fetcher.close()


async def test_two_names_at_one_address_share_no_connection():
    recorder = Recorder()
    fetcher = door({"a.example": [PUBLIC], "b.example": [PUBLIC]}, recorder)
    await fetcher.fetch("http://a.example/", max_bytes=100)
    await fetcher.fetch("http://b.example/", max_bytes=100)
    assert recorder.hosts == [PUBLIC, PUBLIC]
    await fetcher.close()


async def test_nothing_personal_is_sent_and_no_cookie_is_kept():
    def answer(head: bytes) -> bytes:
        if b"GET /first" in head:
            return (
                b"HTTP/1.1 302 Found\r\nSet-Cookie: session=1\r\nLocation: http://b.example/next\r\n"
                b"Content-Length: 0\r\n\r\n"
            )
        return OK

    recorder = Recorder(answer)
    fetcher = door({"a.example": [PUBLIC], "b.example": [PUBLIC]}, recorder)
    await fetcher.fetch("http://a.example/first", max_bytes=100)
    await fetcher.fetch("http://a.example/again", max_bytes=100)
    await fetcher.close()
    assert len(recorder.requests) == 3
    for head in recorder.requests:
        names = {line.split(b":")[0].lower() for line in head.split(b"\r\n")[1:] if line}
        assert names == {b"host", b"user-agent", b"accept", b"accept-encoding", b"connection"}


async def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch):
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:3128")
    recorder = Recorder()
    await ask(door({"shop.example": [PUBLIC]}, recorder), "http://shop.example/")
    assert recorder.connected == [(PUBLIC, 80)]


@pytest.mark.parametrize("seconds", [0.3])
async def test_a_refused_name_and_a_missing_one_cannot_be_told_apart(seconds: float):
    """Not by reason, not by sentence, not by time: the floor is the same and far above what a look-up takes."""
    outcomes: list[tuple[FetchFailed, float]] = []
    for table in ({}, {"printer.corp.example": ["10.0.0.7"]}, {"printer.corp.example": []}):
        fetcher = OutboundFetcher(SETTINGS, resolve=Names(table), backend=Recorder(), refusal_seconds=seconds)
        begun = time.monotonic()
        outcome = await ask(fetcher, "http://printer.corp.example/status")
        assert isinstance(outcome, FetchFailed)
        outcomes.append((outcome, time.monotonic() - begun))
    assert {outcome.reason for outcome, _ in outcomes} == {Reason.NO_SUCH_HOST}
    sentences = {sentence_for(outcome.reason, outcome.url or "", outcome.detail) for outcome, _ in outcomes}
    assert len(sentences) == 1
    assert all(took >= seconds for _, took in outcomes)


@pytest.mark.parametrize("port", [22, 25, 3306, 5432, 6379, 8080, 65535])
async def test_a_port_is_refused_before_its_host_is_looked_up(port: int):
    async def resolve(_host: str, _port: int) -> list[str]:
        raise AssertionError("looked up")

    recorder = Recorder()
    fetcher = OutboundFetcher(SETTINGS, resolve=resolve, backend=recorder)
    outcome = await ask(fetcher, f"http://shop.example:{port}/")
    assert isinstance(outcome, FetchFailed)
    assert (outcome.reason, recorder.connected) == (Reason.REFUSED_ADDRESS, [])


async def test_a_slow_resolver_is_left_at_its_own_deadline():
    async def slow(_host: str, _port: int) -> list[str]:
        await asyncio.sleep(30)
        return [PUBLIC]

    fetcher = OutboundFetcher(SETTINGS, resolve=slow, backend=Recorder(), resolve_seconds=0.05, refusal_seconds=0)
    begun = time.monotonic()
    outcome = await ask(fetcher, "http://shop.example/")
    assert isinstance(outcome, FetchFailed)
    assert outcome.reason is Reason.NO_SUCH_HOST
    assert time.monotonic() - begun < 10


async def test_the_machines_own_resolver_knows_this_machine_and_no_invalid_name():
    resolve = Resolver()
    assert "127.0.0.1" in await resolve("localhost", 80) or "::1" in await resolve("localhost", 80)
    with pytest.raises(OSError):
        await resolve("a" * 64 + ".invalid", 80)


# ---- Milo itself


@pytest.mark.parametrize(
    "url",
    [
        "https://milo.example/dashboard",
        "http://milo.example/",
        "https://milo.example/samples",
        "https://milo.example/sample/../mailbox",
        "https://MILO.example./w/key/frame",
        "http://milo.example:8000/",
    ],
)
async def test_milo_does_not_read_itself(url: str):
    recorder = Recorder()
    outcome = await ask(door({"milo.example": [PUBLIC]}, recorder), url)
    assert isinstance(outcome, FetchFailed)
    assert outcome.reason is Reason.OWN_SERVICE
    assert recorder.connected == []


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000/mailbox", "http://localhost:8000/", "http://alias.example:8000/"]
)
async def test_nor_by_the_port_it_serves_when_that_is_an_open_host(url: str):
    hosts = frozenset({"127.0.0.1:8000", "localhost:8000", "alias.example:8000"})
    recorder = Recorder()
    settings = replace(SETTINGS, crawl_private_hosts=hosts)
    outcome = await ask(door({"localhost": ["127.0.0.1"], "alias.example": ["127.0.0.1"]}, recorder, settings), url)
    assert isinstance(outcome, FetchFailed)
    assert (outcome.reason, recorder.connected) == (Reason.OWN_SERVICE, [])


async def test_its_sample_is_a_site_like_any_other():
    settings = replace(SETTINGS, public_url="http://127.0.0.1:8000", crawl_private_hosts=frozenset({"127.0.0.1:8000"}))
    for path in ("/sample/", "/sample", "/sample/menu", "/robots.txt", "/sample/sitemap.xml"):
        outcome = await ask(door({}, Recorder(), settings), f"http://127.0.0.1:8000{path}")
        assert isinstance(outcome, FetchResult), path


# ---- spellings


def spellings(address: IPv4Address, chance: random.Random) -> list[str]:
    """Ways in which browsers or the C library take an IPv4 address."""
    a, b, c, d = address.packed
    whole = int(address)

    def one(number: int) -> str:
        return chance.choice([str(number), f"{number:#x}", f"0{number:o}", f"0x{number:08X}", f"000{number:o}"])

    return [
        str(address),
        one(whole),
        f"{one(a)}.{one(whole & 0xFFFFFF)}",
        f"{one(a)}.{one(b)}.{one(whole & 0xFFFF)}",
        f"{one(a)}.{one(b)}.{one(c)}.{one(d)}",
        f"{a}.{b}.{c}.{d}.",
    ]


def embeddings(address: IPv4Address) -> list[str]:
    a, b, c, d = address.packed
    return [
        f"[::ffff:{address}]",
        f"[::{address}]",
        f"[64:ff9b::{address}]",
        f"[2002:{a:02x}{b:02x}:{c:02x}{d:02x}::1]",
        f"[::ffff:0:{address}]",
    ]


def test_ten_thousand_addresses_get_one_verdict_in_every_spelling():
    chance = random.Random(20_261_121)
    edges = [0, 2**32 - 1, *(int(IPv4Address(text)) for text in ("127.0.0.1", "10.0.0.0", "169.254.169.254"))]
    private = [
        chance.choice([0x0A000000, 0x7F000000, 0xC0A80000, 0xAC100000]) + chance.randrange(65536) for _ in range(2000)
    ]
    for value in [*edges, *private, *(chance.randrange(2**32) for _ in range(8000))]:
        address = IPv4Address(value)
        for spelled in spellings(address, chance):
            host = parse_address(f"http://{spelled}/").host
            assert literal(host) == address, spelled
        for spelled in embeddings(address):
            inner = literal(parse_address(f"http://{spelled}/").host)
            assert isinstance(inner, IPv6Address)
            assert denied(inner), f"{spelled} leads around the table"


@pytest.mark.parametrize("url", ["http://1.2.3.4.5/", "http://256.1.1.1/", "http://0x100000000/", "http://08.1.1.1/"])
def test_what_is_nearly_an_address_is_none(url: str):
    with pytest.raises(BadAddress):
        parse_address(url)
