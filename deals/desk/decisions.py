"""What people do with an import: publish it, turn it down, cancel it, try again.

Each page asks before it acts, and says what will happen. What is no longer possible, because a
colleague or a worker was first, is answered with the sentence of the action that refused.
"""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from deals import journal, tasks
from deals.desk import run_words
from deals.desk.access import forbidden, needs, person
from deals.desk.impact import impact
from deals.desk.import_page import find, frame
from deals.desk.sample_words import in_words
from deals.feeds import queue, review
from deals.feeds.refusals import Refused
from deals.feeds.review import NotDecidableError, OwnImportError
from deals.feeds.sampling import sample
from deals.models import ImportRun
from deals.rules.roles import BRING, DECIDE

LONGEST_REASON = 2_000
NEEDS_REASON = "Say why, so that whoever brought the file in knows what to mend."
TOO_LONG = f"A reason has at most {LONGEST_REASON:,} characters."
State = ImportRun.State


@require_http_methods(["GET", "HEAD", "POST"])
@needs(DECIDE)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish an import in review or turn it down; the page says what would be published."""
    run, error = find(pk), ""
    if run.state != State.REVIEW:
        return gone(request, run, "decided on")
    own = run.created_by_id == person(request).pk and not settings.SELF_APPROVAL
    reason, choice = reason_given(request), request.POST.get("choice", "")
    if request.method == "POST" and choice in ("approve", "reject"):
        error = unfit(reason, NEEDS_REASON if choice == "reject" else "")
        if not error:
            return act(request, run, lambda: _decided(request, run, choice, reason))
    context = frame(run, request) | {
        "reason": reason,
        "error": error,
        "deals": run_words.deals(run),
        "impact": impact(run.impact),
        "refused": own,
        "sample": (found := sample(run)),
        "found": in_words(found) if found else "",
    }
    return render(request, "desk/import_decide.html", context, status=400 if error else 200)


@transaction.atomic
def _decided(request: HttpRequest, run: ImportRun, choice: str, reason: str) -> str:
    if choice == "approve":
        review.approve(run.pk, by=person(request), reason=reason, ring=tasks.ring)
        journal.record("published", by=person(request), import_run=run, text=reason)
        return ""
    review.reject(run.pk, by=person(request), reason=reason)
    journal.record("rejected", by=person(request), import_run=run, text=reason)
    if run.created_by_id:
        journal.notify(
            [run.created_by_id],
            "rejected",
            by=person(request),
            subject=run.file_name,
            link=reverse("desk-import", args=[run.pk]),
            text=reason,
        )
    return "The import was rejected. Nothing of it was published."


@require_POST
@needs(BRING)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop an import before it is published; its own person may, and whoever decides."""
    run = find(pk)
    if not _is_concerned(request, run):
        return forbidden(request, DECIDE)

    @transaction.atomic
    def stop() -> str:
        queue.cancel(run.pk, by=person(request))
        journal.record("cancelled", by=person(request), import_run=run)
        return "The import was cancelled. Nothing of it was published."

    return act(request, run, stop)


@require_POST
@needs(BRING)
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on with a failed import from where it stopped."""
    run = find(pk)
    if not _is_concerned(request, run):
        return forbidden(request, DECIDE)

    @transaction.atomic
    def again() -> str:
        queue.retry(run.pk, by=person(request), ring=tasks.ring)
        journal.record("retried", by=person(request), import_run=run)
        return ""

    return act(request, run, again)


def act(request: HttpRequest, run: ImportRun, action: Callable[[], str]) -> HttpResponse:
    """Do it and go back to the import's page, with what came of it or why it was not done."""
    try:
        done = action()
    except (NotDecidableError, OwnImportError, Refused) as refusal:
        messages.error(request, str(refusal))
    else:
        if done:
            messages.success(request, done)
    return HttpResponseRedirect(reverse("desk-import", args=[run.pk]))


def gone(request: HttpRequest, run: ImportRun, what: str) -> HttpResponse:
    """Back to the import, whose state has moved on."""
    state = run_words.state(run).text.lower()
    messages.error(request, f"This import is {state}; it cannot be {what} now.")
    return HttpResponseRedirect(reverse("desk-import", args=[run.pk]))


def _is_concerned(request: HttpRequest, run: ImportRun) -> bool:
    user = person(request)
    return run.created_by_id == user.pk or user.has_perm(DECIDE)


def reason_given(request: HttpRequest) -> str:
    """As typed; PostgreSQL keeps no NUL, and nobody means one."""
    return request.POST.get("reason", "").replace("\0", "").strip()


def unfit(reason: str, needed: str) -> str:
    """What is wrong with a reason; `needed` is the sentence for one that is missing."""
    if needed and not reason:
        return needed
    return TOO_LONG if len(reason) > LONGEST_REASON else ""
