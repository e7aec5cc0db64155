"""Holds requests against the SDK's own parameter types, and against what Milo promises beyond them.

Each function returns what is wrong, in words; an empty list means the request is right.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError


def misfits(body: dict[str, Any], shape: type) -> list[str]:
    """What the SDK's types say against a request: unknown names, missing ones, wrong kinds."""
    known = {name for base in (shape, *shape.__mro__) for name in getattr(base, "__annotations__", {})}
    wrong = [f"unknown parameter {name}" for name in body if name not in known]
    try:
        _exhaust(_adapter(shape).validate_python(body))
    except ValidationError as error:
        wrong += [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False)]
    return wrong


@cache
def _adapter(shape: type) -> TypeAdapter[Any]:
    """Milliseconds to build, which would else be counted as the service's own."""
    return TypeAdapter(shape)


def _exhaust(value: Any) -> None:
    """pydantic checks an Iterable only while it is walked."""
    if isinstance(value, dict):
        for inner in value.values():
            _exhaust(inner)
    elif hasattr(value, "__iter__") and not isinstance(value, str | bytes):
        for inner in value:
            _exhaust(inner)


def chat_rules(body: dict[str, Any]) -> list[str]:
    """What Milo promises beyond the types."""
    wrong: list[str] = []
    if body.get("store") is not False:
        wrong.append("store must be false: conversations are not kept by the provider")
    if body.get("stream") is not True or not (body.get("stream_options") or {}).get("include_usage"):
        wrong.append("stream and stream_options.include_usage must be true")
    if not body.get("messages"):
        wrong.append("messages must not be empty")
    limits = [name for name in ("max_tokens", "max_completion_tokens") if body.get(name)]
    if len(limits) != 1:
        wrong.append(f"exactly one limit on the answer is needed, not {limits}")
    return wrong


def embedding_rules(inputs: object) -> list[str]:
    if not isinstance(inputs, list) or not 1 <= len(inputs) <= 2048:
        return ["input must be a list of 1 to 2048 texts"]
    if any(not isinstance(text, str) or not text for text in inputs):
        return ["input cannot be an empty string"]
    return []
