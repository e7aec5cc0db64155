"""Links and sessions on a real database: what a link can do once, and what a cookie can no longer do."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from statistics import median
from time import perf_counter
from urllib.parse import urlsplit

import pytest
from psycopg import sql

from app.accounts.model import SESSION_IDLE, SESSION_LIFE
from app.accounts.queries import delete_session, delete_sessions_of, insert_link, touch_session
from app.accounts.request_link import PER_ADDRESS, request_link
from app.accounts.session import find_session
from app.accounts.sign_in import CodeNeeded, CodeWrong, LinkSpent, operator_link, pairing_code, sign_in
from app.businesses.create import ensure_house
from app.businesses.model import HOUSE_BUSINESS_ID
from app.db.pool import Database
from app.errors import BadInput, TooMany
from app.jobs.doorbell import Doorbell
from app.limits import Limiter
from app.mail.model import open_mail
from app.mail.queries import read_outbox
from app.security import KeyRing, SecretKey, Signer, hash_token, new_token
from app.settings import Settings
from app.vault.keys import Vault


@pytest.fixture
def signer(settings: Settings) -> Signer:
    return Signer(KeyRing(settings.secret_keys))


@pytest.fixture
async def vault(database: Database, settings: Settings) -> Vault:
    made = Vault(KeyRing(settings.secret_keys))
    await ensure_house(database, made)
    return made


async def a_link(database: Database, *, nonce: str | None = "browser", life: int = 600) -> str:
    token, now = new_token(), datetime.now(UTC)
    async with database.directory_transaction() as conn:
        await insert_link(
            conn,
            token_hash=hash_token(token),
            email="olga@example.com",
            nonce_hash=hash_token(nonce) if nonce else None,
            created_at=now,
            expires_at=now + timedelta(seconds=life),
        )
    return token


async def count(database: Database, table: str) -> int:
    async with database.directory_transaction() as conn:
        cursor = await conn.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
        row = await cursor.fetchone()
    assert row is not None
    return row[0]


async def use(database: Database, signer: Signer, token: str, nonce: str | None = "browser", code: str = "") -> str:
    opened = await sign_in(database, signer, token=token, nonce=nonce, code=code, now=datetime.now(UTC))
    return opened.cookie


async def test_a_hundred_posts_of_one_link_make_one_session(database: Database, signer: Signer) -> None:
    token = await a_link(database)
    results = await asyncio.gather(*(use(database, signer, token) for _ in range(100)), return_exceptions=True)
    assert sum(isinstance(result, str) for result in results) == 1
    assert sum(isinstance(result, LinkSpent) for result in results) == 99
    assert await count(database, "sessions") == 1
    assert await count(database, "accounts") == 1


async def test_a_link_is_worth_nothing_after_ten_minutes(database: Database, signer: Signer) -> None:
    token = await a_link(database)
    with pytest.raises(LinkSpent):
        await sign_in(
            database, signer, token=token, nonce="browser", code="", now=datetime.now(UTC) + timedelta(seconds=601)
        )
    assert await count(database, "sessions") == 0


async def test_another_browser_must_tell_the_digits_of_the_first(database: Database, signer: Signer) -> None:
    token = await a_link(database)
    for nonce in (None, "phone"):
        with pytest.raises(CodeNeeded):
            await use(database, signer, token, nonce)
    digits = pairing_code(signer, hash_token("browser"))
    assert await use(database, signer, token, "phone", f"{digits[:3]} {digits[3:]}")


async def test_wrong_digits_void_the_link(database: Database, signer: Signer) -> None:
    token = await a_link(database)
    right = pairing_code(signer, hash_token("browser"))
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    with pytest.raises(CodeWrong):
        await use(database, signer, token, "phone", wrong)
    for nonce, code in (("phone", right), ("browser", "")):
        with pytest.raises(LinkSpent):
            await use(database, signer, token, nonce, code)
    assert await count(database, "sessions") == 0


async def test_the_printed_link_opens_in_any_browser_once(
    database: Database, signer: Signer, settings: Settings
) -> None:
    address = await operator_link(database, replace(settings, public_url="https://milo.example"))
    parts = urlsplit(address)
    assert (parts.scheme, parts.netloc, parts.path, parts.query) == ("https", "milo.example", "/sign-in/open", "")
    assert await use(database, signer, parts.fragment, None)
    with pytest.raises(LinkSpent):
        await use(database, signer, parts.fragment, None)


async def test_a_new_printed_link_replaces_the_older_one(
    database: Database, signer: Signer, settings: Settings
) -> None:
    first = urlsplit(await operator_link(database, settings)).fragment
    await operator_link(database, settings)
    with pytest.raises(LinkSpent):
        await use(database, signer, first, None)


async def test_the_database_holds_neither_token_nor_session(database: Database, signer: Signer) -> None:
    token = await a_link(database)
    cookie = await use(database, signer, token)
    session_id = signer.verify("session", cookie)
    assert session_id is not None
    async with database.directory_transaction() as conn:
        for table in ("sign_in_links", "sessions"):
            cursor = await conn.execute(sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(table)))
            for (text,) in await cursor.fetchall():
                for secret in (token, token.encode().hex(), session_id.hex(), cookie):
                    assert secret not in text


async def test_a_cookie_that_is_not_exactly_ours_opens_nothing(database: Database, signer: Signer) -> None:
    cookie = await use(database, signer, await a_link(database))
    key_id, payload, signature = cookie.split(".")
    stranger = Signer(KeyRing([SecretKey(key_id, bytes(range(32)))]))
    session_id = signer.verify("session", cookie)
    assert session_id is not None
    others = [
        "",
        cookie[:-1],
        cookie[:20],
        cookie + "A",
        f"{key_id}.{payload}.",
        f"{key_id}.{payload}.{signature[::-1]}",
        f"none.{payload}.{signature}",
        f".{payload}.{signature}",
        payload,
        session_id.hex(),
        stranger.sign("session", session_id),  # the right id, another's key
        signer.sign("csrf", session_id),  # our key, another purpose
        signer.sign("session", bytes(32)),  # signed, but no such row
        signer.sign("session", b""),
        "eyJhbGciOiJub25lIn0.e30.",
    ]
    now = datetime.now(UTC)
    async with database.directory_transaction() as conn:
        assert await find_session(conn, signer, cookie, now) is not None
        for other in others:
            assert await find_session(conn, signer, other, now) is None, other


async def test_a_session_ends_idle_old_signed_out_and_everywhere(database: Database, signer: Signer) -> None:
    cookies = [await use(database, signer, await a_link(database)) for _ in range(3)]
    assert len(set(cookies)) == 3
    now = datetime.now(UTC)
    second = timedelta(seconds=5)
    async with database.directory_transaction() as conn:
        first = await find_session(conn, signer, cookies[0], now)
        assert first is not None
        assert await find_session(conn, signer, cookies[0], now + SESSION_IDLE - second)  # and is seen then
        assert await find_session(conn, signer, cookies[0], now + SESSION_IDLE + second)
        assert await find_session(conn, signer, cookies[1], now + SESSION_IDLE + second) is None
        await touch_session(conn, first.session_hash, now + SESSION_LIFE - second)
        assert await find_session(conn, signer, cookies[0], now + SESSION_LIFE + second) is None
        await delete_session(conn, first.session_hash)
        assert await find_session(conn, signer, cookies[0], now) is None
        assert await find_session(conn, signer, cookies[2], now)
        assert await delete_sessions_of(conn, first.account.account_id) == 2
        assert await find_session(conn, signer, cookies[2], now) is None


async def test_a_key_that_left_the_ring_ends_its_sessions(database: Database, signer: Signer) -> None:
    cookie = await use(database, signer, await a_link(database))
    old = cookie.split(".")[0]
    fresh = SecretKey("fresh", bytes(range(32)))
    async with database.directory_transaction() as conn:
        assert await find_session(conn, Signer(KeyRing([fresh])), cookie, datetime.now(UTC)) is None
    assert old != "fresh"


# ---------------------------------------------------------------- asking for a link


class Asking:
    """`request_link` with everything it needs, and the house's outbox opened."""

    def __init__(self, database: Database, vault: Vault, settings: Settings, limiter: Limiter):
        self.database, self.vault, self.settings, self.limiter = database, vault, settings, limiter
        self.doorbell = Doorbell(None)

    async def ask(self, email: str, client: str = "192.0.2.1", now: datetime | None = None) -> None:
        await request_link(
            self.database,
            self.vault,
            self.doorbell,
            self.limiter,
            self.settings,
            house=HOUSE_BUSINESS_ID,
            typed=email,
            nonce_hash=hash_token("browser"),
            client=client,
            now=now or datetime.now(UTC),
        )

    async def mails(self) -> list[tuple[str, str]]:
        async with self.database.business_transaction(HOUSE_BUSINESS_ID) as conn:
            keys = await self.vault.keys(conn, HOUSE_BUSINESS_ID)
            cursor = await conn.execute("SELECT outbox_id FROM outbox ORDER BY outbox_id DESC")
            rows = [await read_outbox(conn, HOUSE_BUSINESS_ID, one) for (one,) in await cursor.fetchall()]
        opened = [open_mail(keys, row) for row in rows if row is not None]
        return [(mail.to[0], mail.text) for mail in opened]


@pytest.fixture
def asking(database: Database, vault: Vault, settings: Settings) -> Asking:
    return Asking(database, vault, replace(settings, public_url="https://milo.example"), Limiter(None))


async def test_the_mailed_link_signs_in_and_names_only_the_configured_host(
    asking: Asking, database: Database, signer: Signer
) -> None:
    await asking.ask(" Olga@Example.COM ")
    ((to, text),) = await asking.mails()
    assert to == "olga@example.com"
    (link,) = [word for word in text.split() if word.startswith("http")]
    assert link.startswith("https://milo.example/sign-in/open#")
    assert await use(database, signer, link.partition("#")[2])


async def test_only_the_newest_link_of_an_address_is_live(asking: Asking, database: Database, signer: Signer) -> None:
    await asking.ask("olga@example.com")
    await asking.ask("olga@example.com")
    newest, older = [text.partition("#")[2].split()[0] for _, text in await asking.mails()]
    with pytest.raises(LinkSpent):
        await use(database, signer, older)
    assert await use(database, signer, newest)


async def test_an_address_over_its_allowance_gets_no_mail_and_keeps_its_last_link(
    asking: Asking, database: Database, signer: Signer
) -> None:
    for turn in range(PER_ADDRESS + 3):
        await asking.ask("olga@example.com" if turn % 2 else f"olga+{turn}@example.com", client=f"192.0.2.{turn}")
    mails = await asking.mails()
    assert len(mails) == PER_ADDRESS
    assert await use(database, signer, mails[0][1].partition("#")[2].split()[0])


async def test_known_unknown_and_locked_addresses_take_the_same_time(asking: Asking, database: Database) -> None:
    async with database.directory_transaction() as conn:
        await conn.execute("INSERT INTO accounts (email) VALUES ('known@example.com')")
    for _ in range(PER_ADDRESS):
        await asking.ask("locked@example.net", client=new_token())
    taken: dict[str, list[float]] = {"known": [], "unknown": [], "locked": []}
    for turn in range(60):
        for kind in taken:
            # Old enough that the allowance of the first two never runs out.
            now = datetime.now(UTC) if kind == "locked" else datetime.now(UTC) - timedelta(minutes=11 * (turn + 1))
            domain = "example.net" if kind == "locked" else "example.com"
            asking.limiter = Limiter(None)
            began = perf_counter()
            await asking.ask(f"{kind}@{domain}", client=new_token(), now=now)
            taken[kind].append(perf_counter() - began)
    middles = [median(times) for times in taken.values()]
    assert max(middles) - min(middles) < 0.005, middles


async def test_one_client_and_one_mail_domain_are_slowed_down(asking: Asking) -> None:
    with pytest.raises(TooMany):
        for turn in range(30):
            await asking.ask(f"person{turn}@example{turn}.com")
    with pytest.raises(TooMany):
        for turn in range(130):
            await asking.ask(f"person{turn}@example.org", client=f"client {turn}")


@pytest.mark.parametrize(
    "typed", ["", "olga", "olga@", "@example.com", "a b@example.com", "olga@example.com\nbcc: x@y.z"]
)
async def test_what_is_no_address_is_said_and_nothing_is_written(asking: Asking, typed: str) -> None:
    with pytest.raises(BadInput):
        await asking.ask(typed)
    assert await asking.mails() == []
