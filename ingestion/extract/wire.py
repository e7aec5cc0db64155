"""What goes over the pipes between child.py and child_main.py: length-prefixed frames of JSON and bytes.

JSON and not pickle: a child that a document has taken over can then say nothing but text.
"""

from __future__ import annotations

import json
import struct
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from ingestion.model import Block, BlockKind, ExtractedDocument, Reason, StructuredItem

LENGTH = struct.Struct("!II")  # bytes of JSON, bytes of body
MAX_ANSWER = 64 * 1024 * 1024


class TaskKind(StrEnum):
    READ = "read"  # → the document
    UNLOCK = "unlock"  # → the same file without its password
    PICTURE = "picture"  # → one page as it looks
    STATE = "state"  # → how the child is confined


@dataclass(frozen=True, slots=True)
class Task:
    url: str
    media_type: str
    charset: str | None
    cpu_seconds: int
    kind: TaskKind = TaskKind.READ
    careful: bool = False  # a reader died on this document before: take the other one
    password: str = ""
    page: int = 0  # 1-based


@dataclass(frozen=True, slots=True)
class Answer:
    """`head` is JSON: a document, or what became of another task."""

    head: bytes
    body: bytes


def pack_task(task: Task, body: bytes) -> bytes:
    head = json.dumps(asdict(task)).encode()
    return LENGTH.pack(len(head), len(body)) + head + body


def unpack_task(head: bytes) -> Task:
    fields: dict[str, Any] = json.loads(head)
    fields["kind"] = TaskKind(fields["kind"])
    return Task(**fields)


def pack_answer(head: dict[str, Any], body: bytes = b"") -> bytes:
    packed = json.dumps(head, ensure_ascii=True).encode()
    return LENGTH.pack(len(packed), len(body)) + packed + body


def pack_document(document: ExtractedDocument) -> bytes:
    return pack_answer(asdict(document))


def unpack_document(head: bytes) -> ExtractedDocument:
    """Raises ValueError, TypeError or KeyError for anything but a document."""
    fields: dict[str, Any] = json.loads(head)
    blocks = tuple(_block(block) for block in fields.pop("blocks"))
    links = tuple(str(link) for link in fields.pop("links"))
    reason = fields.pop("reason")
    structured = tuple(
        StructuredItem(item["origin"], tuple(item["types"]), item["properties"]) for item in fields.pop("structured")
    )
    scans = tuple(int(page) for page in fields.pop("scans"))
    return ExtractedDocument(
        blocks=blocks,
        links=links,
        structured=structured,
        scans=scans,
        reason=Reason(reason) if reason else None,
        **fields,
    )


def _block(fields: dict[str, Any]) -> Block:
    return Block(
        BlockKind(fields["kind"]), fields["text"], fields["level"], fields["page"], fields["header"], fields["aside"]
    )
