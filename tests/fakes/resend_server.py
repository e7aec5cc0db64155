"""A scripted Resend: POST /emails with Idempotency-Key honoured as Resend does.

`sent` holds every mail that really goes out; a repeated key with the same body answers the first id
and sends nothing, with another body 409. `script(Refusal(...))` refuses the next requests;
`drop_next()` sends the mail and ends the connection before the reply.
"""

from __future__ import annotations

import hashlib
from collections import deque
from dataclasses import dataclass
from typing import Any

from tests.fakes.loopback import LoopbackServer, Received, Wire

KEY = "re_TestKey_CaseMatters"


@dataclass(frozen=True, slots=True)
class Refusal:
    status: int
    name: str
    message: str = "scripted"
    retry_after: float | None = None


class ResendServer(LoopbackServer):
    def __init__(self, key: str = KEY):
        super().__init__()
        self.key = key
        self.sent: list[dict[str, Any]] = []
        self._keys: dict[str, tuple[bytes, str]] = {}
        self._script: deque[Refusal] = deque()
        self._drops = 0

    def script(self, *refusals: Refusal) -> None:
        self._script.extend(refusals)

    def drop_next(self) -> None:
        self._drops += 1

    async def handle(self, request: Received, wire: Wire) -> None:
        refusal = self._refusal(request)
        if refusal is not None:
            headers = {} if refusal.retry_after is None else {"retry-after": str(refusal.retry_after)}
            document = {"statusCode": refusal.status, "name": refusal.name, "message": refusal.message}
            await wire.answer(refusal.status, document, headers)
            return
        key = request.headers.get("idempotency-key", "")
        known = self._keys.get(key)
        if known is None:
            known = (hashlib.sha256(request.body).digest(), f"resend-{len(self.sent) + 1}")
            self.sent.append(request.json)
            if key:
                self._keys[key] = known
        if self._drops:
            self._drops -= 1
            wire.drop()
            return
        await wire.answer(200, {"id": known[1]})

    def _refusal(self, request: Received) -> Refusal | None:
        if request.headers.get("authorization") != f"Bearer {self.key}":
            return Refusal(401, "invalid_api_key", "API key is invalid")
        if request.path != "/emails" or request.method != "POST":
            return Refusal(405, "method_not_allowed")
        if self._script:
            return self._script.popleft()
        body = request.json
        if missing := [name for name in ("from", "to", "subject", "text") if not body.get(name)]:
            return Refusal(422, "missing_required_field", f"Missing {missing}")
        known = self._keys.get(request.headers.get("idempotency-key", ""))
        if known is not None and known[0] != hashlib.sha256(request.body).digest():
            return Refusal(409, "invalid_idempotent_request")
        return None
