"""What lies free between blocks that are in use goes back to the system while a file is made."""

import ctypes

# Bytes after which it is worth looking: a look takes a third of a millisecond.
EVERY = 1 << 24


class Holes:
    """Count the bytes that pass, and give holes back each time enough have.

    Messages, documents and pieces of a file are of all sizes up to a quarter of a megabyte, and
    each thread has a heap of its own. Next to one megabyte in use four lay free in each, after a
    register of a million deals. Nothing is done where the library of C has no such call.
    """

    def __init__(self) -> None:
        self._passed = 0
        self._trim = getattr(ctypes.CDLL(None), "malloc_trim", None)

    def passed(self, size: int) -> None:
        self._passed += size
        if self._passed >= EVERY and self._trim is not None:
            self._passed = 0
            self._trim(0)
