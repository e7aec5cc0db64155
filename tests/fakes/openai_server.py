"""A scripted OpenAI-compatible server: Chat Completions (streaming), embeddings and the list of models.

`server.script(Reply(...), …)` queues answers, one a chat request; an empty queue answers with `default`
(a Reply or a function of the request's body). Every request is held against the SDK's own parameter
types; what does not fit is answered 400 and kept in `violations`, which `expect_clean()` raises.
`python -m tests.fakes.openai_server PORT TEXT` serves it by hand.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
import sys
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

import numpy as np
from openai.types.chat.completion_create_params import CompletionCreateParamsStreaming
from openai.types.embedding_create_params import EmbeddingCreateParams

from tests.fakes.loopback import LoopbackServer, Received, Wire
from tests.fakes.openai_requests import chat_rules, embedding_rules, misfits

KEY = "sk-test-right"


class Bytes(StrEnum):
    """How the answer's bytes are cut into writes, whatever the text's own pieces are."""

    WHOLE = "whole"  # one write an event
    ONE = "one"  # one byte a write
    MID_CHARACTER = "mid_character"  # a write ends inside every character that is more than one byte
    LUMPS = "lumps"  # 7 bytes a write, across events


class Ending(StrEnum):
    DONE = "done"
    STALL = "stall"  # says nothing more, keeps the connection
    DISCONNECT = "disconnect"  # resets the connection
    CUT = "cut"  # ends the body properly, but without finish_reason and [DONE]
    MALFORMED = "malformed"  # an event that is no JSON
    ERROR = "error"  # an error event, as servers send that have already said 200


@dataclass(frozen=True, slots=True)
class Reply:
    """One scripted answer. `status` other than 200 answers an error with `code` and `kind`."""

    text: str = ""
    pieces: Sequence[str] | None = None  # of the text; None: words
    bytes: Bytes = Bytes.WHOLE
    ending: Ending = Ending.DONE
    usage: bool = True
    prompt_tokens: int = 11
    finish: str = "stop"
    delay: float = 0.0  # before the head of the response
    first_text: float = 0.0  # between the head and the first text
    gap: float = 0.0  # between pieces
    ascii: bool = False  # \\u escapes instead of UTF-8, as some servers send
    status: int = 200
    code: str | None = None
    kind: str = "invalid_request_error"
    message: str = "scripted error"
    param: str | None = None
    retry_after: float | None = None


WRONG_KEY = Reply(status=401, code="invalid_api_key", message="Incorrect API key provided: sk-te**ng.")
SPENT_QUOTA = Reply(status=429, code="insufficient_quota", kind="insufficient_quota")
RATE_LIMITED = Reply(status=429, code="rate_limit_exceeded", kind="requests", retry_after=20)
BROKEN = Reply(status=500, code=None, kind="server_error")
TOO_LONG = Reply(status=400, code="context_length_exceeded", param="messages")


def mid_figure(text: str) -> list[str]:
    """Pieces that end inside every number: '24' arrives as '2' and '4'."""
    return [piece for piece in re.split(r"(?<=\d)(?=[\d.,:])|(?<=[.,:])(?=\d)", text) if piece]


def half_characters(text: str) -> list[str]:
    """Pieces of UTF-16 code units: what is outside the first plane arrives as two lone surrogates."""
    units = text.encode("utf-16-le")
    return [units[i : i + 2].decode("utf-16-le", "surrogatepass") for i in range(0, len(units), 2)]


class OpenAIServer(LoopbackServer):
    def __init__(self, key: str = KEY, default: Reply | Callable[[dict[str, Any]], Reply] | None = None):
        super().__init__()
        self.key = key
        self.default = default or Reply("I am scripted.")
        self.models = ["gpt-5.4-mini", "text-embedding-3-small"]
        self.violations: list[str] = []
        self._script: deque[Reply] = deque()
        self._embedding_script: deque[Reply] = deque()

    @property
    def base_url(self) -> str:
        return f"{self.url}/v1"

    def script(self, *replies: Reply) -> None:
        self._script.extend(replies)

    def script_embeddings(self, *replies: Reply) -> None:
        """Errors and delays; `Reply()` answers."""
        self._embedding_script.extend(replies)

    def expect_clean(self) -> None:
        """Every request fitted the SDK's types and the scripts were used up."""
        assert not self.violations, self.violations
        left = len(self._script) + len(self._embedding_script)
        assert not left, f"{left} scripted replies were not asked for"

    async def handle(self, request: Received, wire: Wire) -> None:
        if request.headers.get("authorization") != f"Bearer {self.key}":
            await self._error(wire, WRONG_KEY)
        elif request.path == "/v1/chat/completions":
            await self._chat(request, wire)
        elif request.path == "/v1/embeddings":
            await self._embed(request, wire)
        elif request.path == "/v1/models":
            rows = [{"id": name, "object": "model", "created": 1700000000, "owned_by": "us"} for name in self.models]
            await wire.answer(200, {"object": "list", "data": rows})
        else:
            await self._error(
                wire, Reply(status=404, code="unknown_url", message=f"Unknown request URL {request.path}")
            )

    async def _chat(self, request: Received, wire: Wire) -> None:
        body = request.json
        if wrong := [*misfits(body, CompletionCreateParamsStreaming), *chat_rules(body)]:
            await self._refuse(wire, wrong)
            return
        reply = self._next(body)
        await wire.pause(reply.delay)
        if reply.status != 200:
            await self._error(wire, reply)
            return
        await wire.head(200, {"content-type": "text/event-stream; charset=utf-8", "transfer-encoding": "chunked"})
        await wire.pause(reply.first_text)
        await _stream(wire, reply, body)

    async def _embed(self, request: Received, wire: Wire) -> None:
        body = request.json
        inputs = body.get("input")
        if wrong := [*misfits(body, EmbeddingCreateParams), *embedding_rules(inputs)]:
            await self._refuse(wire, wrong)
            return
        reply = self._embedding_script.popleft() if self._embedding_script else Reply()
        await wire.pause(reply.delay)
        if reply.status != 200:
            await self._error(wire, reply)
            return
        dimensions = body.get("dimensions", 1536)
        rows = [fake_vector(text, dimensions) for text in inputs]
        if body.get("encoding_format") == "base64":
            packed: list[object] = [base64.b64encode(row.tobytes()).decode() for row in rows]
        else:
            packed = [row.tolist() for row in rows]
        tokens = sum(len(text.split()) for text in inputs)
        await wire.answer(
            200,
            {
                "object": "list",
                "model": body["model"],
                "data": [{"object": "embedding", "index": i, "embedding": row} for i, row in enumerate(packed)],
                "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
            },
        )

    def _next(self, body: dict[str, Any]) -> Reply:
        if self._script:
            return self._script.popleft()
        return self.default(body) if callable(self.default) else self.default

    async def _refuse(self, wire: Wire, wrong: list[str]) -> None:
        self.violations.extend(wrong)
        await self._error(wire, Reply(status=400, message="; ".join(wrong)))

    async def _error(self, wire: Wire, reply: Reply) -> None:
        headers = {} if reply.retry_after is None else {"retry-after": str(reply.retry_after)}
        error = {"message": reply.message, "type": reply.kind, "param": reply.param, "code": reply.code}
        await wire.answer(reply.status, {"error": error}, headers)


def fake_vector(text: str, dimensions: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    """The same text always has the same direction; not of length 1, so that normalising shows."""
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
    return (np.random.default_rng(seed).standard_normal(dimensions) * 3).astype("<f4")


async def _stream(wire: Wire, reply: Reply, body: dict[str, Any]) -> None:
    pieces = re.findall(r"\s*\S+\s*", reply.text) if reply.pieces is None else list(reply.pieces)
    events = [_chunk(body, {"role": "assistant", "content": ""})]
    events += [_chunk(body, {"content": piece}) for piece in pieces]
    for number, event in enumerate(events):
        if number > 1:
            await wire.pause(reply.gap)
        await _write(wire, _event(event, reply.ascii), reply.bytes)
    match reply.ending:
        case Ending.STALL:
            await wire.pause(3600)
        case Ending.DISCONNECT:
            wire.drop()
            return
        case Ending.MALFORMED:
            await _write(wire, b'data: {"choices": [{"del\n\n', reply.bytes)
        case Ending.ERROR:
            error = {"error": {"message": reply.message, "type": "server_error", "code": reply.code}}
            await _write(wire, _event(error, reply.ascii), reply.bytes)
        case Ending.DONE:
            await _write(wire, _event(_chunk(body, {}, reply.finish), reply.ascii), reply.bytes)
            if reply.usage:
                answered = max(1, len(pieces))
                counts = {"prompt_tokens": reply.prompt_tokens, "completion_tokens": answered}
                total = {**counts, "total_tokens": reply.prompt_tokens + answered}
                await _write(wire, _event({**_chunk(body, None), "usage": total}, reply.ascii), reply.bytes)
            await _write(wire, b"data: [DONE]\n\n", reply.bytes)
        case Ending.CUT:
            await asyncio.sleep(0)
    await wire.raw(b"0\r\n\r\n")


def _chunk(body: dict[str, Any], delta: dict[str, str] | None, finish: str | None = None) -> dict[str, Any]:
    choices = [] if delta is None else [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}]
    return {
        "id": "chatcmpl-scripted",
        "object": "chat.completion.chunk",
        "created": 1700000000,
        "model": body["model"],
        "choices": choices,
        "usage": None,
    }


def _event(document: dict[str, Any], ascii_only: bool) -> bytes:
    # A lone surrogate has no UTF-8: like the real servers, it then travels as a \u escape.
    try:
        text = json.dumps(document, ensure_ascii=ascii_only, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        text = json.dumps(document, separators=(",", ":")).encode()
    return b"data: " + text + b"\n\n"


async def _write(wire: Wire, data: bytes, cut: Bytes) -> None:
    match cut:
        case Bytes.WHOLE:
            parts = [data]
        case Bytes.ONE:
            parts = [data[i : i + 1] for i in range(len(data))]
        case Bytes.LUMPS:
            parts = [data[i : i + 7] for i in range(0, len(data), 7)]
        case Bytes.MID_CHARACTER:
            inside = [i for i, byte in enumerate(data) if byte & 0xC0 == 0x80]
            edges = [0, *inside, len(data)]
            parts = [data[a:b] for a, b in pairwise(edges)]
    for part in parts:
        await wire.chunk(part)
        # Nagle is off, but two writes in one turn of the loop could still share a segment.
        await asyncio.sleep(0)


async def _by_hand(port: int, text: str) -> None:
    server = OpenAIServer(default=Reply(text))
    await server.start(port)
    sys.stdout.write(f"OPENAI_BASE_URL={server.base_url} OPENAI_API_KEY={server.key}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_by_hand(int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "I am scripted. [1]"))
