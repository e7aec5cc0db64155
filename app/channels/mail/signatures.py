"""Whether a notice comes from the provider it names: raw bytes and headers in, yes or no out. Pure.

Resend signs as Standard Webhooks do (Svix): HMAC-SHA256 over id, time and body, several signatures while a secret is
changed. SendGrid signs with ECDSA P-256 over time and body. Both: five minutes of tolerance to either side, so that a
recorded notice cannot be sent again later.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

TOLERANCE = 300  # seconds


def signed_by_resend(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> str | None:
    """The notice's id, the same for each time it is sent; None for anything that was not signed with the secret."""
    notice, at, signatures = (
        headers.get(f"svix-{name}") or headers.get(f"webhook-{name}") for name in ("id", "timestamp", "signature")
    )
    if not notice or not at or not signatures or not _is_now(at, now):
        return None
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        return None
    expected = base64.b64encode(hmac.digest(key, f"{notice}.{at}.".encode() + body, "sha256"))
    for entry in signatures.split(" "):
        version, _, signature = entry.partition(",")
        if version == "v1" and hmac.compare_digest(signature.encode(), expected):
            return notice
    return None


def signed_by_sendgrid(public_key: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """`public_key`: base64 of its DER, as SendGrid shows it."""
    at = headers.get("x-twilio-email-event-webhook-timestamp", "")
    signature = headers.get("x-twilio-email-event-webhook-signature", "")
    if not _is_now(at, now):
        return False
    try:
        key = load_der_public_key(base64.b64decode(public_key, validate=True))
        if not isinstance(key, EllipticCurvePublicKey):
            return False
        key.verify(base64.b64decode(signature, validate=True), at.encode() + body, ECDSA(SHA256()))
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def _is_now(at: str, now: datetime) -> bool:
    return at.isascii() and at.isdigit() and len(at) < 13 and abs(now.timestamp() - int(at)) <= TOLERANCE
