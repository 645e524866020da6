"""What a web server does about memory before it forks; docs/operations.md, “Memory of web”."""

import ctypes
import gc
from contextlib import suppress

# A name of glibc's malloc.h, and the value it begins with: bytes that may lie free at an end.
M_TRIM_THRESHOLD, AT_MOST = -1, 128 * 1024


def give_back() -> None:
    """Large blocks go back to the system as soon as they are free. Nothing, where glibc is not.

    Left to itself, glibc takes every block that is freed, up to 32 MB, for one that will be wanted
    again: from then on such a block comes out of an arena, and twice as much may lie free at the
    end of each. There is an arena for each thread, so that four threads that drew a picture, one
    after the other, kept four times its pixels. Naming the threshold turns that off.
    """
    with suppress(AttributeError):
        ctypes.CDLL(None).mallopt(M_TRIM_THRESHOLD, AT_MOST)


def share() -> None:
    """What exists by now stays in memory that processes forked from here have together.

    The collector writes into each object that it looks at. At its first whole round, within the
    first hundreds of answers, each process so got a copy of its own of nearly everything that
    `--preload` had imported. What is frozen it leaves alone.
    """
    gc.collect()
    gc.freeze()
