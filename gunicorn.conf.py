"""What every gunicorn that starts here does, beside what its command says."""

import select
import socket
import struct
from typing import Any

from investtrack import memory, metrics_folder
from investtrack.environment import VAR_DIR
from investtrack.watch_settings import METRICS

# A question with long lists; the longest that gunicorn itself can be told, and just above what the
# API takes (`LONGEST_QUERY` in deals/api/parameters.py), which answers in its own words.
limit_request_line = 8190
# A reader who takes nothing at all for so long is let go: each holds a thread, and a place among
# the few files that may be on their way.
STALLED_SECONDS = 20
# Its lines look like all others, and it writes none of its own for a request.
logger_class = "investtrack.weblog.Logger"

# Before any thread has taken memory.
memory.give_back()
if METRICS:
    # Before anything is imported that counts, and before the first fork.
    metrics_folder.prepare(VAR_DIR)


def when_ready(server: Any) -> None:
    """Connections have from their listener how long one step of sending may wait."""
    limit = struct.pack("@ll", STALLED_SECONDS, 0)
    for listener in server.LISTENERS:
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)


def pre_fork(server: Any, worker: Any) -> None:
    """Everything that was imported once is had once."""
    memory.share()


def post_fork(server: Any, worker: Any) -> None:
    """A process that is told to end takes who waits at its door already, and then closes it.

    Gunicorn itself leaves it open until the last request is answered: connections that come
    meanwhile are accepted by the kernel and cut at the end, and a form sent over one of them is
    lost. Refused at once, they are taken by the next copy of web.
    """
    usual = worker.set_accept_enabled

    def set_accept_enabled(enabled: bool) -> None:
        usual(enabled)
        if not enabled and not worker.alive:
            for listener in worker.sockets:
                while select.select([listener], [], [], 0)[0]:
                    worker.accept(listener)
                listener.close()

    worker.set_accept_enabled = set_accept_enabled


def child_exit(server: Any, worker: Any) -> None:
    """What a process that ended was doing is no longer being done."""
    if METRICS:
        metrics_folder.forget(worker.pid)
