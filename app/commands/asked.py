"""What search, ask and eval share: questions from the command line or a file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from app.errors import BadInput


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    text: str
    evidence: tuple[str, ...] = ()
    answerable: bool = True
    kind: str | None = None


def read_questions(question: str | None, path: str | None) -> list[AskedQuestion]:
    """One of the two must be given. Raises BadInput with the line that is wrong."""
    if (question is None) == (path is None):
        raise BadInput("Give one question, or --questions FILE.jsonl.", code="no_question")
    if question is not None:
        return [AskedQuestion(question)]
    assert path is not None
    try:
        lines = Path(path).expanduser().read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} could not be read as UTF-8 text.", code="unreadable_file") from error
    return [_question(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]


def _question(path: str, number: int, line: str) -> AskedQuestion:
    try:
        found = json.loads(line)
    except ValueError as error:
        raise BadInput(f"{path}, line {number}: not a JSON object.", code="bad_questions") from error
    if not isinstance(found, dict) or not isinstance(cast("dict[str, Any]", found).get("question"), str):
        raise BadInput(f'{path}, line {number}: it needs a "question".', code="bad_questions")
    row = cast("dict[str, Any]", found)
    evidence = tuple(str(text) for text in cast("list[Any]", row.get("evidence") or []))
    kind = row.get("kind")
    return AskedQuestion(row["question"], evidence, bool(row.get("answerable", True)), str(kind) if kind else None)
