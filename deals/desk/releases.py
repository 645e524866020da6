"""`/desk/releases/`: name a point of the ledger, have its files made, say more of it later."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from deals import tasks
from deals.desk.access import needs, person
from deals.desk.faults import Fault, by_field
from deals.exports.naming import (
    LONGEST_NAME,
    LONGEST_NOTES,
    Refused,
    describe_release,
    name_release,
    want_files,
)
from deals.models import Release, ledger
from deals.rules import doi
from deals.rules.roles import MANAGE

MADE, MAKING, FAILED, NONE = "made", "making", "failed", "none"
# A paste of any length is shown again, up to here.
LONGEST_SHOWN = 20_000


@require_http_methods(["GET", "HEAD", "POST"])
@needs(MANAGE)
def releases(request: HttpRequest) -> HttpResponse:
    """All releases with the state of their files, and a form for the next."""
    typed = _typed(request, "name", "notes", "doi")
    faults: list[Fault] = []
    if request.method == "POST":
        try:
            made = name_release(
                name=typed["name"], notes=typed["notes"], doi=typed["doi"], by=person(request)
            )
        except Refused as refusal:
            faults = [Fault(refusal.field, str(refusal))]
        else:
            _ring(made)
            said = _("Release %(name)s has its name for ever. Its files are being made.")
            messages.success(request, said % {"name": made.name})
            return redirect("desk-releases")
    head = ledger.head()
    newest = Release.objects.order_by("-seq", "-pk").first()
    context = _context(faults) | {
        "rows": [_row(one) for one in Release.objects.order_by("-seq", "-pk")],
        "head": head,
        "entries": head - newest.seq if newest else head,
        "typed": typed,
    }
    return render(request, "desk/releases.html", context, status=400 if faults else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(MANAGE)
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """One release: its notes and DOI can be changed, its files asked for where there are none."""
    one = get_object_or_404(Release, pk=pk)
    faults: list[Fault] = []
    typed = {"notes": one.notes, "doi": one.doi}
    if request.method == "POST":
        typed = _typed(request, "notes", "doi")
        try:
            said = _act(request, one, typed)
        except Refused as refusal:
            faults = [Fault(refusal.field, str(refusal))]
        else:
            messages.success(request, said)
            return redirect("desk-release", one.pk)
    context = _context(faults) | {"row": _row(one), "typed": typed}
    return render(request, "desk/release.html", context, status=400 if faults else 200)


def _act(request: HttpRequest, one: Release, typed: dict[str, str]) -> str:
    """Do what the form asks for; what was done, in a sentence."""
    action = request.POST.get("action", "")
    if action == "describe":
        changed = describe_release(release=one, **typed, by=person(request))
        if not changed:
            return _("Nothing was different.")
        _ring(one)
        return _("Notes and DOI are saved.")
    if action == "files":
        want_files(release=one, by=person(request))
        _ring(one)
        return _("The files are being made.")
    raise Refused("", _("Choose what is to be done."))


def _ring(one: Release) -> None:
    transaction.on_commit(lambda: tasks.ring_release(one.pk))


def _typed(request: HttpRequest, *names: str) -> dict[str, str]:
    """Without NUL, which PostgreSQL refuses, in the texts and in the message about them."""
    return {name: request.POST.get(name, "").replace("\0", "")[:LONGEST_SHOWN] for name in names}


def _row(one: Release) -> dict[str, Any]:
    if one.files:
        state = MADE
    elif one.problem:
        state = FAILED
    else:
        state = MAKING if one.reference.get("files_wanted") else NONE
    return {
        "release": one,
        "state": state,
        "bytes": sum(file["bytes"] for file in one.files),
        "url": f"/data/releases/{one.name}/",
        "doi_url": doi.address(one.doi),
    }


def _context(faults: list[Fault]) -> dict[str, Any]:
    return {
        "section": "desk",
        "desk_section": "releases",
        "faults": faults,
        "fault": by_field(faults),
        "longest_name": LONGEST_NAME,
        "longest_notes": LONGEST_NOTES,
        "longest_doi": doi.LONGEST,
    }
