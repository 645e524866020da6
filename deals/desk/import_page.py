"""`/desk/imports/<id>/`: one import from its start to its end, with progress and report."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from deals.desk import run_words, staged
from deals.desk.access import needs, person
from deals.desk.impact import impact
from deals.desk.import_errors import errors
from deals.feeds.progress import progress
from deals.feeds.receive import stored
from deals.feeds.refusals import Refused
from deals.models import ImportRun
from deals.rules.roles import BRING, DECIDE

State, Phase = ImportRun.State, ImportRun.Phase
# States that have something to report; a run that failed may have counted a part.
REPORTED = (State.REVIEW, State.PUBLISHED, State.REJECTED, State.UNDONE)
ENCODINGS = {"utf_8": "UTF-8", "utf_8_sig": "UTF-8 with a mark", "cp1252": "Windows-1252"}
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}


@require_safe
@needs(BRING)
def import_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about one import, and what the person may do with it."""
    run = find(pk)
    context = frame(run, request) | {
        "file": _file(run),
        "may": may(run, person(request)),
        "deciders": _deciders(run) if run.state == State.REVIEW else [],
    }
    if run.state in run_words.OPEN:
        context |= progress_context(run)
    if run.rows_read:
        context |= {"rows": run_words.rows(run), "deals": run_words.deals(run)}
    if run.rows_read and run.state not in run_words.OPEN:
        context |= {"errors": errors(run)}
    if run.state in REPORTED:
        context |= {"impact": impact(run.impact), **deals_context(run, "")}
    return render(request, "desk/import.html", context)


@require_safe
@needs(BRING)
def progress_part(request: HttpRequest, pk: int) -> HttpResponse:
    """The bar alone, for htmx; when the import is at rest, the page is told to load anew."""
    run = find(pk)
    if not request.headers.get("HX-Request"):
        return HttpResponseRedirect(reverse("desk-import", args=[pk]))
    if run.state not in run_words.OPEN:
        response = HttpResponse(status=204)
        response.headers["HX-Refresh"] = "true"
        return response
    context = {"run": run} | progress_context(run, said=request.GET.get("said", ""))
    return render(request, "desk/parts/import_progress.html", context)


@require_safe
@needs(BRING)
def deals(request: HttpRequest, pk: int) -> HttpResponse:
    """Deals of one outcome, a page at a time: the part for htmx, else a page of its own."""
    run = find(pk)
    context = frame(run, request) | deals_context(
        run,
        request.GET.get("outcome", ""),
        after=_number(request.GET.get("after", "")),
        before=_number(request.GET.get("before", "")),
    )
    part = bool(request.headers.get("HX-Request"))
    template = "desk/parts/import_deals.html" if part else "desk/import_deals.html"
    return render(request, template, context)


@require_safe
@needs(BRING)
def profile(request: HttpRequest, pk: int) -> HttpResponse:
    """The profile that the file was read with, as TOML."""
    run = find(pk)
    response = HttpResponse(run.profile, content_type="application/toml; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="import-{pk}-profile.toml"'
    return response


def find(pk: int) -> ImportRun:
    """The import with its feed and its people, or a 404."""
    people = ("feed", "created_by", "decided_by", "undone_by", "api_key")
    return get_object_or_404(ImportRun.objects.select_related(*people), pk=pk)


def frame(run: ImportRun, request: HttpRequest) -> dict[str, Any]:
    """What every page about one import shows."""
    return {
        "section": "desk",
        "desk_section": "imports",
        "run": run,
        "state": run_words.state(run),
        "by": run_words.brought_by(run),
        "own": run.created_by_id == person(request).pk,
        "self_approval": settings.SELF_APPROVAL,
    }


def may(run: ImportRun, user: AbstractUser) -> dict[str, bool]:
    """What this person may do with the import as it stands."""
    decides, own = user.has_perm(DECIDE), run.created_by_id == user.pk
    stoppable = run.state in run_words.OPEN and run.phase not in (Phase.PUBLISHING, Phase.UNDOING)
    stoppable = stoppable or run.state == State.FAILED or (own and run.state == State.REVIEW)
    return {
        "decide": run.state == State.REVIEW and decides and (settings.SELF_APPROVAL or not own),
        "cancel": (own or decides) and stoppable,
        "retry": (own or decides) and run.state == State.FAILED,
        "undo": decides and run.state == State.PUBLISHED,
    }


def progress_context(run: ImportRun, said: str = "") -> dict[str, Any]:
    """Progress, with what a screen reader is told: once a phase and every quarter, no more."""
    now = progress(run)
    quarter = int(now.share * 4) * 25 if now.share is not None else 0
    key = f"{run.state}-{now.phase}-{quarter}"
    return {
        "progress": now,
        "percent": int(now.share * 100) if now.share is not None else None,
        "unit": "deals" if run.phase in (Phase.PREPARING, Phase.PUBLISHING) else "rows",
        "said": key,
        "tell": key != said,
    }


def deals_context(
    run: ImportRun, outcome: str, *, after: int | None = None, before: int | None = None
) -> dict[str, Any]:
    """The tabs and one page of deals; an outcome that does not occur is the first that does."""
    address = reverse("desk-import-deals", args=[run.pk])
    tabs = staged.tabs(run, address)
    chosen = next((tab for tab in tabs if tab.outcome == outcome), tabs[0] if tabs else None)
    if chosen is None:
        return {"tabs": [], "tab": None, "page": None}
    page = staged.page(run, chosen.outcome, after=after, before=before)
    return {
        "tabs": tabs,
        "tab": chosen,
        "page": page,
        "next": f"{chosen.address}&after={page.after}" if page.after else "",
        "previous": f"{chosen.address}&before={page.before}" if page.before else "",
    }


def _file(run: ImportRun) -> dict[str, Any]:
    try:
        size: int | None = stored(run.file_name, run.file_sha256).size
    except Refused:
        size = None
    codec = run.encoding.casefold().replace("-", "_")
    return {
        "size": size or run.bytes_total or None,
        "kept": size is not None,
        "sha256_short": run.file_sha256[:12],
        "encoding": ENCODINGS.get(codec, run.encoding.upper()),
        "delimiter": DELIMITERS.get(run.delimiter, run.delimiter),
    }


def _deciders(run: ImportRun) -> list[str]:
    """Names of those who may decide on this import, the first few."""
    people = get_user_model().objects.with_perm(
        DECIDE, include_superusers=False, backend="django.contrib.auth.backends.ModelBackend"
    )
    if run.created_by_id and not settings.SELF_APPROVAL:
        people = people.exclude(pk=run.created_by_id)
    return list(people.order_by("username").values_list("username", flat=True)[:5])


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None
