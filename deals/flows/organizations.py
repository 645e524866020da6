"""Organizations: found by any name in any script or by an identifier, with how many deals each has.

Pages are found by key, as everywhere, so that a deep one costs what the first one does.
"""

from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.db import connection
from django.utils.translation import gettext as _

from deals.flows.conditions import filters, in_ledger
from deals.flows.proposed import ONLY_PROPOSED
from deals.flows.query import BadParameters, FlowQuery, Problem
from deals.flows.scope import Scope
from deals.flows.search import pattern
from deals.models import Organization, Population

PAGE_SIZE = 50
LONGEST_SEARCH = 200
SALT = "deals.organizations"


@dataclass(frozen=True, slots=True)
class Found:
    """One organization; the counts are of live deals of every kind and status."""

    pk: int
    public_id: str
    name: str
    country: str | None
    kind: str
    generated: bool
    # Another name by which the search found it; "" when its own did, or nothing was searched.
    by_name: str
    as_target: int
    as_investor: int


@dataclass(frozen=True, slots=True)
class Page:
    """`total` counts all pages; the cursors are None at either end."""

    rows: tuple[Found, ...]
    total: int
    next: str | None
    previous: str | None


SEARCHED = """(
    o.id IN (
        SELECT id FROM deals_organization WHERE name ILIKE %(pattern)s
        UNION SELECT organization_id FROM deals_organizationname WHERE name ILIKE %(pattern)s
        UNION SELECT organization_id FROM deals_identifier WHERE value = %(exact)s
    ) OR o.public_id = upper(%(exact)s))"""
BY_NAME = """coalesce((
    SELECT min(n.name) FROM deals_organizationname n
    WHERE n.organization_id = o.id AND n.name ILIKE %(pattern)s AND NOT o.name ILIKE %(pattern)s
), '')"""
# `page` is read with its counts only after it was cut, so a page counts for fifty and no more.
TEXT = """
WITH page AS (
    SELECT o.id, o.public_id, o.name, o.country, o.kind, o.generated, {by_name} AS by_name
    FROM deals_organization o WHERE {where} AND {beyond}
    ORDER BY o.name {way}, o.id {way} LIMIT %(limit)s
)
SELECT page.*,
    (SELECT count(*) FROM deals_dealfact f
     WHERE f.target_id = page.id AND f.generated = page.generated AND {live}),
    (SELECT count(*) FROM deals_dealfact f
     WHERE f.investors @> ARRAY[page.id] AND f.generated = page.generated AND {live})
FROM page ORDER BY page.name {way}, page.id {way}
"""


def organizations(q: str, *, generated: bool, cursor: str, scope: Scope) -> Page:
    """A page in the order of names. Invented organizations are shown only if asked for.

    Raises `BadParameters` for a search that is too long and for a cursor of another search.
    """
    if len(q) > LONGEST_SEARCH:
        message = _("A search has at most %(most)s characters.") % {"most": LONGEST_SEARCH}
        raise BadParameters([Problem("q", message)])
    back, after = _read(cursor, q, generated)
    where = ["o.merged_into_id IS NULL", "(%(generated)s OR NOT o.generated)"]
    where.append(f"o.id NOT IN ({ONLY_PROPOSED})")
    params: dict[str, Any] = {"generated": generated, "limit": PAGE_SIZE + 1, "seq": scope.seq}
    if words := q.split():
        where.append(SEARCHED)
        params |= {"pattern": pattern(q), "exact": q.strip()}
    beyond = "true"
    if after is not None:
        beyond = f"(o.name, o.id) {'<' if back else '>'} (%(after)s, %(after_id)s)"
        params |= {"after": after[0], "after_id": after[1]}
    text = TEXT.format(
        by_name=BY_NAME if words else "''",
        where=" AND ".join(where),
        beyond=beyond,
        way="DESC" if back else "ASC",
        live=in_ledger("f", scope),
    )
    count = f"SELECT count(*) FROM deals_organization o WHERE {' AND '.join(where)}"
    with connection.cursor() as database:
        database.execute(text, params)
        rows = [Found(*row) for row in database.fetchall()]
        database.execute(count, params)
        total = int(database.fetchone()[0])
    return _page(rows, total, q, generated, back=back, first=after is None)


def _page(
    rows: list[Found], total: int, q: str, generated: bool, *, back: bool, first: bool
) -> Page:
    more = len(rows) > PAGE_SIZE
    rows = rows[:PAGE_SIZE]
    if back:
        rows.reverse()
    following, preceding = more or back, more if back else not first
    return Page(
        tuple(rows),
        total,
        _write(rows[-1], q, generated, back=False) if rows and following else None,
        _write(rows[0], q, generated, back=True) if rows and preceding else None,
    )


def _write(row: Found, q: str, generated: bool, *, back: bool) -> str:
    value = [q, generated, int(back), row.name, row.pk]
    return signing.dumps(value, salt=SALT, compress=True)


def _read(cursor: str, q: str, generated: bool) -> tuple[bool, tuple[str, int] | None]:
    if not cursor:
        return False, None
    said = _("This is not a cursor of this search. Follow the links as given.")
    problem = Problem("cursor", said)
    try:
        searched, invented, back, name, pk = signing.loads(cursor, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise BadParameters([problem]) from None
    if (searched, invented) != (q, generated):
        raise BadParameters([problem])
    return bool(back), (name, pk)


def population_of(found: Organization) -> str:
    """The population that an organization's deals are asked for with: invented deals are seen only
    by asking for theirs."""
    if not found.generated:
        return ""
    home = Population.objects.filter(generated=True).values_list("pk", "code")
    # Each by its index; both in one condition are held against every version of the population.
    as_target = home.filter(versions__target=found)
    as_investor = home.filter(versions__participations__investor=found)
    return next((code for _, code in as_target.union(as_investor).order_by("pk")[:1]), "")


def deals_of(query: FlowQuery, scope: Scope) -> tuple[int, int, int]:
    """Deals of the question's organization as target, as investor, and either (each once)."""
    sql = filters(query, scope, counted=False)
    text = f"""
        SELECT count(*) FILTER (WHERE f.target_id = ANY(%(organizations)s)),
               count(*) FILTER (WHERE f.investors && %(organizations)s::bigint[]), count(*)
        FROM deals_dealfact f WHERE {sql.text()}
    """
    with connection.cursor() as cursor:
        cursor.execute(text, sql.params)
        target, investor, either = cursor.fetchone()
    return target, investor, either
