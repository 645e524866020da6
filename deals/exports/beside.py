"""A process beside this one that makes a file of the documents it is given (`program`).

Everything happens in the thread that asks: a document is handed over when the program has room for
it, and a piece is given on as soon as there is one.
"""

import fcntl
import os
import select
import subprocess
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

from deals.exports.wire import END, HEAD, PIECE, PIPE, Job

PROGRAM = Path(__file__).with_name("program.py")
# Nothing of ours: neither secrets nor addresses. The loader's own, where somebody needs them.
HANDED_ON = ("LD_LIBRARY_PATH", "SYSTEMROOT")
# Memory that a thread has freed is found again by the others.
OF_ITS_OWN = {"MALLOC_ARENA_MAX": "2", "OMP_NUM_THREADS": "1"}


class MakerEnded(Exception):
    """The program ended before its file was whole; the system's log has what it said."""


def made(job: Job, texts: Iterator[bytes]) -> Generator[tuple[bytes, int], None, None]:
    """Pieces of the file, each with how many rows it completes.

    Raises `MakerEnded` where the program ends before the file does. Closing the iterator ends the
    program.
    """
    with subprocess.Popen(
        [sys.executable, "-I", str(PROGRAM)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, cwd="/",
        env=OF_ITS_OWN | {name: os.environ[name] for name in HANDED_ON if name in os.environ},
    ) as program:  # fmt: skip
        try:
            yield from _Talk(program).about(job, texts)
        finally:
            program.kill()


class _Talk:
    """What is said to the program and heard from it."""

    def __init__(self, program: "subprocess.Popen[bytes]") -> None:
        assert program.stdin and program.stdout
        self.program, self.input = program, program.stdin
        self.to, self.since = program.stdin.fileno(), program.stdout.fileno()
        self.poll = select.poll()
        self.head = b""
        self.left = 0
        self.whole = False
        for pipe in (self.to, self.since):
            os.set_blocking(pipe, False)
            _widen(pipe)
        self.poll.register(self.to, select.POLLOUT)
        self.poll.register(self.since, select.POLLIN)

    def about(self, job: Job, texts: Iterator[bytes]) -> Iterator[tuple[bytes, int]]:
        yield from self._say(job.line())
        for text in texts:
            yield from self._say(text)
        self.poll.unregister(self.to)
        self.input.close()
        while not self.whole:
            self.poll.poll()
            yield from self._heard()

    def _say(self, text: bytes) -> Iterator[tuple[bytes, int]]:
        """Hand it over, and give on what comes meanwhile."""
        left = memoryview(text)
        while left:
            ready = dict(self.poll.poll())
            if self.since in ready:
                yield from self._heard()
            if self.to in ready:
                left = left[self._written(left) :]

    def _written(self, text: memoryview) -> int:
        try:
            return os.write(self.to, text)
        except BlockingIOError:
            return 0
        except BrokenPipeError:
            raise self._ended() from None

    def _heard(self) -> Iterator[tuple[bytes, int]]:
        data = os.read(self.since, PIECE)
        if not data:
            raise self._ended()
        while data:
            rows = 0
            if not self.left:
                missing = HEAD.size - len(self.head)
                self.head, data = self.head + data[:missing], data[missing:]
                if len(self.head) < HEAD.size:
                    return
                rows, self.left = HEAD.unpack(self.head)
                self.head = b""
                if self.left == END:
                    self.whole = True
                    return
            yield data[: self.left], rows
            data, self.left = data[self.left :], max(self.left - len(data), 0)

    def _ended(self) -> MakerEnded:
        return MakerEnded(f"The program that makes files ended with {self.program.wait()}.")


def _widen(pipe: int) -> None:
    # Only Linux has the call, and a system may allow less.
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        try:
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE)
        except OSError:
            return
