"""A scripted server of Anthropic's Messages: streamed answers with their events, errors of its shape, its models.

`server.script(Say(...), …)` queues answers, one a request; an empty queue answers with `default`. Every request is
held against the SDK's own parameter types; what does not fit is answered 400 and kept in `violations`, which
`expect_clean()` raises. Event names, their order and their fields are those of the SDK's types and of the
documented stream: message_start, content_block_start, ping, content_block_delta, content_block_stop, message_delta,
message_stop, and error anywhere.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from anthropic.types.message_create_params import MessageCreateParamsStreaming

from tests.fakes.loopback import LoopbackServer, Received, Wire
from tests.fakes.openai_requests import misfits
from tests.fakes.openai_server import Bytes, Ending, _write

KEY = "sk-ant-test-right"


@dataclass(frozen=True, slots=True)
class Say:
    """One scripted answer. `status` other than 200 answers an error of `kind`, with `code` where it has one."""

    text: str = ""
    pieces: Sequence[str] | None = None  # of the text; None: words
    bytes: Bytes = Bytes.WHOLE
    ending: Ending = Ending.DONE
    stop: str = "end_turn"
    prompt_tokens: int = 11
    cache_read: int = 0
    cache_made: int = 0
    thinking: str = ""  # a block before the text, as models that think send it
    delay: float = 0.0  # before the head of the response
    first_text: float = 0.0  # between message_start and the first text; pings go on
    gap: float = 0.0
    status: int = 200
    kind: str = "invalid_request_error"
    code: str | None = None
    message: str = "scripted error"
    retry_after: float | None = None


OVERLOADED = Say(status=529, kind="overloaded_error", message="Overloaded")
WRONG_KEY = Say(status=401, kind="authentication_error", message="invalid x-api-key")
RATE_LIMITED = Say(status=429, kind="rate_limit_error", retry_after=20)


class AnthropicServer(LoopbackServer):
    def __init__(self, key: str = KEY, default: Say | Callable[[dict[str, Any]], Say] | None = None):
        super().__init__()
        self.key = key
        self.default = default or Say("I am scripted.")
        self.models = ["claude-haiku-5-5"]
        self.violations: list[str] = []
        self._script: deque[Say] = deque()

    def script(self, *answers: Say) -> None:
        self._script.extend(answers)

    def expect_clean(self) -> None:
        assert not self.violations, self.violations
        assert not self._script, f"{len(self._script)} scripted answers were not asked for"

    @property
    def asked(self) -> list[dict[str, Any]]:
        """The bodies of all questions, in order."""
        return [request.json for request in self.history if request.path == "/v1/messages"]

    async def handle(self, request: Received, wire: Wire) -> None:
        # The SDK's second major version sends a key as a bearer; the header of its own is older.
        given = request.headers.get("authorization", "").removeprefix("Bearer ") or request.headers.get("x-api-key")
        if given != self.key or "anthropic-version" not in request.headers:
            await _error(wire, WRONG_KEY)
        elif request.path == "/v1/messages":
            await self._answer(request, wire)
        elif request.path.startswith("/v1/models/"):
            await self._model(request.path.rpartition("/")[2], wire)
        else:
            await _error(wire, Say(status=404, kind="not_found_error"))

    async def _model(self, name: str, wire: Wire) -> None:
        if name not in self.models:
            await _error(wire, Say(status=404, kind="not_found_error", message=f"model: {name}"))
            return
        row = {"type": "model", "id": name, "display_name": name, "created_at": "2026-10-07T00:00:00Z"}
        await wire.answer(200, {**row, "lifecycle": "active", "retires_at": None, "deprecated_at": None})

    async def _answer(self, request: Received, wire: Wire) -> None:
        body = request.json
        if wrong := _wrong(body):
            self.violations.extend(wrong)
            await _error(wire, Say(status=400, message="; ".join(wrong)))
            return
        if self._script:
            said = self._script.popleft()
        else:
            said = self.default(body) if callable(self.default) else self.default
        await wire.pause(said.delay)
        if said.status != 200:
            await _error(wire, said)
            return
        await wire.head(200, {"content-type": "text/event-stream; charset=utf-8", "transfer-encoding": "chunked"})
        await _stream(wire, said, body)


def _wrong(body: dict[str, Any]) -> list[str]:
    """The SDK knows no temperature any more; models up to 4.6 still take it, the others answer 400."""
    known = {name: value for name, value in body.items() if name != "temperature"}
    wrong = misfits(known, MessageCreateParamsStreaming)
    if any(not message["content"] for message in body.get("messages", [])):
        wrong.append("messages: text content blocks must be non-empty")
    if not body.get("messages") or body["messages"][0]["role"] != "user" or body["messages"][-1]["role"] != "user":
        wrong.append("messages: first and last message must use the user role")
    if "cache_control" in json.dumps(body):
        wrong.append("nothing of a visitor is put into the provider's cache")
    return wrong


async def _error(wire: Wire, said: Say) -> None:
    headers = {"request-id": "req_scripted"}
    if said.retry_after is not None:
        headers["retry-after"] = str(said.retry_after)
    await wire.answer(said.status, _error_body(said), headers)


def _error_body(said: Say) -> dict[str, Any]:
    error: dict[str, Any] = {"type": said.kind, "message": said.message}
    if said.code is not None:
        error["details"] = {"error_code": said.code}
    return {"type": "error", "error": error, "request_id": "req_scripted"}


async def _stream(wire: Wire, said: Say, body: dict[str, Any]) -> None:
    pieces = re.findall(r"\s*\S+\s*", said.text) if said.pieces is None else list(said.pieces)
    cut = said.bytes

    async def tell(kind: str, **fields: Any) -> None:
        await _write(wire, _event(kind, {"type": kind, **fields}), cut)

    usage = {
        "input_tokens": said.prompt_tokens - said.cache_read - said.cache_made,
        "cache_creation_input_tokens": said.cache_made,
        "cache_read_input_tokens": said.cache_read,
    }
    message = {
        "id": "msg_scripted",
        "type": "message",
        "role": "assistant",
        "model": body["model"],
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {**usage, "output_tokens": 1},
    }
    await tell("message_start", message=message)
    index = 0
    if said.thinking:
        await tell("content_block_start", index=0, content_block={"type": "thinking", "thinking": "", "signature": ""})
        await tell("content_block_delta", index=0, delta={"type": "thinking_delta", "thinking": said.thinking})
        await tell("content_block_delta", index=0, delta={"type": "signature_delta", "signature": "c2ln"})
        await tell("content_block_stop", index=0)
        index = 1
    await tell("content_block_start", index=index, content_block={"type": "text", "text": ""})
    await tell("ping")
    await wire.pause(said.first_text)
    for number, piece in enumerate(pieces):
        if number:
            await wire.pause(said.gap)
        await tell("content_block_delta", index=index, delta={"type": "text_delta", "text": piece})
    match said.ending:
        case Ending.STALL:
            await wire.pause(3600)
        case Ending.DISCONNECT:
            wire.drop()
            return
        case Ending.MALFORMED:
            await _write(wire, b'event: content_block_delta\ndata: {"type": "content_bl\n\n', cut)
        case Ending.ERROR:
            await _write(wire, _event("error", _error_body(said)), cut)
        case Ending.DONE:
            await tell("content_block_stop", index=index)
            delta: dict[str, Any] = {"stop_reason": said.stop, "stop_sequence": None}
            if said.stop == "refusal":
                delta["stop_details"] = {"type": "refusal", "category": None, "explanation": None}
            counted = max(1, len(pieces) + len(said.thinking.split()))
            await tell("message_delta", delta=delta, usage={**usage, "output_tokens": counted})
            await tell("message_stop")
        case Ending.CUT:
            await asyncio.sleep(0)
    await wire.raw(b"0\r\n\r\n")


def _event(kind: str, document: dict[str, Any]) -> bytes:
    try:
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        text = json.dumps(document, separators=(",", ":")).encode()
    return f"event: {kind}\ndata: ".encode() + text + b"\n\n"
