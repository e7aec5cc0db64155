"""The built-in mailbox: without MILO_MAIL_URL a mail is "sent" by being readable on the mailbox page."""

from __future__ import annotations

from app.providers.mailer import Mail


class Mailbox:
    provider = "mailbox"
    processor: str | None = None

    async def send(self, mail: Mail) -> str | None:
        """The outbox row is the mail; nothing leaves the house."""
        return None

    async def close(self) -> None:
        """Nothing is open."""
