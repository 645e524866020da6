"""Keeping on record what a source says where another value was chosen, and why it was."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from deals.entry.facts import Facts, source_key
from deals.entry.likely_score import VAGUE
from deals.entry.money import typed_amount
from deals.entry.reading_dates import typed_date
from deals.rules.counting import KINDS, STATUSES
from deals.rules.vocab import ROUND_TYPES

LONGEST = 300


def with_other_side(
    facts: Facts, stays: Facts, goes: Facts, lost: Mapping[str, Facts], why: str
) -> Facts:
    """The facts with citations for what sources of the side that was not chosen say.

    `lost` has, by the name of the fact, the facts of that side. A value that is only less precise
    than the chosen one contradicts nothing.
    """
    sources, choices = [dict(one) for one in facts["sources"]], dict(facts["choices"])
    for name, side in lost.items():
        says = WRITERS.get(name)
        if says is None or not CONTRADICT.get(name, _differ)(facts[name], side[name]):
            continue
        if _note(sources, side, name, says(side[name])[:LONGEST]):
            choices.setdefault(name, why)
    return facts | {"sources": sources, "choices": choices}


def _note(sources: list[Facts], side: Facts, name: str, stated: str) -> bool:
    """Say at the side's citations of a fact what they state, or cite a source of the whole deal."""
    if not stated:
        return False
    kept = {source_key(one): one for one in sources}
    of_fact = [one for one in side["sources"] if one["field"] == name and source_key(one) in kept]
    for one in of_fact:
        kept[source_key(one)]["stated"] = kept[source_key(one)]["stated"] or stated
    if of_fact:
        return True
    for one in side["sources"]:
        about = one | {"field": name, "quote": "", "stated": stated}
        if not one["field"] and source_key(one) in kept and source_key(about) not in kept:
            sources.append(about)
            return True
    return False


def _differ(one: Any, other: Any) -> bool:
    return bool(one != other)


def _dates_differ(one: Facts, other: Facts) -> bool:
    if not (one["first"] and other["first"]):
        return False
    return bool(one["last"] < other["first"] or other["last"] < one["first"])


def _amounts_differ(one: Facts, other: Facts) -> bool:
    if one["low"] is None or other["low"] is None:
        return False
    if one["currency"] != other["currency"]:
        return True
    ends = [(Decimal(each["low"]), Decimal(each["high"])) for each in (one, other)]
    return max(low for low, _ in ends) > min(high for _, high in ends)


def _targets_differ(one: Facts, other: Facts) -> bool:
    return bool(one["id"] != other["id"] or one["country"] != other["country"])


def _rounds_differ(one: str, other: str) -> bool:
    return one != other and other not in VAGUE


def _target(value: Facts) -> str:
    return f"{value['name']} ({value['country'] or '?'})"


def _amount(value: Facts) -> str:
    return f"{value['currency']} {typed_amount(value)}".strip()


CONTRADICT: dict[str, Callable[[Any, Any], bool]] = {
    "target": _targets_differ,
    "date": _dates_differ,
    "amount": _amounts_differ,
    "round_type": _rounds_differ,
}
WRITERS: dict[str, Callable[[Any], str]] = {
    "target": _target,
    "date": typed_date,
    "amount": _amount,
    "kind": lambda code: KINDS.get(code, code),
    "round_type": lambda code: ROUND_TYPES.get(code, code),
    "status": lambda code: STATUSES.get(code, code),
}
