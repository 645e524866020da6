"""From a version to the narrow row that flow questions read (`DealFact`)."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from deals.models.bundles import Bundle, Row
from deals.rules.counting import EVER_COMPLETED_STATUSES
from deals.rules.dates import DealDate, Precision
from deals.rules.fx import Rates, rates_for

CENT = Decimal("0.01")
# The columns of deals_preparedfact in the order in which `said_row` gives them.
SAID = (
    "version_id", "deal_id", "population_id", "generated", "target_id", "target_country",
    "date_first", "date_last", "kind", "round_type", "status", "ever_completed", "ai", "sectors",
    "part_of_id", "recorded_on", "investor_list",
    "hq", "ultimate", "investors_unknown", "hq_parts", "ultimate_parts", "contributions",
    "investors", "state_linked", "amount_state", "currency", "amount_low", "amount_mid",
    "amount_high", "eur_per_unit", "usd_per_unit", "cny_per_unit", "rate_provisional",
)  # fmt: skip
# Those of deals_dealfact, as `fact_row` gives them.
COLUMNS = (*SAID, "published_seq", "superseded_seq")


def ever_completed(version: Row) -> bool:
    """A deal counts once it has ever been completed, whatever was ordered afterwards."""
    past = {entry["status"] for entry in version["status_history"]} | {version["status"]}
    return bool(past & EVER_COMPLETED_STATUSES)


def conversion(version: Row, today: date) -> Rates | None:
    """Rates of the deal's date (rule 15); None when no amount or contribution has a currency."""
    if not version["currency"]:
        return None
    return _rates(
        version["currency"],
        version["date_first"],
        version["date_last"],
        version["date_precision"],
        today,
    )


# Looked up with plain values, which are told apart much faster than dates with a precision.
@lru_cache(maxsize=65_536)
def _rates(
    currency: str, first: date | None, last: date | None, precision: str, today: date
) -> Rates:
    return rates_for(currency, DealDate(first, last, Precision(precision)), today=today)


def _amounts(version: Row) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    low, high = version["amount_low"], version["amount_high"]
    if version["amount_state"] == "range":
        return low, (low * high).sqrt().quantize(CENT, ROUND_HALF_UP), high
    return low, low, high


def _investor_columns(parts: list[Row]) -> tuple[Any, ...]:
    hq = sorted({p["country"] for p in parts if p["country"]})
    ultimate = sorted({country for p in parts for country in p["ultimate"]})
    unknown = not parts or any(p["country"] is None for p in parts)
    return (
        hq,
        ultimate,
        unknown,
        [p["country"] or "" for p in parts],
        ["+".join(p["ultimate"]) for p in parts],
        [p["contribution"] for p in parts],
        [p["investor_id"] for p in parts],
        any(p["state_linked"] for p in parts),
    )


def fact_row(bundle: Bundle, *, today: date) -> tuple[Any, ...]:
    """Values for `COLUMNS`."""
    v = bundle.version
    return (*said_row(bundle, today=today), v["published_seq"], v["superseded_seq"])


def said_row(bundle: Bundle, *, today: date) -> tuple[Any, ...]:
    """Values for `SAID`, all but the numbers of the ledger.

    `today` decides only whether a mean rate is still provisional.
    """
    v = bundle.version
    rates = conversion(v, today)
    return (
        v["id"], v["deal_id"], v["population_id"], v["generated"],
        v["target_id"], v["target_country"],
        v["date_first"], v["date_last"], v["kind"], v["round_type"], v["status"],
        ever_completed(v), v["ai"], v["sectors"], v["part_of_id"], v["recorded_on"],
        v["investor_list"],
        *_investor_columns(bundle.participations),
        v["amount_state"], v["currency"], *_amounts(v),
        rates and rates.eur, rates and rates.usd, rates and rates.cny,
        bool(rates and rates.provisional),
    )  # fmt: skip
