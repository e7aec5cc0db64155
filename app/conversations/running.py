"""The answers that are being given in this process. They belong to the application, not to a request.

A listener may come and go and take up where it was; ten seconds without one, a stop or the end of the process
ends an answer, and its row says so. Made by wiring, used by reply.py and the channels.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import Awaitable, Callable, Coroutine, Generator
from contextlib import contextmanager
from operator import attrgetter
from uuid import UUID, uuid4

import anyio
import structlog

from app.conversations.events import Failed, Heard, Positions, ReplyEvent

LISTENER_GRACE = 10.0  # seconds an answer goes on with nobody listening
DRAIN_SECONDS = 10.0  # what the last saves may take when the process ends
log = structlog.get_logger(__name__)

Work = Callable[["RunningAnswer"], Awaitable[None]]
Watch = Callable[[], Coroutine[None, None, None]]


class RunningAnswer:
    """One answer's log of events. `work` appends, any number of listeners read."""

    def __init__(self, business_id: UUID, person_id: UUID, message_id: UUID, grace: float):
        self.business_id = business_id
        self.person_id = person_id
        self.message_id = message_id
        self.scope = anyio.CancelScope()  # around what asks and shows, never around what saves
        self.task: asyncio.Task[None] | None = None
        self._grace = grace
        self._heard: list[Heard] = []
        self._positions = Positions()
        self._more = asyncio.Event()
        self._listeners = 0
        self._closed = False
        self._alarm: asyncio.TimerHandle | None = None
        self._wait_for_listener()

    def append(self, event: ReplyEvent) -> None:
        self._heard.append(self._positions.place(event))
        more, self._more = self._more, asyncio.Event()
        more.set()

    def stop(self) -> None:
        """In force at the next await of whoever asks: the model's stream is closed, what was shown is saved."""
        self.scope.cancel()

    @contextmanager
    def attended(self) -> Generator[None, None, None]:
        self._listeners += 1
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        try:
            yield
        finally:
            self._listeners -= 1
            if self._listeners == 0:
                self._wait_for_listener()

    @property
    def over(self) -> bool:
        """Nothing more will come."""
        return self._closed

    async def read(self, after: int, timeout: float) -> list[Heard]:
        """What is behind position `after`, waiting for it up to `timeout` seconds; empty when nothing came."""
        if not (new := self._behind(after)):
            try:
                async with asyncio.timeout(timeout):
                    await self._more.wait()
            except TimeoutError:
                return []
            new = self._behind(after)
        return new

    def _behind(self, after: int) -> list[Heard]:
        # Positions only grow; a long answer has hundreds, and is looked at after each of them.
        return self._heard[bisect_right(self._heard, after, key=attrgetter("position")) :]

    def _wait_for_listener(self) -> None:
        if not self._closed:
            self._alarm = asyncio.get_running_loop().call_later(self._grace, self.stop)

    def close(self) -> None:
        """Nothing more will come; a log without an end gets one, so that no listener waits for ever."""
        self._closed = True
        if self._alarm is not None:
            self._alarm.cancel()
        if not self._heard or not self._heard[-1].last:
            self.append(Failed("The answer broke off on our side. Please ask again.", retry=True))


class AnswerTasks:
    """The registry, by business. `instance` names this process in the rows it is answering."""

    def __init__(self, *, grace: float = LISTENER_GRACE):
        self.instance = uuid4().hex
        self._grace = grace
        self._running: dict[UUID, dict[UUID, RunningAnswer]] = {}
        self._watches: dict[UUID, asyncio.Task[None]] = {}

    def start(self, business_id: UUID, person_id: UUID, message_id: UUID, work: Work, watch: Watch) -> RunningAnswer:
        """`watch` runs once a business, from its first answer that is given here to its last."""
        running = RunningAnswer(business_id, person_id, message_id, self._grace)
        self._running.setdefault(business_id, {})[message_id] = running
        running.task = asyncio.create_task(self._run(running, work), name=f"answer {message_id}")
        if business_id not in self._watches:
            self._watches[business_id] = asyncio.create_task(watch(), name=f"watch {business_id}")
        return running

    def find(self, business_id: UUID, message_id: UUID) -> RunningAnswer | None:
        return self._running.get(business_id, {}).get(message_id)

    def of_business(self, business_id: UUID) -> dict[UUID, RunningAnswer]:
        return dict(self._running.get(business_id, {}))

    async def end_of_person(self, business_id: UUID, person_id: UUID) -> None:
        """Stops this person's answers and waits until they have let go of their rows."""
        await self._end([r for r in self.of_business(business_id).values() if r.person_id == person_id])

    async def drain(self) -> None:
        """At the end of the process: every answer is stopped and saved as what was shown of it."""
        await self._end([running for answers in self._running.values() for running in answers.values()])

    async def _end(self, answers: list[RunningAnswer]) -> None:
        for running in answers:
            running.stop()
        tasks = [running.task for running in answers if running.task is not None]
        if tasks:
            await asyncio.wait(tasks, timeout=DRAIN_SECONDS)

    async def _run(self, running: RunningAnswer, work: Work) -> None:
        try:
            await work(running)
        except Exception:  # the last door: a lost task would say nothing at all
            log.exception("answer.failed", message_id=str(running.message_id))
        finally:
            running.close()
            self._forget(running)

    def _forget(self, running: RunningAnswer) -> None:
        left = self._running[running.business_id]
        del left[running.message_id]
        if not left:
            del self._running[running.business_id]
            self._watches.pop(running.business_id).cancel()
