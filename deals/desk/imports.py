"""`/desk/imports/`: every import, newest first, and above all those that wait for a decision."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from deals.desk import run_words
from deals.desk.access import needs
from deals.models import Feed, ImportRun
from deals.rules.roles import BRING

PAGE = 25
MOST_WAITING = 10
# What a file says of the profile may be long, and no list shows it.
HEAVY = ("profile", "impact", "undo_report", "checkpoint")
State = ImportRun.State
FILTERS = {
    "review": ("Waiting for a decision", Q(state=State.REVIEW)),
    "open": ("Waiting to start or running", Q(state__in=run_words.OPEN)),
    "published": ("Published", Q(state=State.PUBLISHED)),
    "failed": ("Failed", Q(state=State.FAILED)),
    "rejected": ("Rejected", Q(state=State.REJECTED)),
    "cancelled": ("Cancelled", Q(state=State.CANCELLED)),
    "undone": ("Undone", Q(state=State.UNDONE)),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One import as the list shows it."""

    run: ImportRun
    state: run_words.Mark
    by: str
    deals: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Which imports a request asks for; what cannot be read asks for nothing."""

    state: str
    feed: str
    before: int | None

    def address(self, **changes: str) -> str:
        params = {"state": self.state, "feed": self.feed} | changes
        kept = {name: value for name, value in params.items() if value}
        return f"?{urlencode(kept)}" if kept else "?"


@require_safe
@needs(BRING)
def imports(request: HttpRequest) -> HttpResponse:
    """A page of imports by keyset; `state`, `feed` and `before` choose."""
    asked = _asked(request)
    chosen = _chosen(asked)
    found = list(chosen[: PAGE + 1])
    more = len(found) > PAGE
    first = not (asked.state or asked.feed or asked.before)
    waiting = list(_all().filter(state=State.REVIEW)[: MOST_WAITING + 1]) if first else []
    context = {
        "section": "desk",
        "desk_section": "imports",
        "asked": asked,
        "states": [(code, title) for code, (title, _) in FILTERS.items()],
        "feeds": Feed.objects.order_by("name", "pk").values_list("code", "name"),
        "waiting": [row_of(run) for run in waiting[:MOST_WAITING]],
        "more_waiting": len(waiting) > MOST_WAITING,
        "rows": [row_of(run) for run in found[:PAGE]],
        "next": asked.address(before=str(found[PAGE - 1].pk)) if more else "",
        "first": asked.address() if asked.before else "",
    }
    return render(request, "desk/imports.html", context)


def _asked(request: HttpRequest) -> Asked:
    state, feed, before = (request.GET.get(name, "") for name in ("state", "feed", "before"))
    number = int(before) if before.isascii() and before.isdigit() and len(before) < 18 else None
    known = feed.isprintable() and len(feed) <= 64
    return Asked(state if state in FILTERS else "", feed if known else "", number)


def _all() -> "QuerySet[ImportRun]":
    return ImportRun.objects.select_related("feed", "created_by").defer(*HEAVY, "feed__profile")


def _chosen(asked: Asked) -> "QuerySet[ImportRun]":
    found = _all().order_by("-pk")
    if asked.state:
        found = found.filter(FILTERS[asked.state][1])
    if asked.feed:
        found = found.filter(feed__code=asked.feed)
    return found.filter(pk__lt=asked.before) if asked.before is not None else found


def row_of(run: ImportRun) -> Row:
    """An import with its state, who brought it, and its deals in a line."""
    counted = run.deals_in_file or run.state not in run_words.OPEN
    deals = run_words.brief(run) if counted and run.rows_read else ""
    return Row(run, run_words.state(run), run_words.brought_by(run), deals)
