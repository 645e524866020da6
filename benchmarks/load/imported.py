"""The large file that is imported, alone and while everybody is at work."""

import random
import time
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx

from benchmarks.chaos_file import make_file, profile_text
from benchmarks.chaos_rig import RigError

ENDED = ("published", "review", "failed", "cancelled")


@dataclass(slots=True)
class Imported:
    """How far an import came: `rate` is its rows in a second."""

    rows: int
    state: str
    seconds: float

    @property
    def rate(self) -> float:
        return self.rows / self.seconds if self.state == "published" else 0.0


class Import:
    """One file, sent by a partner and published without review."""

    def __init__(self, url: str, key: str, name: str, rows: int) -> None:
        made = make_file(name, rows, random.Random(name))
        self.rows = made.rows
        self.client = httpx.Client(
            base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=120, trust_env=False
        )
        answer = self.client.post(
            "/api/v1/imports/",
            files={"file": (f"{name}.csv", made.data)},
            data={"profile": profile_text(f"Load {name}"), "publish": "true"},
        )
        if answer.status_code != 202:
            raise RigError(f"The file was answered {answer.status_code}: {answer.text[:300]}")
        self.begun, self.at = time.monotonic(), datetime.now(UTC)
        self.pk = int(answer.json()["id"])

    def wait(self, seconds: float) -> Imported:
        """Until it has ended, or so long."""
        end = self.begun + seconds
        while (now := self.now()).state not in ENDED and time.monotonic() < end:
            time.sleep(0.5)
        return now

    def now(self) -> Imported:
        """Asked of the database itself, so that looking is no request among the others."""
        from django.db import close_old_connections

        from deals.models import ImportRun

        close_old_connections()
        run = ImportRun.objects.get(pk=self.pk)
        # It may have ended long before anybody looks.
        ended = run.finished_at or datetime.now(UTC)
        return Imported(self.rows, run.state, (ended - self.at).total_seconds())
