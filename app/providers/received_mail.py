"""Mails that a provider has received for us and tells only the ids of: an id in, text and headers out.

Resend's notice of a received mail is without its body; `GET /emails/receiving/{id}` has it, with the key that sends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, cast

import httpx2

from app.providers.html_text import text_of_html
from app.providers.mail_url import MailServer

LARGEST = 5 * 1024 * 1024  # of an answer; attachments are not part of it


class ReceivedMailFailed(Exception):
    """`sentence` is for the owner; `permanent`: asking again is no use."""

    def __init__(self, sentence: str, *, permanent: bool = False):
        super().__init__(sentence)
        self.sentence = sentence
        self.permanent = permanent


@dataclass(frozen=True, slots=True)
class Fetched:
    text: str
    headers: dict[str, str]  # names in lower case


class ReceivedMail(Protocol):
    async def fetch(self, mail_id: str) -> Fetched:
        """Raises ReceivedMailFailed."""
        ...

    async def close(self) -> None: ...


class ResendReceived:
    def __init__(self, server: MailServer):
        self._server = server
        self._client = httpx2.AsyncClient(timeout=httpx2.Timeout(20, connect=5))

    async def fetch(self, mail_id: str) -> Fetched:
        headers = {"authorization": f"Bearer {self._server.key}"}
        try:
            response = await self._client.get(f"{self._server.api}/emails/receiving/{mail_id}", headers=headers)
        except httpx2.HTTPError as error:
            raise ReceivedMailFailed("A reply could not be read from Resend: the connection failed.") from error
        if response.status_code == 404:
            raise ReceivedMailFailed("A reply is not at Resend any more, so it could not be read.", permanent=True)
        if not response.is_success or len(response.content) > LARGEST:
            raise ReceivedMailFailed(f"A reply could not be read from Resend ({response.status_code}).")
        try:
            found: dict[str, Any] = response.json()
            text, html, told = found.get("text"), found.get("html"), found.get("headers")
        except (ValueError, AttributeError) as error:
            raise ReceivedMailFailed("Resend's answer was not understood.") from error
        named = cast(dict[str, Any], told) if isinstance(told, dict) else {}
        return Fetched(
            str(text) if text else text_of_html(str(html or "")),
            {name.lower(): str(value) for name, value in named.items()},
        )

    async def close(self) -> None:
        await self._client.aclose()
