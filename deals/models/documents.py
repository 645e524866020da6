"""From a version to the JSON text that the API serves (`DealDocument`)."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import orjson

from deals.models.bundles import Bundle, Row
from deals.models.facts import conversion
from deals.rules.fx import Rates

SCHEMA = 2
CENT = Decimal("0.01")
# Keys that every version has of its own; they are not facts and do not count as a change.
NOT_FACTS = frozenset({"version", "published_at", "reason", "import_id"})


def _date(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _money(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


def _converted(version: Row, per_unit: Decimal | None) -> dict[str, str | None] | None:
    if per_unit is None or version["amount_low"] is None:
        return None
    ends = version["amount_low"], version["amount_high"]
    low = _money((ends[0] * per_unit).quantize(CENT, ROUND_HALF_UP))
    if ends[0] == ends[1]:
        return {"low": low, "high": low}
    return {"low": low, "high": _money((ends[1] * per_unit).quantize(CENT, ROUND_HALF_UP))}


def _amount(version: Row, today: date) -> dict[str, Any]:
    rates = conversion(version, today)
    return {
        "state": version["amount_state"],
        "low": _money(version["amount_low"]),
        "high": _money(version["amount_high"]),
        "currency": version["currency"] or None,
        "text": version["amount_text"],
        "eur": _converted(version, rates.eur if rates else None),
        "usd": _converted(version, rates.usd if rates else None),
        "cny": _converted(version, rates.cny if rates else None),
        "rate": rates and rate_shown(rates),
    }


def rate_shown(rates: Rates) -> dict[str, Any]:
    """How an amount was converted, as a document says it."""
    return {
        "status": rates.status,
        "kind": rates.kind,
        "on": _date(rates.on),
        "provisional": rates.provisional,
        "note": rates.note,
    }


def _investor(part: Row) -> dict[str, Any]:
    return {
        "id": part["investor_public_id"],
        "name": part["investor_name"] or None,
        "country": part["country"],
        "country_basis": part["country_basis"],
        "ultimate_countries": part["ultimate"],
        "ultimate_basis": part["ultimate_basis"],
        "state_linked": part["state_linked"],
        "lead": part["lead"],
        "contribution": _money(part["contribution"]),
        "stake_percent": _money(part["stake"]),
    }


def _source(citation: Row) -> dict[str, Any]:
    return {
        "field": citation["field"] or None,
        "title": citation["title"],
        "url": citation["url"] or None,
        "publisher": citation["publisher"] or None,
        "published_on": _date(citation["published_on"]),
        "accessed_on": _date(citation["accessed_on"]),
        "quote": citation["quote"] or None,
        "locator": citation["locator"] or None,
        "stated": citation["stated"] or None,
    }


def document(bundle: Bundle, *, today: date, decided_at: datetime | None = None) -> dict[str, Any]:
    """The public record of one version. Amounts are strings, dates ISO 8601, unknown is null."""
    v = bundle.version
    at = decided_at or v["decided_at"]
    return {
        "id": v["deal_public_id"],
        "version": v["number"],
        "target": {
            "id": v["target_public_id"],
            "name": v["target_name"],
            "country": v["target_country"],
            "country_basis": v["target_country_basis"],
        },
        "kind": v["kind"],
        "round_type": v["round_type"] or None,
        "status": v["status"],
        "status_history": v["status_history"],
        "date": {
            "first": _date(v["date_first"]),
            "last": _date(v["date_last"]),
            "precision": v["date_precision"],
            "basis": v["date_basis"],
        },
        "recorded_on": _date(v["recorded_on"]),
        "amount": _amount(v, today),
        "investor_list": v["investor_list"],
        "investors": [_investor(part) for part in bundle.participations],
        "ai": v["ai"],
        "ai_basis": v["ai_basis"] or None,
        "sectors": v["sectors"],
        "part_of": v["part_of_public_id"],
        "population": v["population_code"],
        "generated": v["generated"],
        "external_id": v["external_id"] or None,
        "notes": v["notes"] or None,
        "choices": v["choices"],
        "sources": [_source(citation) for citation in bundle.citations],
        "published_at": at and at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "reason": v["reason"] or None,
        "import_id": v["import_run_id"],
    }


def dumps(value: Any) -> str:
    """Compact JSON text; non-Latin names stay readable. Money is text already, never a float."""
    return orjson.dumps(value).decode()


def changed_facts(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Names of the facts in which two documents of one deal differ."""
    return sorted(name for name in new if name not in NOT_FACTS and new[name] != old.get(name))
