"""Puts the fast answer into the shape of the naive one, so that the two can be compared with ==."""

from typing import Any

from django.utils import timezone

from deals.flows.query import FlowQuery
from deals.flows.scope import resolve
from deals.flows.share import flow_share
from tests.flows.naive import Register, naive_share

Answer = dict[str, Any]
LINKS = ("deals",)
PROSE = ("why_no_value",)


def fast_share(query: FlowQuery) -> Answer:
    """The product's answer, computed now and never taken from the cache."""
    return flow_share(query, resolve(query))


def _without(row: Answer | None, *names: str) -> Answer | None:
    return None if row is None else {k: v for k, v in row.items() if k not in names}


def comparable(answer: Answer) -> Answer:
    """Only what is counted: no links, no sentences, and of the years those that hold a deal."""
    amount = {k: v for k, v in answer["amount"].items() if k not in PROSE}
    amount["by_kind"] = {row["kind"]: _without(row, "kind") for row in amount["by_kind"]}
    return {
        "deals": answer["deals"],
        "compare": [_without(row, *LINKS) for row in answer["compare"]],
        "with_hk_mo": _without(answer["with_hk_mo"], *LINKS),
        "without_hk_mo": _without(answer["without_hk_mo"], *LINKS),
        "amount": amount,
        "companies": answer["companies"],
        "investors": answer["investors"],
        "by_year": {
            row["year"]: _without(row, *LINKS, "provisional")
            for row in answer["by_year"]
            if row["N"]
        },
        "investor_countries": answer["definition"]["investor_countries"],
        "target_countries": answer["definition"]["target_countries"],
    }


def assert_same(query: FlowQuery, register: Register | None = None) -> Answer:
    """Both implementations say the same about a question; returns the fast answer."""
    answer = fast_share(query)
    naive = naive_share(query, today=timezone.now().date(), register=register)
    assert comparable(answer) == naive, f"The two answers differ for {query.to_params()}"
    return answer
