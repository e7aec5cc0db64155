"""Tokens, signatures and the key ring. Pure: no database, no settings, no clock.

A token is 256 random bits; what is stored is its SHA-256 (with so much entropy no slow hash is
needed, ASVS 6.5.2). Signatures are HMAC-SHA256 with the id of the key inside, so that keys rotate.
Used by the vault (wrapping), sessions, visitor tokens and sign-in links.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12


def new_token() -> str:
    """256 bits, url-safe."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> bytes:
    """SHA-256, what is stored in place of the token."""
    return hashlib.sha256(token.encode()).digest()


@dataclass(frozen=True, slots=True)
class SecretKey:
    key_id: str
    secret: bytes = field(repr=False)

    def derive(self, purpose: str) -> bytes:
        """A 32-byte key for one purpose (HKDF-SHA256), so that no two uses share a key."""
        return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose.encode()).derive(self.secret)


class KeyRing:
    """The keys of MILO_SECRET_KEYS. The first seals and signs, all of them open and verify."""

    def __init__(self, keys: Sequence[SecretKey]):
        if not keys:
            raise ValueError("a key ring needs at least one key")
        self._keys = {key.key_id: key for key in keys}
        self._current = keys[0]
        self._derived: dict[tuple[str, str], bytes] = {}

    @property
    def current_id(self) -> str:
        return self._current.key_id

    def key(self, key_id: str, purpose: str) -> bytes | None:
        """The key for this purpose, or None when the ring no longer holds that id."""
        known = self._keys.get(key_id)
        if known is None:
            return None
        if (key_id, purpose) not in self._derived:
            self._derived[key_id, purpose] = known.derive(purpose)
        return self._derived[key_id, purpose]

    def wrap(self, plain: bytes, context: bytes) -> tuple[str, bytes]:
        """(key id, nonce + ciphertext). `context` is authenticated and must be given again to unwrap."""
        key = self.key(self.current_id, "wrap")
        assert key is not None
        nonce = secrets.token_bytes(NONCE_BYTES)
        return self.current_id, nonce + AESGCM(key).encrypt(nonce, plain, context)

    def unwrap(self, key_id: str, wrapped: bytes, context: bytes) -> bytes:
        """Raises LookupError when the key is gone, cryptography's InvalidTag when anything was changed."""
        key = self.key(key_id, "wrap")
        if key is None:
            raise LookupError(f"the key ring holds no key {key_id!r}")
        return AESGCM(key).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], context)


class Signer:
    """Signs small payloads that travel through browsers: `keyid.payload.signature`, url-safe."""

    def __init__(self, ring: KeyRing):
        self._ring = ring

    def sign(self, purpose: str, payload: bytes) -> str:
        key = self._ring.key(self._ring.current_id, f"sign:{purpose}")
        assert key is not None
        body = f"{self._ring.current_id}.{_encode(payload)}"
        return f"{body}.{_encode(hmac.digest(key, body.encode(), 'sha256'))}"

    def verify(self, purpose: str, token: str) -> bytes | None:
        """The payload, or None for anything that was not signed here for this purpose."""
        body, _, signature = token.rpartition(".")
        key_id, _, payload = body.partition(".")
        key = self._ring.key(key_id, f"sign:{purpose}")
        given = _decode(signature)
        if key is None or given is None:
            return None
        if not hmac.compare_digest(hmac.digest(key, body.encode(), "sha256"), given):
            return None
        return _decode(payload)


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes | None:
    try:
        decoded = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:  # not base64: someone typed it
        return None
    # Base64's last character may carry unused bits; only one spelling of a token is ours.
    return decoded if _encode(decoded) == text else None
