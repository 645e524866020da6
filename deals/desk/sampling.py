"""`/desk/imports/<number>/sample/`: deals drawn by chance, for a person to find right or wrong."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from deals import journal
from deals.desk import fact_words, staged
from deals.desk.access import needs, person
from deals.desk.decisions import gone
from deals.desk.fact_words import Difference
from deals.desk.faults import Fault
from deals.desk.import_page import find, frame
from deals.desk.sample_words import in_words
from deals.feeds.sampling import LONGEST_NOTE, Sample, SampleError, check, sample
from deals.models import ImportRun, SampleCheck, StagedDeal
from deals.rules.roles import DECIDE

# What a reader of a list of facts has seen above it already, or never wants to know.
LEFT_OUT = {"target_name", "target_country_basis", "amount_text", "population", "ids"}


@dataclass(frozen=True, slots=True)
class Drawn:
    """One deal of the sample: what the file says, what this person said, and what others did.

    `note` stands in the field: what was said, or was typed and cannot be taken.
    """

    item: staged.Item
    facts: list[Difference]
    mine: SampleCheck | None
    others: list[SampleCheck]
    note: str


@require_http_methods(["GET", "HEAD", "POST"])
@needs(DECIDE)
def look(request: HttpRequest, pk: int) -> HttpResponse:
    """The list of what was drawn; each verdict is kept at once."""
    run = find(pk)
    if run.state != ImportRun.State.REVIEW:
        return gone(request, run, "decided on")
    if request.method == "POST":
        return _said(request, run)
    return _page(request, run)


def _said(request: HttpRequest, run: ImportRun) -> HttpResponse:
    sent = request.POST.get("deal", "")
    staged_pk = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 18 else 0
    note = request.POST.get("note", "").replace("\0", "").strip()
    user, before = person(request), sample(run)
    try:
        with transaction.atomic():
            check(
                run=run,
                staged=staged_pk,
                verdict=request.POST.get("verdict", ""),
                note=note,
                by=user.pk,
            )
            found = sample(run)
            if before and before.left and found and not found.left:
                journal.record("checked", by=user, import_run=run, text=in_words(found))
    except SampleError as refusal:
        fault = Fault(f"note-{staged_pk}" if len(note) > LONGEST_NOTE else "", str(refusal))
        return _page(request, run, [fault], {staged_pk: note})
    if found and not found.left:
        messages.success(request, in_words(found))
    return HttpResponseRedirect(
        f"{reverse('desk-import-sample', args=[run.pk])}#{_next(run, user)}"
    )


def _next(run: ImportRun, user: User) -> str:
    """The first deal of which this person has said nothing, or the end."""
    found = sample(run)
    if found is None:
        return "end"
    mine = set(
        SampleCheck.objects.filter(staged__in=found.drawn, by=user).values_list(
            "staged_id", flat=True
        )
    )
    return next((f"deal-{pk}" for pk in found.drawn if pk not in mine), "end")


def _page(
    request: HttpRequest,
    run: ImportRun,
    faults: list[Fault] | None = None,
    typed: dict[int, str] | None = None,
) -> HttpResponse:
    found, user = sample(run), person(request)
    own = run.created_by_id == user.pk and not settings.SELF_APPROVAL
    context = frame(run, request) | {
        "sample": found,
        "drawn": _drawn(found, user, typed or {}) if found else [],
        "found": in_words(found) if found else "",
        "barred": own,
        "faults": faults or [],
    }
    return render(request, "desk/sample.html", context, status=400 if faults else 200)


def _drawn(found: Sample, user: User, typed: dict[int, str]) -> list[Drawn]:
    rows = StagedDeal.objects.select_related("deal").in_bulk(found.drawn)
    ordered = [rows[pk] for pk in found.drawn]
    checks: dict[int, list[SampleCheck]] = {}
    for one in SampleCheck.objects.filter(staged__in=found.drawn).select_related("by"):
        checks.setdefault(one.staged_id, []).append(one)
    drawn = []
    for row, item in zip(ordered, staged.items(ordered), strict=True):
        said = checks.get(row.pk, [])
        mine = next((one for one in said if one.by_id == user.pk), None)
        drawn.append(
            Drawn(
                item=item,
                facts=_facts(row.facts or {}),
                mine=mine,
                others=[one for one in said if one.by_id != user.pk],
                note=typed.get(row.pk, mine.note if mine else ""),
            )
        )
    return drawn


def _facts(facts: dict[str, Any]) -> list[Difference]:
    """All that the file says of a deal."""
    stated = [
        name
        for name in fact_words.TITLES
        if name not in LEFT_OUT and facts.get(name) not in (None, "", [], {})
    ]
    return fact_words.differences(stated, facts)
