"""Exit codes, JSON and sentences of the command line."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from app.cli import COMMANDS, main
from app.commands.console import Console, milo_command
from app.errors import Conflict
from app.settings import Settings

ROOT = Path(__file__).parents[3]


@milo_command("try", help="For tests.")
@click.argument("what")
async def attempt(console: Console, settings: Settings, what: str) -> None:
    if what == "refuse":
        raise Conflict("That slug is taken.", code="slug_taken")
    if what == "break":
        raise RuntimeError("anna@example.com")
    if what == "interrupt":
        raise KeyboardInterrupt
    console.say("for people")
    console.note("remark")
    console.emit({"slug": "bøf"}, "made bøf")


def run(*arguments: str, **environ: str) -> Result:
    return CliRunner().invoke(attempt, list(arguments), env=environ)


def test_done_is_zero_and_a_sentence() -> None:
    result = run("do")
    assert (result.exit_code, result.stdout) == (0, "for people\nmade bøf\n")
    assert result.stderr == "remark\n"


def test_json_is_all_there_is_on_standard_output() -> None:
    result = run("do", "--json")
    assert [json.loads(line) for line in result.stdout.splitlines()] == [{"slug": "bøf"}]


def test_a_refusal_is_one_sentence_and_one() -> None:
    result = run("refuse")
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", "That slug is taken.\n")


def test_a_refusal_in_json_has_sentence_and_code() -> None:
    result = run("refuse", "--json")
    assert json.loads(result.stdout) == {"error": "That slug is taken.", "code": "slug_taken"}
    assert result.exit_code == 1


def test_a_defect_is_a_sentence_too_and_names_nobody() -> None:
    result = run("break", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["code"] == "internal"
    assert "anna" not in result.stdout + result.stderr
    assert "Traceback" not in result.stdout


def test_an_interruption_is_one() -> None:
    assert run("interrupt").exit_code == 1


def test_wrong_usage_is_two() -> None:
    assert run().exit_code == 2
    assert CliRunner().invoke(main, ["nonsense"]).exit_code == 2


def test_wrong_settings_are_one_sentence_naming_all() -> None:
    result = run("do", MILO_PORT="99999", MILO_PUBLIC_URL="ftp://x")
    assert result.exit_code == 1
    assert "MILO_PORT" in result.stderr and "MILO_PUBLIC_URL" in result.stderr


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_takes_json_and_tells_its_help(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.help
    leaves = command.commands.values() if isinstance(command, click.Group) else [command]
    assert all("--json" in option.opts for leaf in leaves for option in leaf.params if option.name == "as_json")
    assert all(any(option.name == "as_json" for option in leaf.params) for leaf in leaves)


def test_the_command_line_starts_without_the_heavy_parts() -> None:
    code = (
        "import sys; import app.cli;"
        "[app.cli.main.get_command(None, name) for name in ('up', 'doctor', 'serve', 'worker', 'migrate')];"
        "heavy = {'litestar', 'psycopg', 'onnxruntime', 'openai', 'redis', 'numpy'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert time.perf_counter() - began < 5
