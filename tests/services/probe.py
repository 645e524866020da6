"""The project's Celery application with one task for tests: `celery -A tests.services.probe`."""

import os
import signal
from pathlib import Path

from investtrack.celery import app

__all__ = ["app", "note"]


@app.task(name="tests.note")
def note(path: str, word: str, die: bool = False) -> None:
    """Append a word to a file; with `die`, be killed the first time right after it."""
    file = Path(path)
    first = not file.exists()
    with file.open("a") as lines:
        lines.write(f"{word}\n")
    if die and first:
        os.kill(os.getpid(), signal.SIGKILL)
