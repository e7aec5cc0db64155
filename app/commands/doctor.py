"""`milo doctor`: one line a part, each with what to do when something is wrong. Exit 1 when a part failed."""

from __future__ import annotations

import asyncio
import socket
import sys

import click

from app.commands.console import Console, milo_command
from app.health.model import Finding
from app.settings import Settings

MARKS = {
    "ok": ("ok", "green"),
    "warning": ("warning", "yellow"),
    "failed": ("FAILED", "red"),
    "unknown": ("unknown", "yellow"),
}


@milo_command("doctor", help="Look at every part and say what is wrong with it.")
async def command(console: Console, settings: Settings) -> None:
    from app.health import doctor
    from app.health.parsing import parsing

    failed = False

    def show(*findings: Finding) -> None:
        nonlocal failed
        for finding in findings:
            failed = failed or finding.status == "failed"
            console.emit(finding.as_json(), _line(finding))

    show(doctor.python(), doctor.data_dir(settings), doctor.disk_space(settings))
    answers = await _milo_answers(settings)
    show(_port(settings, answers))
    show(*await _servers(settings, started=answers))
    show(await doctor.embedder(settings))
    show(*await parsing())
    mail, models, outbound, egress = await asyncio.gather(
        doctor.mail(settings), doctor.models(settings), doctor.outbound(settings), doctor.egress(settings)
    )
    show(mail, *models, outbound, egress)
    if failed:
        sys.exit(1)


async def _servers(settings: Settings, *, started: bool) -> list[Finding]:
    from app.embedded import running
    from app.errors import MiloError
    from app.health import doctor

    try:
        async with running(settings) as resolved:
            findings, pulse = await doctor.database(resolved)
            findings.append(await doctor.redis(resolved))
            findings.append(doctor.worker(pulse, started=started or not settings.embedded))
            return findings
    except MiloError as error:
        because = "the embedded servers did not start"
        return [
            Finding("postgres", "failed", error.sentence, "See the sentence; logs are in the data dir under logs/."),
            *(Finding(part, "unknown", because) for part in ("pgvector", "redis", "worker")),
        ]


def _port(settings: Settings, answers: bool) -> Finding:
    place = f"{settings.host}:{settings.port}"
    if answers:
        return Finding("port", "ok", f"Milo answers on {place}")
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError:
            return Finding(
                "port",
                "failed",
                f"{place} is in use by another program",
                f"Stop that program, or choose another port: milo up --port {settings.port + 1}",
            )
    return Finding("port", "ok", f"{place} is free")


async def _milo_answers(settings: Settings) -> bool:
    try:
        reader, writer = await asyncio.open_connection(settings.host, settings.port)
    except OSError:
        return False  # nothing listens
    try:
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        async with asyncio.timeout(3):
            return b'{"status":"ok"}' in await reader.read()  # to the end: head and body may come apart
    except (OSError, TimeoutError):
        return False  # another program
    finally:
        writer.close()


def _line(finding: Finding) -> str:
    mark, colour = MARKS[finding.status]
    line = f"{click.style(f'{mark:8}', fg=colour)} {finding.part:12} {finding.detail}"
    return f"{line}\n{'':21} → {finding.fix}" if finding.fix else line
