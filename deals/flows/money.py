"""The value of a flow: a band with what is disclosed, per kind (rules 5 and 6)."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop

from deals.flows.conditions import COUNTED
from deals.flows.cube import Cube
from deals.flows.query import FlowQuery
from deals.rules.counting import KINDS, VALUE_KINDS, share

SEVERAL_KINDS = gettext_noop("Values of different kinds of deals are never added; see by_kind.")
NO_VALUE_KIND = gettext_noop("Deals of this kind have no value that is totalled.")


def text(value: Decimal | None) -> str | None:
    """Money as text with two places; None where nothing is known."""
    return None if value is None else format(value.quantize(Decimal("0.01")), "f")


def _band(cube: Cube, prefix: str = "") -> dict[str, str | None]:
    return {name: text(cube.money(prefix + name)) for name in ("low", "split", "high")}


def value(cube: Cube, currency: str) -> dict[str, Any]:
    """Band of one kind. `ranges` are deals known only as "from … to …", reported apart."""
    flow, counted = cube.at("flow"), cube.at(*COUNTED)
    total, high = counted.money("total"), flow.money("high")
    return {
        "currency": currency,
        "disclosed_n": flow.count("disclosed"),
        **_band(flow),
        "at_least_n": flow.count("at_least"),
        "ranges": {"n": flow.count("ranges"), **_band(flow, "range_")},
        "N_disclosed": counted.count("disclosed"),
        "N_total": text(total),
        "share_high": None if high is None or total is None else share(high, total),
        "not_convertible": flow.count("not_convertible"),
        "rate_provisional": flow.count("rate_provisional"),
    }


def amount(cube: Cube, query: FlowQuery, *, is_share: bool) -> dict[str, Any]:
    """The block `amount` of an answer; money is empty where kinds would have to be added."""
    kinds = sorted({cell.kind for cell in cube.at(*COUNTED).cells}, key=list(KINDS).index)
    asked = query.kind[0] if len(query.kind) == 1 and query.kind[0] in KINDS else None
    block = value(cube, query.currency)
    if asked is None or asked not in VALUE_KINDS:
        for name in ("low", "split", "high", "N_total", "share_high"):
            block[name] = None
        block["ranges"] |= {"low": None, "split": None, "high": None}
        block["why_no_value"] = SEVERAL_KINDS if asked is None else NO_VALUE_KIND
    block["by_kind"] = [
        {"kind": kind, **value(cube.of_kind(kind), query.currency)}
        for kind in kinds
        if kind in VALUE_KINDS and asked is None
    ]
    if not is_share:
        for row in (block, *block["by_kind"]):
            row["share_high"] = None
    return block
