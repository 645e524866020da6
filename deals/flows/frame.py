"""What every answer says about itself: its question, its population, its point of the ledger."""

from typing import Any

from deals.flows import links
from deals.flows.definition import CASE_LIST
from deals.flows.query import FlowQuery
from deals.flows.scope import Scope
from deals.rules.counting import share


def share_of(n: int, N: int, scope: Scope) -> str | None:
    """A share has a meaning only inside a population (rule 3)."""
    return share(n, N) if scope.population else None


def population(scope: Scope) -> dict[str, Any]:
    """The block `population`; `why_no_share` is the sentence for a case list."""
    inside = scope.population
    accessed_on = inside.accessed_on if inside else None
    return {
        "code": inside.code if inside else None,
        "title": inside.title if inside else "Case list: all deals of the register",
        "accessed_on": accessed_on.isoformat() if accessed_on else None,
        "generated": bool(inside and inside.generated),
        "why_no_share": None if inside else CASE_LIST,
    }


def as_of(scope: Scope) -> dict[str, Any]:
    """The block `as_of`."""
    return {
        "change_seq": scope.change_seq,
        "release": scope.release,
        "computed_at": scope.computed_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
    }


def frame(query: FlowQuery, scope: Scope) -> dict[str, Any]:
    """Everything around the rows of an answer."""
    return {
        "query": query.to_params(),
        "population": population(scope),
        "as_of": as_of(scope),
        "links": {"page": links.page(query), "deals": links.deals(query)},
    }
