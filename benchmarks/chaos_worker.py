"""The worker of the chaos run: `celery -A benchmarks.chaos_worker worker`.

The product's own application, with two things that no product has: a chunk size from the
environment, and files that kill whoever reads them.
"""

import os
import signal

from celery.signals import worker_process_init

from investtrack.celery import app

__all__ = ["app"]
POISON = "poison"


@worker_process_init.connect
def arm(**_: object) -> None:
    """Patch each process of the pool."""
    from deals.feeds import steps

    steps.CHUNK = int(os.environ.get("CHAOS_CHUNK", steps.CHUNK))
    read = steps.opened

    def opened(file: object, *arguments: object, **options: object) -> object:
        if getattr(file, "name", "").startswith(POISON):
            os.kill(os.getpid(), signal.SIGKILL)
        return read(file, *arguments, **options)

    steps.opened = opened
