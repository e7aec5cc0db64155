"""The `milo` command. Each subcommand is a module of app/commands and is imported only when called."""

from __future__ import annotations

import importlib
import sys

import click

# structlog looks for rich, for a console renderer that JSON logs never use: 0.1 s in each process.
if "structlog" not in sys.modules and "rich" not in sys.modules:
    sys.modules["rich"] = None  # pyright: ignore[reportArgumentType] - the import system's own word for "not there"
    importlib.import_module("structlog")
    del sys.modules["rich"]

COMMANDS = {
    "up": "app.commands.up",
    "business": "app.commands.business",
    "ingest": "app.commands.ingest",
    "prove": "app.commands.prove",
    "remove": "app.commands.remove",
    "rollback": "app.commands.rollback",
    "search": "app.commands.search",
    "ask": "app.commands.ask",
    "eval": "app.commands.eval",
    "doctor": "app.commands.doctor",
    "serve": "app.commands.serve",
    "worker": "app.commands.worker",
    "migrate": "app.commands.migrate",
    "sample": "app.commands.sample",
}


class Commands(click.Group):
    """A group whose members are modules with a `command`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
        command = importlib.import_module(module).command
        assert isinstance(command, click.Command)
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="milo")
def main() -> None:
    """An assistant for a small business's site that is never wrong about the business."""


if __name__ == "__main__":
    main()
