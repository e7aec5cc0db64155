"""Megabytes of text cut into passages a second, by the shipped tokenizer: python -m tests.bench.chunking_speed

Prose, short lines as price lists have them, and one line without an end; each at two sizes, to show that it is linear.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from uuid import uuid4

from app.providers.minilm import MiniLmTokenizer
from ingestion.chunk import chunk_source
from ingestion.model import BlockKind, StoredBlock, Version

SIZE = 1_000_000
SENTENCE = "The pool opens at ten on weekdays, and grown-ups pay 4.50 euros for a day in the water. "
SHAPES = {
    "prose": (SENTENCE * 8).strip(),
    "short lines": "Ice cream, two scoops | 3.20",
    "one long line": (SENTENCE * 12_000)[: SIZE - 1].strip(),
}


def measure() -> Iterator[tuple[str, int, float]]:
    """Shape, bytes, megabytes a second of CPU time."""
    tokenizer = MiniLmTokenizer()
    tokenizer.count("ready")
    for name, block in SHAPES.items():
        for size in (SIZE, 4 * SIZE):
            version = _version(block, size)
            begun = time.process_time()
            chunk_source([version], tokenizer)
            yield name, size, size / 1e6 / (time.process_time() - begun)


def _version(line: str, size: int) -> Version:
    lines = [f"{number} {line}" for number in range(max(1, size // (len(line) + 1)))]
    kind = BlockKind.TABLE_ROW if "|" in line else BlockKind.PARAGRAPH
    blocks, at = list[StoredBlock](), 0
    for text in lines:
        blocks.append(StoredBlock(kind, at, at + len(text)))
        at += len(text) + 1
    return Version(uuid4(), uuid4(), "http://a.example/", "Pool", "en", "\n".join(lines), tuple(blocks))


if __name__ == "__main__":
    for shape, size, speed in measure():
        print(f"{shape:16} {size / 1e6:.0f} MB  {speed:.2f} MB/s")
