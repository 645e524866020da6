"""Of two deals that are one: which facts the one that stays shall have, taken fact by fact.

Every value comes from one of the two, so nothing is said that was not published before. Lists of
investors, sectors and sources can be put together. What a side said that was not chosen stays on
record with its source, so that the deal's page can say that sources disagree.
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from deals.entry.disagreement import with_other_side
from deals.entry.facts import Facts, investor_key, same, source_key
from deals.entry.likely_score import VAGUE

STAYS, GOES, BOTH = "stays", "goes", "both"
Choice = dict[str, str]
# What is chosen together; the population and the supplier's id are those of the deal that stays.
GROUPS = {
    "target": ("target",),
    "kind": ("kind",),
    "round_type": ("round_type",),
    "status": ("status", "status_history"),
    "date": ("date",),
    "recorded_on": ("recorded_on",),
    "amount": ("amount",),
    "investors": ("investors", "investor_list"),
    "ai": ("ai", "ai_basis"),
    "sectors": ("sectors",),
    "part_of": ("part_of",),
    "notes": ("notes",),
    "sources": ("sources",),
}
LISTS = ("investors", "sectors", "sources", "notes")
PRECISE = ("none", "year", "range", "quarter", "month", "day")
CERTAIN = ("undisclosed", "range", "approximate", "exact")
LONGEST_NOTES = 10_000
TOO_MUCH = gettext_noop(
    "The investors’ stated contributions add up to more than the amount. Take the amount and the "
    "investors from the same deal, or correct one of the two first."
)


class Unfitting(Exception):
    """What was chosen does not make a deal; the message says why."""


def differing(stays: Facts, goes: Facts) -> list[str]:
    """The groups in which the two differ, in the order of `GROUPS`."""
    return [
        group
        for group, names in GROUPS.items()
        if any(not same(name, stays[name], goes[name]) for name in names)
    ]


def sides(group: str) -> tuple[str, ...]:
    """What can be chosen for a group."""
    return (STAYS, GOES, BOTH) if group in LISTS else (STAYS, GOES)


def proposed(stays: Facts, goes: Facts) -> Choice:
    """What is known rather than not, and more precisely rather than less; of lists both sides."""
    return {group: _better(group, stays, goes) for group in differing(stays, goes)}


def chosen(stays: Facts, goes: Facts, choice: Mapping[str, str], *, why: str) -> Facts:
    """The facts of the deal that stays. Groups that are not in `choice` stay as they are.

    `why` is the reason for a value where the other side's sources say something else. Raises
    `Unfitting`.
    """
    facts = deepcopy(stays)
    for group in differing(stays, goes):
        side = choice.get(group, STAYS)
        if side not in sides(group):
            raise Unfitting(_("“%(side)s” cannot be chosen.") % {"side": side[:20]})
        if side == GOES:
            facts |= {name: deepcopy(goes[name]) for name in GROUPS[group]}
        elif side == BOTH:
            facts |= TOGETHER[group](stays, goes)
    facts["choices"] = goes["choices"] | stays["choices"]
    _fit_money(facts, stays, goes, choice)
    return with_other_side(facts, stays, goes, _lost(stays, goes, choice), why)


def _better(group: str, stays: Facts, goes: Facts) -> str:
    if group in LISTS:
        return BOTH
    mine, other = _worth(group, stays), _worth(group, goes)
    return GOES if other > mine else STAYS


def _worth(group: str, facts: Facts) -> int:
    """How much a side knows; only compared within one group."""
    value = facts[group]
    match group:
        case "date":
            return PRECISE.index(value["precision"])
        case "amount":
            return CERTAIN.index(value["state"])
        case "target":
            return bool(value["country"])
        case "round_type":
            return bool(value) + (value not in VAGUE)
        case "status":
            return len(facts["status_history"])
        case "ai":
            return value != "unknown"
    return bool(value)


def _lost(stays: Facts, goes: Facts, choice: Mapping[str, str]) -> dict[str, Facts]:
    """For each group with one side chosen, the facts of the other side."""
    one_side = (g for g in differing(stays, goes) if choice.get(g, STAYS) != BOTH)
    return {group: stays if choice.get(group) == GOES else goes for group in one_side}


def _investors_of_both(stays: Facts, goes: Facts) -> Facts:
    """Each investor once, with what either side knows of it; somebody unnamed is not added to."""
    found = {investor_key(one): dict(one) for one in stays["investors"] if investor_key(one)}
    nobody = [dict(one) for one in stays["investors"] if not investor_key(one)]
    whole = [side for side in (stays, goes) if side["investor_list"] == "complete"]
    for other in goes["investors"]:
        key = investor_key(other)
        if not key:
            if not nobody and not whole:
                nobody = [dict(other)]
        elif key in found:
            found[key] = _filled(found[key], other)
        else:
            found[key] = dict(other)
    rows = [*found.values(), *nobody]
    complete = any(len(side["investors"]) == len(rows) for side in whole)
    state = "complete" if complete else "partial" if rows else "none"
    return {"investors": rows, "investor_list": state}


def _filled(investor: Facts, other: Facts) -> Facts:
    filled = {name: other[name] for name in other if investor[name] is None}
    if "country" in filled:
        filled["basis"] = other["basis"]
    return investor | filled


def _sectors_of_both(stays: Facts, goes: Facts) -> Facts:
    return {"sectors": list(dict.fromkeys([*stays["sectors"], *goes["sectors"]]))}


def _sources_of_both(stays: Facts, goes: Facts) -> Facts:
    every = [*stays["sources"], *goes["sources"]]
    once = {(source_key(one), one["quote"], one["stated"]): dict(one) for one in reversed(every)}
    return {"sources": list(reversed(once.values()))}


def _notes_of_both(stays: Facts, goes: Facts) -> Facts:
    said = [stays["notes"]] + [goes["notes"]] * (goes["notes"] not in stays["notes"])
    return {"notes": "\n\n".join(filter(None, said))[:LONGEST_NOTES]}


TOGETHER: dict[str, Callable[[Facts, Facts], Facts]] = {
    "investors": _investors_of_both,
    "sectors": _sectors_of_both,
    "sources": _sources_of_both,
    "notes": _notes_of_both,
}


def _fit_money(facts: Facts, stays: Facts, goes: Facts, choice: Mapping[str, str]) -> None:
    """Contributions are in the currency of the deal: those in another one cannot be kept."""
    order = (stays, goes) if choice.get("investors") == GOES else (goes, stays)
    paid = {
        investor_key(one): side["amount"]["currency"]
        for side in order
        for one in side["investors"]
        if one["contribution"] is not None
    }
    amount = facts["amount"]
    given = [one for one in facts["investors"] if one["contribution"] is not None]
    if not amount["currency"] and given:
        amount["currency"] = paid[investor_key(given[0])]
    for one in given:
        if paid[investor_key(one)] != amount["currency"]:
            one["contribution"] = None
    total = sum(Decimal(one["contribution"] or 0) for one in facts["investors"])
    if amount["high"] is not None and total > Decimal(amount["high"]):
        raise Unfitting(_(TOO_MUCH))
