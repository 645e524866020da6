"""Two people changed one deal: what each of them meant, and where they cannot both be right.

Staleness is judged per fact. What only one side changed is kept; lists of investors, sources,
sectors and statuses are put together entry by entry; only a fact, or an entry of a list, that both
sides changed to different things is a clash, and that takes a person.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deals.entry.facts import FACTS, Facts, investor_key, same, source_key


@dataclass(frozen=True, slots=True)
class ThreeWay:
    """`base` is what both started from, `theirs` is live by now, `mine` waits to be live.

    The names of facts: `by_them`, `by_me` changed by one side, `by_both` to the same, `clashes`
    to different things. `merged` has every change; a clash has the value of `theirs` until a
    person chooses.
    """

    base: Facts
    theirs: Facts
    mine: Facts
    by_them: tuple[str, ...]
    by_me: tuple[str, ...]
    by_both: tuple[str, ...]
    clashes: tuple[str, ...]
    merged: Facts


def three_way(base: Facts, theirs: Facts, mine: Facts) -> ThreeWay:
    """Compare and put together."""
    groups: dict[str, list[str]] = {"them": [], "me": [], "both": [], "clash": []}
    merged: Facts = {}
    for name in FACTS:
        who, merged[name] = _fact(name, base[name], theirs[name], mine[name])
        if who:
            groups[who].append(name)
    return ThreeWay(
        base,
        theirs,
        mine,
        tuple(groups["them"]),
        tuple(groups["me"]),
        tuple(groups["both"]),
        tuple(groups["clash"]),
        merged,
    )


def _fact(name: str, base: Any, theirs: Any, mine: Any) -> tuple[str, Any]:
    """Who changed a fact ("" nobody), and its value with the changes of both."""
    if same(name, theirs, mine):
        return ("" if same(name, base, mine) else "both"), theirs
    if same(name, base, mine):
        return "them", theirs
    if same(name, base, theirs):
        return "me", mine
    if key := KEYS.get(name):
        return _entries(key, base, theirs, mine)
    if name == "choices":
        return _mapping(base, theirs, mine)
    return "clash", theirs


def _entries(
    key: Callable[[Any], Hashable], base: Sequence[Any], theirs: Sequence[Any], mine: Sequence[Any]
) -> tuple[str, Any]:
    """Lists by their entries. Where entries cannot be told apart the whole list is one fact."""
    keyed = [{key(entry): entry for entry in side} for side in (base, theirs, mine)]
    if any(len(k) != len(side) for k, side in zip(keyed, (base, theirs, mine), strict=True)):
        return "clash", theirs
    who, merged = _mapping(*keyed)
    if who == "clash":
        return who, theirs
    return who, list(merged.values())


def _mapping(
    base: Mapping[Any, Any], theirs: Mapping[Any, Any], mine: Mapping[Any, Any]
) -> tuple[str, dict[Any, Any]]:
    merged = {}
    for key in [*theirs, *(key for key in mine if key not in theirs)]:
        was, there, here = base.get(key), theirs.get(key), mine.get(key)
        if there != here and was not in (there, here):
            return "clash", dict(theirs)
        value = here if there == was else there
        if value is not None:
            merged[key] = value
    return "both", merged


KEYS: dict[str, Callable[[Any], Hashable]] = {
    "investors": investor_key,
    "sources": source_key,
    "sectors": lambda sector: sector,
    "status_history": lambda step: (step["status"], step["first"], step["last"]),
}
