"""The compose file and the image against what they start: commands, names, ports, mounts, secrets."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from app.cli import main
from app.health.routes import ROUTES
from app.settings import Settings

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("migrate", "web", "worker")
DOCKERFILE = (ROOT / "Dockerfile").read_text()
KNOWN = set(re.findall(r'"((?:MILO|OPENAI|ANTHROPIC)_[A-Z_]+)"', (ROOT / "app" / "settings.py").read_text()))


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("compose") / "secrets"
    subprocess.run(["sh", ROOT / ".ci" / "make-secrets.sh", folder], check=True, capture_output=True)
    return folder


def environment(service: str, secrets: Path) -> dict[str, str]:
    """As the container sees it, its secrets in a folder of the test and nothing set by the operator but the address."""
    given = {}
    for name, value in SERVICES[service]["environment"].items():
        value = re.sub(r"\$\{MILO_PUBLIC_URL:\?[^}]*\}", "https://milo.example.com", str(value))
        value = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value)
        given[name] = value.replace("/run/secrets", str(secrets))
    return given


@pytest.mark.parametrize("service", OURS)
def test_each_command_is_one_that_the_cli_takes(service: str) -> None:
    verb, *arguments = SERVICES[service]["command"]
    command = main.get_command(click.Context(main), verb)
    assert command is not None
    assert command.make_context(verb, list(arguments), resilient_parsing=False).params is not None


@pytest.mark.parametrize("service", OURS)
def test_each_name_is_read_by_the_settings(service: str) -> None:
    names = {name.removesuffix("_FILE") for name in SERVICES[service]["environment"]}
    assert names - KNOWN == set()


@pytest.mark.parametrize("service", OURS)
def test_the_settings_take_what_the_compose_file_gives(service: str, secrets: Path) -> None:
    settings = Settings.from_env(environment(service, secrets))
    assert not settings.embedded
    assert settings.database is not None and settings.database.ops is not None
    assert settings.redis_url is not None and settings.redis_url.reveal().endswith("@redis:6379/0")
    assert len(settings.secret_keys) == 1
    assert settings.public_url == "https://milo.example.com"
    assert settings.openai_api_key is None


@pytest.mark.parametrize("service", OURS)
def test_each_secret_that_is_read_is_mounted_and_made(service: str, secrets: Path) -> None:
    listed = set(SERVICES[service]["secrets"])
    texts = [str(value) for value in SERVICES[service]["environment"].values()] + SERVICES[service]["command"]
    read = {Path(text).name for text in texts if text.startswith("/run/secrets/")}
    assert read == listed
    assert {path.name for path in secrets.iterdir()} == set(COMPOSE["secrets"])


def test_only_the_migration_holds_the_strong_roles() -> None:
    strong = {"postgres_password", "database_superuser_url", "database_owner_url"}
    holders = {name for name in OURS if strong & set(SERVICES[name]["secrets"])}
    assert holders == {"migrate"}


def test_the_port_that_is_published_is_the_one_that_is_served(secrets: Path) -> None:
    settings = Settings.from_env(environment("web", secrets))
    [published] = SERVICES["web"]["ports"]
    assert published == f"127.0.0.1:8000:{settings.port}"
    assert settings.host == "0.0.0.0"
    assert f"EXPOSE {settings.port}" in DOCKERFILE
    assert all("ports" not in SERVICES[name] for name in SERVICES if name != "web")


@pytest.mark.parametrize("service", OURS)
def test_the_data_dir_is_a_volume(service: str, secrets: Path) -> None:
    settings = Settings.from_env(environment(service, secrets))
    [mount] = SERVICES[service]["volumes"]
    volume, folder = mount.split(":")
    assert Path(folder) == settings.data_dir
    assert volume in COMPOSE["volumes"]


@pytest.mark.parametrize("service", ["web", "worker"])
def test_health_checks_ask_addresses_that_exist(service: str) -> None:
    [path] = re.findall(r"http://[\w.]+:8000(/\w+)", " ".join(SERVICES[service]["healthcheck"]["test"]))
    assert path in {path for handler in ROUTES for path in handler.paths}


def test_servers_are_those_that_are_embedded_too() -> None:
    from app.embedded.postgres import MAJOR

    postgres, redis = SERVICES["postgres"], SERVICES["redis"]
    assert postgres["image"] == f"pgvector/pgvector:pg{MAJOR}"
    assert "--locale-provider=builtin --builtin-locale=C.UTF-8" in postgres["environment"]["POSTGRES_INITDB_ARGS"]
    assert postgres["volumes"] == ["database:/var/lib/postgresql"]
    assert redis["command"][redis["command"].index("--appendonly") + 1] == "yes"
    assert all("healthcheck" in SERVICES[name] for name in ("postgres", "redis", "web", "worker"))
    assert all(SERVICES[name]["networks"] == ["inside"] for name in ("postgres", "redis"))
    assert COMPOSE["networks"]["inside"]["internal"] is True


def test_nothing_starts_before_the_migration() -> None:
    for name in ("web", "worker"):
        assert SERVICES[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert SERVICES["migrate"]["depends_on"]["postgres"]["condition"] == "service_healthy"


def test_the_image_has_the_same_lock_and_no_rights() -> None:
    users = re.findall(r"^USER (\d+)", DOCKERFILE, re.MULTILINE)
    assert users and "0" not in users
    assert "uv pip sync" in DOCKERFILE and "requirements.lock" in DOCKERFILE and "--require-hashes" in DOCKERFILE
    assert 'ENTRYPOINT ["milo"]' in DOCKERFILE
    for source in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE):
        assert all((ROOT / name).exists() for name in source.split())
    for name in re.findall(r"(MILO_\w+)=", DOCKERFILE):
        assert name in KNOWN


def test_secrets_are_not_overwritten(secrets: Path) -> None:
    before = (secrets / "secret_keys").read_text()
    done = subprocess.run(["sh", ROOT / ".ci" / "make-secrets.sh", secrets], capture_output=True, text=True)
    assert done.returncode == 1
    assert (secrets / "secret_keys").read_text() == before
