"""Proving a host by each way, whose proof it is, and when it stops to count."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import dns.message
import dns.rcode
import dns.rrset
import pytest
from psycopg import sql

from app.businesses.create import create_business
from app.businesses.model import NewBusiness
from app.db.pool import Database
from app.errors import BadInput, NotFound
from app.knowledge.proof.look import Said, look
from app.knowledge.proof.model import FILE_PATH, Method, Proof, host_of, proof_host
from app.knowledge.proof.prove import check_proof, read_proof, refresh_proof, start_proof
from app.knowledge.proof.queries import proved_hosts
from app.knowledge.queries import put_source
from app.outbound import OutboundFetcher
from app.outbound_dns import DnsFailed, resolve_texts
from app.outbound_rules import parse_address
from app.security import KeyRing
from app.settings import Settings
from app.vault.keys import Vault
from ingestion.model import Reason
from ingestion.ports import FetchFailed, FetchResult
from tests.fakes.loopback import LoopbackServer, Received, Wire

OWNER = "account:owner"


class OwnSite(LoopbackServer):
    """Answers from a dict: path → body, or a status."""

    def __init__(self) -> None:
        super().__init__()
        self.pages: dict[str, bytes | int | str] = {
            "/": b"<html><head><title>Shop</title></head><body>hi</body></html>"
        }

    async def handle(self, request: Received, wire: Wire) -> None:
        page = self.pages.get(request.path, 404)
        if isinstance(page, str):
            await wire.head(302, {"location": page, "content-length": "0"})
        elif isinstance(page, int):
            await wire.answer(page, b"no", {"content-type": "text/html"})
        else:
            await wire.answer(200, page, {"content-type": "text/html"})

    async def start(self, port: int = 0) -> None:
        await super().start(port)
        self.host = self.url.removeprefix("http://")


@dataclass
class Parts:
    database: Database
    fetcher: Any


@dataclass
class World:
    parts: Parts
    site: OwnSite
    shop: UUID
    stranger: UUID
    texts: list[str] = field(default_factory=list)

    async def check(self, host: str | None = None, business: UUID | None = None) -> Proof:
        await self.forget_the_pause()
        return await check_proof(self.parts, business or self.shop, host or self.site.host, actor=OWNER)

    async def proved(self, business: UUID | None = None) -> list[str]:
        async with self.parts.database.business_transaction(business or self.shop) as conn:
            return await proved_hosts(conn, business or self.shop)

    async def age(self, column: str, interval: str) -> None:
        async with self.parts.database.business_transaction(self.shop) as conn:
            statement = sql.SQL("UPDATE host_proofs SET {} = now() - {}::interval")
            await conn.execute(statement.format(sql.Identifier(column), sql.Literal(interval)))

    async def forget_the_pause(self) -> None:
        for business in (self.shop, self.stranger):
            async with self.parts.database.business_transaction(business) as conn:
                await conn.execute("UPDATE host_proofs SET checked_at = NULL")


@pytest.fixture
async def world(database: Database, settings: Settings) -> AsyncIterator[World]:
    vault = Vault(KeyRing(settings.secret_keys))
    shop = await create_business(database, vault, NewBusiness("Shop", "shop"), actor="operator")
    other = await create_business(database, vault, NewBusiness("Other", "other"), actor="operator")
    async with OwnSite() as site:
        # Opened so that it can be reached at all; proving goes its way all the same.
        fetcher = OutboundFetcher(replace(settings, crawl_private_hosts=frozenset({site.host})), total_seconds=2)
        yield World(Parts(database, fetcher), site, shop.business_id, other.business_id)
        await fetcher.close()


async def begin(world: World, business: UUID | None = None) -> Proof:
    async with world.parts.database.business_transaction(business or world.shop) as conn:
        # Known as a source: then it is looked at over http first, as it is read.
        await put_source(conn, business or world.shop, "site", f"{world.site.url}/", "daily")
    return await start_proof(world.parts, business or world.shop, world.site.url, actor=OWNER)


def value(proof: Proof, method: Method) -> bytes:
    return next(way.value for way in proof.ways if way.method is method).encode()


# ---- each way


async def test_a_file_on_the_site_proves_it(world: World):
    proof = await begin(world)
    assert not proof.proved
    assert not (await world.check()).proved
    world.site.pages[FILE_PATH] = value(proof, Method.FILE) + b"\n"
    found = await world.check()
    assert (found.proved, found.method, found.reason) == (True, Method.FILE, None)
    assert await world.proved() == [world.site.host]


async def test_a_line_in_the_head_of_the_start_page_proves_it(world: World):
    proof = await begin(world)
    tag = value(proof, Method.META)
    world.site.pages["/"] = b"<!doctype html><html><head><title>x</title>" + tag + b"</head><body>hi</body></html>"
    found = await world.check()
    assert (found.proved, found.method) == (True, Method.META)


@pytest.mark.parametrize(
    "page",
    [
        "<html><head></head><body><p>comment by a visitor</p>{tag}</body></html>",
        "<html><body>{tag}</body></html>",
        "<html><head><!-- {tag} --></head></html>",
        "<html><head><script>var a = '{tag}'</script></head></html>",
        "<html><head><template>{tag}</template></head></html>",
        "<html><head><!-- never closed {tag}",
    ],
    ids=["body", "no-head", "comment", "script", "template", "open-comment"],
)
async def test_a_line_that_visitors_could_have_written_proves_nothing(world: World, page: str):
    tag = value(await begin(world), Method.META).decode()
    world.site.pages["/"] = page.replace("{tag}", tag).encode()
    assert not (await world.check()).proved


@pytest.mark.parametrize(
    "tag",
    [
        '<META CONTENT="{token}" NAME="Milo-Verification">',
        "<meta name=milo-verification content={token}>",
        "<meta  name = 'milo-verification'  content = '{token}' />",
    ],
)
async def test_the_line_may_be_spelled_as_html_allows(world: World, tag: str):
    token = (await begin(world)).token
    world.site.pages["/"] = f"<html><head>{tag.replace('{token}', token)}</head><body></body></html>".encode()
    assert (await world.check()).proved


async def test_a_hostile_start_page_costs_no_more_than_its_length(world: World):
    await begin(world)
    for page in (b"<meta " * 40_000, b"<!--" * 60_000, b'<meta name="' + b"a" * 240_000, b"<meta a=" * 30_000 + b">"):
        world.site.pages["/"] = page
        assert not (await world.check()).proved


# ---- DNS, asked of a real name server


@asynccontextmanager
async def name_server(zone: dict[str, list[str]], rcode: int | None = None) -> AsyncIterator[int]:
    import asyncio

    class Protocol(asyncio.DatagramProtocol):
        def connection_made(self, transport: Any) -> None:
            self.transport = transport

        def datagram_received(self, data: bytes, addr: Any) -> None:
            asked = dns.message.from_wire(data)
            name = asked.question[0].name.to_text(omit_final_dot=True)
            answer = dns.message.make_response(asked)
            if rcode is not None:
                answer.set_rcode(dns.rcode.Rcode(rcode))
            elif name not in zone:
                answer.set_rcode(dns.rcode.NXDOMAIN)
            elif zone[name]:
                texts = (f'"{text}"' for text in zone[name])
                answer.answer.append(dns.rrset.from_text(name + ".", 60, "IN", "TXT", *texts))
            self.transport.sendto(answer.to_wire(), addr)

    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(Protocol, local_addr=("127.0.0.1", 0))
    try:
        yield transport.get_extra_info("sockname")[1]
    finally:
        transport.close()


class NoSite:
    """A fetcher of hosts that have no website."""

    def __init__(self, failure: FetchFailed | None = None):
        self.failure = failure
        self.asked: list[str] = []

    def is_owned(self, url: str) -> bool:
        return False

    async def fetch(self, url: str, **_: Any) -> FetchResult:
        self.asked.append(url)
        if self.failure is not None:
            raise self.failure
        return FetchResult(url, 404, {}, b"")


def asking(port: int) -> Callable[[str], Awaitable[list[str]]]:
    async def texts(name: str) -> list[str]:
        return await resolve_texts(name, nameservers=["127.0.0.1"], port=port, seconds=2)

    return texts


async def test_a_dns_record_proves_it_also_without_a_website(world: World):
    parts = Parts(world.parts.database, NoSite(FetchFailed(Reason.NO_SUCH_HOST, "none")))
    proof = await start_proof(parts, world.shop, "https://www.corner.example/", actor=OWNER)
    assert proof.host == "corner.example"
    record = value(proof, Method.DNS).decode()
    zone = {"_milo-verification.corner.example": ["something else", record], "corner.example": []}
    async with name_server(zone) as port:
        found = await check_proof(parts, world.shop, "corner.example", actor=OWNER, texts=asking(port))
    assert (found.proved, found.method) == (True, Method.DNS)


async def test_a_record_at_the_host_itself_will_do(world: World):
    async with name_server({"corner.example": ["v=spf1 -all", "milo-verification=secret"]}) as port:
        looks = await look("corner.example", "secret", NoSite(), texts=asking(port))
        assert looks[Method.DNS].said is Said.FOUND
        assert (await look("corner.example", "other", NoSite(), texts=asking(port)))[Method.DNS].said is Said.ABSENT


async def test_a_name_server_that_fails_is_no_answer():
    async with name_server({}, rcode=2) as port:
        with pytest.raises(DnsFailed):
            await asking(port)("corner.example")
        assert (await look("corner.example", "t", NoSite(), texts=asking(port)))[Method.DNS].said is Said.UNKNOWN
    async with name_server({}) as port:
        assert await asking(port)("corner.example") == []


async def test_a_name_server_that_is_silent_is_left_in_time():
    import asyncio

    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        asyncio.DatagramProtocol, local_addr=("127.0.0.1", 0)
    )
    port = transport.get_extra_info("sockname")[1]
    with pytest.raises(DnsFailed):
        await resolve_texts("corner.example", nameservers=["127.0.0.1"], port=port, seconds=0.2)
    transport.close()


# ---- whose it is


async def test_stranger_cannot_use_the_proof_of_another_business(world: World):
    proof = await begin(world)
    world.site.pages[FILE_PATH] = value(proof, Method.FILE)
    assert (await world.check()).proved
    assert await world.proved(world.stranger) == []
    assert await read_proof(world.parts, world.stranger, world.site.host) is None
    with pytest.raises(NotFound):
        await world.check(business=world.stranger)
    # The stranger begins too: another token, so what stands on the site proves nothing for them.
    theirs = await begin(world, world.stranger)
    assert theirs.token != proof.token
    assert not (await world.check(business=world.stranger)).proved
    assert await world.proved(world.stranger) == []


async def test_two_people_of_the_business_share_one_proof(world: World):
    first = await begin(world)
    second = await start_proof(world.parts, world.shop, world.site.host, actor="account:team-mate")
    assert first.token == second.token


async def test_a_page_that_leads_to_another_host_proves_nothing(world: World, settings: Settings):
    async with OwnSite() as elsewhere:
        hosts = frozenset({world.site.host, elsewhere.host})
        world.parts.fetcher = OutboundFetcher(replace(settings, crawl_private_hosts=hosts))
        proof = await begin(world)
        elsewhere.pages[FILE_PATH] = value(proof, Method.FILE)
        world.site.pages[FILE_PATH] = f"{elsewhere.url}{FILE_PATH}"
        found = await world.check()
        assert not found.proved
        assert "leads to another site" in (found.reason or "")
        await world.parts.fetcher.close()


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        ("example.com", "example.com"),
        ("https://www.Example.com/shop?x=1", "example.com"),
        ("http://shop.example.com", "shop.example.com"),
        ("example.com:443", "example.com"),
        ("127.0.0.1:8001", "127.0.0.1:8001"),
        ("www.com", "www.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("[::1]:8001", "[::1]:8001"),
    ],
)
def test_one_host_has_one_key(typed: str, host: str):
    assert proof_host(typed) == host
    assert host_of(parse_address(f"http://{host}/")) == host


@pytest.mark.parametrize("typed", ["", "ftp://example.com", "a b", "user@example.com", "http://exa\\mple.com"])
def test_what_is_no_host_is_refused_with_a_sentence(typed: str):
    with pytest.raises(BadInput):
        proof_host(typed)


async def test_www_is_looked_at_too_and_other_subdomains_are_not():
    site = NoSite()
    await look("example.com", "t", site, texts=lambda _: _none())
    assert {url.split("/")[2] for url in site.asked} == {"example.com", "www.example.com"}


async def _none() -> list[str]:
    return []


# ---- when it stops to count


async def test_a_proof_that_was_taken_away_counts_no_more_from_the_next_reading_on(world: World):
    proof = await begin(world)
    world.site.pages[FILE_PATH] = value(proof, Method.FILE)
    await world.check()
    del world.site.pages[FILE_PATH]
    await refresh_proof(world.parts, world.shop, world.site.url)
    assert await world.proved() == [world.site.host], "looked at within a day: not asked again"
    await world.age("checked_at", "25 hours")
    await refresh_proof(world.parts, world.shop, world.site.url)
    assert await world.proved() == []


@pytest.mark.parametrize("trouble", [503, 500, 429, 403, "elsewhere", "down"])
async def test_a_passing_fault_withdraws_nothing(world: World, trouble: int | str):
    proof = await begin(world)
    world.site.pages[FILE_PATH] = value(proof, Method.FILE)
    await world.check()
    if trouble == "down":
        await world.site.stop()
    else:
        world.site.pages[FILE_PATH] = trouble if isinstance(trouble, int) else "http://127.0.0.1:1/"
    again = await world.check()
    assert again.proved
    assert again.reason
    assert await world.proved() == [world.site.host]
    await world.age("proved_at", "15 days")
    assert not (await world.check()).proved, "nobody could look for two weeks"


async def test_a_proof_may_move_from_one_place_to_another(world: World):
    proof = await begin(world)
    world.site.pages[FILE_PATH] = value(proof, Method.FILE)
    await world.check()
    del world.site.pages[FILE_PATH]
    world.site.pages["/"] = b"<html><head>" + value(proof, Method.META) + b"</head></html>"
    moved = await world.check()
    assert (moved.proved, moved.method) == (True, Method.META)


async def test_pressing_the_button_often_asks_the_site_once(world: World):
    await begin(world)
    await world.check()
    asked = len(world.site.history)
    for _ in range(5):
        await check_proof(world.parts, world.shop, world.site.host, actor=OWNER)
    assert len(world.site.history) == asked


async def test_what_happened_stands_in_the_audit_log(world: World, superuser_url: str):
    import psycopg

    proof = await begin(world)
    world.site.pages[FILE_PATH] = value(proof, Method.FILE)
    await world.check()
    world.site.pages[FILE_PATH] = 404
    await world.check()
    with psycopg.connect(superuser_url) as conn:
        rows = conn.execute(
            "SELECT actor, action, target FROM audit_log WHERE action LIKE 'host.%' ORDER BY 1, 2"
        ).fetchall()
    assert [(actor, action) for actor, action, _ in rows] == [
        (OWNER, "host.proof_begun"),
        (OWNER, "host.proof_lost"),
        (OWNER, "host.proved"),
    ]
