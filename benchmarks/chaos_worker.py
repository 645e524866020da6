"""The worker of the chaos run: `celery -A benchmarks.chaos_worker worker`.

The product's own application, with three things that no product has: a chunk size from the
environment, files that kill whoever reads them, or need more memory than there is, and, where it is
asked for, messages that all go out twice.
"""

import os
import resource
import signal
from pathlib import Path

from celery.app.task import Task
from celery.signals import worker_process_init

from investtrack.celery import app

__all__ = ["app"]
POISON, HUNGRY = "poison", "hungry"
TWICE = "CHAOS_TWICE"
MB = 1024 * 1024


@worker_process_init.connect
def arm(**_: object) -> None:
    """Patch each process of the pool."""
    from deals.feeds import steps

    steps.CHUNK = int(os.environ.get("CHAOS_CHUNK", steps.CHUNK))
    read = steps.opened

    def opened(file: object, *arguments: object, **options: object) -> object:
        name = getattr(file, "name", "")
        if name.startswith(POISON):
            os.kill(os.getpid(), signal.SIGKILL)
        if name.startswith(HUNGRY):
            run_out_of_memory()
        return read(file, *arguments, **options)

    steps.opened = opened
    if os.environ.get(TWICE):
        send_twice()


def send_twice() -> None:
    """Whatever a task sends goes out two times."""
    send = Task.apply_async

    def twice(task: Task, *arguments: object, **options: object) -> object:
        send(task, *arguments, **options)
        return send(task, *arguments, **options)

    Task.apply_async = twice


def run_out_of_memory() -> None:
    """Ask for more than this process may have. Raises MemoryError."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = pages * resource.getpagesize() + 64 * MB
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    try:
        bytearray(512 * MB)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
