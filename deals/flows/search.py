"""Deals by a part of a name, in any script, or by an identifier.

A search is looked up first: few organizations and versions stand for it in most cases, and indexes
find their deals. Where it stands for many, as one letter does, each deal is held against all of
them, and a page of the newest is soon full.
"""

from dataclasses import dataclass

from deals.flows.answer import one_statement
from deals.flows.conditions import Sql
from deals.flows.scope import Scope

# More organizations or versions than this are not looked up one by one.
FEW = 500
NAMED = """
SELECT id FROM deals_organization WHERE name ILIKE %(q)s
UNION ALL SELECT organization_id FROM deals_organizationname WHERE name ILIKE %(q)s
"""
# Published under a name that the target does not have itself, or no longer.
OTHERWISE = """
SELECT v.id FROM deals_targetname n
JOIN deals_dealversion v ON v.target_id = n.organization_id AND v.target_name = n.name
WHERE n.name ILIKE %(q)s AND NOT EXISTS (
    SELECT FROM deals_organization o WHERE o.id = n.organization_id AND o.name = n.name)
"""
NUMBERED = """
SELECT id FROM deals_dealversion WHERE external_id = %(q_exact)s AND external_id <> ''
"""
# Where organizations are many already, versions are left to the search itself, which asks for them
# only where nothing else is true of a deal.
LOOK_UP = f"""
WITH named AS MATERIALIZED (SELECT id FROM ({NAMED}) o LIMIT %(most)s)
SELECT 'organization', id FROM named
UNION ALL (SELECT 'version', id FROM ({OTHERWISE}) v
           WHERE (SELECT count(*) FROM named) < %(most)s LIMIT %(most)s)
UNION ALL (SELECT 'version', id FROM ({NUMBERED}) v LIMIT %(most)s)
UNION ALL SELECT 'deal', id FROM deals_deal WHERE public_id = upper(%(q_exact)s)
"""


@dataclass(frozen=True, slots=True)
class Meant:
    """Ids that a search stands for; None where they may be more than FEW."""

    organizations: tuple[int, ...] | None
    versions: tuple[int, ...] | None
    deals: tuple[int, ...]


def search(sql: Sql, q: str, scope: Scope) -> None:
    """Hold the rows of a subquery to those that a search means; a blank one means all."""
    if not q.split():
        return
    names = {"q": pattern(q), "q_exact": q.strip()}
    if q not in scope.searched:
        scope.searched[q] = _look_up(names)
    meant: Meant = scope.searched[q]
    either = []
    if meant.organizations is None:
        either += [
            f"p.target_id IN ({NAMED})",
            f"EXISTS (SELECT FROM unnest(p.investors) AS investor WHERE investor IN ({NAMED}))",
        ]
    elif meant.organizations:
        either += [
            "p.target_id = ANY(%(q_organizations)s::bigint[])",
            "p.investors && %(q_organizations)s::bigint[]",
        ]
        sql.params["q_organizations"] = list(meant.organizations)
    if meant.versions is None:
        either.append(f"p.version_id IN ({OTHERWISE} UNION ALL {NUMBERED})")
    elif meant.versions:
        either.append("p.version_id = ANY(%(q_versions)s::bigint[])")
        sql.params["q_versions"] = list(meant.versions)
    if meant.deals:
        either.append("p.deal_id = ANY(%(q_deals)s::bigint[])")
        sql.params["q_deals"] = list(meant.deals)
    sql.params |= names
    which = " OR ".join(either) or "false"
    sql.where = [f"SELECT p.* FROM ({sql.where[0]}) p WHERE {which}"]


def _look_up(names: dict[str, str]) -> Meant:
    rows = one_statement(LOOK_UP, names | {"most": FEW + 1})

    found: dict[str, list[int]] = {"organization": [], "version": [], "deal": []}
    for kind, pk in rows:
        found[kind].append(pk)
    # Rows and not ids, since what LIMIT cut off may be more than what came twice.
    many_names = len(found["organization"]) > FEW
    many = many_names or len(found["version"]) > FEW
    return Meant(
        None if many_names else tuple(set(found["organization"])),
        None if many else tuple(set(found["version"])),
        tuple(found["deal"]),
    )


def pattern(q: str) -> str:
    """What ILIKE is asked for: the words of a search in their order, their own signs literally."""
    words = (
        word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") for word in q.split()
    )
    return f"%{'%'.join(words)}%"
