"""Two steps of an import at once: the server works on the one, this process on the other.

Each step is a transaction in a session of its own, and they are committed in their order, since a
checkpoint stands for all that comes before it. A step says early where the next one begins, and
waits for its turn before it touches anything that the step before may need or may still change.
"""

import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from threading import Event
from typing import NamedTuple

import psycopg  # what ends a statement from another thread
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from deals.models.session import notice_a_dead_client

# Seconds; longer than a step takes that waits for nobody. When they are over, the step before may
# wait for something that is held by the one that waits for it, which no database can see.
PATIENCE = 60.0
# Seconds that a step which is not to be committed has to notice it.
GRACE = 1.0
# Seconds for which one thread may keep the other from going on.
SWITCH = 0.0005
USUAL_SWITCH = sys.getswitchinterval()


class OvertakenError(Exception):
    """The step before did not come to its end; what this one did is rolled back."""


class Turn:
    """The place of a step in the row: after which key it begins, and which step is before it."""

    def __init__(self, begin: str, before: "Turn | None" = None) -> None:
        self.begin = begin
        # Where the next one begins, once this one knows.
        self.next: str | None = None
        self._before = before
        self._followed, self._ended = Event(), Event()
        self._kept = self._stopped = False

    def follow(self) -> None:
        """From here on the next step may begin; otherwise it does when this one is committed."""
        self._followed.set()

    def wait(self) -> None:
        """Until the step before is committed. Raises OvertakenError when that will not be."""
        before = self._before
        if before is not None and not (before._ended.wait(PATIENCE) and before._kept):
            raise OvertakenError
        if self._stopped:
            raise OvertakenError
        self._before = None

    def stop(self) -> None:
        """It is not to be committed, unless it is just about to be."""
        self._stopped = True

    def work(self, step: "Step") -> bool:
        try:
            more = step(self)
            self._kept = True
        finally:
            self._ended.set()
            self._followed.set()
        return more

    def may_be_followed(self) -> bool:
        """Whether there is a next step; waits until the next one may begin."""
        self._followed.wait()
        return self.next is not None and (self._kept or not self._ended.is_set())


class _Lane(NamedTuple):
    """A thread with a session of its own."""

    thread: ThreadPoolExecutor
    session: BaseDatabaseWrapper

    def interrupt(self) -> None:
        """End the statement that its session is at."""
        if (server := self.session.connection) is not None:
            with suppress(psycopg.Error):
                server.cancel_safe(timeout=GRACE)


# False where nothing was left to do.
Step = Callable[[Turn], bool]
Running = tuple[Turn, _Lane, Future[bool]]


def in_turn(step: Step, begin: str, *, abreast: Callable[[], bool]) -> Iterator[None]:
    """Do step after step; an item when each is committed. What a step raises is raised here.

    They go one by one where `abreast` says so, and inside a transaction, whose rows no other
    session sees.
    """
    key: str | None = begin
    while key is not None:
        if abreast() and not connection.in_atomic_block:
            yield from _two_at_once(step, key)
            return
        turn = Turn(key)
        if not turn.work(step):
            return
        yield
        key = turn.next


def _two_at_once(step: Step, begin: str) -> Iterator[None]:
    with _short_switches(), _lane() as one, _lane() as other:
        free, running = deque([one, other]), deque[Running]()

        def start(turn: Turn) -> None:
            lane = free.popleft()
            running.append((turn, lane, lane.thread.submit(turn.work, step)))

        start(Turn(begin))
        try:
            while running:
                turn, lane, working = running[0]
                if len(running) == 1 and turn.may_be_followed():
                    start(Turn(turn.next or "", before=turn))
                overtaken = _is_overtaken(working)
                running.popleft()
                free.append(lane)
                if overtaken:
                    # Whatever follows it began behind something that is not there.
                    free.extend(_thrown_away(running))
                    running.clear()
                    start(Turn(turn.begin))
                elif not working.result():
                    return
                else:
                    yield
        finally:
            _thrown_away(running)


def _is_overtaken(working: Future[bool]) -> bool:
    """Wait for a step; whether it has to be done again. Raises what it raised."""
    try:
        working.result()
    except OvertakenError:
        return True
    return False


def _thrown_away(running: Iterable[Running]) -> list[_Lane]:
    """Let go of steps that are not to be committed, whatever they wait for; the lanes they had."""
    for turn, _, _ in running:
        turn.stop()
    for _, lane, working in running:
        while wait([working], GRACE).not_done:
            lane.interrupt()
    return [lane for _, lane, _ in running]


@contextmanager
def _short_switches() -> Iterator[None]:
    """A thread that the server has answered waits until the other one lets go of the interpreter:
    five thousandths of a second, and a step asks some twenty times."""
    sys.setswitchinterval(SWITCH)
    try:
        yield
    finally:
        sys.setswitchinterval(USUAL_SWITCH)


@contextmanager
def _lane() -> Iterator[_Lane]:
    with ThreadPoolExecutor(1, "abreast") as thread:
        try:
            yield _Lane(thread, thread.submit(_enter).result())
        finally:
            thread.submit(_leave).result()


def _enter() -> BaseDatabaseWrapper:
    """The session of the thread that asks for it."""
    notice_a_dead_client()
    return connections[DEFAULT_DB_ALIAS]


def _leave() -> None:
    """`connection` is that of the thread which asks for it."""
    connection.close()
