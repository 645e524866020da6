"""How far an import is: for the bar at the desk and for the API."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from deals.models import ImportRun

State, Phase = ImportRun.State, ImportRun.Phase
WORDS = {
    Phase.READING: "Reading and checking rows",
    Phase.GROUPING: "Putting rows together into deals",
    Phase.WEIGHING: "Working out the effect on the headline shares",
    Phase.PREPARING: "Writing new versions of deals",
    Phase.PUBLISHING: "Publishing",
    Phase.UNDOING: "Undoing",
}
# Which part of its bar each phase takes: up to the review there is one bar, after it another.
PARTS = {
    Phase.READING: (0.0, 0.6),
    Phase.GROUPING: (0.6, 0.95),
    Phase.WEIGHING: (0.95, 1.0),
    Phase.PREPARING: (0.0, 0.9),
    Phase.PUBLISHING: (0.9, 1.0),
    Phase.UNDOING: (0.0, 1.0),
}


@dataclass(frozen=True, slots=True)
class Progress:
    """`share` from 0 to 1, `rows_total` estimated while the file is read; None is not known.

    `rows` of `rows_total` are rows while a file is checked, and deals while it is published.
    """

    phase: str
    words: str
    rows: int
    rows_total: int | None
    share: float | None
    rows_per_second: float | None
    seconds_left: float | None
    finished: bool


def progress(run: ImportRun) -> Progress:
    """Where the run stands now."""
    if run.state not in (State.QUEUED, State.RUNNING):
        return Progress(run.phase, "", run.rows_read, run.rows_read, 1.0, None, None, True)
    if run.state == State.QUEUED and not run.bytes_read:
        return Progress(run.phase, "Received, waiting to start", 0, None, 0.0, None, None, False)
    phase = Phase(run.phase)
    done, total = _done(run, phase)
    begin, end = PARTS[phase]
    within = min(done / total, 1.0) if total else 0.0
    share = begin + (end - begin) * within
    seconds = _seconds(run, phase)
    rate = done / seconds if seconds > 1 and done and phase in (Phase.READING,) else None
    left = seconds * (1 - share) / share if share > 0.02 and seconds > 1 else None
    return Progress(run.phase, WORDS[phase], done, total, share, rate, left, False)


def _done(run: ImportRun, phase: ImportRun.Phase) -> tuple[int, int | None]:
    if phase == Phase.READING:
        if not run.bytes_read:
            return run.rows_read, None
        return run.rows_read, int(run.rows_read * run.bytes_total / run.bytes_read)
    if phase in (Phase.PREPARING, Phase.PUBLISHING):
        total = run.deals_created + run.deals_updated
        return (total if phase == Phase.PUBLISHING else run.checkpoint.get("done", 0)), total
    if phase == Phase.GROUPING:
        return run.checkpoint.get("done", 0), run.rows_read - run.rows_skipped
    return run.rows_read, run.rows_read


def _seconds(run: ImportRun, phase: ImportRun.Phase) -> float:
    """Since the bar began."""
    later = phase in (Phase.PREPARING, Phase.PUBLISHING)
    begun: datetime | None = run.decided_at if later else run.started_at
    if phase == Phase.UNDOING:
        begun = run.undone_at
    return (timezone.now() - begun).total_seconds() if begun else 0.0
