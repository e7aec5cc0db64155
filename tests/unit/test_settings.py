"""Settings: one reader of the environment, all that is wrong said at once."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest

from app.errors import ConfigurationError
from app.settings import DEFAULT_CHAT, Secret, Settings

KEY = "k1:" + base64.b64encode(bytes(range(32))).decode()


def test_nothing_configured_means_embedded_on_loopback() -> None:
    settings = Settings.from_env({})
    assert settings.embedded and settings.port == 8000 and settings.public_url == "http://127.0.0.1:8000"
    assert settings.chat == () and settings.embedding == "local" and settings.data_dir.name == ".milo"


def test_everything_wrong_is_said_in_one_error() -> None:
    with pytest.raises(ConfigurationError) as refused:
        Settings.from_env(
            {
                "MILO_PORT": "80000",
                "MILO_DATABASE_URL": "postgresql://app:x@db.example.com/milo",
                "MILO_CHAT": "gpt",
                "MILO_MAIL_URL": "pigeon://post",
            }
        )
    for name in ("MILO_PORT", "verify-full", "MILO_REDIS_URL", "MILO_SECRET_KEYS", "MILO_CHAT", "MILO_MAIL_URL"):
        assert name in refused.value.sentence


def test_secret_is_read_from_its_file_and_never_printed(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("sk-secret\n")
    settings = Settings.from_env({"OPENAI_API_KEY_FILE": str(path)})
    assert settings.openai_api_key == Secret("sk-secret")
    assert settings.chat == (DEFAULT_CHAT["openai"],)
    assert "sk-secret" not in repr(settings)


def test_missing_secret_file_is_named() -> None:
    with pytest.raises(ConfigurationError, match="OPENAI_API_KEY_FILE: cannot read"):
        Settings.from_env({"OPENAI_API_KEY_FILE": "/nowhere/key"})


@pytest.mark.parametrize(
    ("url", "accepted"),
    [
        ("postgresql://milo_app:x@127.0.0.1/milo", True),
        ("postgresql://milo_app:x@/milo?host=/run/pg", True),
        ("postgresql://milo_app:x@db.internal/milo", False),
        ("postgresql://milo_app:x@db.internal/milo?sslmode=require", False),
        ("postgresql://milo_app:x@db.internal/milo?sslmode=verify-full", True),
        ("mysql://milo_app:x@127.0.0.1/milo", False),
    ],
)
def test_database_on_another_machine_must_be_verified(url: str, accepted: bool) -> None:
    environ = {"MILO_DATABASE_URL": url, "MILO_REDIS_URL": "redis://127.0.0.1", "MILO_SECRET_KEYS": KEY}
    if accepted:
        assert not Settings.from_env(environ).embedded
    else:
        with pytest.raises(ConfigurationError, match="MILO_DATABASE_URL"):
            Settings.from_env(environ)


@pytest.mark.parametrize(
    "ring", ["k1:short", "k1:" + base64.b64encode(b"\0" * 32).decode(), "no-colon", f"!:{KEY[3:]}"]
)
def test_weak_or_malformed_key_ring_is_refused(ring: str) -> None:
    with pytest.raises(ConfigurationError, match="MILO_SECRET_KEYS"):
        Settings.from_env({"MILO_SECRET_KEYS": ring})


def test_first_key_of_the_ring_is_current() -> None:
    other = "k2:" + base64.b64encode(os.urandom(32)).decode()
    settings = Settings.from_env({"MILO_SECRET_KEYS": f"{other},{KEY}"})
    assert [key.key_id for key in settings.secret_keys] == ["k2", "k1"]
