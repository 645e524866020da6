"""The value of a flow by the rules alone: one deal at a time, in Decimals, added up in Python."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from deals.flows.query import FlowQuery
from deals.models import DealVersion, Participation
from deals.rules.band import Part, band
from deals.rules.counting import KINDS, VALUE_KINDS, share
from deals.rules.dates import DealDate, Precision
from deals.rules.fx import rates_for

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
SINGLE = ("exact", "approximate")


@dataclass(frozen=True)
class Priced:
    """One deal's band and amount in the question's currency; None where no rate applies."""

    kind: str
    state: str
    convertible: bool
    provisional: bool
    stated: bool
    low: Decimal | None
    split: Decimal | None
    high: Decimal | None
    amount: Decimal | None


def convert(
    value: Decimal | None, version: DealVersion, currency: str, today: date
) -> Decimal | None:
    """An amount of the deal in EUR, USD or CNY, to the cent, halves up."""
    if value is None or not version.currency:
        return None
    when = DealDate(version.date_first, version.date_last, Precision(version.date_precision))
    rate = getattr(rates_for(version.currency, when, today=today), currency.lower())
    return None if rate is None else (value * rate).quantize(CENT, ROUND_HALF_UP)


def flow_band(
    version: DealVersion,
    parts: Sequence[Participation],
    from_x: Sequence[bool],
    currency: str,
    today: date,
    *,
    anyone: bool = False,
) -> Priced:
    """Low, split and high of one deal, first in its own currency and then converted.

    `anyone` is a side of which every deal is, so the full value counts where no investor is known.
    """
    shares = [Part(x, p.contribution) for x, p in zip(from_x, parts, strict=True)]
    complete = version.investor_list == "complete"
    stated = sum((s.contribution for s in shares if s.contribution is not None), ZERO)
    sx = sum((s.contribution for s in shares if s.from_x and s.contribution is not None), ZERO)
    low, high = version.amount_low, version.amount_high
    if version.amount_state == "undisclosed":
        own = (sx, sx, sx)
    elif version.amount_state in SINGLE:
        whole = band(low, shares, complete)
        own = (whole.low, whole.split, low if anyone else whole.high)
    else:
        assert low is not None
        assert high is not None
        middle = (low * high).sqrt().quantize(CENT, ROUND_HALF_UP)
        # Contributions above an end of the range leave nothing to share out below it.
        at_low = band(max(low, stated), shares, complete)
        at_middle = band(max(middle, stated), shares, complete)
        own = (at_low.low, at_middle.split, high)
    money = [convert(value, version, currency, today) for value in own]
    amount = convert(low if version.amount_state in SINGLE else None, version, currency, today)
    when = DealDate(version.date_first, version.date_last, Precision(version.date_precision))
    # Without an amount and contributions from X there is nothing to add; 0 would say less.
    has_value = version.amount_state != "undisclosed" or sx > 0
    return Priced(
        kind=version.kind,
        state=version.amount_state,
        convertible=None not in money,
        provisional=bool(version.currency)
        and rates_for(version.currency, when, today=today).provisional,
        stated=sx > 0,
        low=money[0] if has_value else None,
        split=money[1] if has_value else None,
        high=money[2] if has_value else None,
        amount=amount,
    )


def _value(currency: str, flow: list[Priced], counted: list[Priced]) -> dict[str, Any]:
    ranges = [deal for deal in flow if deal.state == "range"]
    others = [deal for deal in flow if deal.state != "range"]
    total = _total([deal.amount for deal in counted])
    high = _total([deal.high for deal in others])
    return {
        "currency": currency,
        "disclosed_n": sum(deal.state in SINGLE for deal in flow),
        **_sums(others),
        "at_least_n": sum(deal.state == "undisclosed" and deal.stated for deal in flow),
        "ranges": {"n": len(ranges), **_sums(ranges)},
        "N_disclosed": sum(deal.state in SINGLE for deal in counted),
        "N_total": None if total is None else str(total),
        "share_high": None if total is None or high is None else share(high, total),
        # Money that was stated, as an amount or as a contribution from X, and could not be added.
        "not_convertible": sum(
            not deal.convertible and (deal.state != "undisclosed" or deal.stated) for deal in flow
        ),
        "rate_provisional": sum(deal.provisional for deal in flow),
    }


def _sums(deals: list[Priced]) -> dict[str, str | None]:
    """Sums of what is known; None where no deal has anything to add."""
    found = {}
    for name in ("low", "split", "high"):
        total = _total([getattr(deal, name) for deal in deals])
        found[name] = None if total is None else str(total)
    return found


def _total(values: list[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return sum(known, ZERO) if known else None


def amount_block(
    query: FlowQuery, flow: list[Priced], counted: list[Priced], is_share: bool
) -> dict[str, Any]:
    """The block `amount`; values only for one kind that has a value, and otherwise kind by kind."""
    block = _value(query.currency, flow, counted)
    one = len(query.kind) == 1 and query.kind != ("all",)
    if not (one and query.kind[0] in VALUE_KINDS):
        block |= dict.fromkeys(("low", "split", "high", "N_total", "share_high"))
        block["ranges"] = {"n": block["ranges"]["n"], "low": None, "split": None, "high": None}
    if not is_share:
        block["share_high"] = None
    kinds = [] if one else [k for k in KINDS if k in VALUE_KINDS and _of(k, counted)]
    block["by_kind"] = {
        kind: _value(query.currency, _of(kind, flow), _of(kind, counted)) for kind in kinds
    }
    for row in block["by_kind"].values():
        if not is_share:
            row["share_high"] = None
    return block


def _of(kind: str, deals: list[Priced]) -> list[Priced]:
    return [deal for deal in deals if deal.kind == kind]
