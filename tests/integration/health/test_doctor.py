"""`milo doctor`: each part is broken in turn and is the one that is named."""

from __future__ import annotations

import json
import os
import socket
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner

from app.cli import main
from app.db.pool import Database
from app.errors import ConfigurationError
from app.health import doctor
from app.health.model import Finding
from app.jobs.queries import beat
from app.outbound_reach import gateways
from app.settings import DatabaseUrls, Secret, Settings
from tests.fakes.anthropic_server import AnthropicServer
from tests.fakes.openai_server import OpenAIServer

PARTS = [
    "python",
    "data dir",
    "disk space",
    "port",
    "postgres",
    "pgvector",
    "redis",
    "worker",
    "embedder",
    "parsing",
    "OCR",
    "mail",
    "model key",
    "outbound",
    "egress",
]


def run(folder: Path, **environ: str) -> tuple[int, dict[str, dict[str, str]]]:
    names = {name: None for name in os.environ if name.startswith(("MILO_", "OPENAI_", "ANTHROPIC_"))}
    result = CliRunner().invoke(
        main, ["doctor", "--json"], env=names | {"MILO_DATA_DIR": str(folder), "MILO_PORT": str(free_port())} | environ
    )
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert all(set(line) <= {"part", "status", "detail", "fix"} for line in lines)
    assert all("fix" in line for line in lines if line["status"] == "failed")
    return result.exit_code, {line["part"]: line for line in lines}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_every_part_is_named_and_well_on_a_fresh_folder(tmp_path: Path) -> None:
    code, found = run(tmp_path / "data")
    assert list(found) == PARTS
    # What the network around a test lets through is not ours to say.
    assert {part for part, line in found.items() if line["status"] != "ok"} - {"egress"} == {"worker"}
    assert found["worker"]["status"] == "warning"
    assert code == 0


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        finding = doctor_port(tmp_path, taken.getsockname()[1])
    assert finding.status == "failed"
    assert "in use by another program" in finding.detail


def doctor_port(folder: Path, port: int) -> Finding:
    from app.commands.doctor import _port

    return _port(Settings.from_env({"MILO_DATA_DIR": str(folder), "MILO_PORT": str(port)}), False)


def test_a_data_dir_of_a_newer_version_fails_postgres_and_leaves_the_rest_unknown(tmp_path: Path) -> None:
    (tmp_path / "pg").mkdir()
    (tmp_path / "pg" / "PG_VERSION").write_text("19")
    code, found = run(tmp_path)
    assert code == 1
    assert "newer version" in found["postgres"]["detail"]
    assert found["pgvector"]["status"] == found["worker"]["status"] == "unknown"


def test_a_data_dir_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings = Settings.from_env({"MILO_DATA_DIR": str(tmp_path / "file")})
    assert doctor.data_dir(settings).status == "failed"


def test_secrets_that_others_can_read_are_named(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text("{}")
    (tmp_path / "secrets.json").chmod(0o644)
    finding = doctor.data_dir(Settings.from_env({"MILO_DATA_DIR": str(tmp_path)}))
    assert finding.status == "failed"
    assert "chmod 600" in (finding.fix or "")


@pytest.mark.parametrize(("free", "status"), [(10**8, "failed"), (2 * 10**9, "warning"), (10**11, "ok")])
def test_little_disk_space_is_named(tmp_path: Path, free: int, status: str) -> None:
    assert doctor.disk_space(Settings.from_env({"MILO_DATA_DIR": str(tmp_path)}), free).status == status


async def test_a_database_that_is_away_is_named(settings: Settings) -> None:
    away = replace(settings, database=DatabaseUrls(app=Secret("postgresql://milo_app:x@/milo?host=/nowhere")))
    findings, pulse = await doctor.database(away)
    assert [(finding.part, finding.status) for finding in findings] == [("postgres", "failed"), ("pgvector", "unknown")]
    assert doctor.worker(pulse, started=True).status == "unknown"


@pytest.mark.parametrize(("version", "status"), [(None, "failed"), ("0.7.4", "failed"), ("0.8.5", "ok"), ("1.0", "ok")])
def test_pgvector_that_is_missing_or_old_is_named(version: str | None, status: str) -> None:
    assert doctor.pgvector(version).status == status


async def test_redis_that_is_away_is_named(settings: Settings) -> None:
    assert (await doctor.redis(settings)).status == "ok"
    assert (await doctor.redis(replace(settings, redis_url=Secret("unix:///nowhere/r.sock")))).status == "warning"


async def test_a_worker_that_is_away_is_named(settings: Settings, database: Database) -> None:
    _, pulse = await doctor.database(settings)
    assert doctor.worker(pulse, started=True).status == "failed"
    async with database.directory_transaction() as conn:
        await beat(conn, uuid4(), renders=False)
    _, pulse = await doctor.database(settings)
    assert doctor.worker(pulse, started=True).status == "ok"


async def test_an_embedder_without_its_weights_is_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost() -> Path:
        raise ConfigurationError("The embedding model is not installed.")

    monkeypatch.setattr("app.providers.minilm._wheel_folder", lost)
    assert (await doctor.embedder(settings)).status == "failed"


async def test_mail_that_does_not_let_us_in_is_named(settings: Settings) -> None:
    port = free_port()
    wrong = replace(settings, mail_url=Secret(f"smtp://user:secret@127.0.0.1:{port}?from=a@example.com"))
    finding = await doctor.mail(wrong)
    assert finding.status == "failed"
    assert "secret" not in finding.detail


async def test_a_model_server_that_is_away_is_named_without_its_key(settings: Settings) -> None:
    keyed = replace(
        settings,
        openai_base_url=f"http://127.0.0.1:{free_port()}/v1",
        openai_api_key=Secret("sk-x"),
        chat=("openai:m",),
    )
    together, model = await doctor.models(keyed)
    assert together.status == model.status == "failed"
    assert model.part == "model openai:m" and "OPENAI_BASE_URL" in (model.fix or "")
    assert "sk-x" not in model.detail


async def test_each_configured_model_is_named_with_what_to_do(settings: Settings) -> None:
    async with OpenAIServer() as gpt, AnthropicServer() as claude:
        chosen = replace(
            settings,
            openai_base_url=gpt.base_url,
            openai_api_key=Secret(gpt.key),
            anthropic_base_url=claude.url,
            anthropic_api_key=Secret(claude.key),
            chat=("openai:gpt-5.4-mini", "anthropic:claude-haiku-5-5", "anthropic:claude-none"),
            embedding="openai:text-embedding-3-small@64",
        )
        together, *lines = await doctor.models(chosen)
        assert (together.part, together.status) == ("model key", "warning")
        assert [(line.part.removeprefix("model "), line.status) for line in lines] == [
            ("openai:gpt-5.4-mini", "ok"),
            ("anthropic:claude-haiku-5-5", "ok"),
            ("anthropic:claude-none", "failed"),
            ("openai:text-embedding-3-small@64", "ok"),
        ]
        assert "Name another model in MILO_CHAT" in (lines[2].fix or "")
        wrong = replace(chosen, anthropic_api_key=Secret("sk-ant-wrong"), openai_api_key=Secret("sk-wrong"))
        together, *lines = await doctor.models(wrong)
        assert together.status == "failed" and all(line.status == "failed" for line in lines)
        assert {(line.fix or "").split()[1] for line in lines} == {"OPENAI_API_KEY", "ANTHROPIC_API_KEY"}
        assert not any("wrong" in line.detail for line in lines)
        assert not gpt.violations and not claude.violations


async def test_a_door_opened_to_private_hosts_is_named(settings: Settings) -> None:
    assert (await doctor.outbound(settings)).status == "ok"
    opened = replace(settings, crawl_private_hosts=frozenset({"127.0.0.1:8080"}))
    assert (await doctor.outbound(opened)).status == "warning"
    wide = replace(settings, crawl_private_hosts=frozenset({"127.0.0.1:80"}))
    assert (await doctor.outbound(wide)).status == "failed"


async def test_what_a_hole_in_the_door_would_reach_is_said(settings: Settings, tmp_path: Path) -> None:
    with socket.socket() as listening, socket.socket() as closed:
        for each in (listening, closed):
            each.bind(("127.0.0.1", 0))
        listening.listen()
        there, nowhere = listening.getsockname(), closed.getsockname()  # bound and not listening: refuses
        clouds = await doctor.egress(settings, places=([there], [nowhere], [nowhere]))
        assert clouds.status == "warning" and f"127.0.0.1:{there[1]}" in clouds.detail and clouds.fix
        server = await doctor.egress(replace(settings, embedded=False), places=([nowhere], [there, nowhere], [nowhere]))
        assert server.status == "warning" and f"127.0.0.1:{there[1]}" in server.detail
        at_home = await doctor.egress(replace(settings, embedded=True), places=([nowhere], [there], [nowhere]))
        assert at_home.status == "ok"
        shut = await doctor.egress(settings, places=([nowhere], [nowhere], [nowhere]))
        proxied = await doctor.egress(settings, places=([there], [there], [there]))
        assert proxied.status == "unknown"
        assert shut == Finding("egress", "ok", "neither cloud metadata nor a router of the private network answers")


def test_the_routers_of_this_machine_are_read_as_the_kernel_writes_them(tmp_path: Path) -> None:
    table = tmp_path / "route"
    table.write_text(
        "Iface\tDestination\tGateway\tFlags\n"
        "eth0\t00000000\t0101A8C0\t0003\neth0\t0001A8C0\t00000000\t0001\neth1\t00000000\t0101A8C0\t0003\n"
    )
    assert gateways(table) == ["192.168.1.1"]
    assert gateways(tmp_path / "none") == []
