"""The mark of somebody of the business who tries the chat: such conversations are not counted as visitors'.

The dashboard's "Try it" page signs it, the frame hands it back with each message, the web channel reads it.
"""

from __future__ import annotations

import struct
from datetime import datetime, timedelta
from uuid import UUID

from app.security import Signer

PURPOSE = "trial"
LIFE = timedelta(hours=12)
BODY = struct.Struct(">16sQ")


def sign_trial(signer: Signer, business_id: UUID, now: datetime) -> str:
    return signer.sign(PURPOSE, BODY.pack(business_id.bytes, int((now + LIFE).timestamp())))


def is_trial(signer: Signer, business_id: UUID, mark: str | None, now: datetime) -> bool:
    """False for none, a foreign one, and one that is past its time: the message then counts as a visitor's."""
    payload = signer.verify(PURPOSE, mark) if mark else None
    if payload is None or len(payload) != BODY.size:
        return False
    business, expires = BODY.unpack(payload)
    return business == business_id.bytes and now.timestamp() < expires
