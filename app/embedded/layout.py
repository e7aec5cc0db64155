"""What lies where in a data dir, and the secrets made once for it.

DATA/pg, DATA/redis, DATA/models, DATA/logs; secrets.json (0600: passwords of the roles, of Redis, and
the key ring) and runtime.json (what runs now: processes, socket dir, port). Called by the embedded start.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from app.errors import ConfigurationError
from app.security import KEY_BYTES, SecretKey


@dataclass(frozen=True, slots=True)
class DataDir:
    root: Path

    @property
    def postgres(self) -> Path:
        return self.root / "pg"

    @property
    def redis(self) -> Path:
        return self.root / "redis"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def secrets(self) -> Path:
        return self.root / "secrets.json"

    @property
    def runtime(self) -> Path:
        return self.root / "runtime.json"

    @property
    def lock(self) -> Path:
        return self.root / "lock"

    @property
    def start_lock(self) -> Path:
        return self.root / "lock.start"

    def make(self) -> None:
        """Makes the folders. Raises ConfigurationError when this user cannot."""
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            for folder in (self.redis, self.logs, self.root / "models"):
                folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise ConfigurationError(
                f"The data dir {self.root} cannot be used ({error.strerror}):"
                " set MILO_DATA_DIR to a folder that this user may write.",
                code="data_dir",
            ) from error
        if not os.access(self.root, os.W_OK | os.X_OK):
            raise ConfigurationError(
                f"The data dir {self.root} belongs to another user:"
                " set MILO_DATA_DIR to a folder that this user may write.",
                code="data_dir",
            )


@dataclass(frozen=True, slots=True)
class DataSecrets:
    superuser: str = field(repr=False)
    owner: str = field(repr=False)
    app: str = field(repr=False)
    ops: str = field(repr=False)
    redis: str = field(repr=False)
    keys: tuple[SecretKey, ...] = field(repr=False)


def open_secrets(data: DataDir) -> DataSecrets:
    """Reads secrets.json, making it for a new data dir. Raises ConfigurationError when it is lost or broken."""
    if not data.secrets.exists():
        if data.postgres.exists():
            raise ConfigurationError(
                f"{data.secrets} is missing, and without it the data beside it cannot be opened:"
                " put the file back, or use another data dir.",
                code="secrets_missing",
            )
        _make_secrets(data.secrets)
    try:
        found = cast(dict[str, Any], json.loads(data.secrets.read_text(encoding="utf-8")))
        passwords = cast(dict[str, str], found["postgres"])
        keys = tuple(_parse_key(text) for text in cast(list[str], found["secret_keys"]))
        return DataSecrets(
            superuser=passwords["superuser"],
            owner=passwords["owner"],
            app=passwords["app"],
            ops=passwords["ops"],
            redis=cast(str, found["redis"]),
            keys=keys,
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(
            f"{data.secrets} cannot be read ({type(error).__name__}): put a whole copy of it back.",
            code="secrets_broken",
        ) from error


def read_runtime(data: DataDir) -> dict[str, Any]:
    """What runtime.json says, {} when nothing ran or the file was cut off by a power failure."""
    try:
        found = json.loads(data.runtime.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return cast(dict[str, Any], found) if isinstance(found, dict) else {}


def write_runtime(data: DataDir, state: dict[str, Any]) -> None:
    write_private(data.runtime, json.dumps(state, indent=1))


def write_private(path: Path, text: str) -> None:
    """Whole or not at all, readable by this user only from its first byte on."""
    partial = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    partial.replace(path)


def _make_secrets(path: Path) -> None:
    key = f"k1:{base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}"
    passwords = {role: secrets.token_urlsafe(24) for role in ("superuser", "owner", "app", "ops")}
    made = {"version": 1, "postgres": passwords, "redis": secrets.token_urlsafe(24), "secret_keys": [key]}
    write_private(path, json.dumps(made, indent=1))


def _parse_key(text: str) -> SecretKey:
    key_id, _, encoded = text.partition(":")
    secret = base64.b64decode(encoded, validate=True)
    if len(secret) != KEY_BYTES:
        raise ValueError("a key of the ring has another length")
    return SecretKey(key_id, secret)
