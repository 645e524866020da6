"""`/status/`: what runs, how current the data are, how much is known, how years still grow."""

from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from deals.flows import links
from deals.flows.answer import snapshot
from deals.flows.coverage import coverage
from deals.flows.growth import growth, recorded
from deals.flows.query import BadParameters, FlowQuery
from deals.flows.scope import Scope, resolve
from deals.models import Change, ImportRun, Release
from deals.web.countries import kinds, populations, read
from deals.web.coverage import grown, lines, points
from deals.web.errors import bad_request
from deals.web.revision import revision

State = ImportRun.State
# What waits, is being done, or needs a person.
QUEUE = {
    State.QUEUED: gettext_lazy("waiting"),
    State.RUNNING: gettext_lazy("running"),
    State.REVIEW: gettext_lazy("to be reviewed by an editor"),
}


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """The page; the filters choose which deals coverage is about."""
    try:
        query, _own = read(request)
        with snapshot():
            scope = resolve(query)
            context = _running() | _known(query, scope)
    except BadParameters as error:
        return bad_request(request, error)
    return render(request, "pages/status.html", {"section": "status"} | context)


def _running() -> dict[str, Any]:
    """Few rows, each by an index; nothing is asked of the broker, which /readyz does."""
    counts = dict(
        ImportRun.objects.filter(state__in=QUEUE).order_by().values_list("state")
        .annotate(Count("pk"))
    )  # fmt: skip
    done = ImportRun.objects.filter(state=State.PUBLISHED).select_related("feed")
    return {
        "build": revision(),
        "newest": Change.objects.order_by("-seq").first(),
        "oldest": Change.objects.order_by("seq").first(),
        "release": Release.objects.order_by("-seq").first(),
        "last_import": done.order_by("-finished_at", "-pk").first(),
        "queue": [(title, counts.get(state, 0)) for state, title in QUEUE.items()],
    }


def _known(query: FlowQuery, scope: Scope) -> dict[str, Any]:
    found, by_ledger = coverage(query, scope), growth(query, scope)
    by_supplier = recorded(query, scope)
    has_records = any(cell and cell["n"] for row in by_supplier["rows"] for cell in row["cells"])
    return {
        "coverage": lines(found),
        "growth": by_ledger | {"points": points(by_ledger), "said": grown(by_ledger)},
        "recorded": by_supplier | {"points": points(by_supplier), "said": grown(by_supplier)}
        if has_records
        else None,
        "population": scope.population,
        "populations": populations(query, "/status/"),
        "kinds": kinds(query, "/status/"),
        "deals": links.deals(query),
    }
