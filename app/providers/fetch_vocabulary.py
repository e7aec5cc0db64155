"""A child process: `python -m app.providers.fetch_vocabulary NAME PATH` fetches one tiktoken vocabulary.

In a process of its own because tiktoken downloads without a timeout and keeps its cache where an
environment variable says; here the cache is a folder beside PATH that goes away again. The parent
(`token_budget.py`) kills it when it takes too long and reads PATH, which appears whole or not at all.

The file: one line of JSON (name, pattern, special tokens, size), then per token its bytes in base64 and
its rank.
"""

from __future__ import annotations

import base64
import json
import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

import tiktoken


def fetch_vocabulary(name: str, path: Path) -> None:
    """tiktoken checks the SHA-256 of what it downloads."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".fetch-{os.getpid()}-") as folder:
        tempfile.tempdir = folder  # where tiktoken keeps its download unless the environment says otherwise
        from tiktoken_ext.openai_public import ENCODING_CONSTRUCTORS

        write_vocabulary(ENCODING_CONSTRUCTORS[name](), Path(folder) / "vocabulary")
        (Path(folder) / "vocabulary").replace(path)


def write_vocabulary(parts: dict[str, Any], path: Path) -> None:
    """`parts`: the arguments of tiktoken.Encoding."""
    head = {key: value for key, value in parts.items() if key != "mergeable_ranks"}
    ranks: dict[bytes, int] = parts["mergeable_ranks"]
    with path.open("wb") as file:
        file.write(json.dumps(head).encode() + b"\n")
        file.writelines(base64.b64encode(token) + b" %d\n" % rank for token, rank in ranks.items())


def read_vocabulary(path: Path) -> tiktoken.Encoding:
    """Raises OSError, ValueError or KeyError for a file that is not what `write_vocabulary` wrote."""
    head, _, lines = path.read_bytes().partition(b"\n")
    ranks: dict[bytes, int] = {}
    for line in lines.splitlines():
        token, _, rank = line.partition(b" ")
        ranks[base64.b64decode(token)] = int(rank)
    parts = json.loads(head)
    return tiktoken.Encoding(
        parts["name"],
        pat_str=parts["pat_str"],
        mergeable_ranks=ranks,
        special_tokens=parts["special_tokens"],
        explicit_n_vocab=parts.get("explicit_n_vocab"),
    )


if __name__ == "__main__":
    signal.alarm(180)  # should the parent be killed before it can kill us
    fetch_vocabulary(sys.argv[1], Path(sys.argv[2]))
