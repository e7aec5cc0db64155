"""Mail over Resend's API. The outbox id is the idempotency key, so a repeated request is not a second mail."""

from __future__ import annotations

import httpx2

from app.providers.http_mail import post
from app.providers.mail_url import MailServer
from app.providers.mailer import Mail, MailFailed


class ResendMailer:
    provider = "resend"
    processor: str | None = "resend"

    def __init__(self, server: MailServer):
        self._server = server
        self._client = httpx2.AsyncClient(timeout=httpx2.Timeout(20, connect=5))

    async def send(self, mail: Mail) -> str | None:
        # Nothing here may differ between attempts: the same key with another body is refused.
        body: dict[str, object] = {
            "from": str(self._server.sender),
            "to": list(mail.to),
            "subject": mail.subject,
            "text": mail.text,
            "headers": {"Auto-Submitted": "auto-generated"},
        }
        if mail.reply_to:
            body["reply_to"] = mail.reply_to
        response = await post(
            self._client,
            "Resend",
            f"{self._server.api}/emails",
            body,
            {"authorization": f"Bearer {self._server.key}", "idempotency-key": mail.key},
            permanent={400, 404, 405, 413, 422},
        )
        try:
            found = response.json().get("id")
        except (ValueError, AttributeError) as error:
            raise MailFailed("Resend's answer was not understood.") from error
        return found if isinstance(found, str) else None

    async def close(self) -> None:
        await self._client.aclose()
