"""A visitor's two papers: a token of at most 24 h for every request, and the proof that gets a new one.

The visitor's id lies in the host page's storage, where any script of that page can read it. So the id alone
opens no transcript: the proof, which only our own frame can read, says from when on conversations are this
visitor's to see. Whoever brings an id without its proof sees what begins from now on.
"""

from __future__ import annotations

import re
import secrets
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from app.conversations.model import Visitor
from app.errors import NotAllowed, NotSignedIn
from app.security import Signer

TOKEN_LIFE = timedelta(hours=23)
TOKEN = "visitor-token"  # noqa: S105 the signature's purpose, not a secret
PROOF = "visitor-proof"
VISITOR_ID = re.compile(r"[0-9a-f]{32}")
BODY = struct.Struct(">16s16sQQ")  # business, visitor, since (ms), expires (ms; 0 in a proof)


@dataclass(frozen=True, slots=True)
class Papers:
    visitor_id: str
    token: str
    proof: str
    expires_at: datetime


def issue(signer: Signer, business_id: UUID, visitor_id: str | None, proof: str | None, now: datetime) -> Papers:
    """A new visitor, a known one (`proof` holds), or an id that somebody brought. Stores nothing."""
    since = _milliseconds(now)
    if visitor_id is None or not VISITOR_ID.fullmatch(visitor_id):
        visitor_id = secrets.token_hex(16)
    elif proof is not None:
        payload = _read(signer, PROOF, proof)
        if payload is not None and payload[:2] == (business_id.bytes, bytes.fromhex(visitor_id)):
            since = payload[2]
    expires_at = now + TOKEN_LIFE
    identity = (business_id.bytes, bytes.fromhex(visitor_id), since)
    return Papers(
        visitor_id=visitor_id,
        token=signer.sign(TOKEN, BODY.pack(*identity, _milliseconds(expires_at))),
        proof=signer.sign(PROOF, BODY.pack(*identity, 0)),
        expires_at=expires_at,
    )


def visitor_of(signer: Signer, business_id: UUID, token: str | None, now: datetime) -> Visitor:
    """Raises NotSignedIn for no, a broken or an old token, NotAllowed for one of another business."""
    payload = _read(signer, TOKEN, token or "")
    if payload is None or payload[3] < _milliseconds(now):
        raise NotSignedIn("This chat was open for long. Please send it again.", code="no_session")
    if payload[0] != business_id.bytes:
        raise NotAllowed("This chat belongs to another business.", code="other_business")
    return Visitor(payload[1].hex(), datetime.fromtimestamp(payload[2] / 1000, UTC))


def _read(signer: Signer, purpose: str, text: str) -> tuple[bytes, bytes, int, int] | None:
    payload = signer.verify(purpose, text)
    return BODY.unpack(payload) if payload is not None and len(payload) == BODY.size else None


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
