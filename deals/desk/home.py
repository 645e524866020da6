"""`/desk/`: what waits for me."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from deals.desk.access import needs, person
from deals.models import FeedSchedule, ImportRun, StagedDeal, Suggestion, Upload
from deals.rules.roles import DECIDE

SHOWN = 8
State = ImportRun.State
OPEN = (State.QUEUED, State.RUNNING)


@dataclass(frozen=True, slots=True)
class Queue:
    """A list of the desk, cut off at SHOWN, and how long it is altogether."""

    rows: list[ImportRun]
    total: int

    @property
    def more(self) -> int:
        """How many are not in `rows`."""
        return self.total - len(self.rows)


@require_safe
@needs()
def home(request: HttpRequest) -> HttpResponse:
    """My queue, the most urgent first."""
    user = person(request)
    context = {
        "section": "desk",
        "desk_section": "queue",
        "decide": _queue(to_decide(user)),
        "running": _queue(ImportRun.objects.filter(created_by=user, state__in=OPEN)),
        "waiting": _queue(_waiting_for_others(user)),
        "failed": _queue(ImportRun.objects.filter(created_by=user, state=State.FAILED)),
        "uploads": Upload.objects.filter(created_by=user, import_run=None)[:SHOWN],
        "conflicts": _conflicts(),
        "suggestions": Suggestion.objects.filter(state=Suggestion.State.OPEN).count(),
        "held": FeedSchedule.objects.exclude(held="").select_related("feed").order_by("feed__name"),
        "may_bring": user.has_perm("deals.bring_import"),
    }
    return render(request, "desk/home.html", context)


def to_decide(user: User) -> QuerySet[ImportRun]:
    """Imports in review on which this person may decide: others', unless the setting allows."""
    waiting = ImportRun.objects.filter(state=State.REVIEW)
    if not user.has_perm(DECIDE):
        return waiting.none()
    return waiting if settings.SELF_APPROVAL else waiting.exclude(created_by=user)


def _waiting_for_others(user: User) -> QuerySet[ImportRun]:
    mine = ImportRun.objects.filter(state=State.REVIEW, created_by=user)
    return mine.none() if settings.SELF_APPROVAL and user.has_perm(DECIDE) else mine


def _conflicts() -> int:
    """Deals of published imports about which a person has to say what is right."""
    undecided = Q(outcome=StagedDeal.Outcome.CONFLICT) | Q(outcome=StagedDeal.Outcome.HELD)
    return StagedDeal.objects.filter(
        undecided, decision="", import_run__state=State.PUBLISHED
    ).count()


def _queue(runs: QuerySet[ImportRun]) -> Queue:
    rows = list(runs.select_related("feed", "created_by")[: SHOWN + 1])
    return Queue(rows[:SHOWN], runs.count() if len(rows) > SHOWN else len(rows))
