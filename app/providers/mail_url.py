"""Reads MILO_MAIL_URL. In: the setting. Out: which provider, where, with what key, and who the mail is from.

`smtp://USER:PASSWORD@HOST:PORT?from=…`, `smtps://…`, `resend://KEY?from=…`, `sendgrid://KEY?from=…`.
`&starttls=never|optional|required` for a relay of one's own, `&api=ADDRESS` for a server that stands in
for Resend or SendGrid. Called by the factory at start-up, so that what is wrong is said there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from email.utils import parseaddr
from urllib.parse import parse_qs, unquote, urlsplit

from app.errors import ConfigurationError
from app.providers.mailer import Sender, mail_address, one_line

API = {"resend": "https://api.resend.com", "sendgrid": "https://api.sendgrid.com"}
PORTS = {"smtp": 587, "smtps": 465}
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
NOBODY = "milo@localhost"  # the default of mail_from, good for one's own machine only


@dataclass(frozen=True, slots=True)
class MailServer:
    scheme: str
    sender: Sender
    host: str = ""
    port: int = 0
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    starttls: str = "required"  # required | optional | never
    key: str = field(default="", repr=False)
    api: str = ""


def read_mail_url(url: str, mail_from: str) -> MailServer:
    """`mail_from`: the sender when the address names none. Raises ConfigurationError, never with the secret in it."""
    try:
        parts = urlsplit(url)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        port = parts.port if parts.scheme in PORTS else None
    except ValueError as error:
        raise ConfigurationError("MILO_MAIL_URL is not an address like smtp://user:password@host:587.") from error
    if parts.scheme in PORTS:
        host = parts.hostname or ""
        user = unquote(parts.username) if parts.username else None
        starttls = query.get("starttls", "optional" if host in LOOPBACK else "required")
        if not host:
            raise ConfigurationError("MILO_MAIL_URL names no mail server: smtp://user:password@host:587.")
        if starttls not in {"required", "optional", "never"}:
            raise ConfigurationError("MILO_MAIL_URL: starttls is required, optional or never.")
        return MailServer(
            scheme=parts.scheme,
            sender=_sender(query.get("from") or _own(mail_from) or user or "", local=host in LOOPBACK),
            host=host,
            port=port or PORTS[parts.scheme],
            user=user,
            password=unquote(parts.password) if parts.password else None,
            starttls=starttls,
        )
    # Keys are told apart by case, which a host name is not: the part is taken as it stands.
    key = unquote(parts.netloc)
    if parts.scheme not in API or not key or not key.isprintable() or not key.isascii():
        raise ConfigurationError("MILO_MAIL_URL has no key: resend://KEY?from=… or sendgrid://KEY?from=….")
    return MailServer(
        scheme=parts.scheme,
        sender=_sender(query.get("from") or _own(mail_from), local=False),
        key=key,
        api=query.get("api", API[parts.scheme]).rstrip("/"),
    )


def _own(mail_from: str) -> str:
    return "" if parseaddr(mail_from)[1] == NOBODY else mail_from


def _sender(text: str, *, local: bool) -> Sender:
    name, address = parseaddr(text or (NOBODY if local else ""))
    usable = mail_address(address)
    if usable is None:
        raise ConfigurationError(
            "Mail needs a sender: add ?from=milo@your-domain.example to MILO_MAIL_URL, or set MILO_MAIL_FROM."
        )
    return Sender(one_line(name, 100) or "Milo", usable)
