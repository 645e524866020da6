"""A version that nobody has written yet, as `bundles.load` would read it: for previews only."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from deals.entry.facts import Facts
from deals.models.bundles import Bundle, Row

COPIED = ("kind", "round_type", "status", "status_history", "investor_list", "ai", "sectors")
DAYS = {"first": "date_first", "last": "date_last"}
STATED = ("lead", "contribution", "stake")


def would_be(facts: Facts, bundles: Sequence[Bundle]) -> Bundle:
    """The first bundle's deal with other facts, of which every organization and every umbrella is
    named in one of the bundles. Only what numbers are made of is filled in, so no citations."""
    target, amount, when = facts["target"], facts["amount"], facts["date"]
    version: Row = bundles[0].version | {name: facts[name] for name in COPIED}
    version |= {
        "target_id": _targets(bundles)[target["id"]],
        "target_public_id": target["id"],
        "target_name": target["name"],
        "target_country": target["country"],
        "amount_state": amount["state"],
        "amount_low": _number(amount["low"]),
        "amount_high": _number(amount["high"]),
        "currency": amount["currency"],
        "date_precision": when["precision"],
        "recorded_on": _day(facts["recorded_on"]),
        "part_of_id": _umbrellas(bundles).get(facts["part_of"]),
    }
    version |= {column: _day(when[end]) for end, column in DAYS.items()}
    return Bundle(version, _participations(facts, bundles), [])


def _targets(bundles: Sequence[Bundle]) -> dict[str, int]:
    return {b.version["target_public_id"]: b.version["target_id"] for b in bundles}


def _umbrellas(bundles: Sequence[Bundle]) -> dict[str, int]:
    return {
        b.version["part_of_public_id"]: b.version["part_of_id"]
        for b in bundles
        if b.version["part_of_id"]
    }


def _participations(facts: Facts, bundles: Sequence[Bundle]) -> list[Row]:
    known = {
        (part["investor_public_id"] or "", part["country"]): part
        for bundle in reversed(bundles)
        for part in bundle.participations
    }
    rows = []
    for position, one in enumerate(facts["investors"]):
        row = known[one["id"], one["country"]] | {name: one[name] for name in STATED}
        stated = {name: _number(one[name]) for name in ("contribution", "stake")}
        rows.append(row | stated | {"position": position})
    return rows


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _day(text: str | None) -> Any:
    return date.fromisoformat(text) if text else None
