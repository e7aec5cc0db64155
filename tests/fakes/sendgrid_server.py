"""A scripted SendGrid: POST /v3/mail/send answers 202 with X-Message-Id.

SendGrid knows no idempotency key: every accepted request is a mail in `sent`, also a repeated one.
`script(status)` refuses the next requests, `drop_next()` accepts and ends the connection silently.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from tests.fakes.loopback import LoopbackServer, Received, Wire

KEY = "SG.TestKey.CaseMatters"
RESERVED = {"to", "from", "subject", "reply-to", "cc", "bcc", "content-type", "received", "dkim-signature"}


class SendGridServer(LoopbackServer):
    def __init__(self, key: str = KEY):
        super().__init__()
        self.key = key
        self.sent: list[dict[str, Any]] = []
        self._script: deque[int] = deque()
        self._drops = 0

    def script(self, *statuses: int) -> None:
        self._script.extend(statuses)

    def drop_next(self) -> None:
        self._drops += 1

    async def handle(self, request: Received, wire: Wire) -> None:
        problem = self._problem(request)
        if problem is not None:
            status, message = problem
            await wire.answer(status, {"errors": [{"message": message, "field": None, "help": None}]})
            return
        self.sent.append(request.json)
        if self._drops:
            self._drops -= 1
            wire.drop()
            return
        await wire.answer(202, b"", {"x-message-id": f"sendgrid-{len(self.sent)}"})

    def _problem(self, request: Received) -> tuple[int, str] | None:
        if request.headers.get("authorization") != f"Bearer {self.key}":
            return 401, "The provided authorization grant is invalid, expired, or revoked"
        if request.path != "/v3/mail/send" or request.method != "POST":
            return 404, "not found"
        if self._script:
            return self._script.popleft(), "scripted"
        body = request.json
        try:
            assert body["from"]["email"] and body["subject"]
            assert body["personalizations"][0]["to"][0]["email"]
            assert body["content"][0]["type"] == "text/plain" and body["content"][0]["value"]
        except (KeyError, IndexError, AssertionError):
            return 400, "the mail lacks a required part"
        if reserved := RESERVED & {name.lower() for name in body.get("headers", {})}:
            return 400, f"reserved headers {sorted(reserved)}"
        return None
