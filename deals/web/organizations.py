"""`/organizations/`: found by any name in any script, or by an identifier."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from deals.flows import organizations as flows
from deals.flows.answer import snapshot
from deals.flows.query import BadParameters, FlowQuery, Problem
from deals.flows.scope import resolve
from deals.web.errors import bad_request
from deals.web.organization import KINDS
from deals.web.parameters import unknown_parameters

OWN = ("q", "generated", "release", "cursor")


@dataclass(frozen=True, slots=True)
class Asked:
    """What one request asks for."""

    q: str
    generated: bool
    cursor: str
    release: str = ""

    def address(self, **changes: str) -> str:
        """The list with something changed, from its first page unless a cursor is given."""
        generated = "yes" if self.generated else ""
        own = {"q": self.q, "generated": generated, "release": self.release} | changes
        kept = {name: value for name, value in own.items() if value}
        return f"/organizations/?{urlencode(kept)}" if kept else "/organizations/"


@require_safe
def organizations(request: HttpRequest) -> HttpResponse:
    """A page of organizations in the order of their names."""
    try:
        asked = _read(request)
        with snapshot():
            page = flows.organizations(
                asked.q,
                generated=asked.generated,
                cursor=asked.cursor,
                scope=resolve(FlowQuery(release=asked.release)),
            )
    except BadParameters as error:
        return bad_request(request, error)
    return render(request, "pages/organizations.html", _context(asked, page))


def _read(request: HttpRequest) -> Asked:
    problems = unknown_parameters(request, OWN)
    own = {name: request.GET.get(name, "").strip() for name in OWN}
    if not own["q"].isprintable():
        message = _("A search is plain text, without control characters.")
        problems.append(Problem("q", message))
    if own["generated"] not in ("", "yes"):
        problems.append(Problem("generated", _("Allowed is: yes.")))
    if problems:
        raise BadParameters(problems)
    return Asked(own["q"], own["generated"] == "yes", own["cursor"], own["release"])


def _context(asked: Asked, page: flows.Page) -> dict[str, Any]:
    return {
        "section": "organizations",
        "asked": asked,
        "rows": [(row, KINDS[row.kind]) for row in page.rows],
        "total": page.total,
        "longest_search": flows.LONGEST_SEARCH,
        "next": page.next and asked.address(cursor=page.next),
        "previous": page.previous and asked.address(cursor=page.previous),
        "first": asked.address() if page.previous else "",
        "without_search": asked.address(q=""),
    }
