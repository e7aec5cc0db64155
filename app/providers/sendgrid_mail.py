"""Mail over SendGrid's API.

SendGrid knows no idempotency key. Like SMTP, a request whose reply was lost is repeated with the same
Message-ID, by which mail programs drop the double. Click tracking is off: it would rewrite, and so
read, the links that sign an owner in.
"""

from __future__ import annotations

import httpx2

from app.providers.http_mail import post
from app.providers.mail_url import MailServer
from app.providers.mailer import Mail


class SendGridMailer:
    provider = "sendgrid"
    processor: str | None = "sendgrid"

    def __init__(self, server: MailServer):
        self._server = server
        self._client = httpx2.AsyncClient(timeout=httpx2.Timeout(20, connect=5))

    async def send(self, mail: Mail) -> str | None:
        sender = self._server.sender
        body: dict[str, object] = {
            "personalizations": [{"to": [{"email": address} for address in mail.to]}],
            "from": {"email": sender.address, "name": sender.name},
            "subject": mail.subject,
            "content": [{"type": "text/plain", "value": mail.text}],
            "headers": {"Message-ID": sender.message_id(mail.key), "Auto-Submitted": "auto-generated"},
            "custom_args": {"outbox_id": mail.key},
            "tracking_settings": {
                "click_tracking": {"enable": False, "enable_text": False},
                "open_tracking": {"enable": False},
            },
        }
        if mail.reply_to:
            body["reply_to"] = {"email": mail.reply_to}
        response = await post(
            self._client,
            "SendGrid",
            f"{self._server.api}/v3/mail/send",
            body,
            {"authorization": f"Bearer {self._server.key}"},
            permanent={400, 404, 405, 413},
        )
        return response.headers.get("x-message-id")

    async def close(self) -> None:
        await self._client.aclose()
