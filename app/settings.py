"""The only reader of the environment: `Settings.from_env(os.environ)`, called at the entry points.

Every name of docs and contract is read here, `NAME_FILE` reads a secret from a file, and all that is
missing or wrong is said in one error. Nothing else in the code looks at os.environ.
"""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from app.errors import ConfigurationError
from app.security import KEY_BYTES, SecretKey

DEFAULT_PORT = 8000
# Of the providers whose key is there, in this order. OpenAI ends the 4o and 4.1 families in January 2027.
DEFAULT_CHAT = {"openai": "openai:gpt-5.4-mini", "anthropic": "anthropic:claude-haiku-5-5"}
LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1", ""}


class Secret:
    """A value that must not reach a log or a traceback: only `reveal()` shows it."""

    __slots__ = ("_value",)

    def __init__(self, value: str):
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


@dataclass(frozen=True, slots=True)
class DatabaseUrls:
    """One URL a role. `owner` is needed to migrate, `ops` for metrics and the mailbox's list."""

    app: Secret
    ops: Secret | None = None
    owner: Secret | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    data_dir: Path
    port: int
    host: str
    public_url: str
    embedded: bool
    database: DatabaseUrls | None
    redis_url: Secret | None
    secret_keys: tuple[SecretKey, ...]
    openai_api_key: Secret | None = None
    openai_base_url: str | None = None
    anthropic_api_key: Secret | None = None
    anthropic_base_url: str | None = None
    prices: Path | None = None  # what tokens cost, in place of the table that comes along
    chat: tuple[str, ...] = ()
    embedding: str = "local"
    mail_url: Secret | None = None
    mail_from: str = "Milo <milo@localhost>"
    operator_email: str | None = None
    reply_domain: str | None = None  # where replies to mails come in; None: mails have links only
    resend_inbound_secret: Secret | None = None  # whsec_…, of Resend's webhook of received mail
    sendgrid_inbound_key: str | None = None  # the public key of a security policy of SendGrid's Inbound Parse
    sendgrid_inbound_path: Secret | None = None  # or the secret end of the address that it posts to
    crawl_private_hosts: frozenset[str] = frozenset()
    render: bool = False  # this installation's workers have a browser beside them
    chromium: str | None = None
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    metrics_port: int | None = None
    hosting: str | None = None
    database_host: str | None = None
    log_level: str = "info"
    fault: str | None = None  # MILO_FAULT: the named point at which fault tests kill this process
    runtime_dir: Path = Path("/tmp")  # for sockets: the data dir's own path may be too long for one

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Reads `environ` (default: the process's). Raises ConfigurationError naming all that is wrong."""
        return _Reader(os.environ if environ is None else environ).settings()


def settings_with(overrides: Mapping[str, str]) -> Settings:
    """The process's settings with what a command line says in place of its names."""
    return Settings.from_env(dict(os.environ) | dict(overrides))


def child_environment(settings: Settings) -> dict[str, str]:
    """This process's environment for a child of `milo up`, with what `settings` resolved in place of it."""
    resolved = {
        "MILO_DATA_DIR": str(settings.data_dir),
        "MILO_PORT": str(settings.port),
        "MILO_PUBLIC_URL": settings.public_url,
        "MILO_EMBEDDED": "1" if settings.embedded else "",
        "MILO_RENDER": "1" if settings.render else "",
        "MILO_CRAWL_PRIVATE_HOSTS": ",".join(sorted(settings.crawl_private_hosts)),
        "MILO_REDIS_URL": settings.redis_url.reveal() if settings.redis_url else "",
        "MILO_SECRET_KEYS": ",".join(
            f"{key.key_id}:{base64.b64encode(key.secret).decode()}" for key in settings.secret_keys
        ),
    }
    if settings.database is not None:
        urls = settings.database
        for name, url in (("", urls.app), ("OPS_", urls.ops), ("OWNER_", urls.owner)):
            resolved[f"MILO_DATABASE_{name}URL"] = url.reveal() if url else ""
    return dict(os.environ) | resolved


class _Reader:
    def __init__(self, environ: Mapping[str, str]):
        self.environ = environ
        self.wrong: list[str] = []

    def settings(self) -> Settings:
        port = self.number("MILO_PORT", DEFAULT_PORT) or DEFAULT_PORT
        database = self.database()
        # The children of `milo up` get the embedded pair's addresses and this mark.
        embedded = database is None or self.text("MILO_EMBEDDED") == "1"
        secret_keys = self.secret_keys(needed=not embedded)
        redis_url = self.secret("MILO_REDIS_URL")
        if not embedded and redis_url is None:
            self.wrong.append("MILO_REDIS_URL is needed beside MILO_DATABASE_URL")
        api_key = self.secret("OPENAI_API_KEY")
        base_url = self.text("OPENAI_BASE_URL")
        claude_key = self.secret("ANTHROPIC_API_KEY")
        claude_url = self.text("ANTHROPIC_BASE_URL")
        there = {"openai": api_key or base_url, "anthropic": claude_key or claude_url}
        chat = self.listing("MILO_CHAT") or [model for provider, model in DEFAULT_CHAT.items() if there[provider]]
        for name in chat:
            if name.partition(":")[0] not in {"openai", "anthropic"} or not name.partition(":")[2]:
                self.wrong.append(f"MILO_CHAT: {name!r} is not openai:MODEL or anthropic:MODEL")
        embedding = self.text("MILO_EMBEDDING") or "local"
        if embedding != "local" and not embedding.startswith("openai:"):
            self.wrong.append(f"MILO_EMBEDDING: {embedding!r} is neither local nor openai:MODEL")
        settings = Settings(
            data_dir=Path(self.text("MILO_DATA_DIR") or ".milo").absolute(),
            port=port,
            host=self.text("MILO_HOST") or "127.0.0.1",
            public_url=self.public_url(port),
            embedded=embedded,
            database=database,
            redis_url=redis_url,
            secret_keys=secret_keys,
            openai_api_key=api_key,
            openai_base_url=base_url,
            anthropic_api_key=claude_key,
            anthropic_base_url=claude_url,
            prices=Path(prices).absolute() if (prices := self.text("MILO_PRICES")) else None,
            chat=tuple(chat),
            embedding=embedding,
            mail_url=self.mail_url(),
            mail_from=self.text("MILO_MAIL_FROM") or "Milo <milo@localhost>",
            operator_email=self.text("MILO_OPERATOR_EMAIL"),
            reply_domain=self.reply_domain(),
            resend_inbound_secret=self.secret("MILO_RESEND_INBOUND_SECRET"),
            sendgrid_inbound_key=self.text("MILO_SENDGRID_INBOUND_KEY"),
            sendgrid_inbound_path=self.inbound_path(),
            crawl_private_hosts=frozenset(host.lower() for host in self.listing("MILO_CRAWL_PRIVATE_HOSTS")),
            render=self.text("MILO_RENDER") == "1",
            chromium=self.text("MILO_CHROMIUM"),
            trusted_proxies=self.networks("MILO_TRUSTED_PROXIES"),
            metrics_port=self.number("MILO_METRICS_PORT", None),
            hosting=self.text("MILO_HOSTING"),
            database_host=self.text("MILO_DATABASE_HOST"),
            log_level=(self.text("MILO_LOG_LEVEL") or "info").lower(),
            fault=self.text("MILO_FAULT"),
            runtime_dir=Path(self.text("XDG_RUNTIME_DIR") or "/tmp"),
        )
        if self.wrong:
            raise ConfigurationError("Milo cannot start: " + "; ".join(self.wrong) + ".")
        return settings

    def text(self, name: str) -> str | None:
        """The value, or the content of the file that NAME_FILE names; None when unset or empty."""
        value = self.environ.get(name, "").strip()
        path = self.environ.get(f"{name}_FILE", "").strip()
        if value or not path:
            return value or None
        try:
            return Path(path).read_text(encoding="utf-8").strip() or None
        except (OSError, UnicodeDecodeError) as error:
            self.wrong.append(f"{name}_FILE: cannot read {path} ({error.__class__.__name__})")
            return None

    def secret(self, name: str) -> Secret | None:
        value = self.text(name)
        return Secret(value) if value else None

    def listing(self, name: str) -> list[str]:
        return [part.strip() for part in (self.text(name) or "").split(",") if part.strip()]

    def number(self, name: str, default: int | None) -> int | None:
        value = self.text(name)
        if value is None or (name == "MILO_METRICS_PORT" and value == "off"):
            return default
        if not value.isascii() or not value.isdigit() or not 0 < int(value) < 65536:
            self.wrong.append(f"{name}: {value!r} is not a port from 1 to 65535")
            return default
        return int(value)

    def public_url(self, port: int) -> str:
        value = (self.text("MILO_PUBLIC_URL") or f"http://127.0.0.1:{port}").rstrip("/")
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query or parts.fragment:
            self.wrong.append(f"MILO_PUBLIC_URL: {value!r} is not an address like https://milo.example.com")
        return value

    def networks(self, name: str) -> tuple[IPv4Network | IPv6Network, ...]:
        found: list[IPv4Network | IPv6Network] = []
        for part in self.listing(name):
            try:
                found.append(ip_network(part))
            except ValueError:
                self.wrong.append(f"{name}: {part!r} is not an address or network like 10.0.0.0/8")
        return tuple(found)

    def database(self) -> DatabaseUrls | None:
        app = self.secret("MILO_DATABASE_URL")
        if app is None:
            return None
        urls = DatabaseUrls(
            app=app, ops=self.secret("MILO_DATABASE_OPS_URL"), owner=self.secret("MILO_DATABASE_OWNER_URL")
        )
        for name, url in (("", urls.app), ("OPS_", urls.ops), ("OWNER_", urls.owner)):
            if url is not None:
                self.check_encrypted(f"MILO_DATABASE_{name}URL", url)
        return urls

    def check_encrypted(self, name: str, url: Secret) -> None:
        """sec-1: a database over TCP to another machine must be verified and encrypted."""
        try:
            parts = urlsplit(url.reveal())
            query = parse_qs(parts.query)
            host = (query.get("host") or [parts.hostname or ""])[0]
        except ValueError:
            self.wrong.append(f"{name} is not an address like postgresql://user:password@host/database")
            return
        if parts.scheme not in {"postgresql", "postgres"}:
            self.wrong.append(f"{name} is not an address like postgresql://user:password@host/database")
        elif host not in LOCAL_HOSTS and not host.startswith("/") and query.get("sslmode") != ["verify-full"]:
            # Inside one compose network the containers have no certificates; the operator says so by name.
            if host not in self.listing("MILO_DATABASE_PRIVATE_HOSTS"):
                self.wrong.append(f"{name} goes over the network to {host}: add ?sslmode=verify-full")

    def secret_keys(self, *, needed: bool) -> tuple[SecretKey, ...]:
        keys: list[SecretKey] = []
        for part in self.listing("MILO_SECRET_KEYS"):
            key_id, _, encoded = part.partition(":")
            try:
                secret = base64.b64decode(encoded, altchars=b"-_", validate=True)
            except ValueError:
                secret = b""
            if not key_id.isalnum() or len(secret) != KEY_BYTES or len(set(secret)) < 8:
                self.wrong.append(
                    f"MILO_SECRET_KEYS: {key_id[:12]!r} needs the form id:base64 of {KEY_BYTES} random bytes"
                )
            else:
                keys.append(SecretKey(key_id, secret))
        if needed and not keys and not any(entry.startswith("MILO_SECRET_KEYS") for entry in self.wrong):
            self.wrong.append("MILO_SECRET_KEYS is needed beside MILO_DATABASE_URL")
        return tuple(keys)

    def reply_domain(self) -> str | None:
        value = self.text("MILO_REPLY_DOMAIN")
        if value is None:
            return None
        inbound = ("MILO_RESEND_INBOUND_SECRET", "MILO_SENDGRID_INBOUND_KEY", "MILO_SENDGRID_INBOUND_PATH")
        if not any(self.text(name) for name in inbound):
            self.wrong.append(f"MILO_REPLY_DOMAIN needs one of {', '.join(inbound)}: else no reply ever comes in")
        if "@" in value or "." not in value:
            self.wrong.append(f"MILO_REPLY_DOMAIN: {value!r} is not a domain like reply.example.com")
        return value.lower()

    def inbound_path(self) -> Secret | None:
        value = self.secret("MILO_SENDGRID_INBOUND_PATH")
        if value is not None and not re.fullmatch(r"[A-Za-z0-9_-]{24,}", value.reveal()):
            self.wrong.append("MILO_SENDGRID_INBOUND_PATH takes at least 24 letters, digits, - and _")
        return value

    def mail_url(self) -> Secret | None:
        value = self.secret("MILO_MAIL_URL")
        if value is not None and urlsplit(value.reveal()).scheme not in {"smtp", "smtps", "resend", "sendgrid"}:
            self.wrong.append("MILO_MAIL_URL must begin with smtp://, smtps://, resend:// or sendgrid://")
        return value
