"""`milo ingest SLUG TARGET…`: sites, files and folders into what a business is asked about. Waits for it.

A worker that is alive does the work and this command follows its rows; without one the job runs here.
The JSON merges all targets into one object (contract.md).
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import click
from rich.console import Console as Terminal
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from app.commands.console import Console, milo_command
from app.errors import BadInput, MiloError, NotFound
from app.knowledge.files import TYPES, file_name, file_type
from app.knowledge.model import Added, NewFile, Outcome, Run, Wishes
from app.services import Services
from app.settings import Settings
from ingestion.model import LedgerEntry, PageStatus, Reason

ACTOR = "operator"
_REFUSALS = {"too_large": Reason.TOO_LARGE, "unsupported": Reason.UNSUPPORTED}
POLL_SECONDS = 0.2
WORKER_SECONDS = 40  # a worker seen within this time is alive (it tells every 15 s)
LOOK_SECONDS = 2.0  # between looks for a worker while the job waits
PHASES = {
    "crawl": "Reading",
    "chunk": "Cutting into passages",
    "embed": "Embedding",
    "publish": "Publishing",
    "done": "Done",
}


@dataclass(frozen=True, slots=True)
class LocalFile:
    name: str
    content: bytes


@milo_command("ingest", help="Read sites (addresses), files and folders for the business SLUG.")
@click.argument("slug")
@click.argument("targets", nargs=-1, required=True, metavar="TARGET…")
@click.option("--include", multiple=True, metavar="PATTERN", help="Read only these paths of the sites, as /shop/.")
@click.option("--exclude", multiple=True, metavar="PATTERN", help="Leave these paths out, as /*.pdf$.")
@click.option("--max-pages", type=click.IntRange(1, 10_000), help="Pages to read of each site.")
@click.option(
    "--ignore-robots/--obey-robots",
    default=None,
    help="Read what robots.txt forbids, on a host that is proved to be yours.",
)
@click.option("--password", default="", metavar="TEXT", help="Opens PDFs that need one; “-” asks for it. Not kept.")
@click.option("--preview", is_flag=True, help="Look at the sites and tell what would be read; nothing is kept.")
async def command(
    console: Console,
    settings: Settings,
    slug: str,
    targets: Sequence[str],
    include: Sequence[str],
    exclude: Sequence[str],
    max_pages: int | None,
    ignore_robots: bool | None,
    password: str,
    preview: bool,
) -> None:
    from app.embedded import running
    from app.knowledge.unlock import unlock_files
    from app.wiring import open_services

    sites, paths = _sort_targets(targets)
    if preview and paths:
        raise BadInput("--preview is for sites: a file is either read or refused at once.", code="no_preview")
    wishes = Wishes(tuple(include) or None, tuple(exclude) or None, ignore_robots, max_pages)
    files, refused = _read_files(paths)
    if password == "-":  # noqa: S105 - a hyphen is no password
        password = click.prompt("Password of the files", hide_input=True, err=True)
    async with running(settings) as resolved, open_services(resolved) as services:
        business_id = await _find_business(services, slug)
        opened = await unlock_files(services.unlocker, files, password)
        outcomes = await _ingest(console, services, business_id, sites, opened, wishes, preview=preview)
    result = _merged(outcomes, refused)
    console.emit(result, _sentence(result))
    if result["status"] == "failed":
        sys.exit(1)


def _sort_targets(targets: Sequence[str]) -> tuple[list[str], list[Path]]:
    """Addresses and paths. What is both (a file called example.com) is the file."""
    from app.knowledge.manage import site_address

    sites: list[str] = []
    paths: list[Path] = []
    for target in targets:
        path = Path(target).expanduser()
        if "://" not in target and path.exists():
            paths.append(path)
        elif "://" not in target and (os.sep in target.rstrip("/") or path.suffix.lower().removeprefix(".") in TYPES):
            raise BadInput(f"There is no file or folder {target}.", code="no_such_file")
        else:
            site_address(target)  # raises for what is no address; as it was typed it says which scheme is meant
            sites.append(target)
    return list(dict.fromkeys(sites)), paths


def _read_files(paths: Sequence[Path]) -> tuple[list[LocalFile], list[LedgerEntry]]:
    """Files that may be taken, with folders' files by their relative names, and a ledger of the others."""
    found: list[tuple[str, Path]] = []
    for path in paths:
        if path.is_dir():
            inner = sorted(file for file in path.rglob("*") if file.is_file() and not file.name.startswith("."))
            found.extend((file.relative_to(path.parent).as_posix(), file) for file in inner)
        else:
            found.append((path.name, path))
    files: list[LocalFile] = []
    refused: list[LedgerEntry] = []
    for name, path in found:
        size = path.stat().st_size
        shown = file_name(name)
        try:
            with path.open("rb") as handle:
                file_type(shown, size, handle.read(16))
            files.append(LocalFile(shown, path.read_bytes()))
        except OSError as error:
            raise BadInput(f"{path} could not be opened ({error.strerror}).", code="unreadable_file") from error
        except MiloError as error:
            reason = _REFUSALS.get(error.code, Reason.NOT_TEXT)
            status = PageStatus.FAILED if reason is Reason.TOO_LARGE else PageStatus.SKIPPED
            refused.append(LedgerEntry(f"file:{shown}", status, reason, bytes=size, detail=error.sentence))
    return files, refused


async def _find_business(services: Services, slug: str) -> UUID:
    from app.businesses.queries import find_by_slug

    async with services.database.directory_transaction() as conn:
        business_id = await find_by_slug(conn, slug)
    if business_id is None:
        raise NotFound(f"There is no business {slug}. Make it with: milo business create NAME --slug {slug}")
    return business_id


async def _ingest(
    console: Console,
    services: Services,
    business_id: UUID,
    sites: Sequence[str],
    files: Sequence[NewFile],
    wishes: Wishes,
    *,
    preview: bool,
) -> list[Outcome]:
    from app.knowledge.follow import read_outcome
    from app.knowledge.manage import add_files, add_site
    from app.knowledge.preview import add_draft
    from app.knowledge.wishes import wish

    for site in sites if wishes.any else ():
        await wish(services, business_id, site, wishes, actor=ACTOR)
    added: list[tuple[str, Added]] = []
    for site in sites:
        add = add_draft if preview else add_site
        added.append((site, await add(services, business_id, site, actor=ACTOR)))
    if files:
        added.append((f"{len(files)} files", await add_files(services, business_id, files, actor=ACTOR)))
    bars = (
        Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Terminal(stderr=True),
        )
        if console.shows_progress
        else nullcontext()
    )
    outcomes: list[Outcome] = []
    with bars as progress:
        for label, each in added:
            bar = progress.add_task(label, total=None) if progress is not None else None
            await _follow(services, business_id, each, progress, bar, label)
            outcomes.append(await read_outcome(services.database, business_id, each.job.job_id))
    return outcomes


async def _follow(
    services: Services, business_id: UUID, added: Added, progress: Progress | None, bar: TaskID | None, label: str
) -> None:
    """Until the run has ended. Takes the job over where no worker is alive to do it."""
    from app.knowledge.follow import read_progress

    own: asyncio.Task[bool] | None = None
    look_at = 0.0
    try:
        while True:
            run = await read_progress(services.database, business_id, added.job.job_id)
            if progress is not None and bar is not None:
                done = run.total if run.phase == "done" else run.done
                progress.update(bar, description=_described(label, run), completed=done, total=run.total or None)
            if own is not None and own.done():
                own.result()
                own = None
            if run.ended and own is None:
                return
            if own is None and run.job_state == "queued" and time.monotonic() >= look_at:
                look_at = time.monotonic() + LOOK_SECONDS
                if not await _worker_is_alive(services):
                    own = asyncio.create_task(_run_here(services, business_id, added))
            await asyncio.sleep(POLL_SECONDS)
    finally:
        if own is not None:
            own.cancel()
            await asyncio.gather(own, return_exceptions=True)


async def _worker_is_alive(services: Services) -> bool:
    from app.jobs.queries import worker_seen

    async with services.database.directory_transaction() as conn:
        return await worker_seen(conn, WORKER_SECONDS)


async def _run_here(services: Services, business_id: UUID, added: Added) -> bool:
    """False where the job is not free just now: another reading of this business goes on."""
    from app.jobs.runner import Runner
    from app.worker import handlers

    return await Runner(services.database, handlers(services)).run_job(business_id, added.job.job_id)


def _described(label: str, run: Run) -> str:
    return f"{label}: {PHASES.get(run.phase or '', 'Waiting for a worker')}"


def _merged(outcomes: Sequence[Outcome], refused: Sequence[LedgerEntry]) -> dict[str, Any]:
    """One object for all targets: figures added up, the worst status, the newest generation."""
    statuses = [outcome.status for outcome in outcomes]
    failed = "failed" in statuses or not outcomes
    status = next((each for each in ("held", "previewed") if each in statuses), "published")
    status = "failed" if failed else status
    reasons = [outcome.reason for outcome in outcomes if outcome.reason]
    if refused and (not outcomes or status == "published"):
        reasons += [entry.detail for entry in refused if entry.detail]
    ledger = [entry for outcome in outcomes for entry in outcome.ledger] + list(refused)
    counts = {name: sum(getattr(outcome.pages, name) for outcome in outcomes) for name in PageStatus}
    for entry in refused:
        counts[entry.status] += 1
    generations = [outcome.generation for outcome in outcomes if outcome.generation is not None]
    total = outcomes[-1].chunks.get("total", 0) if outcomes else 0
    new = sum(outcome.chunks.get("new", 0) for outcome in outcomes)
    result: dict[str, Any] = {
        "generation": generations[-1] if generations else None,
        "status": status,
        "seconds": round(sum(outcome.seconds for outcome in outcomes), 2),
        "pages": {str(name): count for name, count in counts.items()},
        "chunks": {"total": total, "new": new, "reused": max(0, total - new)},
        "ledger": [_line(entry) for entry in ledger],
    }
    if reasons:
        result["reason"] = " ".join(reasons)
    return result


def _line(entry: LedgerEntry) -> dict[str, Any]:
    line: dict[str, Any] = {"url": entry.url, "status": entry.status, "bytes": entry.bytes, "words": entry.words}
    optional = {"reason": entry.reason, "http": entry.http, "detail": entry.detail, "language": entry.language}
    return line | {name: value for name, value in optional.items() if value is not None}


def _sentence(result: dict[str, Any]) -> str:
    pages, chunks = result["pages"], result["chunks"]
    if result["status"] == "failed":
        return f"Failed: {result.get('reason', 'see the list of addresses')}"
    if result["status"] == "previewed":
        readable = sum(line.get("reason") == Reason.WOULD_BE_READ for line in result["ledger"])
        return f"{readable} pages were met that would be read, {len(result['ledger']) - readable} addresses would not."
    said = (
        f"{'Published' if result['status'] == 'published' else 'Held'} as generation {result['generation']}"
        f" in {result['seconds']:.1f} s: {pages['fetched']} read, {pages['unchanged']} unchanged,"
        f" {pages['skipped']} left out, {pages['failed']} failed; {chunks['total']} passages, {chunks['new']} new."
    )
    return f"{said} {result['reason']}" if result.get("reason") else said
