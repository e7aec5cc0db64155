"""The worker process: `work(settings)` runs jobs until told to stop.

Two loops beside each other: the runner's sweep over PostgreSQL, which alone suffices, and arq over
Redis, which only wakes it. arq's loop ends when Redis goes away, so it is begun anew with backoff.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from arq.worker import Worker, func
from redis.exceptions import RedisError

from app.db.pool import Connection
from app.db.probe import probe
from app.gaps.collect import collect_gap
from app.gaps.mail.take_reply import take_reply
from app.gaps.mail.weekly import mail_gaps
from app.golden.refresh import refresh
from app.jobs.doorbell import QUEUE, redis_settings, to_json
from app.jobs.model import (
    KINDS,
    AskGolden,
    CollectGap,
    Handler,
    IngestSource,
    KeepVectorIndex,
    MailGaps,
    PreviewSource,
    PurgeExpired,
    RecheckPages,
    Reembed,
    RenderSource,
    SendMail,
    TakeReply,
)
from app.jobs.runner import Runner
from app.knowledge.preview import preview_source
from app.knowledge.recheck import recheck_pages
from app.knowledge.reembed import plan_reembedding, reembed
from app.knowledge.reindex import reindex
from app.knowledge.vectors.keep import keep_vector_index, plan_vector_index, with_vector_index
from app.mail.send import send_mail
from app.retention.purge import ensure_scheduled, purge_expired
from app.services import Services
from app.settings import Secret, Settings
from app.wiring import open_services

BELL_BACKOFF = (0.5, 1, 2, 5)
log = structlog.get_logger(__name__)


async def work(settings: Settings, stop: asyncio.Event) -> None:
    """Returns after `stop` is set and running jobs have ended or been given back."""
    async with open_services(settings, role="worker") as services:
        await probe(services.database)
        await ensure_scheduled(services.database, datetime.now(UTC))
        runner = Runner(services.database, handlers(services))
        tasks: list[asyncio.Task[Any]] = [asyncio.create_task(runner.sweep(), name="sweep")]
        if settings.redis_url is not None:
            tasks.append(asyncio.create_task(listen(settings.redis_url, runner), name="bell"))
        stopped = asyncio.create_task(stop.wait())
        try:
            done, _ = await asyncio.wait({*tasks, stopped}, return_when=asyncio.FIRST_COMPLETED)
            for task in done - {stopped}:
                task.result()  # a loop that ended by itself is a defect: say so and let the supervisor restart
        finally:
            await runner.stop()
            for task in (*tasks, stopped):
                task.cancel()
            await asyncio.gather(*tasks, stopped, return_exceptions=True)


def handlers(services: Services) -> Mapping[str, Handler]:
    """Which function does which kind of work."""
    published = partial(with_vector_index, services)
    browser = {RenderSource.kind: published(partial(reindex, services))} if services.renderer is not None else {}
    return {
        **browser,
        IngestSource.kind: published(partial(reindex, services)),
        PreviewSource.kind: partial(preview_source, services),
        RecheckPages.kind: published(partial(recheck_pages, services)),
        KeepVectorIndex.kind: partial(keep_vector_index, services),
        Reembed.kind: published(partial(reembed, services)),
        AskGolden.kind: partial(refresh, services),
        CollectGap.kind: partial(collect_gap, services),
        MailGaps.kind: partial(mail_gaps, services),
        TakeReply.kind: partial(take_reply, services, services.received_mail),
        SendMail.kind: partial(send_mail, services.database, services.vault, services.mailer, fault=services.fault),
        PurgeExpired.kind: partial(purge_expired, services.database, plan=partial(plan_day, services)),
    }


async def plan_day(services: Services, conn: Connection, business_id: UUID) -> None:
    """What a business's day begins with, in the purge's transaction."""
    await plan_reembedding(services, conn, business_id)
    await plan_vector_index(conn, business_id)


async def listen(url: Secret, runner: Runner) -> None:
    """arq's worker, one thin function a kind; each only wakes the sweep. Until cancelled."""

    async def rung(ctx: dict[Any, Any], *args: Any, **kwargs: Any) -> None:
        """Never raises and returns None: the outcome of the work is its row, arq keeps nothing."""
        runner.wake()

    failures = 0
    while True:
        worker = Worker(
            functions=[func(rung, name=kind) for kind in KINDS],
            queue_name=QUEUE,
            redis_settings=redis_settings(url),
            handle_signals=False,
            poll_delay=0.1,
            keep_result=0,
            max_tries=1,
            job_serializer=to_json,
            job_deserializer=json.loads,
            log_results=False,
        )
        try:
            failures = failures + 1 if not await _run(worker) else 0
        finally:
            with suppress(RedisError, OSError):  # it may be what failed
                await worker.close()
        await asyncio.sleep(BELL_BACKOFF[min(failures, len(BELL_BACKOFF) - 1)])


async def _run(worker: Worker) -> bool:
    """Runs arq until Redis is lost; False when it could not even begin."""
    started = asyncio.get_running_loop().time()
    try:
        await worker.main()
    except (RedisError, OSError, TimeoutError) as error:
        log.warning("bell.lost", error=type(error).__name__)
    return asyncio.get_running_loop().time() - started > 5
