"""Organizations: names, identifiers, places and owners, dated and with sources."""

from collections.abc import Collection

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.reverse import reverse

from deals.api import paging
from deals.api.conditional import answer, digest_of
from deals.api.parameters import one_of, refuse_any
from deals.flows import links
from deals.flows.answer import snapshot
from deals.flows.organization_documents import mark, organizations, texts
from deals.flows.organizations import LONGEST_SEARCH, deals_of, population_of
from deals.flows.proposed import public
from deals.flows.query import ALL, BadParameters, FlowQuery, Problem
from deals.flows.scope import resolve
from deals.models import Organization, ledger
from deals.models.documents import dumps
from deals.rules.countries import COUNTRIES

FILTERS = ("q", "country", "kind", "generated")


@api_view(["GET"])
def all_of_them(request: Request) -> HttpResponse:
    """Organizations that are not merged into another, oldest first, paged by key."""
    asked = paging.read(request, *FILTERS)
    wanted = _read(asked.given)
    pages: list[paging.Page] = []

    def body() -> str:
        page = paging.cut(request, wanted, asked, newest_first=False)
        pages.append(page)
        found = ",".join(texts([row.pk for row in page.rows]))
        head = dumps({"next": page.next, "previous": page.previous})
        return f'{head[:-1]},"results":[{found}]}}'

    with snapshot():
        # The addresses of the neighbours are in the answer, and with them this one's host.
        response = answer(request, _identity(request.build_absolute_uri()), body)
    for page in pages:
        both = (("next", page.next), ("prev", page.previous))
        if said := ", ".join(f'<{link}>; rel="{rel}"' for rel, link in both if link):
            response["Link"] = said
    return response


@api_view(["GET"])
def one(request: Request, public_id: str) -> HttpResponse:
    """One organization with its number of deals; a merged one points to what it is now."""
    refuse_any(request)
    # PostgreSQL refuses texts with a NUL, also to compare them.
    spelled = public_id.upper().replace("\0", " ")
    found = public(Organization.objects.filter(public_id=spelled)).first()
    if found is None:
        raise Http404(f"There is no organization {public_id[:20]}.")
    if found.merged_into:
        survivor = found.merged_into
        while survivor.merged_into:
            survivor = survivor.merged_into
        target = reverse("api-organization", [survivor.public_id], request=request)
        # A merge can be undone.
        kept = {"Location": target, "Cache-Control": "no-cache"}
        return HttpResponse(status=301, headers=kept)
    with snapshot():
        return answer(request, _identity(found.public_id), lambda: _whole(found))


def _whole(found: Organization) -> str:
    query = FlowQuery(
        kind=(ALL,), status=(ALL,), ai=(ALL,), organization=found.public_id,
        population=population_of(found),
    )  # fmt: skip
    as_target, as_investor, either = deals_of(query, resolve(query))
    more = {
        "deals": {"as_target": as_target, "as_investor": as_investor, "either": either},
        "links": {
            "page": links.organization(found.public_id),
            "deals": links.address("/api/v1/deals/", query),
        },
    }
    return f"{texts([found.pk])[0][:-1]},{dumps(more)[1:]}"


def _identity(question: str) -> str:
    """Files bring organizations and identifiers without an entry of the ledger, so its head alone
    does not say which state this is."""
    head, at = ledger.newest()
    stamp = f"{at.timestamp():.6f}" if at else ""
    return digest_of(f"organizations {question} {head} {stamp} {mark()}".encode())


def _read(given: dict[str, str]) -> QuerySet[Organization]:
    """The organizations that the filters mean; every problem at once."""
    wrong: list[Problem] = []
    q = given.get("q", "")
    if len(q) > LONGEST_SEARCH:
        wrong.append(Problem("q", f"A search has at most {LONGEST_SEARCH} characters."))
    countries = _words(given, "country", COUNTRIES, wrong)
    kinds = _words(given, "kind", Organization.Kind.values, wrong)
    generated = _words(given, "generated", ("yes", "no"), wrong)
    if wrong:
        raise BadParameters(wrong)
    return organizations(q=q, countries=countries, kinds=kinds, generated=generated == ["yes"])


def _words(
    given: dict[str, str], name: str, allowed: Collection[str], wrong: list[Problem]
) -> list[str]:
    """The words of a list with commas; what is not allowed goes to `wrong`."""
    words = [word.strip() for word in given.get(name, "").split(",") if word.strip()]
    for word in words:
        try:
            one_of(name, word, allowed)
        except BadParameters as error:
            wrong += error.problems
    return words
