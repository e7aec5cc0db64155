"""The composition root: Settings in, Services out. The only place that decides which part is used.

`open_services` opens the pools and clients of one process and closes them in reverse. Tests call it
with `Overrides`; nothing is patched.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from redis.asyncio import Redis

from app.businesses.create import ensure_house
from app.conversations.running import AnswerTasks
from app.db.pool import Database
from app.errors import ConfigurationError
from app.faults import fault_point
from app.jobs.doorbell import Doorbell
from app.limits import Limiter
from app.mail.model import Mailer
from app.outbound import OutboundFetcher, agent
from app.providers.factory import Models, make_mailer, make_received_mail, own_servers
from app.providers.minilm import MiniLmEmbedder, MiniLmTokenizer
from app.render.browser import BrowserRenderer
from app.security import KeyRing, Signer
from app.services import Services
from app.settings import Settings
from app.usage.budget import BudgetPorts, TokenBudget
from app.usage.prices import read_prices
from app.usage.tell import Teller
from app.vault.keys import Vault
from ingestion.extract.child import ChildExtractor
from ingestion.extract.ocr import find_engine
from ingestion.ports import Embedder, Extractor, FaultPoint, Fetcher, Renderer
from retrieval.analyse import SnowballAnalyser

# The worker indexes now and then; some 60 MB of model need not wait with it.
WORKER_IDLE_SECONDS = 30.0
POOL_SIZES = {"web": 10, "worker": 6, "command": 4}


@dataclass(frozen=True, slots=True)
class Overrides:
    """Parts that tests and benchmarks replace."""

    embedder: Embedder | None = None
    fetcher: Fetcher | None = None
    extractor: Extractor | None = None
    renderer: Renderer | None = None
    mailer: Mailer | None = None
    clock: Callable[[], datetime] | None = None
    fault: FaultPoint | None = None


@asynccontextmanager
async def open_services(
    settings: Settings, *, role: str = "command", overrides: Overrides | None = None
) -> AsyncGenerator[Services, None]:
    """`role` sizes the pools: web, worker or command. Raises ConfigurationError for what is not configured."""
    if settings.database is None or settings.redis_url is None or not settings.secret_keys:
        raise ConfigurationError("No database is running for this data dir. Start Milo with: milo up")
    chosen = overrides or Overrides()
    ring = KeyRing(settings.secret_keys)
    async with AsyncExitStack() as stack:
        models = Models(settings, chosen.embedder or _local_embedder(settings, role))
        stack.push_async_callback(models.close)
        prices = read_prices(settings.prices, own_servers=own_servers(settings))
        mailer = chosen.mailer or make_mailer(settings)
        stack.push_async_callback(mailer.close)
        received_mail = make_received_mail(settings)
        if received_mail is not None:
            stack.push_async_callback(received_mail.close)
        if role == "web":
            models.start()
        database = await Database.open(settings.database, max_size=POOL_SIZES[role])
        stack.push_async_callback(database.close)
        vault = Vault(ring)
        await ensure_house(database, vault)
        doorbell = Doorbell(settings.redis_url)
        stack.push_async_callback(doorbell.close)
        redis: Redis = Redis.from_url(  # pyright: ignore[reportUnknownMemberType] - redis-py 5 types its options loosely
            settings.redis_url.reveal(), socket_timeout=0.5, socket_connect_timeout=0.5
        )
        stack.push_async_callback(redis.aclose)
        fetcher = chosen.fetcher
        if fetcher is None:
            fetcher = OutboundFetcher(settings)
            stack.push_async_callback(fetcher.close)
        children = ChildExtractor(find_ocr=find_engine)
        stack.push_async_callback(children.close)
        extractor = chosen.extractor or children
        renderer = chosen.renderer
        if renderer is None and settings.render and role != "web":
            browser = BrowserRenderer(fetcher, agent=agent(settings), program=settings.chromium)
            stack.push_async_callback(browser.close)
            if role == "worker":
                await browser.start()  # a machine that cannot is told at once
            renderer = browser
        teller = Teller(vault, settings.operator_email or "owner@localhost", settings.public_url)
        budget = BudgetPorts(database, doorbell, prices, teller)
        answers = AnswerTasks()
        stack.push_async_callback(answers.drain)
        yield Services(
            settings=settings,
            database=database,
            vault=vault,
            signer=Signer(ring),
            doorbell=doorbell,
            redis=redis,
            limiter=Limiter(redis, settings.trusted_proxies),
            embedder_for=models.embedder_for,
            embedder_of=models.embedder_of,
            comparer=models.comparer,
            tokenizer=MiniLmTokenizer(),
            analyser=SnowballAnalyser(),
            fetcher=fetcher,
            extractor=extractor,
            unlocker=children,
            renderer=renderer,
            chat_models=models.chat_models,
            budget=partial(TokenBudget, budget),
            prices=prices,
            mailer=mailer,
            received_mail=received_mail,
            answers=answers,
            clock=chosen.clock or (lambda: datetime.now(UTC)),
            fault=chosen.fault or fault_point(settings.fault),
        )


def _local_embedder(settings: Settings, role: str) -> MiniLmEmbedder:
    return MiniLmEmbedder(settings.data_dir / "models", idle_seconds=WORKER_IDLE_SECONDS if role == "worker" else None)
