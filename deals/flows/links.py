"""Addresses of the page, the deals and the citation of a question."""

from urllib.parse import urlencode

from deals.flows.query import FlowQuery


def address(path: str, query: FlowQuery, **more: str) -> str:
    """`path` with the question's parameters; only what differs from the defaults is in it."""
    params = query.to_params() | {name: value for name, value in more.items() if value}
    return f"{path}?{urlencode(params, safe=',:')}" if params else path


def page(query: FlowQuery) -> str:
    return address("/flows/", query)


def deals(query: FlowQuery, place: str = "flow") -> str:
    """The deals behind a number; `place` names which of them (see `deals.flows.conditions`)."""
    return address("/deals/", query, place=place)


def cite(query: FlowQuery, seq: int) -> str:
    """The same question held to a point of the ledger, so that its answer stays."""
    held = query if query.release or query.as_of is not None else query.but(as_of=seq)
    return address("/flows/", held)


def organization(public_id: str) -> str:
    return f"/organizations/{public_id}/"
