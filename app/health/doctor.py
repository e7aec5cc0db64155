"""What is well and what is not, part by part, each with what to do about it. Called by `milo doctor`.

In: settings, resolved where servers run. Out: findings. Nothing is changed and no mail is sent.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Sequence

from psycopg import Error as DatabaseError
from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.db.pool import Database
from app.errors import MiloError, Unavailable
from app.health.check import WORKER_SECONDS
from app.health.model import Finding
from app.health.queries import Pulse, pulse
from app.outbound import OutboundFetcher
from app.outbound_reach import GATEWAY_PORTS, METADATA, NOWHERE, gateways, reachable
from app.providers.mailer import MailFailed
from app.providers.minilm import MiniLmEmbedder
from app.providers.reach import ask_mail, ask_models
from app.settings import Settings
from ingestion.ports import FetchFailed
from retrieval.ports import ModelFailed

_Ports = Sequence[tuple[str, int]]
Places = tuple[_Ports, _Ports, _Ports]  # of clouds' metadata, of the private network, of nobody
LITTLE_BYTES = 1_000_000_000
FEW_BYTES = 5_000_000_000
OLDEST_PGVECTOR = (0, 8)


def python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < (3, 11):  # noqa: UP036 - started by a Python that no one checked
        return Finding("python", "failed", version, "Install Python 3.11 or newer and run make up again.")
    return Finding("python", "ok", version)


def data_dir(settings: Settings) -> Finding:
    folder = settings.data_dir
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        return Finding(
            "data dir", "failed", f"{folder} cannot be written", "Set MILO_DATA_DIR to a folder this user may write."
        )
    secrets = folder / "secrets.json"
    if secrets.exists() and secrets.stat().st_mode & 0o077:
        return Finding("data dir", "failed", f"{secrets} can be read by others", f"chmod 600 {secrets}")
    return Finding("data dir", "ok", str(folder) if folder.exists() else f"{folder} (made at the first start)")


def disk_space(settings: Settings, free: int | None = None) -> Finding:
    """`free` in bytes; measured where the data dir is, or will be."""
    existing = next(parent for parent in (settings.data_dir, *settings.data_dir.parents) if parent.exists())
    left = shutil.disk_usage(existing).free if free is None else free
    detail = f"{left / 1e9:.1f} GB free"
    if left < LITTLE_BYTES:
        return Finding("disk space", "failed", detail, "Make room: with a full disk nothing more can be stored.")
    if left < FEW_BYTES:
        return Finding("disk space", "warning", detail, "Make room soon.")
    return Finding("disk space", "ok", detail)


async def database(settings: Settings) -> tuple[list[Finding], Pulse | None]:
    """PostgreSQL, pgvector and what the worker last said."""
    assert settings.database is not None
    opened = await Database.open(settings.database, max_size=1)
    try:
        async with opened.directory_transaction() as conn:
            found = await pulse(conn, WORKER_SECONDS)
    except (DatabaseError, Unavailable) as error:
        fix = "Start Milo with: milo up" if settings.embedded else "Check MILO_DATABASE_URL, and run: milo migrate"
        return [
            Finding("postgres", "failed", f"no answer ({type(error).__name__})", fix),
            Finding("pgvector", "unknown", "the database does not answer"),
        ], None
    finally:
        await opened.close()
    return [_postgres(found.server), pgvector(found.pgvector)], found


def pgvector(version: str | None) -> Finding:
    if version is None:
        return Finding(
            "pgvector", "failed", "not installed in this database", "Run: milo migrate --superuser-url-file …"
        )
    parts = tuple(int(part) for part in version.split(".")[:2])
    if parts < OLDEST_PGVECTOR:
        return Finding(
            "pgvector", "failed", version, "Install pgvector 0.8 or newer and ALTER EXTENSION vector UPDATE."
        )
    return Finding("pgvector", "ok", version)


def worker(found: Pulse | None, *, started: bool) -> Finding:
    """`started`: a worker is meant to run (beside `milo up`, or on a server)."""
    if found is None:
        return Finding("worker", "unknown", "the database does not answer")
    if found.worker_alive:
        return Finding("worker", "ok", "seen within the last minute")
    seen = f"last seen {found.worker_seen_at:%Y-%m-%d %H:%M} UTC" if found.worker_seen_at else "never seen"
    if not started:
        return Finding("worker", "warning", f"{seen}; Milo is not running", "Start Milo with: milo up")
    return Finding("worker", "failed", seen, "Look at its log; restart it with milo up, or milo worker on a server.")


async def redis(settings: Settings) -> Finding:
    assert settings.redis_url is not None
    client = Redis.from_url(  # pyright: ignore[reportUnknownMemberType]
        settings.redis_url.reveal(), socket_timeout=2, socket_connect_timeout=2
    )
    try:
        await client.ping()  # pyright: ignore[reportGeneralTypeIssues, reportUnknownMemberType]
    except (RedisError, OSError, TimeoutError) as error:
        return Finding(
            "redis",
            "warning",
            f"no answer ({type(error).__name__}); work is found within seconds all the same",
            "Check MILO_REDIS_URL." if not settings.embedded else "Restart Milo.",
        )
    finally:
        await client.aclose()
    return Finding("redis", "ok", "answers")


async def embedder(settings: Settings) -> Finding:
    if settings.embedding != "local":
        return Finding("embedder", "ok", f"{settings.embedding} (see model key)")
    try:
        vectors = await MiniLmEmbedder(settings.data_dir / "models").embed(["opening hours"])
    except (MiloError, OSError, ValueError, RuntimeError, ImportError) as error:
        detail = error.sentence if isinstance(error, MiloError) else f"cannot be loaded ({type(error).__name__})"
        fix = f"Remove {settings.data_dir / 'models'} and run make up again."
        return Finding("embedder", "failed", detail, fix)
    return Finding("embedder", "ok", f"local, {vectors.shape[1]} dimensions")


async def mail(settings: Settings) -> Finding:
    if settings.mail_url is None:
        if settings.embedded:
            return Finding("mail", "ok", "the built-in mailbox page (set MILO_MAIL_URL to send real mail)")
        return Finding("mail", "warning", "no MILO_MAIL_URL: no mail leaves this machine", "Set MILO_MAIL_URL.")
    try:
        return Finding("mail", "ok", await ask_mail(settings))
    except (MailFailed, MiloError) as error:
        return Finding("mail", "failed", error.sentence, "Check MILO_MAIL_URL; mail waits until it works.")


async def models(settings: Settings) -> list[Finding]:
    """All together in one line, then each by name."""
    if not settings.chat and settings.embedding == "local":
        detail = "none: answers are quotes (set OPENAI_API_KEY or ANTHROPIC_API_KEY for written answers)"
        return [Finding("model key", "ok", detail)]
    asked = await ask_models(settings)
    lines = [_model(name, said) for name, said in asked.items()]
    failed = sum(line.status == "failed" for line in lines)
    detail = f"{len(lines) - failed} of {len(lines)} configured models answer"
    if not failed:
        return [Finding("model key", "ok", detail), *lines]
    fix = "See the lines of the models; until they answer, the others do, or visitors get quotes."
    return [Finding("model key", "failed" if failed == len(lines) else "warning", detail, fix), *lines]


def _model(name: str, said: str | ModelFailed) -> Finding:
    if isinstance(said, str):
        return Finding(f"model {name}", "ok", said)
    key = "ANTHROPIC_API_KEY" if name.startswith("anthropic:") else "OPENAI_API_KEY"
    address = key.replace("API_KEY", "BASE_URL")
    match said.reason:
        case "wrong_key":
            fix = f"Set {key} to a key that is in force."
        case "not_allowed":
            where = "MILO_CHAT" if "embedding" not in name else "MILO_EMBEDDING"
            fix = f"Name another model in {where}, or have the provider give this account the model."
        case "quota":
            fix = "Add credit with the provider, or raise the spending limit there."
        case "unreachable" | "timeout":
            fix = f"Check this machine's way to the internet, and {address} where it is set."
        case _:
            fix = f"Try again in a minute; then check {key}, {address} and MILO_CHAT."
    return Finding(f"model {name}", "failed", said.detail or said.reason, fix)


async def outbound(settings: Settings) -> Finding:
    """The one door must refuse this machine's own addresses."""
    fetcher = OutboundFetcher(settings, total_seconds=5)
    open_hosts = ", ".join(sorted(settings.crawl_private_hosts))
    try:
        await fetcher.fetch("http://127.0.0.1/", max_bytes=1)
    except FetchFailed as error:
        if error.reason in ("refused_address", "own_service"):
            detail = "private addresses are refused"
            if open_hosts:
                return Finding("outbound", "warning", f"{detail}, except {open_hosts}", "Meant for development only.")
            return Finding("outbound", "ok", detail)
    finally:
        await fetcher.close()
    return Finding(
        "outbound",
        "failed",
        "an address of this machine was not refused",
        "Unset MILO_CRAWL_PRIVATE_HOSTS, and tell us.",
    )


async def egress(settings: Settings, *, places: Places | None = None) -> Finding:
    """The second line: a rule of the machine that keeps this process from private addresses. `places`: for tests."""
    routers = [(host, port) for host in gateways() for port in GATEWAY_PORTS]
    metadata, private, nowhere = places or (METADATA, routers, NOWHERE)
    clouds, neighbours, nobody = await asyncio.gather(reachable(metadata), reachable(private), reachable(nowhere))
    if nobody:
        return Finding("egress", "unknown", "a proxy between Milo and the network accepts every connection")
    fix = "Let the firewall refuse it to Milo's user or container (docs/settings.md, “A second line”)."
    if clouds:
        detail = (
            f"this process reaches cloud metadata at {', '.join(clouds)}; only Milo's own check keeps sites from it"
        )
        return Finding("egress", "warning", detail, fix)
    if neighbours and not settings.embedded:
        detail = f"this process reaches the private network ({', '.join(neighbours)})"
        return Finding("egress", "warning", detail, fix)
    if neighbours:
        return Finding("egress", "ok", f"no cloud metadata; the private network is in reach ({', '.join(neighbours)})")
    return Finding("egress", "ok", "neither cloud metadata nor a router of the private network answers")


def _postgres(server: str) -> Finding:
    major = server.split(".")[0]
    if not major.isdigit() or int(major) < 18:
        return Finding("postgres", "failed", server, "Milo needs PostgreSQL 18 or newer.")
    return Finding("postgres", "ok", server)
