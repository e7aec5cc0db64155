"""A zip file's bytes in, its members out piece by piece. The one place where office files are unpacked.

The directory is checked before anything is unpacked; nothing is written to disk, so a member's name is
only a name; a zip inside of the zip is never opened. Each member is unpacked twice: once to compare its
length and checksum, so that no changed figure is read, and once for the reader.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from ingestion.extract.gather import Unread
from ingestion.model import Reason

MAX_ENTRIES = 2_000
MAX_UNPACKED = 100 * 1024 * 1024
MAX_RATIO = 100
_RATIO_FROM = 5 * 1024 * 1024  # small members of repeated text pack better than that, and cost nothing
_PIECE = 1024 * 1024
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_FULL16, _FULL32 = 0xFFFF, 0xFFFFFFFF
_STORED, _DEFLATED = 0, 8
_ENCRYPTED, _UTF8 = 0x1, 0x800


@dataclass(frozen=True, slots=True)
class Member:
    """As the directory declares it; `start` and `end` of its packed bytes in the file."""

    name: str
    method: int
    crc: int
    unpacked: int
    start: int
    end: int


class Archive:
    """Raises Unread at once for what is no zip, is encrypted, or is larger than the limits."""

    def __init__(self, body: bytes):
        self._body = memoryview(body)
        self._members: dict[str, Member] = {}
        self._whole: set[str] = set()
        for member in _members(body):
            # Two parts of one name: programs differ in which one they show.
            if self._members.setdefault(_key(member.name), member) is not member:
                raise Unread(Reason.BROKEN, f"{member.name[:80]} stands in it twice")

    def __contains__(self, name: str) -> bool:
        return _key(name) in self._members

    def names(self) -> list[str]:
        return [member.name for member in self._members.values()]

    def pieces(self, name: str) -> Iterator[bytes]:
        """The member unpacked, at most 1 MB at a time. Raises Unread when it is missing or damaged."""
        member = self._members.get(_key(name))
        if member is None:
            raise Unread(Reason.BROKEN, f"{name[:80]}: missing")
        if member.name not in self._whole:
            self._compare(member)
            self._whole.add(member.name)
        return self._unpacked(member)

    def read(self, name: str, limit: int = 4 * 1024 * 1024) -> bytes:
        """A small member as a whole."""
        out = bytearray()
        for piece in self.pieces(name):
            out += piece
            if len(out) > limit:
                raise Unread(Reason.PARSE_LIMIT, f"{name[:80]} is larger than {limit // 2**20} MB")
        return bytes(out)

    def _compare(self, member: Member) -> None:
        length = crc = 0
        for piece in self._unpacked(member):
            length += len(piece)
            crc = zlib.crc32(piece, crc)
        if length != member.unpacked or crc != member.crc:
            raise Unread(Reason.BROKEN, f"{member.name[:80]}: damaged")

    def _unpacked(self, member: Member) -> Iterator[bytes]:
        packed = self._body[member.start : member.end]
        if member.method == _STORED:
            for at in range(0, len(packed), _PIECE):
                yield bytes(packed[at : at + _PIECE])
            return
        inflate = zlib.decompressobj(-15)
        left = member.unpacked
        try:
            for at in range(0, len(packed), _PIECE):
                waiting: bytes | memoryview = packed[at : at + _PIECE]
                while waiting and not inflate.eof:
                    piece = inflate.decompress(waiting, _PIECE)
                    left -= len(piece)
                    if left < 0:
                        raise Unread(Reason.BROKEN, f"{member.name[:80]}: longer than it says")
                    if piece:
                        yield piece
                    waiting = inflate.unconsumed_tail
            while not inflate.eof and (piece := inflate.decompress(b"", _PIECE)):
                yield piece  # what zlib still held when its output was full
        except zlib.error as error:
            raise Unread(Reason.BROKEN, f"{member.name[:80]}: damaged") from error


def _key(name: str) -> str:
    """Names of parts are compared without case (ECMA-376 part 2, 6.2.2.3); some programs write backslashes."""
    return name.replace("\\", "/").removeprefix("/").casefold()


def _members(body: bytes) -> list[Member]:
    if not body.startswith(b"PK\x03\x04"):
        raise Unread(Reason.BROKEN, "no zip file")
    at, count, length = _directory(body)
    if count > MAX_ENTRIES or length > MAX_ENTRIES * 1024:
        raise Unread(Reason.PARSE_LIMIT, f"more than {MAX_ENTRIES} parts")
    end = at + length
    if at < 0 or end > len(body):
        raise Unread(Reason.BROKEN, "its directory is damaged")
    found: list[Member] = []
    total = 0
    while at < end:
        member, at = _entry(body, at, end)
        found.append(member)
        total += member.unpacked
        if len(found) > MAX_ENTRIES:
            raise Unread(Reason.PARSE_LIMIT, f"more than {MAX_ENTRIES} parts")
        packed = member.end - member.start
        if total > MAX_UNPACKED or (member.unpacked > _RATIO_FROM and member.unpacked > packed * MAX_RATIO):
            raise Unread(Reason.PARSE_LIMIT, f"more than {MAX_UNPACKED // 2**20} MB unpacked" if total > MAX_UNPACKED
                         else f"{member.name[:80]} is packed more than {MAX_RATIO} to 1")  # fmt: skip
    if len(found) != count:
        raise Unread(Reason.BROKEN, "its directory is damaged")
    # Members that share bytes (Fifield's bomb) unpack far more than the file holds; no program writes that.
    ordered = sorted(found, key=lambda member: member.start)
    for before, after in pairwise(ordered):
        if after.start < before.end + _LOCAL.size:
            raise Unread(Reason.BROKEN, "its parts lie over each other")
    return found


def _directory(body: bytes) -> tuple[int, int, int]:
    """Where the directory begins, its entries and its length, as the end of the file tells."""
    at = body.rfind(b"PK\x05\x06", max(0, len(body) - _FULL16 - _END.size))
    if at < 0 or at + _END.size > len(body):
        raise Unread(Reason.BROKEN, "its end is missing")
    _, disk, first_disk, here, count, length, start, _ = _END.unpack_from(body, at)
    if _FULL16 in (here, count) or _FULL32 in (length, start):
        locator = at - _LOCATOR.size
        if locator >= 0 and body[locator : locator + 4] == b"PK\x06\x07":
            _, _, at64, _ = _LOCATOR.unpack_from(body, locator)
            if at64 + _END64.size > locator or body[at64 : at64 + 4] != b"PK\x06\x06":
                raise Unread(Reason.BROKEN, "its directory is damaged")
            _, _, _, _, disk, first_disk, here, count, length, start = _END64.unpack_from(body, at64)
    if disk or first_disk or here != count:
        raise Unread(Reason.BROKEN, "it is one of several parts of a zip file")
    return start, count, length


def _entry(body: bytes, at: int, end: int) -> tuple[Member, int]:
    if at + _ENTRY.size > end or body[at : at + 4] != b"PK\x01\x02":
        raise Unread(Reason.BROKEN, "its directory is damaged")
    (_, _, _, flags, method, _, _, crc, packed, unpacked, named, extra, comment, _, _, _, local) = _ENTRY.unpack_from(
        body, at
    )
    after = at + _ENTRY.size + named + extra + comment
    if after > end:
        raise Unread(Reason.BROKEN, "its directory is damaged")
    raw = body[at + _ENTRY.size : at + _ENTRY.size + named]
    name = raw.decode("utf-8" if flags & _UTF8 else "cp437", errors="replace")
    more = body[at + _ENTRY.size + named : after - comment]
    unpacked, packed, local = _long(more, unpacked, packed, local)
    if flags & _ENCRYPTED:
        raise Unread(Reason.ENCRYPTED, None)
    if method not in (_STORED, _DEFLATED):
        raise Unread(Reason.BROKEN, f"{name[:80]} is packed in an unknown way")
    if local + _LOCAL.size > len(body) or body[local : local + 4] != b"PK\x03\x04":
        raise Unread(Reason.BROKEN, "its directory is damaged")
    (*_, local_named, local_extra) = _LOCAL.unpack_from(body, local)
    start = local + _LOCAL.size + local_named + local_extra
    if start + packed > len(body) or (method == _STORED and packed != unpacked):
        raise Unread(Reason.BROKEN, f"{name[:80]} is cut off")
    return Member(name, method, crc, unpacked, start, start + packed), after


def _long(extra: bytes, unpacked: int, packed: int, local: int) -> tuple[int, int, int]:
    """The 64-bit values of an entry, which stand in its extra field where the short ones are full."""
    values = [unpacked, packed, local]
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<2H", extra, at)
        field = extra[at + 4 : at + 4 + size]
        at += 4 + size
        if kind != 1:
            continue
        place = 0
        for index, value in enumerate(values):
            if value == _FULL32 and place + 8 <= len(field):
                (values[index],) = struct.unpack_from("<Q", field, place)
                place += 8
    return values[0], values[1], values[2]
