"""Processes that end with the process that asked for them, also after `kill -9`."""

import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

PR_SET_PDEATHSIG = 1
POLL_SECONDS = 0.5


def dies_with_parent(death_signal: signal.Signals) -> Callable[[], None]:
    """A `preexec_fn` after which the kernel sends `death_signal` when the starting process ends.

    `subprocess` runs it after the change of user, which matters: the kernel forgets the wish when
    the user changes. Only Linux has the call; elsewhere the keepers' own watch has to do.
    """
    parent = os.getpid()
    # Loaded here, since a forked child should not be the one to open libraries.
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

    def ask() -> None:
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
            if os.getppid() != parent:  # it ended before the call
                os._exit(1)

    return ask


def _caught_signals(pid: int) -> int:
    """The bit mask of the signals that a process handles; 0 where the system does not tell."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    caught = next((line for line in status.splitlines() if line.startswith("SigCgt:")), "SigCgt: 0")
    return int(caught.split()[1], 16)


def watch_parent(then: Callable[[], None]) -> threading.Thread:
    """Call `then` once, from a thread, when the present parent process ends or is interrupted.

    GNU make, told SIGINT by `kill`, does not pass it on: it drops its own handler and waits for
    its children, for ever if they serve. The dropped handler is what tells us.
    """
    parent = os.getppid()
    interrupt = 1 << (signal.SIGINT - 1)
    caught_at_start = _caught_signals(parent) & interrupt

    def parent_goes_on() -> bool:
        if os.getppid() != parent:
            return False
        return not caught_at_start or bool(_caught_signals(parent) & interrupt)

    def watch() -> None:
        while parent_goes_on():
            time.sleep(POLL_SECONDS)
        then()

    thread = threading.Thread(target=watch, name="watch-parent", daemon=True)
    thread.start()
    return thread


def last_lines(path: Path, count: int = 5) -> str:
    """The last non-empty lines of a log file, for an error sentence."""
    try:
        text = path.read_text(errors="replace")
    except OSError:
        return ""
    return "\n".join([line for line in text.splitlines() if line.strip()][-count:])
