"""The parsing child: documents in over standard input, JSON out over standard output, one at a time.

Started by child.py in a fresh interpreter with an empty environment. It limits its own memory, gives up
network, programs and files (confine.py) and, for each document, limits its CPU time; the parent holds the
clock and kills it.
"""

from __future__ import annotations

import logging
import os
import resource
import signal
import sys
from typing import Any, BinaryIO

from ingestion.extract.confine import Confinement, confine
from ingestion.extract.read import PDF_TYPES, read_document
from ingestion.extract.wire import LENGTH, Task, TaskKind, pack_answer, pack_document, unpack_task
from ingestion.model import ExtractedDocument, Reason

ADDRESS_SPACE = 1024 * 1024 * 1024
OWN_MEMORY = 512 * 1024 * 1024  # what it may write to: heaps, not the libraries it shares
_CODE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - ingestion/
READABLE = (sys.prefix, sys.base_prefix, sys.exec_prefix, _CODE, "/usr", "/lib", "/lib64", "/etc/ld.so.cache")


def main() -> None:
    """Ends when the parent closes the pipe."""
    limit_resources()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.disable(logging.CRITICAL)  # pypdf warns once a glyph, and warnings may quote the document
    confined = confine(READABLE)
    reader, writer = sys.stdin.buffer, sys.stdout.buffer
    while lengths := reader.read(LENGTH.size):
        head_length, body_length = LENGTH.unpack(lengths)
        task = unpack_task(reader.read(head_length))
        body = reader.read(body_length)
        _limit_cpu(task.cpu_seconds)
        if task.kind is TaskKind.READ:
            _answer(writer, body, task)
        else:
            _answer_other(writer, body, task, confined)


def limit_resources(*, own_memory: int = OWN_MEMORY, address_space: int = ADDRESS_SPACE) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (address_space, address_space))
    resource.setrlimit(resource.RLIMIT_DATA, (own_memory, own_memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


def _answer(writer: BinaryIO, body: bytes, task: Task) -> None:
    try:
        document = _read(body, task)
    except (MemoryError, RecursionError):
        document = ExtractedDocument(title="", blocks=(), reason=Reason.PARSE_LIMIT)
    except Exception as error:  # noqa: BLE001 - the border of the child: nothing may cross it but a document
        # Parsers raise what they like on hostile bytes. The owner is told that the file is broken.
        document = ExtractedDocument(title="", blocks=(), reason=Reason.BROKEN, detail=type(error).__name__)
    writer.write(pack_document(document))
    writer.flush()


def _read(body: bytes, task: Task) -> ExtractedDocument:
    if task.careful and task.media_type in PDF_TYPES:
        from ingestion.extract.pdf import extract_pdf

        return extract_pdf(body, "", careful=True)
    return read_document(body, task.url, task.media_type, task.charset)


def _answer_other(writer: BinaryIO, body: bytes, task: Task, confined: Confinement) -> None:
    head: dict[str, Any]
    made = b""
    try:
        if task.kind is TaskKind.UNLOCK:
            from ingestion.extract.pdf_unlock import unlock_pdf

            state, made = unlock_pdf(body, task.password)
            head = {"state": state}
        elif task.kind is TaskKind.PICTURE:
            from ingestion.extract.pdf_picture import draw_page

            made = draw_page(body, task.page)
            head = {"state": "drawn" if made else "broken"}
        else:
            head = {"state": "ready", "seccomp": confined.seccomp, "landlock": confined.landlock}
    except Exception:  # noqa: BLE001 - as above: whatever a hostile file makes a parser raise
        head, made = {"state": "broken"}, b""
    writer.write(pack_answer(head, made))
    writer.flush()


def _limit_cpu(seconds: int) -> None:
    """RLIMIT_CPU counts from the process's start, so each document moves it on."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds + 1, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main()
