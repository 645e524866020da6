"""File locks that the kernel drops when their last holder ends, however it ends."""

import fcntl
import os
import time
from pathlib import Path

SHARED = fcntl.LOCK_SH
EXCLUSIVE = fcntl.LOCK_EX


def open_lock(path: Path) -> int:
    """A file descriptor to lock; closed on exec, shared with forked children."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def try_lock(fd: int, kind: int) -> bool:
    """Take the lock if that is possible at once."""
    try:
        fcntl.flock(fd, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def wait_lock(fd: int, kind: int, seconds: float) -> bool:
    """Take the lock within `seconds`, or say that it could not be had."""
    deadline = time.monotonic() + seconds
    while not try_lock(fd, kind):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def release(fd: int) -> None:
    fcntl.flock(fd, fcntl.LOCK_UN)
