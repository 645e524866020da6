"""Two web processes, a worker, the scheduler and Redis on a register that is given or generated."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.chaos_brokers import Redis
from benchmarks.chaos_rig import Process, Rig, children, listens, wait_until
from benchmarks.ports import free_port

START_SECONDS = 180.0


class Stack:
    """Processes around the database of DATABASE_URL, on ports of their own."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder = folder
        var = folder / "load"
        var.mkdir()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.redis = Redis(folder)
        self.environment = {
            "DATABASE_URL": database,
            "VAR_DIR": str(var),
            "IMPORTS_DIR": "",
            "CELERY_BROKER_URL": self.redis.url,
            "CACHE_URL": self.redis.url.replace("/0", "/1"),
            "WORKER_CONCURRENCY": "1",
            "DEBUG": "false",
            "SECRET_KEY": "",
            "ALLOWED_HOSTS": "127.0.0.1",
            # The large file is published by who brings it.
            "SELF_APPROVAL": "true",
            "API_PER_HOUR": "0",
            "API_PER_HOUR_OPEN": "0",
            "DJANGO_SETTINGS_MODULE": "investtrack.settings",
        }
        self.worker = self._celery("worker", "worker", "--without-gossip", "--without-mingle")
        self.scheduler = self._celery("scheduler", "beat", "--pidfile", "", "--max-interval", "2")
        bind = f"--bind=127.0.0.1:{self.port}"
        command = [sys.executable, "-m", "gunicorn", "investtrack.wsgi", bind, "--preload"]
        command += ["--workers=2", "--worker-class=gthread", "--threads=4", "--no-control-socket"]
        self.web = Process("web", command, folder, self.environment)

    def _celery(self, name: str, *arguments: str) -> Process:
        command = [sys.executable, "-m", "celery", "-A", "investtrack", *arguments]
        ready = {"READY_FILE": str(self.folder / f"{name}.ready")}
        return Process(name, command, self.folder, {**self.environment, **ready})

    def start(self) -> None:
        self.redis.start()
        for process in (self.web, self.worker, self.scheduler):
            process.start()
        wait_until(lambda: listens(self.port), START_SECONDS, "the web server listens")
        ready = Path(self.worker.environment["READY_FILE"])
        wait_until(ready.exists, START_SECONDS, "the worker is ready")

    def processes(self, process: Process) -> list[int]:
        return [process.pid, *children(process.pid)] if process.alive() else []

    def answering(self) -> list[int]:
        """The processes of web that answer."""
        return children(self.web.pid) if self.web.alive() else []

    def makers(self) -> list[int]:
        """Programs that make a file for one of them at the moment."""
        return [maker for pid in self.answering() for maker in children(pid)]

    def stop(self) -> None:
        for process in (self.web, self.worker, self.scheduler):
            process.kill()
        self.redis.kill()


@contextmanager
def stack(folder: Path) -> Iterator[Stack]:
    """Nothing of it runs yet but the database: the one of DATABASE_URL, or one of its own."""
    given = os.environ.get("DATABASE_URL", "")
    own = None if given else Rig(folder, Redis(folder))
    try:
        if own is not None:
            own.start_database()
            own.make_database()
        made = Stack(folder, given or own.database_url)  # type: ignore[union-attr]
        try:
            yield made
        finally:
            made.stop()
    finally:
        if own is not None:
            own.stop()
