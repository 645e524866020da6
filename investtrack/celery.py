"""The Celery application: `celery -A investtrack worker`."""

import os
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import beat_init, celeryd_init, worker_process_init, worker_ready

from investtrack import task_watch  # noqa: F401 (its receivers)
from investtrack.processes import watch_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "investtrack.settings")
app = Celery("investtrack")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
@beat_init.connect
def show_sign_of_life(**_: Any) -> None:
    """Whoever started us, as `make run` does, may wait for this file to appear."""
    if path := os.environ.get("READY_FILE"):
        Path(path).touch()


@celeryd_init.connect
def tell_of_errors(**_: Any) -> None:
    """Before the pool is forked, so that its processes tell, too."""
    from investtrack import errors

    errors.start("worker")


@worker_process_init.connect
def end_with_the_worker(**_: Any) -> None:
    """A pool process whose worker was killed would otherwise wait for work for ever."""
    watch_parent(lambda: os._exit(1))
