"""A group of services that ends with the process that asked for it, however that ends.

`Group` starts a keeper, `python -m investtrack.group`, and holds a pipe to it. When the pipe
closes, because its holder stopped or was killed, the keeper ends every service with all its
children. When the keeper is killed, the kernel ends the services, and `Group` their children.
"""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from investtrack.processes import dies_with_parent

POLL_SECONDS = 0.25
STOP_SECONDS = 3.0
# A service that died is started again after one second, then two, four … up to this many.
LONGEST_PAUSE = 30.0


@dataclass(frozen=True, slots=True)
class Service:
    """One process to run. Without a `log` it shares our output; `stop` is its polite signal."""

    name: str
    command: list[str]
    log: str | None = None
    stop: int = int(signal.SIGTERM)
    restart: bool = True
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """What happened: a service `started`, or `exited` with a code (negative: the signal)."""

    kind: str
    service: str
    pid: int
    code: int | None = None


class Group:
    """The asking side. Use as a context manager: leaving it ends every service.

    The keeper holds the files `keep_open`, and so their locks, until the last service has ended.
    """

    def __init__(self, services: list[Service], keep_open: tuple[int, ...] = ()) -> None:
        self._pids: dict[str, int] = {}
        self._rest = b""
        ours, theirs = os.pipe()
        self._events = ours
        self._keeper = subprocess.Popen(
            [sys.executable, "-m", "investtrack.group", str(theirs)],
            stdin=subprocess.PIPE,
            pass_fds=(theirs, *keep_open),
            cwd=Path(__file__).resolve().parent.parent,
            start_new_session=True,
        )
        os.close(theirs)
        assert self._keeper.stdin is not None
        self._keeper.stdin.write(json.dumps([asdict(one) for one in services]).encode() + b"\n")
        self._keeper.stdin.flush()

    def __enter__(self) -> "Group":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def events(self, seconds: float = POLL_SECONDS) -> Iterator[Event]:
        """What happened within the next `seconds`; raises EOFError when the keeper is gone."""
        if not select.select([self._events], [], [], seconds)[0]:
            return
        data = os.read(self._events, 65536)
        if not data:
            raise EOFError("The process that keeps the services was ended.")
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            event = Event(**json.loads(line))
            if event.kind == "started":
                self._pids[event.service] = event.pid
            yield event

    def signal(self, number: int) -> None:
        """Pass a signal on to each service."""
        for pid in self._pids.values():
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def stop(self) -> None:
        """End every service and wait for it: at most a few seconds."""
        assert self._keeper.stdin is not None
        with suppress(BrokenPipeError):
            self._keeper.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self._keeper.wait(STOP_SECONDS + 3)
        if self._keeper.poll() != 0:
            self._keeper.kill()
            self._keeper.wait()
            for pid in self._pids.values():
                _kill_group(pid)
        os.close(self._events)


def _kill_group(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


class _Running:
    """The keeping side's view of one service: its process, or when to start the next one."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.pause = 0.5
        self.due: float | None = None
        self.start()

    def start(self) -> None:
        output = open(self.service.log, "ab") if self.service.log else None  # noqa: SIM115
        try:
            self.process = subprocess.Popen(
                self.service.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**os.environ, **self.service.environment},
                start_new_session=True,
                preexec_fn=dies_with_parent(signal.SIGKILL),
            )
        finally:
            if output:
                output.close()
        self.since = time.monotonic()
        self.due = None

    def plan_restart(self) -> None:
        """Wait longer each time, and be quick again after a minute of good service."""
        lasted = time.monotonic() - self.since
        self.pause = 1.0 if lasted > 60 else min(self.pause * 2, LONGEST_PAUSE)
        self.due = time.monotonic() + self.pause


class _Keeping:
    """The keeping side: starts, watches, starts again, and ends."""

    def __init__(self, events: int) -> None:
        self.events = events
        self.running: list[_Running] = []

    def tell(self, kind: str, one: _Running, code: int | None = None) -> None:
        event = Event(kind, one.service.name, one.process.pid, code)
        with suppress(BrokenPipeError):
            os.write(self.events, json.dumps(asdict(event)).encode() + b"\n")

    def run(self, services: list[dict[str, Any]]) -> None:
        try:
            for service in services:
                self.running.append(_Running(Service(**service)))
                self.tell("started", self.running[-1])
            while not self.asker_is_gone():
                for one in list(self.running):
                    self.look_at(one)
        finally:
            self.end_all()

    def asker_is_gone(self) -> bool:
        readable = select.select([sys.stdin], [], [], POLL_SECONDS)[0]
        return bool(readable) and not os.read(sys.stdin.fileno(), 1)

    def look_at(self, one: _Running) -> None:
        if one.due is not None:
            if time.monotonic() >= one.due:
                one.start()
                self.tell("started", one)
            return
        code = one.process.poll()
        if code is None:
            return
        _kill_group(one.process.pid)  # what the service's own children still do
        self.tell("exited", one, code)
        if one.service.restart:
            one.plan_restart()
        else:
            self.running.remove(one)

    def end_all(self) -> None:
        for one in self.running:
            with suppress(ProcessLookupError):
                one.process.send_signal(one.service.stop)
        deadline = time.monotonic() + STOP_SECONDS
        for one in self.running:
            with suppress(subprocess.TimeoutExpired):
                one.process.wait(max(0, deadline - time.monotonic()))
        for one in self.running:
            _kill_group(one.process.pid)
            one.process.wait()


def main() -> int:
    events = int(sys.argv[1])
    os.set_inheritable(events, False)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # Unbuffered, so that nothing is swallowed that `asker_is_gone` waits for.
    with open(sys.stdin.fileno(), "rb", buffering=0, closefd=False) as asker:
        services = json.loads(asker.readline())
    _Keeping(events).run(services)
    return 0


if __name__ == "__main__":
    sys.exit(main())
