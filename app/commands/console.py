"""What every command of `milo` shares: --json, exit codes, errors as one sentence, settings.

    @milo_command("ask", help="…")
    @click.argument("slug")
    async def command(console: Console, settings: Settings, slug: str) -> None:

The function gets a Console and the Settings before its own parameters. Exit 0 done, 1 failed with a
readable reason, 2 usage. With --json standard output carries JSON only; logs go to standard error.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NoReturn

import click

from app.errors import MiloError

Flow = Callable[..., Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Console:
    """Where a command's results go."""

    json: bool

    def emit(self, result: Mapping[str, Any], sentence: str | None = None) -> None:
        """One result: a JSON line with --json, else `sentence` (or its fields, one a line)."""
        if self.json:
            click.echo(json.dumps(result, ensure_ascii=False, default=str))
        elif sentence is not None:
            click.echo(sentence)
        else:
            for key, value in result.items():
                click.echo(f"{key}: {value}")

    def say(self, sentence: str) -> None:
        """For people only: standard output, nothing with --json."""
        if not self.json:
            click.echo(sentence)

    def note(self, sentence: str) -> None:
        """Progress and remarks, always on standard error."""
        click.echo(sentence, err=True)

    @property
    def shows_progress(self) -> bool:
        return sys.stderr.isatty()


def milo_command(
    name: str,
    *,
    help: str,
    signals: bool = True,
    overrides: Callable[[dict[str, Any]], Mapping[str, str]] | None = None,
) -> Callable[[Flow], click.Command]:
    """Makes a click command of an async flow.

    `signals` off: the flow handles SIGTERM itself. `overrides` turns options into settings by name.
    """

    def decorate(flow: Flow) -> click.Command:
        def callback(as_json: bool, **options: Any) -> None:
            console = Console(as_json)
            try:
                from app import logs
                from app.settings import settings_with

                settings = settings_with(overrides(options) if overrides else {})
                logs.configure(settings.log_level)
                asyncio.run(_run(flow(console, settings, **options), signals))
            except MiloError as error:
                _fail(console, error.sentence, error.code)
            except (KeyboardInterrupt, asyncio.CancelledError):
                _fail(console, "Interrupted.", "interrupted")
            except BrokenPipeError:
                # The reader went away (milo … | head): nothing more to say, and nowhere to say it.
                sys.stderr.close()
                sys.exit(1)
            except Exception as error:  # noqa: BLE001 - the last door: a person reads one sentence, the log has it all
                import structlog

                structlog.get_logger(__name__).error("command.failed", command=name, exc_info=error)
                _fail(
                    console,
                    f"Milo failed in a way it should not ({type(error).__name__}); the log has more.",
                    "internal",
                )

        # Keep the parameters that click's decorators hung on the flow.
        for attribute in ("__click_params__", "__doc__"):
            with suppress(AttributeError):
                setattr(callback, attribute, getattr(flow, attribute))
        as_json = click.option("--json", "as_json", is_flag=True, help="Machine-readable output on standard output.")
        return click.command(name, help=help)(as_json(callback))

    return decorate


async def wait_for_input_to_end() -> None:
    """The gate of a process that `milo up` started early: it opens when standard input ends."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()
    transport.close()


async def _run(work: Awaitable[None], signals: bool) -> None:
    if signals:
        task = asyncio.current_task()
        assert task is not None
        # Cancelled and not killed: servers that this command started are stopped on the way out.
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    await work


def _fail(console: Console, sentence: str, code: str) -> NoReturn:
    if console.json:
        click.echo(json.dumps({"error": sentence, "code": code}, ensure_ascii=False))
    click.echo(sentence, err=True)
    sys.exit(1)
