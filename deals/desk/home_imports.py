"""Imports and feeds on a person's desk."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import QuerySet

from deals.models import FeedSchedule, ImportRun, Upload
from deals.rules.roles import DECIDE

SHOWN = 8
State = ImportRun.State
AT_WORK = (State.QUEUED, State.RUNNING)


@dataclass(frozen=True, slots=True)
class Queue:
    """A list of the desk, cut off at SHOWN, and how long it is altogether."""

    rows: list[ImportRun]
    total: int

    def __bool__(self) -> bool:
        return bool(self.rows)

    @property
    def more(self) -> int:
        """How many are not in `rows`."""
        return self.total - len(self.rows)


def to_decide(user: User) -> QuerySet[ImportRun]:
    """Imports in review on which this person may decide: others', unless the setting allows."""
    waiting = ImportRun.objects.filter(state=State.REVIEW)
    if not user.has_perm(DECIDE):
        return waiting.none()
    return waiting if settings.SELF_APPROVAL else waiting.exclude(created_by=user)


def to_decide_queue(user: User) -> Queue:
    """The same as a list, the oldest first."""
    return _queue(to_decide(user).order_by("created_at", "pk"))


def own_imports(user: User) -> dict[str, Any]:
    """What this person brought in: at work, waiting for somebody else, failed, not begun."""
    own = ImportRun.objects.filter(created_by=user)
    return {
        "running": _queue(own.filter(state__in=AT_WORK)),
        "waiting": _queue(_waiting_for_others(user)),
        "failed": _queue(own.filter(state=State.FAILED)),
        "uploads": list(Upload.objects.filter(created_by=user, import_run=None)[:SHOWN]),
    }


def held_feeds() -> list[FeedSchedule]:
    """Feeds that stand still until a person has looked at their file."""
    held = FeedSchedule.objects.exclude(held="").select_related("feed")
    return list(held.order_by("feed__name")[:SHOWN])


def _waiting_for_others(user: User) -> QuerySet[ImportRun]:
    mine = ImportRun.objects.filter(state=State.REVIEW, created_by=user)
    return mine.none() if settings.SELF_APPROVAL and user.has_perm(DECIDE) else mine


def _queue(runs: QuerySet[ImportRun]) -> Queue:
    light = runs.select_related("feed", "created_by").defer(
        "profile", "impact", "checkpoint", "undo_report", "feed__profile"
    )
    rows = list(light[: SHOWN + 1])
    return Queue(rows[:SHOWN], runs.count() if len(rows) > SHOWN else len(rows))
