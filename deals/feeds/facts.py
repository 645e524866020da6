"""A deal's facts as plain JSON: as a feed delivered them, and as they stand in a live version.

Both sides have the same form, so that "unchanged", "changed" and "edited by a person since" are
comparisons of equal things. Money is text with two decimals, days are ISO 8601, unknown is null.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from deals.feeds.investors import as_facts
from deals.feeds.profile import Profile
from deals.feeds.validate import Row
from deals.models.bundles import Bundle
from deals.rules.dates import DealDate
from deals.rules.errors import RuleError

Facts = dict[str, Any]
# How something was written, and what others call an organization, is no difference of a deal.
NOT_COMPARED = frozenset({"amount_text", "ids"})


def of_deal(row: Row, currency: str, profile: Profile) -> Facts:
    """What a row says of its deal, apart from who took part; `currency` as of `currency_of`."""
    facts, amount = row.facts, row.facts.amount
    return {
        "target_name": facts.target_name,
        "target_country": facts.target_country,
        "target_country_basis": _basis(facts.target_country, profile),
        "kind": facts.kind,
        "round_type": facts.round_type,
        "status": facts.status,
        "status_history": [
            {
                "status": step.status,
                **_days(step.date),
                "authority": step.authority,
                "reason": step.reason,
            }
            for step in facts.status_history
        ],
        "date": {**_days(facts.date), "basis": facts.date_basis},
        "recorded_on": _day(facts.recorded_on),
        "amount": {
            "state": str(amount.state),
            "low": _money(amount.low),
            "high": _money(amount.high),
            "currency": currency,
        },
        "amount_text": row.amount_text[:200],
        "ai": facts.ai,
        "ai_basis": facts.ai_basis,
        "sectors": list(facts.sectors),
        "part_of": facts.part_of,
        "population": profile.population.code if profile.population else "",
        "external_id": facts.external_id,
        "notes": row.notes,
        "sources": [list(cited) for cited in row.cited],
    }


def of_investors(row: Row) -> tuple[Facts, bool]:
    """Who took part in a deal of which this is the only row, and whether it makes a list partial.

    The flag is for other rows of the deal, since a row without investors has no list to tell it.
    """
    partial = row.facts.investor_list != "complete"
    known = False
    for investor in row.investors:
        known = known or investor.known
        partial = partial or not investor.name
    return {
        "investor_list": ("partial" if partial else "complete") if known else "none",
        "investors": [as_facts(investor) for investor in row.investors],
        "ids": {
            "target": row.facts.target_id,
            "investors": [investor.identifier for investor in row.investors],
        },
    }, partial


def currency_of(row: Row) -> str:
    """The one currency of the amount and of what investors contributed; "" where there is none.

    Raises RuleError for amounts in two currencies.
    """
    if all(investor.contribution is None for investor in row.investors):
        return row.facts.amount.currency or ""
    stated = {i.currency for i in row.investors if i.contribution is not None}
    found = sorted(map(str, stated | {row.facts.amount.currency} - {None}))
    if len(found) > 1:
        raise two_currencies(found)
    return found[0] if found else ""


def two_currencies(found: Iterable[str]) -> RuleError:
    """What is wrong with a deal whose amounts are in several currencies."""
    return RuleError(
        "currency_conflict",
        f"The amounts of one deal are in {' and '.join(sorted(found))}: give contributions in "
        "the currency of the deal.",
    )


def live(bundle: Bundle, part_of: str) -> Facts:
    """The facts of a published version; `part_of` is the feed's key of its umbrella deal."""
    v = bundle.version
    return {
        "target_name": v["target_name"],
        "target_country": v["target_country"],
        "target_country_basis": v["target_country_basis"],
        "kind": v["kind"],
        "round_type": v["round_type"],
        "status": v["status"],
        "status_history": v["status_history"],
        "date": {
            "first": _day(v["date_first"]),
            "last": _day(v["date_last"]),
            "precision": v["date_precision"],
            "basis": v["date_basis"],
        },
        "recorded_on": _day(v["recorded_on"]),
        "amount": {
            "state": v["amount_state"],
            "low": _money(v["amount_low"]),
            "high": _money(v["amount_high"]),
            "currency": v["currency"],
        },
        "amount_text": v["amount_text"],
        "investor_list": v["investor_list"],
        "ai": v["ai"],
        "ai_basis": v["ai_basis"],
        "sectors": v["sectors"],
        "part_of": part_of,
        "population": v["population_code"] or "",
        "external_id": v["external_id"],
        "notes": v["notes"],
        "investors": [
            [
                p["investor_name"],
                p["country"],
                p["country_basis"],
                p["lead"],
                _money(p["contribution"]),
                _money(p["stake"]),
            ]
            for p in bundle.participations
        ],
        "sources": [
            [c["url"], c["title"], c["field"], c["quote"]]
            for c in bundle.citations
            if c["kind"] == "page"
        ],
    }


def differing(one: Facts, other: Facts) -> list[str]:
    """Names of the facts in which two deliveries differ; the order of investors is none."""
    if one == other:
        return []
    return [
        name
        for name in one
        if name not in NOT_COMPARED and not same(name, one[name], other.get(name))
    ]


def same(name: str, one: Any, other: Any) -> bool:
    """Whether two values of a fact say the same."""
    if one == other:
        return True
    if name in ("investors", "sources", "sectors") and one and other:
        return sorted(map(repr, one)) == sorted(map(repr, other))
    return False


def _basis(country: str | None, profile: Profile) -> str:
    return profile.constants.get("country_basis", "stated") if country else "unknown"


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _days(value: DealDate) -> dict[str, str | None]:
    return {
        "first": _day(value.first),
        "last": _day(value.last),
        "precision": str(value.precision),
    }


def _money(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")
