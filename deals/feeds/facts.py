"""A deal's facts as plain JSON: as a feed delivered them, and as they stand in a live version.

Both sides have the same form, so that "unchanged", "changed" and "edited by a person since" are
comparisons of equal things. Money is text with two decimals, days are ISO 8601, unknown is null.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from deals.feeds.group import DealInFile
from deals.feeds.profile import Profile
from deals.models.bundles import Bundle
from deals.rules.dates import DealDate

Facts = dict[str, Any]
# How something was written is kept, and is not a difference.
NOT_COMPARED = frozenset({"amount_text"})


def delivered(deal: DealInFile, profile: Profile) -> Facts:
    """The facts of a deal of a file."""
    facts, amount = deal.facts, deal.facts.amount
    contributed = next((i.currency for i in deal.investors if i.currency), None)
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
            "currency": amount.currency or contributed or "",
        },
        "amount_text": deal.amount_text[:200],
        "investor_list": facts.investor_list,
        "ai": facts.ai,
        "ai_basis": facts.ai_basis,
        "sectors": list(facts.sectors),
        "part_of": facts.part_of,
        "population": profile.population.code if profile.population else "",
        "external_id": facts.external_id,
        "notes": "\n".join(deal.notes),
        "investors": [
            [i.name, i.country, i.basis, i.lead, _money(i.contribution), _money(i.stake)]
            for i in deal.investors
        ],
        "sources": [list(cited) for cited in deal.cited],
    }


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
