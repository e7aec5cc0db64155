"""A reply as server-sent events. Goes out: bytes, until the answer has ended or the listener is gone."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from app.channels.web.shapes import event_bytes
from app.conversations.events import Finished, replay
from app.conversations.model import Message
from app.conversations.reply import Reply

HEADERS = {
    # Proxies buffer or compress a stream unless told otherwise.
    "Cache-Control": "no-cache, no-transform",
    "X-Accel-Buffering": "no",
    "Vary": "Origin",
}
COMMENT_SECONDS = 15.0


async def stream_reply(reply: Reply, after: int) -> AsyncGenerator[bytes, None]:
    """Only what is behind position `after`; a comment whenever nothing was said for a while."""
    if reply.stored is not None:
        for heard in retell(reply, reply.stored, after):
            yield heard
    if reply.with_person:
        for heard in replay(reply.started, (), offered=False, end=with_person(reply), after=after):
            yield event_bytes(heard)
    running = reply.running
    if running is None:
        return
    with running.attended():
        while True:
            new = await running.read(after, COMMENT_SECONDS)
            if not new:
                if running.over:  # whoever claims to have heard more than was said would be kept company for ever
                    return
                yield b": still here\n\n"
                continue
            # What came together is sent together: each sending costs as much as a statement.
            yield b"".join(event_bytes(heard) for heard in new)
            if new[-1].last:
                return
            after = new[-1].position


def with_person(reply: Reply) -> Finished:
    """The message is stored, and the answer comes from a person, with the conversation."""
    return Finished(reply.started.message_id, "with_person")


def retell(reply: Reply, stored: Message, after: int) -> list[bytes]:
    status = stored.outcome if stored.state == "complete" and stored.outcome else "interrupted"
    end = Finished(stored.message_id, status, stored.details.get("mode"))
    offered = bool(stored.details.get("lead_form"))
    wished = bool(stored.details.get("person"))
    events = replay(reply.started, stored.sentences, offered=offered, end=end, after=after, wished=wished)
    return [event_bytes(heard) for heard in events]
