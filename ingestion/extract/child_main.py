"""The parsing child: documents in over standard input, JSON out over standard output, one at a time.

Started by child.py in a fresh interpreter with an empty environment. It limits its own memory and,
for each document, its CPU time; the parent holds the clock and kills it.
"""

from __future__ import annotations

import logging
import resource
import signal
import sys
from typing import BinaryIO

from ingestion.extract.read import read_document
from ingestion.extract.wire import LENGTH, pack_document, unpack_task
from ingestion.model import ExtractedDocument, Reason

ADDRESS_SPACE = 1024 * 1024 * 1024


def main() -> None:
    """Ends when the parent closes the pipe."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.disable(logging.CRITICAL)  # pypdf warns once a glyph, and warnings may quote the document
    reader, writer = sys.stdin.buffer, sys.stdout.buffer
    while lengths := reader.read(LENGTH.size):
        head_length, body_length = LENGTH.unpack(lengths)
        task = unpack_task(reader.read(head_length))
        body = reader.read(body_length)
        _limit_cpu(task.cpu_seconds)
        _answer(writer, body, task.url, task.media_type, task.charset)


def _answer(writer: BinaryIO, body: bytes, url: str, media_type: str, charset: str | None) -> None:
    try:
        document = read_document(body, url, media_type, charset)
    except (MemoryError, RecursionError):
        document = ExtractedDocument(title="", blocks=(), reason=Reason.PARSE_LIMIT)
    except Exception as error:  # noqa: BLE001 - the border of the child: nothing may cross it but a document
        # Parsers raise what they like on hostile bytes. The owner is told that the file is broken.
        document = ExtractedDocument(title="", blocks=(), reason=Reason.BROKEN, detail=type(error).__name__)
    writer.write(pack_document(document))
    writer.flush()


def _limit_cpu(seconds: int) -> None:
    """RLIMIT_CPU counts from the process's start, so each document moves it on."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds + 1, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main()
