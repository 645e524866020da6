"""The product's own web server on a restored register: is it ready, and does it answer?"""

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from investtrack.backup import BackupError
from investtrack.environment import BASE_DIR
from investtrack.processes import dies_with_parent, last_lines

START_SECONDS = 90.0
PAGES = ("/", "/flows/", "/deals/", "/api/v1/deals/?page_size=1")


@dataclass(slots=True)
class Answers:
    """What the server said, and what of that is wrong."""

    facts: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


@contextmanager
def serving(folder: Path, environment: Mapping[str, str]) -> Iterator[Answers]:
    """The server runs and was asked for `/readyz` and some pages."""
    with started(folder, environment) as address:
        yield _asked(address)


@contextmanager
def started(folder: Path, environment: Mapping[str, str], *, threads: int = 2) -> Iterator[str]:
    """The address of a web server on loopback that answers; its log is in the folder."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "investtrack.wsgi", f"--bind=127.0.0.1:{port}"]
    command += ["--workers=1", f"--threads={threads}", "--worker-class=gthread"]
    log = folder / "web.log"
    with log.open("wb") as said:
        web = subprocess.Popen(
            [*command, "--no-control-socket"],
            cwd=BASE_DIR, env=dict(environment), stdout=said, stderr=said,
            preexec_fn=dies_with_parent(signal.SIGTERM),
        )  # fmt: skip
    try:
        _wait(f"http://127.0.0.1:{port}", web, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        web.terminate()
        with suppress(subprocess.TimeoutExpired):
            web.wait(10)
        web.kill()
        web.wait()


def _asked(address: str) -> Answers:
    answers = Answers()
    status, body = _get(f"{address}/readyz")
    answers.facts["/readyz"] = f"{status} {json.loads(body)['status']}"
    if status != 200:
        answers.faults.append(f"/readyz answers {status}: {body.decode()[:500]}")
    for page in PAGES:
        status, _ = _get(address + page)
        if status != 200:
            answers.faults.append(f"{page} answers {status}.")
    answers.facts["pages that answer"] = len(PAGES) - len(answers.faults)
    return answers


def _wait(address: str, web: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and web.poll() is None:
        with suppress(urllib.error.URLError, ConnectionError):
            _get(f"{address}/healthz")
            return
        time.sleep(0.1)
    raise BackupError(f"The web server did not start on it. It said: {last_lines(log)}")


def _get(url: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
