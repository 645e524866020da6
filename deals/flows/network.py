"""Who invested together with an organization, and in whom: the network around one of them.

All kinds of deals and all companies, AI or not, that were ever completed and are live.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from typing import Any

from django.db import connection

from deals.flows import links
from deals.flows.answer import kept, snapshot
from deals.flows.frame import frame
from deals.flows.grouped import Grouping, tables
from deals.flows.proposed import public
from deals.flows.query import ALL, FlowQuery
from deals.flows.rows import Row, ranked
from deals.flows.scope import Scope, resolve
from deals.flows.survivors import surviving, survivors
from deals.models import Organization

# As many as a picture can show; the strongest first, and the others are counted in `more`.
MOST_NODES = 40
CO_INVESTOR, TARGET, INVESTOR = "co-investor", "target", "investor"
ROLES = (CO_INVESTOR, TARGET, INVESTOR)

TOOK_PART = f"""
SELECT f.deal_id, {surviving("f.target_id")}, true FROM base f WHERE f.place = 'flow'
UNION
SELECT f.deal_id, {surviving("t.investor")}, false
FROM base f CROSS JOIN LATERAL unnest(f.investors) AS t(investor)
WHERE f.place = 'flow' AND t.investor IS NOT NULL
"""


@dataclass(slots=True)
class Deals:
    """Which organizations were the target of, and which invested in, each deal of the centre."""

    targets: dict[int, set[int]]
    investors: dict[int, set[int]]

    def together(self, *organizations: int) -> set[int]:
        """The deals in which all of them took part."""
        return set.intersection(*(self.of(organization) for organization in organizations))

    def of(self, organization: int) -> set[int]:
        return self.targets.get(organization, set()) | self.investors.get(organization, set())


def network(public_id: str, population: str = "") -> dict[str, Any]:
    """The centre, its nodes with the number of deals together, and who met whom in those deals.

    {"center": {"id", "name", "country", "n"}, "nodes": [{"id", "name", "country", "n", "role"}],
    "links": [{"a", "b", "n", "deals"}], "rows": the nodes as rows of a table, "more": nodes that
    are not shown}, and what every answer has. A node's role is the one of most of its deals.
    Links join the centre with each node, and investors with the targets they share with it. Raises
    `BadParameters` for an organization or population that is not there.
    """
    query = FlowQuery(kind=(ALL,), ai=(ALL,), organization=public_id, population=population)
    with snapshot():
        return around(query, resolve(query))


def around(query: FlowQuery, scope: Scope) -> dict[str, Any]:
    """The same within the deals of a question, around the organization that it names.

    Nobody, with `center` null, when the question names none or several.
    """
    if not query.organization or "," in query.organization:
        return _nobody(query, scope)
    found: dict[str, Any] = kept("network", query, scope, lambda: _network(query, scope))
    return found


def _nobody(query: FlowQuery, scope: Scope) -> dict[str, Any]:
    outside = frame(query, scope)
    return {
        **outside, "center": None, "nodes": [], "links": [], "addresses": outside["links"],
        "rows": [], "more": 0, "total": {"n": 0},
    }  # fmt: skip


def _network(query: FlowQuery, scope: Scope) -> dict[str, Any]:
    center = public(
        Organization.objects.filter(pk__in=scope.organizations, merged_into=None)
    ).first()
    if center is None:
        return _nobody(query, scope)
    deals = _deals(query, scope)
    roles = _roles(deals, center.pk)
    known = Organization.objects.only("public_id", "name", "country").in_bulk(list(roles))
    query = query.but(organization=center.public_id)
    rows = ranked([_row(known[pk], deals, center.pk, roles[pk], query) for pk in roles])
    shown = rows[:MOST_NODES]
    pks = {known[pk].public_id: pk for pk in known}
    outside = frame(query, scope)
    return {
        **outside,
        "center": _named(center) | {"n": len(deals.of(center.pk))},
        "nodes": [
            {"id": row["code"]} | {name: row[name] for name in ("name", "country", "n", "role")}
            for row in shown
        ],
        "links": _links(deals, center, {row["code"]: pks[row["code"]] for row in shown}, query),
        "addresses": outside["links"],
        "rows": shown,
        "more": len(rows) - len(shown),
        "total": {"n": len(deals.of(center.pk))},
    }


def _deals(query: FlowQuery, scope: Scope) -> Deals:
    sql = tables(query, scope, Grouping(("NULL",)))
    deals = Deals(defaultdict(set), defaultdict(set))
    with connection.cursor() as cursor:
        cursor.execute(f"{sql.text()} {TOOK_PART}", sql.params | survivors())
        for deal, organization, is_target in cursor:
            (deals.targets if is_target else deals.investors)[organization].add(deal)
    return deals


def _roles(deals: Deals, center: int) -> dict[int, str]:
    """What each organization most often was in its deals with the centre."""
    bought, sold = deals.investors.get(center, set()), deals.targets.get(center, set())
    others = (deals.investors.keys() | deals.targets.keys()) - {center}
    found = {}
    for organization in others:
        invested = deals.investors.get(organization, set())
        counts = {
            CO_INVESTOR: len(invested & bought),
            TARGET: len(deals.targets.get(organization, set()) & bought),
            INVESTOR: len(invested & sold),
        }
        found[organization] = max(ROLES, key=lambda role: counts[role])
    return found


def _named(organization: Organization) -> Row:
    return {
        "id": organization.public_id,
        "name": organization.name,
        "country": organization.country,
    }


def _row(organization: Organization, deals: Deals, center: int, role: str, query: FlowQuery) -> Row:
    code = organization.public_id
    return {
        "rank": 0,
        "code": code,
        "name": organization.name,
        "country": organization.country,
        "role": role,
        "n": len(deals.together(center, organization.pk)),
        "deals": _address(query, [code]),
    }


def _address(query: FlowQuery, others: Iterable[str]) -> str:
    """The deals in which the centre took part and so did all the others."""
    return links.deals(query.but(organization=",".join([query.organization, *others])))


def _links(
    deals: Deals, center: Organization, shown: dict[str, int], query: FlowQuery
) -> list[Row]:
    """First the centre with each node, then investors with targets, each the strongest first."""
    own = [
        {
            "a": center.public_id,
            "b": code,
            "n": len(deals.together(center.pk, pk)),
            "deals": _address(query, [code]),
        }
        for code, pk in shown.items()
    ]
    investors = {code: pk for code, pk in shown.items() if deals.investors.get(pk)}
    targets = {code: pk for code, pk in shown.items() if deals.targets.get(pk)}
    others: list[Row] = [
        {
            "a": a,
            "b": b,
            "n": len(deals.together(investors[a], targets[b])),
            "deals": _address(query, [a, b]),
        }
        for a, b in product(investors, targets)
        if a != b and deals.investors[investors[a]] & deals.targets[targets[b]]
    ]
    return [*own, *sorted(others, key=lambda row: (-row["n"], row["a"], row["b"]))]
