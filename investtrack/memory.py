"""What a web server does about memory before it forks; docs/operations.md, “Memory of web”."""

import ctypes
import gc
from contextlib import suppress

# Names of glibc's malloc.h: from how many bytes on a block is the system's, and how many may lie
# free at an end. Well above an answer of the API (160 kB), since each block of the system's is paid
# for page by page.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, AT_MOST = -1, -3, 1024 * 1024


def give_back() -> None:
    """Large blocks go back to the system as soon as they are free. Nothing, where glibc is not.

    Left to itself, glibc takes every block that is freed, up to 32 MB, for one that will be wanted
    again: from then on such a block comes out of an arena, and twice as much may lie free at the
    end of each. There is an arena for each thread, so that four threads that drew a picture, one
    after the other, kept four times its pixels. Naming the thresholds turns that off.
    """
    with suppress(AttributeError):
        for threshold in (M_TRIM_THRESHOLD, M_MMAP_THRESHOLD):
            ctypes.CDLL(None).mallopt(threshold, AT_MOST)


def share() -> None:
    """What exists by now stays in memory that processes forked from here have together.

    The collector writes into each object that it looks at. At its first whole round, within the
    first hundreds of answers, each process so got a copy of its own of nearly everything that
    `--preload` had imported. What is frozen it leaves alone.
    """
    gc.collect()
    gc.freeze()
