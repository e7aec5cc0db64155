"""The operator's pass: signed with the data dir's key ring, good for a minute; made by commands, read by routes."""

from __future__ import annotations

import time

from app.security import Signer

PURPOSE = "operator"
SECONDS = 60


def issue_pass(signer: Signer) -> str:
    return signer.sign(PURPOSE, str(int(time.time()) + SECONDS).encode())


def holds_pass(signer: Signer, token: str) -> bool:
    payload = signer.verify(PURPOSE, token)
    return payload is not None and payload.isdigit() and time.time() <= int(payload) <= time.time() + SECONDS + 5
