"""A process beside this one that makes a file of the documents it is given (`program`).

Everything happens in the thread that asks: documents are handed over as the program has room for
them, and pieces of the file are given on as soon as there are some.
"""

import errno
import fcntl
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from deals.exports.wire import END, HEAD, PIECE, PIPE, Job

PROGRAM = Path(__file__).with_name("program.py")
# All that it is told of its surroundings: no secrets, no addresses. A heap for each busy thread,
# which keeps what is free for the next block of documents.
SURROUNDINGS = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": "33554432",
    "MALLOC_TRIM_THRESHOLD_": "67108864",
    # Else one thread for each core of the machine, which nothing here uses.
    "OPENBLAS_NUM_THREADS": "1",
}
# Where an installation of Python needs it to find its own libraries.
HANDED_ON = ("LD_LIBRARY_PATH",)

# What a server that ends tells all its processes: a file on its way is finished first.
TOLD_TO_END = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# What a system that is busy says to who asks for a process.
PASSING = (errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE)

Pieces = Iterator[tuple[bytes, int]]


class NoRoom(OSError):
    """The system has no process, memory or open file to spare for the program at the moment."""


class MakerEnded(Exception):
    """The program ended before its file was whole; what it said stands in the log."""


class Maker:
    """The program, from the beginning of a `with` to its end, however that comes.

    Raises `NoRoom` where the system has none for another process, OSError where it cannot be
    started at all.
    """

    def __init__(self) -> None:
        self._program = _started()
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        self._input: IO[bytes] = self._program.stdin
        self._to, self._from = self._input.fileno(), self._program.stdout.fileno()
        # Of what comes: the beginning of a head, and how much of its piece is still to come.
        self._head, self._left, self._whole = b"", 0, False

    @property
    def pid(self) -> int:
        return self._program.pid

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End it, if it has not ended; again is no harm."""
        self._program.kill()
        self._program.__exit__(None, None, None)

    def made(self, job: Job, texts: Iterator[bytes]) -> Pieces:
        """Pieces of the file of these documents, each with how many rows it completes.

        Raises `MakerEnded` where the program ends before the file does.
        """
        poll = select.poll()
        for pipe, wanted in ((self._to, select.POLLOUT), (self._from, select.POLLIN)):
            os.set_blocking(pipe, False)
            _widen(pipe)
            poll.register(pipe, wanted)
        yield from self._say(job.line(), poll)
        for text in texts:
            yield from self._say(text, poll)
        poll.unregister(self._to)
        self._input.close()
        while not self._whole:
            poll.poll()
            yield from self._heard()

    def _say(self, text: bytes, poll: select.poll) -> Pieces:
        """Hand it over, and give on what comes meanwhile."""
        left = memoryview(text)
        while left:
            ready = {pipe for pipe, _ in poll.poll()}
            if self._from in ready:
                yield from self._heard()
            if self._to in ready:
                left = left[self._written(left) :]

    def _written(self, text: memoryview) -> int:
        try:
            return os.write(self._to, text)
        except BlockingIOError:
            return 0
        except BrokenPipeError:
            raise self._ended() from None

    def _heard(self) -> Pieces:
        data = os.read(self._from, PIECE)
        if not data:
            raise self._ended()
        while data:
            rows = 0
            if not self._left:
                missing = HEAD.size - len(self._head)
                self._head, data = self._head + data[:missing], data[missing:]
                if len(self._head) < HEAD.size:
                    return
                rows, self._left = HEAD.unpack(self._head)
                self._head = b""
                if self._left == END:
                    self._whole = True
                    return
            yield data[: self._left], rows
            data, self._left = data[self._left :], max(self._left - len(data), 0)

    def _ended(self) -> MakerEnded:
        return MakerEnded(f"The program that makes files ended with {self._program.wait()}.")


def _started() -> subprocess.Popen[bytes]:
    # A new process is deaf to what this thread is deaf to, so that it is from its first moment.
    heard = signal.pthread_sigmask(signal.SIG_BLOCK, TOLD_TO_END)
    try:
        return subprocess.Popen(
            [sys.executable, "-I", str(PROGRAM)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, cwd="/",
            env=SURROUNDINGS | {name: os.environ[name] for name in HANDED_ON if name in os.environ},
        )  # fmt: skip
    except OSError as error:
        if error.errno in PASSING:
            raise NoRoom(error.errno, error.strerror) from None
        raise
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, heard)


def _widen(pipe: int) -> None:
    # Only Linux has the call, and a system may allow less.
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        with suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE)
