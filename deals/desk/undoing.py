"""Undoing a published import: what would happen, counted; then the reason; then the undo."""

from dataclasses import dataclass

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from deals import journal, tasks
from deals.desk.access import needs, person
from deals.desk.decisions import act, gone, reason_given, unfit
from deals.desk.import_page import find, frame
from deals.feeds.undo import ask_undo
from deals.feeds.undoable import plan_undo
from deals.models import ImportRun
from deals.rules.roles import DECIDE

NEEDS_REASON = "Say why the import is undone; the ledger keeps it."
MOST_NAMED = 20
State = ImportRun.State


@dataclass(frozen=True, slots=True)
class Forecast:
    """Numbers of deals, and of those that stay the first few with their reasons."""

    retracted: int
    restored: int
    mended: int
    kept: int
    named: list[dict[str, str]]


@require_http_methods(["GET", "HEAD", "POST"])
@needs(DECIDE)
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a published import back; the page says beforehand what will become of its deals."""
    run, error = find(pk), ""
    if run.state != State.PUBLISHED:
        return gone(request, run, "undone")
    reason = reason_given(request)
    if request.method == "POST":
        error = unfit(reason, NEEDS_REASON)
        if not error:
            return act(request, run, lambda: _undone(request, run, reason))
    context = frame(run, request) | {"reason": reason, "error": error, "forecast": _forecast(run)}
    return render(request, "desk/import_undo.html", context, status=400 if error else 200)


def _forecast(run: ImportRun) -> Forecast:
    """The plan that the undo itself will make, as it would be now."""
    plan = plan_undo(run)
    kept = len(plan.kept)
    return Forecast(len(plan.retract), len(plan.copy), len(plan.mend), kept, plan.kept[:MOST_NAMED])


@transaction.atomic
def _undone(request: HttpRequest, run: ImportRun, reason: str) -> str:
    ask_undo(run.pk, by=person(request), reason=reason, ring=tasks.ring)
    journal.record("undid", by=person(request), import_run=run, text=reason)
    return ""
