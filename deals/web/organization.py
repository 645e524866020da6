"""`/organizations/<id>/`: names, identifiers, places, owners, and the deals on both sides."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from deals.entry.evidence_words import BASES, KINDS, SCHEMES, SCRIPTS
from deals.flows import links, ownership
from deals.flows.answer import snapshot
from deals.flows.disagreements import Stated, disagreeing
from deals.flows.listing import Wanted, listing
from deals.flows.organizations import deals_of, population_of
from deals.flows.query import ALL, BadParameters, FlowQuery
from deals.flows.scope import Scope, resolve
from deals.models import Domicile, Identifier, Organization, OrganizationName
from deals.pictures.registry import picture
from deals.web.chain import described
from deals.web.errors import bad_request
from deals.web.evidence import safe_url
from deals.web.named import named
from deals.web.organization_history import history
from deals.web.parameters import unknown_parameters
from deals.web.reports_shown import outcomes
from deals.web.shown import Document

# Newest deals shown in each table; the link beside leads to all of them.
MOST_DEALS = 25
MOST_DISAGREEING = 20
# The language of a script, for voices that read names aloud and fonts that draw them.
LANGUAGES = {"Hans": "zh-Hans", "Hant": "zh-Hant", "Hani": "zh"}
# Where an identifier leads; any other scheme is shown without a link.
PAGES = {
    "lei": "https://search.gleif.org/#/record/{}",
    "wikidata": "https://www.wikidata.org/wiki/{}",
    "crunchbase": "https://www.crunchbase.com/organization/{}",
}


@dataclass(frozen=True, slots=True)
class Name:
    """Another name; `lang` is empty where the script does not tell the language."""

    name: str
    script: str
    lang: str


@dataclass(frozen=True, slots=True)
class Known:
    """An identifier that somebody else gave; `url` is empty where it leads nowhere."""

    scheme: str
    value: str
    url: str


@dataclass(frozen=True, slots=True)
class Through:
    """A deal that an organization made which this one controls."""

    deal: Document
    by: list[tuple[str, str]]


@require_safe
def organization(request: HttpRequest, public_id: str) -> HttpResponse:
    """The page; a merged organization leads to the one that survived, for ever.

    With `release` its deals are those of a release; names, places and owners are those of today.
    """
    try:
        release = _release(request)
    except BadParameters as error:
        return bad_request(request, error)
    survivor = named(request, public_id)
    while survivor.merged_into:
        survivor = survivor.merged_into
    if survivor.public_id != public_id:
        more = f"?{request.GET.urlencode()}" if request.GET else ""
        return redirect(f"/organizations/{survivor.public_id}/{more}", permanent=True)
    with snapshot():
        context = _context(survivor, release)
    return render(request, "pages/organization.html", context)


def _release(request: HttpRequest) -> str:
    """The name of a release that is there; "" for today. Raises `BadParameters`."""
    problems = unknown_parameters(request, ("release",))
    if problems:
        raise BadParameters(problems)
    query = FlowQuery.from_params(request.GET)
    if query.release:
        resolve(query)
    return query.release


def _context(found: Organization, release: str) -> dict[str, Any]:
    query = FlowQuery(
        kind=(ALL,), status=(ALL,), ai=(ALL,), organization=found.public_id,
        population=population_of(found), release=release,
    )  # fmt: skip
    scope = resolve(query)
    as_target, as_investor, either = deals_of(query, scope)
    documents = _documents(query, scope)
    below, through = _through(scope, query)
    # Those that were ever completed: a network is of deals that came about.
    together = query.but(status=FlowQuery().status)
    rows = Domicile.objects.filter(organization__in=scope.organizations).select_related("source")
    places = list(rows.order_by("basis", "first", "pk"))
    against, stated = _disagreeing(scope, places)
    return {
        "section": "organizations",
        "organization": found,
        "kind": KINDS[found.kind],
        "names": _names(found, scope),
        "identifiers": _identifiers(scope),
        "domiciles": [
            (place, BASES[place.basis], safe_url(place.source.url if place.source else None))
            for place in places
        ],
        "against": against,
        "stated": stated,
        "chain": described(
            ownership.Node(found.public_id, found.name, found.country),
            ownership.owners(scope.organizations),
            ownership.holdings(scope.organizations),
        ),
        "sides": _sides(found, documents, as_target, as_investor),
        "either": either,
        "network": picture("network", together, scope)[0] if either else None,
        "query": together,
        "base": links.address("", together).removeprefix("?"),
        "through": through,
        "through_total": below,
        "links": {
            "deals": links.deals(query, place=""),
            "flows": links.page(FlowQuery(organization=found.public_id, release=release)),
            "api": links.address("/api/v1/deals/", query),
        },
        "history": history(scope.organizations),
        "outcomes": outcomes(organization=found),
    }


def _documents(query: FlowQuery, scope: Scope) -> list[Document]:
    page = listing(query, scope, Wanted(size=2 * MOST_DEALS), count=False)
    return [json.loads(text) for text in page.documents]


def _sides(
    found: Organization, documents: list[Document], as_target: int, as_investor: int
) -> list[dict[str, Any]]:
    """The newest deals on either side; an organization that bought its own shares is on both."""
    mine = found.public_id
    received = [deal for deal in documents if deal["target"]["id"] == mine]
    made = [deal for deal in documents if any(one["id"] == mine for one in deal["investors"])]
    return [
        {"id": "as-target", "n": as_target, "deals": received[:MOST_DEALS]},
        {"id": "as-investor", "n": as_investor, "deals": made[:MOST_DEALS]},
    ]


def _through(scope: Scope, query: FlowQuery) -> tuple[int, list[Through]]:
    """Deals made by whom this organization controls, on the day of each deal."""
    anyone = replace(scope, organizations=())
    total, rows = ownership.through(
        scope.organizations, query.but(organization=""), anyone, MOST_DEALS
    )
    names = dict(
        Organization.objects.filter(public_id__in={one for _deal, by in rows for one in by})
        .values_list("public_id", "name")
    )  # fmt: skip
    return total, [Through(deal, [(one, names[one]) for one in by]) for deal, by in rows]


def _names(found: Organization, scope: Scope) -> list[Name]:
    rows = OrganizationName.objects.filter(organization__in=scope.organizations)
    seen = {found.name}
    names = []
    for name, script in rows.order_by("script", "pk").values_list("name", "script"):
        if name not in seen:
            seen.add(name)
            said = str(SCRIPTS.get(script, script))
            names.append(Name(name, said, LANGUAGES.get(script, "")))
    return names


def _identifiers(scope: Scope) -> list[Known]:
    rows = Identifier.objects.filter(organization__in=scope.organizations)
    return list(_known(rows.order_by("scheme", "value").values_list("scheme", "value")))


def _known(rows: Iterable[tuple[str, str]]) -> Iterable[Known]:
    for scheme, value in rows:
        title, address = SCHEMES.get(scheme.lower(), scheme), PAGES.get(scheme.lower(), "")
        yield Known(title, value, address.format(quote(value, safe="")) if address else "")


def _disagreeing(scope: Scope, places: Iterable[Domicile]) -> tuple[int, list[Stated]]:
    """Deals that state another country; nothing can disagree with evidence that is not there."""
    if not any(place.basis == Domicile.Basis.HEADQUARTERS for place in places):
        return 0, []
    return disagreeing(scope.organizations, MOST_DISAGREEING)
