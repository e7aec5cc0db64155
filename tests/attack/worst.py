"""Models on loopback that do their worst: they say what they are told, all they were given, or calls of tools.

They speak Chat Completions and Messages through the scripted servers, so every request is held against the SDKs' types
as well. `heard` keeps each request's messages: what a model is given is half of what an attacker can learn.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.fakes.anthropic_server import AnthropicServer, Say
from tests.fakes.loopback import Received, Wire
from tests.fakes.openai_server import OpenAIServer, Reply

UNDERSTANDS = "You prepare a search"  # how the other prompt begins


@dataclass(frozen=True, slots=True)
class Deltas:
    """Raw `delta` objects, as a model that calls tools sends them."""

    deltas: Sequence[dict[str, Any]]
    finish: str = "tool_calls"


Says = Callable[[list[dict[str, str]]], str | Deltas]


class WorstModel(OpenAIServer):
    """`says`: messages → what is answered. `understands`: the same for the call that prepares a search."""

    def __init__(self, says: Says | None = None, understands: Says | None = None):
        super().__init__(default=self._reply)
        self.says = says or whole_input
        self.understands = understands or whole_input
        self.heard: list[list[dict[str, str]]] = []

    def _reply(self, body: dict[str, Any]) -> Reply:
        said = self._said(body)
        assert isinstance(said, str)
        return Reply(pieces=[said[at : at + 40] for at in range(0, len(said), 40)] or [""])

    def _said(self, body: dict[str, Any]) -> str | Deltas:
        messages = body["messages"]
        return (self.understands if messages[0]["content"].startswith(UNDERSTANDS) else self.says)(messages)

    async def handle(self, request: Received, wire: Wire) -> None:
        if request.path == "/v1/chat/completions":
            body = request.json
            assert "tools" not in body and "functions" not in body, "a model is given no tool"
            self.heard.append(body["messages"])
            said = self._said(body)
            if isinstance(said, Deltas):
                await _raw(wire, said, body["model"])
                return
        await super().handle(request, wire)


class WorstClaude(AnthropicServer):
    """The same over Messages. `blocks`: content blocks of other kinds that it sends before its text."""

    def __init__(self, says: str = "", blocks: Sequence[dict[str, Any]] = ()):
        super().__init__(default=lambda _: Say(self.says, stop="tool_use" if self.blocks else "end_turn"))
        self.says = says
        self.blocks = blocks

    async def handle(self, request: Received, wire: Wire) -> None:
        if request.path == "/v1/messages":
            assert "tools" not in request.json, "a model is given no tool"
            if self.blocks:
                await _raw_blocks(wire, self.blocks, self.says, request.json["model"])
                return
        await super().handle(request, wire)


def whole_input(messages: list[dict[str, str]]) -> str:
    """All that it was given, word for word, each line once as a sentence with a mark, and once as it is.

    But for the word that ends an answer: with it the rest would not even be looked at.
    """
    given = "\n".join(message["content"] for message in messages).replace("NO_ANSWER", "no answer")
    marked = "\n".join(f"{line.rstrip('.')} [1]." for line in given.splitlines() if line.strip())
    return f"{given}\n{marked}"


async def _raw(wire: Wire, said: Deltas, model: str) -> None:
    await wire.head(200, {"content-type": "text/event-stream", "transfer-encoding": "chunked"})
    chunks: list[tuple[dict[str, Any], str | None]] = [(delta, None) for delta in said.deltas]
    for delta, finish in [*chunks, ({}, said.finish)]:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        event = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": model, "choices": [choice]}
        await wire.chunk(f"data: {json.dumps(event)}\n\n".encode())
    await wire.chunk(b"data: [DONE]\n\n")
    await wire.raw(b"0\r\n\r\n")


async def _raw_blocks(wire: Wire, blocks: Sequence[dict[str, Any]], text: str, model: str) -> None:
    await wire.head(200, {"content-type": "text/event-stream", "transfer-encoding": "chunked"})

    async def tell(kind: str, **fields: Any) -> None:
        await wire.chunk(f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n".encode())

    usage = {"input_tokens": 9, "output_tokens": 1}
    message = {"id": "m", "type": "message", "role": "assistant", "model": model, "content": [], "stop_reason": None}
    await tell("message_start", message={**message, "stop_sequence": None, "usage": usage})
    for index, block in enumerate(blocks):
        await tell("content_block_start", index=index, content_block=block | {"input": {}})
        await tell("content_block_delta", index=index, delta={
            "type": "input_json_delta", "partial_json": json.dumps(block["input"]),
        })  # fmt: skip
        await tell("content_block_stop", index=index)
    last = len(blocks)
    await tell("content_block_start", index=last, content_block={"type": "text", "text": ""})
    await tell("content_block_delta", index=last, delta={"type": "text_delta", "text": text})
    await tell("content_block_stop", index=last)
    await tell("message_delta", delta={"stop_reason": "tool_use", "stop_sequence": None}, usage=usage)
    await tell("message_stop")
    await wire.raw(b"0\r\n\r\n")
