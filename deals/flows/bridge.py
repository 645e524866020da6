"""From one definition's number to another's, one part of the question at a time.

Every step says which deals came in and which went out, as sets: the first number with all that was
added and without all that was removed is the last number, exactly, whatever the two questions are.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from deals.flows.answer import kept, snapshot
from deals.flows.conditions import COUNTED
from deals.flows.query import FlowQuery
from deals.flows.scope import Scope, resolve
from deals.flows.together import placed_as

# The order in which parts change, and the fields of each. Whose companies comes first, since it
# decides N; what can empty a selection (a population, a point of the ledger) comes last.
PARTS: dict[str, tuple[str, ...]] = {
    "target": ("target",),
    "investor": ("investor",),
    "years": ("from_", "to"),
    "kind": ("kind",),
    "status": ("status",),
    "ai": ("ai",),
    "sector": ("sector",),
    "round": ("round",),
    "attribution": ("attribution",),
    "amount": ("currency", "min_amount", "max_amount"),
    "organization": ("organization",),
    "state_linked": ("state_linked",),
    "known_by": ("known_by",),
    "population": ("population",),
    "ledger": ("release", "as_of"),
}
SIDES = ("added", "removed")


@dataclass(frozen=True, slots=True)
class Stage:
    """The question after a step, with its n, its N, and the deals that came in and went out.

    The first stage is the question that the bridge begins with; its `part` is empty.
    """

    part: str
    query: FlowQuery
    n: int
    N: int
    added: int = 0
    removed: int = 0


@dataclass(frozen=True, slots=True)
class Bridge:
    """`stages[0]` is the first question and `stages[-1]` asks what the last one does."""

    stages: tuple[Stage, ...]
    scope: Scope
    end_scope: Scope

    @property
    def start(self) -> Stage:
        return self.stages[0]

    @property
    def end(self) -> Stage:
        return self.stages[-1]

    @property
    def steps(self) -> tuple[Stage, ...]:
        return self.stages[1:]


def stages(a: FlowQuery, b: FlowQuery) -> list[tuple[str, FlowQuery]]:
    """The questions between `a` and `b`, each with the part that differs from the one before."""
    found = [("", a)]
    query = a
    for part, names in PARTS.items():
        changes = {name: getattr(b, name) for name in names}
        if _counts_alike(part, query, query.but(**changes)):
            continue
        query = query.but(**changes)
        found.append((part, query))
    return found


def _counts_alike(part: str, before: FlowQuery, after: FlowQuery) -> bool:
    """Whether a part cannot change which deals are meant, however it is written."""
    if part == "years":
        return before.window == after.window
    if part == "amount" and all(
        bound is None for query in (before, after) for bound in (query.min_amount, query.max_amount)
    ):
        # A currency only decides in which money values are told.
        return True
    return before == after


def bridge(a: FlowQuery, b: FlowQuery) -> Bridge:
    """The steps from `a` to `b` in one snapshot; raises `BadParameters` for codes not there."""
    asked = stages(a, b)
    with snapshot():
        scopes = _scopes([query for _, query in asked])
        text = json.dumps([b.to_params(), list(PARTS)])
        mark = hashlib.sha256(text.encode()).hexdigest()[:16]
        counts = kept(f"bridge:{mark}", a, scopes[0], lambda: list(_counted(asked, scopes)))
    found = [Stage(part, query, *row) for (part, query), row in zip(asked, counts, strict=True)]
    return Bridge(tuple(found), scopes[0], scopes[-1])


def _scopes(queries: list[FlowQuery]) -> list[Scope]:
    """Looked up once for all questions that name the same population, organization and point."""
    known: dict[tuple[Any, ...], Scope] = {}
    for query in queries:
        if _names(query) not in known:
            known[_names(query)] = resolve(query)
    return [known[_names(query)] for query in queries]


def _names(query: FlowQuery) -> tuple[Any, ...]:
    return query.population, query.organization, query.release, query.as_of


FIRST = "SELECT 0 AS step, count(*) FILTER (WHERE flow), count(*), 0, 0 FROM s0"
STEP = """
SELECT {i} AS step, count(*) FILTER (WHERE b.flow), count(b.deal_id),
       count(*) FILTER (WHERE b.flow AND a.flow IS NOT TRUE),
       count(*) FILTER (WHERE a.flow AND b.flow IS NOT TRUE)
FROM s{before} a FULL JOIN s{i} b USING (deal_id)
"""


def _counted(
    asked: list[tuple[str, FlowQuery]], scopes: list[Scope]
) -> Iterator[tuple[int, int, int, int]]:
    """n, N, added and removed of every stage, in one statement."""
    sets: list[str] = []
    params: dict[str, Any] = {}
    for i, ((_, query), scope) in enumerate(zip(asked, scopes, strict=True)):
        text, given = placed_as(query, scope, f"s{i}")
        params |= given
        sets.append(
            f"s{i} AS MATERIALIZED (SELECT deal_id, place = 'flow' AS flow FROM ({text}) p"
            f" WHERE place IN {COUNTED})"
        )
    steps = [STEP.format(i=i, before=i - 1) for i in range(1, len(asked))]
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {', '.join(sets)} {' UNION ALL '.join([FIRST, *steps])} ORDER BY step", params
        )
        yield from (row[1:] for row in cursor.fetchall())
