"""How many files may be on their way at once.

Each keeps a thread of the web process for as long as its reader takes, and pages need some, too.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from threading import BoundedSemaphore

from django.conf import settings

# Half of a process's threads; what they leave is for everybody else.
AT_ONCE = max(1, settings.WEB_THREADS // 2)
RETRY_SECONDS = 10
_free = BoundedSemaphore(AT_ONCE)


class Busy(Exception):
    """All places are taken."""


class Kept(Iterator[bytes]):
    """The pieces of a file, and the place it has until `close`, also when nobody reads it."""

    def __init__(self) -> None:
        if not _free.acquire(blocking=False):
            raise Busy
        self._open = True
        self._pieces: Iterator[bytes] = iter(())
        self._closers: tuple[Callable[[], None], ...] = ()

    def holding(self, pieces: Iterator[bytes], *closers: Callable[[], None]) -> "Kept":
        """Give these pieces; all closers are called in order at the end, however it comes."""
        self._pieces, self._closers = pieces, closers
        return self

    def __next__(self) -> bytes:
        return next(self._pieces)

    def close(self) -> None:
        """Call the closers and give the place back, once."""
        if not self._open:
            return
        self._open = False
        with ExitStack() as ends:
            ends.callback(_free.release)
            for closer in reversed(self._closers):
                ends.callback(closer)
