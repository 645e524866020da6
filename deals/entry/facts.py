"""A deal's facts as people edit them: plain JSON, the same form for what is live, typed or pending.

{"target": {"id", "name", "country", "basis"}, "kind", "round_type", "status",
 "status_history": [{"status", "first", "last", "precision", "authority", "reason"}],
 "date": {"first", "last", "precision", "basis"}, "recorded_on",
 "amount": {"state", "low", "high", "currency", "text"}, "investor_list",
 "investors": [{"id", "name", "country", "basis", "lead", "contribution", "stake"}],
 "ai", "ai_basis", "sectors": [code], "part_of": public id or "", "population": code or "",
 "external_id", "notes", "choices": {fact: why},
 "sources": [{"kind", "url", "title", "publisher", "published_on", "accessed_on", "field",
              "quote", "locator", "stated"}]}

Money is text with two decimals, stakes are text in percent, days are ISO 8601, an unknown country,
day, lead, amount or stake is null, and a text that is not given is "". An `id` is the public id of
an organization, "" for one that is not in the register yet (or, with no name, for an investor that
nobody named). `field` of a source names the fact it speaks of, "" for the deal as a whole; `stated`
is what it says where another value was chosen, and `choices` says why.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from deals.models.bundles import Bundle, Row
from deals.rules.names import normalise

Facts = dict[str, Any]
FACTS = (
    "target", "kind", "round_type", "status", "status_history", "date", "recorded_on", "amount",
    "investor_list", "investors", "ai", "ai_basis", "sectors", "part_of", "population",
    "external_id", "notes", "choices", "sources",
)  # fmt: skip
# Facts for which a source can speak, or several that disagree.
CITABLE = (
    "target", "date", "amount", "investors", "kind", "round_type", "status", "ai", "sectors",
)  # fmt: skip
SOURCE = (
    "kind", "url", "title", "publisher", "published_on", "accessed_on", "field", "quote",
    "locator", "stated",
)  # fmt: skip


def of_bundle(bundle: Bundle) -> Facts:
    """The facts of a version."""
    v = bundle.version
    return {
        "target": {
            "id": v["target_public_id"],
            "name": v["target_name"],
            "country": v["target_country"],
            "basis": v["target_country_basis"],
        },
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
            "low": _number(v["amount_low"]),
            "high": _number(v["amount_high"]),
            "currency": v["currency"],
            "text": v["amount_text"],
        },
        "investor_list": v["investor_list"],
        "investors": [_investor(part) for part in bundle.participations],
        "ai": v["ai"],
        "ai_basis": v["ai_basis"],
        "sectors": list(v["sectors"]),
        "part_of": v["part_of_public_id"] or "",
        "population": v["population_code"] or "",
        "external_id": v["external_id"],
        "notes": v["notes"],
        "choices": dict(v["choices"]),
        "sources": [_source(citation) for citation in bundle.citations],
    }


def differing(one: Facts, other: Facts) -> list[str]:
    """Names of the facts in which two sides differ, in the order of `FACTS`.

    The order of investors, sectors and sources says nothing, nor does how an amount was written.
    """
    return [name for name in FACTS if not same(name, one[name], other[name])]


def same(name: str, one: Any, other: Any) -> bool:
    """Whether two values of a fact say the same."""
    return bool(comparable(name, one) == comparable(name, other))


def comparable(name: str, value: Any) -> Any:
    """A value without what makes no difference."""
    if name in ("investors", "sources"):
        return sorted(repr(sorted(entry.items())) for entry in value)
    if name == "sectors":
        return sorted(value)
    if name == "amount":
        return {part: value[part] for part in value if part != "text"}
    return value


def investor_key(investor: Mapping[str, Any]) -> str:
    """What tells one investor of a deal from another: its id, else its normalised name."""
    return str(investor["id"] or normalise(investor["name"] or ""))


def source_key(source: Mapping[str, Any]) -> tuple[str, ...]:
    """What tells one citation from another: page, title, and the fact it speaks of."""
    return tuple(source[part] or "" for part in ("kind", "url", "title", "field", "locator"))


def _investor(part: Row) -> Facts:
    return {
        "id": part["investor_public_id"] or "",
        "name": part["investor_name"],
        "country": part["country"],
        "basis": part["country_basis"],
        "lead": part["lead"],
        "contribution": _number(part["contribution"]),
        "stake": _number(part["stake"]),
    }


def _source(citation: Row) -> Facts:
    days = {name: _day(citation[name]) for name in ("published_on", "accessed_on")}
    return {name: citation[name] for name in SOURCE} | days


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _number(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")
