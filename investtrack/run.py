"""`python -m investtrack.run`, behind `make run`: everything, until Ctrl-C.

In this process: the database, the starter register, the headline. In a `Group`: web, worker and
scheduler. What any of them says is in VAR_DIR/log.
"""

import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

from investtrack.embedded import locks
from investtrack.group import STOP_SECONDS, Group, Service
from investtrack.guard import Ending, listen_for_the_end
from investtrack.processes import last_lines

START_SECONDS = 60.0
LARGEST_LOG = 5_000_000


class CannotRun(Exception):
    """Why nothing is served, in one sentence for a person."""


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "investtrack.settings")
    listen_for_the_end()
    try:
        django.setup()
        serve()
    except Ending:
        say("Stopped.")
        return 0
    except CannotRun as reason:
        print(f"InvestTrack was not started: {reason}", file=sys.stderr)
        return 1
    except EOFError as reason:
        print(f"InvestTrack has stopped: {reason}", file=sys.stderr)
        return 1
    return 0


def say(text: str) -> None:
    with suppress(BrokenPipeError):
        print(text, flush=True)


def serve() -> None:
    """Prepare, start the services, and stay; returns only by an exception."""
    folders = make_folders()
    lock = claim_this_folder()
    check_port()
    tidy(folders)
    prepare_database()
    with Group(services(folders), keep_open=(lock,)) as group:
        wait_until_ready(group, folders)
        call_command("headline")
        say(f"Ready: {address()}")
        say(f"Logs: {folders['log']}. Ctrl-C stops everything.")
        report(group)


def address() -> str:
    return f"http://{settings.HOST}:{settings.PORT}"


def make_folders() -> dict[str, Path]:
    """Folders below VAR_DIR for logs, signs of life and temporary files."""
    folders = {name: settings.VAR_DIR / name for name in ("log", "run", "tmp")}
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    return folders


def claim_this_folder() -> int:
    """Two schedulers on one VAR_DIR would do everything twice. Waits for services still ending."""
    lock = locks.open_lock(settings.VAR_DIR / "run" / "lock")
    if not locks.wait_lock(lock, locks.EXCLUSIVE, STOP_SECONDS):
        raise CannotRun(
            f"it already runs with the data in {settings.VAR_DIR}; stop that one first, or give "
            "this one its own VAR_DIR."
        )
    return lock


def tidy(folders: dict[str, Path]) -> None:
    """Remove what an earlier run left behind."""
    for leftover in [*folders["run"].glob("*.ready"), *folders["tmp"].glob("*")]:
        if leftover.is_file():
            leftover.unlink()
    for log in folders["log"].glob("*.log"):
        if log.stat().st_size > LARGEST_LOG:
            log.replace(log.with_suffix(".log.1"))


def check_port() -> None:
    """Find out before anything else is started whether the port is free."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.HOST, settings.PORT))
        except OSError as error:
            raise CannotRun(
                f"port {settings.PORT} on {settings.HOST} cannot be used ({error.strerror}); stop "
                f"what uses it, or choose another, as in: make run PORT={settings.PORT + 1}"
            ) from error


def prepare_database() -> None:
    from django.db import OperationalError, connections

    try:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("load_starter")
    except OperationalError as error:
        raise CannotRun(f"the database cannot be reached: {error}") from error
    finally:
        connections.close_all()


def services(folders: dict[str, Path]) -> list[Service]:
    """Web, worker and scheduler, each with its log and its sign of life."""
    python = [sys.executable, "-m"]
    celery = [*python, "celery", "--app", "investtrack"]
    worker = [*celery, "worker", "--loglevel", "INFO", "--without-gossip", "--without-mingle"]
    commands = {
        "web": [*python, "gunicorn", "investtrack.wsgi", *gunicorn_options(folders)],
        "worker": worker,
        "scheduler": [*celery, "beat", "--loglevel", "INFO", "--pidfile", ""],
    }
    # A worker told to QUIT gives its task CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT to finish; told to
    # TERM it would wait as long as the task likes, and be killed.
    stop = {"worker": int(signal.SIGQUIT)}
    return [
        Service(
            name,
            command,
            log=str(folders["log"] / f"{name}.log"),
            stop=stop.get(name, int(signal.SIGTERM)),
            environment={
                "TMPDIR": str(folders["tmp"]),
                "PYTHONUNBUFFERED": "1",
                "READY_FILE": str(ready_file(folders, name)),
                # A worker would import every page to check it; the web does, and says so.
                "CELERY_SKIP_CHECKS": "1",
            },
        )
        for name, command in commands.items()
    ]


def gunicorn_options(folders: dict[str, Path]) -> list[str]:
    return [
        f"--bind={settings.HOST}:{settings.PORT}",
        "--preload",  # one import for all processes, and shared memory
        "--worker-class=gthread",
        f"--workers={settings.WEB_WORKERS}",
        f"--threads={settings.WEB_THREADS}",
        f"--worker-tmp-dir={folders['tmp']}",
        "--graceful-timeout=3",
        "--no-control-socket",
        "--access-logfile=-",
    ]


def ready_file(folders: dict[str, Path], name: str) -> Path:
    return folders["run"] / f"{name}.ready"


def wait_until_ready(group: Group, folders: dict[str, Path]) -> None:
    """Until the web answers and worker and scheduler have said that they are up."""
    waiting = {"web", "worker", "scheduler"}
    deadline = time.monotonic() + START_SECONDS
    while waiting:
        for event in group.events():
            if event.kind == "exited":
                raise CannotRun(why(event.service, "ended while starting", folders))
        waiting = {name for name in waiting if not is_ready(name, folders)}
        if waiting and time.monotonic() > deadline:
            raise CannotRun(why(min(waiting), f"was not up in {START_SECONDS:.0f} s", folders))


def why(name: str, what: str, folders: dict[str, Path]) -> str:
    log = folders["log"] / f"{name}.log"
    return f"the {name} {what}. The end of {log} says:\n{last_lines(log)}"


def is_ready(name: str, folders: dict[str, Path]) -> bool:
    if name != "web":
        return ready_file(folders, name).exists()
    try:
        urllib.request.urlopen(f"{address()}/healthz", timeout=2).close()
    except urllib.error.HTTPError:
        return True  # it answers; what it answers is not ours to judge
    except OSError:
        return False
    return True


def report(group: Group) -> None:
    """Say when a service dies and is started again, until somebody ends us."""
    while True:
        for event in group.events():
            if event.kind == "exited":
                say(f"The {event.service} ended ({event.code}) and is started again; see its log.")


if __name__ == "__main__":
    sys.exit(main())
