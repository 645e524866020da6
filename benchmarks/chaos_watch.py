"""What an observer sees of imports at work, through a connection of its own."""

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import psycopg

from benchmarks.chaos_rig import Rig, children, process_at
from deals.feeds.lease import LOCK_CLASS
from deals.feeds.steps import MOST_TRIES

OPEN = ("queued", "running")
HOLDER = """
SELECT a.client_port FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE l.locktype = 'advisory' AND l.granted AND l.classid = %s AND l.objid = %s AND l.objsubid = 2
"""
WHERE = "SELECT state, phase, fence, tries, problem FROM deals_importrun WHERE id = %s"


class Seen(NamedTuple):
    """An import's row, and the pool process that works on it, if one does."""

    state: str
    phase: str
    fence: int
    tries: int
    problem: str
    worker: int | None


def processor_seconds(pids: list[int]) -> float:
    """What living processes, and those of their children that have ended, have spent."""
    ticks = 0
    for pid in pids:
        with suppress(OSError):
            said = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            ticks += sum(map(int, said[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


class Watch:
    """Looks at imports, and connects again whenever the database was away."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self._connection: psycopg.Connection | None = None

    def rows(self, sql: str, values: tuple[object, ...] = ()) -> list[tuple]:
        """Raises psycopg.OperationalError while the database is away."""
        if self._connection is None or self._connection.closed:
            self._connection = self.rig.connect()
        return self._connection.execute(sql, values).fetchall()  # type: ignore[arg-type]

    def look(self, run_id: int) -> Seen:
        """Raises psycopg.OperationalError while the database is away."""
        row = self.rows(WHERE, (run_id,))[0]
        ports = self.rows(HOLDER, (LOCK_CLASS, run_id))
        pool = [child for w in self.rig.workers if w.alive() for child in children(w.pid)]
        return Seen(*row, worker=process_at(ports[0][0], pool) if ports else None)

    def waiting(self) -> int:
        sql = "SELECT count(*) FROM deals_importrun WHERE state = ANY(%s)"
        return int(self.rows(sql, (list(OPEN),))[0][0])

    def at_work(self, run_id: int) -> Seen | None:
        """As `look`, when a worker is at it whose death is not the last that is allowed.

        An import is given up after so many tries of one step, since its file may be what kills;
        so the last try of a step is left alone, and killing goes on at the next checkpoint.
        """
        seen = self.look(run_id)
        return seen if seen.worker and seen.tries < MOST_TRIES else None

    def processor(self) -> float:
        """Seconds of a processor that database and workers have spent until now."""
        ours = [p.pid for p in (self.rig.postgres, *self.rig.workers) if p.alive()]
        return processor_seconds([*ours, *(child for pid in ours for child in children(pid))])

    def until_done(self, seconds: float) -> float:
        """Wait for every import to end; seconds that it took, starting again what died."""
        begun = time.monotonic()
        while time.monotonic() - begun < seconds:
            self.rig.revive()
            try:
                if not self.waiting():
                    break
            except psycopg.OperationalError:
                pass
            time.sleep(0.1)
        return time.monotonic() - begun
