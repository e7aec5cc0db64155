"""Seals, opens and indexes personal values with the keys of one business.

AES-256-GCM under a data key that the key ring wraps; the additional data names table, column,
business and row, so that a ciphertext moved to another row does not open. Who: every feature that
stores a visitor's words, name, phone or mail address.

Sealed form: version (1 byte) | key number (uint32) | nonce (12) | ciphertext and tag.
"""

from __future__ import annotations

import hmac
import secrets
import struct
from collections import OrderedDict
from collections.abc import Mapping
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.db.pool import Connection
from app.errors import ConfigurationError
from app.security import KEY_BYTES, NONCE_BYTES, KeyRing
from app.vault.queries import WrappedKey, insert_key, read_keys

VERSION = 1
HEADER = struct.Struct(">BI")
CACHED_BUSINESSES = 4096  # some 500 bytes each


class SealBroken(Exception):
    """The sealed value is not what was stored here: changed, moved from another row, or of a lost key."""


class BusinessKeys:
    """The open keys of one business, for as long as a flow needs them. Never logged or stored."""

    __slots__ = ("_business_id", "_ciphers", "_current", "_index")

    def __init__(self, business_id: UUID, data_keys: Mapping[int, bytes], index_key: bytes):
        self._business_id = business_id
        self._ciphers = {number: AESGCM(key) for number, key in data_keys.items()}
        self._current = max(data_keys)
        self._index = index_key

    def __repr__(self) -> str:
        return f"BusinessKeys({self._business_id})"

    def seal(self, table: str, column: str, row_id: UUID, text: str) -> bytes:
        nonce = secrets.token_bytes(NONCE_BYTES)
        header = HEADER.pack(VERSION, self._current)
        context = self._context(table, column, row_id, header)
        return header + nonce + self._ciphers[self._current].encrypt(nonce, text.encode(), context)

    def open(self, table: str, column: str, row_id: UUID, sealed: bytes) -> str:
        """Raises SealBroken for anything but what `seal` made for this very place."""
        try:
            header, body = sealed[: HEADER.size], sealed[HEADER.size :]
            version, number = HEADER.unpack(header)
            if version != VERSION:
                raise SealBroken(f"{table}.{column}: unknown seal version {version}")
            context = self._context(table, column, row_id, header)
            return self._ciphers[number].decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], context).decode()
        except (struct.error, KeyError, ValueError, InvalidTag) as error:
            raise SealBroken(f"{table}.{column}: the seal does not open") from error

    def blind(self, kind: str, value: str) -> bytes:
        """Finds an identity without storing it: HMAC-SHA256 of the normalised value, per kind."""
        return self.digest(f"identity:{kind}", value.encode())

    def digest(self, label: str, data: bytes) -> bytes:
        return hmac.digest(self._index, label.encode() + b"\0" + data, "sha256")

    def _context(self, table: str, column: str, row_id: UUID, header: bytes) -> bytes:
        return header + f"{table}|{column}|{self._business_id}|{row_id}".encode()


class Vault:
    """Makes a business's keys at first use and keeps the open ones of recent businesses in memory."""

    def __init__(self, ring: KeyRing):
        self._ring = ring
        self._cache: OrderedDict[UUID, BusinessKeys] = OrderedDict()

    async def keys(self, conn: Connection, business_id: UUID) -> BusinessKeys:
        """`conn` is a transaction of this business. Raises ConfigurationError when the ring lost the key."""
        cached = self._cache.get(business_id)
        if cached is not None:
            self._cache.move_to_end(business_id)
            return cached
        rows = await read_keys(conn, business_id)
        if {row.purpose for row in rows} != {"data", "index"}:
            await self._make(conn, business_id, {row.purpose for row in rows})
            rows = await read_keys(conn, business_id)
        keys = self._unwrap(business_id, rows)
        if any(row.uncommitted for row in rows):
            return keys  # not cached: if this transaction rolls back, these keys never were
        self._cache[business_id] = keys
        if len(self._cache) > CACHED_BUSINESSES:
            self._cache.popitem(last=False)
        return keys

    async def _make(self, conn: Connection, business_id: UUID, present: set[str]) -> None:
        for purpose in {"data", "index"} - present:
            plain = secrets.token_bytes(KEY_BYTES)
            ring_key_id, wrapped = self._ring.wrap(plain, _wrap_context(business_id, purpose, 1))
            await insert_key(conn, business_id, WrappedKey(purpose, 1, ring_key_id, wrapped))

    def _unwrap(self, business_id: UUID, rows: list[WrappedKey]) -> BusinessKeys:
        plain: dict[str, dict[int, bytes]] = {"data": {}, "index": {}}
        for row in rows:
            context = _wrap_context(business_id, row.purpose, row.key_no)
            try:
                plain[row.purpose][row.key_no] = self._ring.unwrap(row.ring_key_id, row.wrapped, context)
            except (LookupError, InvalidTag) as error:
                raise ConfigurationError(
                    f"MILO_SECRET_KEYS lacks the key {row.ring_key_id!r} that this data was sealed with.",
                    code="key_missing",
                ) from error
        return BusinessKeys(business_id, plain["data"], plain["index"][max(plain["index"])])


def _wrap_context(business_id: UUID, purpose: str, key_no: int) -> bytes:
    return f"business_keys|{business_id}|{purpose}|{key_no}".encode()
