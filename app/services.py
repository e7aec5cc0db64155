"""Everything a request or a job may use, in one frozen bundle. `app.wiring` makes it.

Edges (channels, dashboard, health, worker) receive the bundle; features receive the parts they
need as arguments, so that what a flow can touch stands in its signature.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from redis.asyncio import Redis

from app.conversations.running import AnswerTasks
from app.db.pool import Database
from app.jobs.doorbell import Doorbell
from app.limits import Limiter
from app.mail.model import Mailer
from app.providers.received_mail import ReceivedMail
from app.security import Signer
from app.settings import Settings
from app.usage.prices import Prices
from app.vault.keys import Vault
from ingestion.ports import Analyser, Embedder, Extractor, FaultPoint, Fetcher, Renderer, Tokenizer, Unlocker
from retrieval.ports import Budget, ChatModel


class ChooseModels(Protocol):
    def __call__(
        self,
        allowed_processors: Sequence[str],
        *,
        first: str | None = None,
        only: str | None = None,
        temperature: float | None = None,
    ) -> list[ChatModel]:
        """In failover order: see Models.chat_models."""
        ...


class OpenBudget(Protocol):
    def __call__(self, business_id: UUID, person_id: UUID | None = None) -> Budget:
        """`person_id`: the visitor, whose day has a cap too; None: the operator."""
        ...


@dataclass(frozen=True, slots=True)
class Services:
    settings: Settings
    database: Database
    vault: Vault
    signer: Signer
    doorbell: Doorbell
    redis: Redis
    limiter: Limiter
    embedder_for: Callable[[Sequence[str]], Embedder]  # of the processors a business allows
    # The one of a model's name, that of what is live; None: not at hand, or not allowed by these processors.
    embedder_of: Callable[[str | None, Sequence[str]], Embedder | None]
    comparer: Embedder  # of texts with each other, on this machine
    tokenizer: Tokenizer
    analyser: Analyser
    fetcher: Fetcher
    extractor: Extractor
    unlocker: Unlocker
    renderer: Renderer | None  # only in workers with a browser
    chat_models: ChooseModels
    budget: OpenBudget
    prices: Prices
    mailer: Mailer
    received_mail: ReceivedMail | None  # where replies are whose notice comes without their text
    answers: AnswerTasks
    clock: Callable[[], datetime]  # aware, UTC
    fault: FaultPoint
