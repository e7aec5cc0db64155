"""The body of an answer, unpacked under limits: raw pieces in, at most `max_bytes` out, or a FetchFailed.

Called by outbound.py. Unpacks small slices and lets the loop run between them: 357 bytes can become
20 MB, and neither the memory nor the time of whoever waits beside us belongs to the server.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Iterator

from ingestion.model import Reason
from ingestion.ports import FetchFailed

SLICE = 256 * 1024  # about a millisecond of unpacking
PIECES_A_TURN = 128  # a body of one-byte chunks is all bookkeeping
MAX_RATIO = 100  # honest pages pack 4 to 20 times; only from RATIO_FROM on, for short ones may be all spaces
RATIO_FROM = 1024 * 1024
MAX_MEMBERS = 1000  # of a gzip body; each costs 30 µs, also an empty one
_MEMBER = b"\x1f\x8b"
PLAIN = ("", "identity")
PACKED = ("gzip", "x-gzip", "deflate")


async def read_body(pieces: AsyncIterator[bytes], encoding: str, max_bytes: int) -> bytes:
    """Raises FetchFailed TOO_LARGE or BAD_RESPONSE."""
    coding = encoding.strip().lower()
    if coding not in PLAIN + PACKED:
        raise FetchFailed(Reason.BAD_RESPONSE, f"packed as “{coding[:40]}”, which nobody asked for")
    unpack = None if coding in PLAIN else _Unpacker(deflate=coding == "deflate")
    body = bytearray()
    received = 0
    turns = 0
    async for piece in pieces:
        received += len(piece)
        slices = iter((piece,)) if unpack is None else unpack.feed(piece)
        for unpacked in slices:
            body += unpacked
            if len(body) > max_bytes:
                raise too_large(max_bytes)
            if unpack is not None and len(body) > max(RATIO_FROM, MAX_RATIO * received):
                raise FetchFailed(Reason.TOO_LARGE, f"{MAX_RATIO} times its packed size")
            turns += 1
            if unpack is not None or turns % PIECES_A_TURN == 0:
                await asyncio.sleep(0)
    if unpack is not None and received and not unpack.complete:
        raise FetchFailed(Reason.BAD_RESPONSE, "its compressed data is cut off")
    return bytes(body)


def too_large(max_bytes: int) -> FetchFailed:
    shown = f"{max_bytes // 2**20} MB" if max_bytes >= 2**20 else f"{max_bytes // 1024} KB"
    return FetchFailed(Reason.TOO_LARGE, shown)


class _Unpacker:
    """gzip (also several members) or deflate in either of its two spellings."""

    def __init__(self, *, deflate: bool):
        self._deflate = deflate
        self._stream = zlib.decompressobj(zlib.MAX_WBITS if deflate else 16 + zlib.MAX_WBITS)
        self._begun = False
        self._members = 1
        self._held = b""  # the first half of the mark of another member, where a read ended in it

    @property
    def complete(self) -> bool:
        return self._stream.eof

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What `data` unpacks to, in slices, each unpacked when it is asked for."""
        data, self._held = self._held + data, b""
        if self._deflate and not self._begun and data and (data[0] & 0x0F) != 8:
            self._stream = zlib.decompressobj(-zlib.MAX_WBITS)
        self._begun = self._begun or bool(data)
        try:
            while data:
                if self._stream.eof:
                    if data == _MEMBER[:1] and not self._deflate:
                        self._held = data
                        return
                    if self._deflate or not data.startswith(_MEMBER):
                        return  # padding after the end, as browsers ignore it
                    self._members += 1
                    if self._members > MAX_MEMBERS:
                        raise FetchFailed(Reason.BAD_RESPONSE, f"it is packed in more than {MAX_MEMBERS} pieces")
                    self._stream = zlib.decompressobj(16 + zlib.MAX_WBITS)
                yield self._stream.decompress(data, SLICE)
                data = self._stream.unconsumed_tail or self._stream.unused_data
            while not self._stream.eof and (rest := self._stream.decompress(b"", SLICE)):
                yield rest  # what the last slice had no room for
        except zlib.error as error:
            raise FetchFailed(Reason.BAD_RESPONSE, "its compressed data is damaged") from error
