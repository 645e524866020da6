"""What each filter of a question leaves out of the flow, all others staying as they are.

A deal is left out by one filter alone when it passes all the others; deals that fail two are in
neither's number. So dropping one filter adds exactly the number that stands beside it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.db import connection

from deals.flows import links
from deals.flows.conditions import filters, placed
from deals.flows.query import AI_ANSWERS, ALL, EVER_COMPLETED, FlowQuery
from deals.flows.rollup import covers, flow_cells
from deals.flows.scope import Scope
from deals.rules.counting import EVER_COMPLETED_STATUSES, KINDS, STATUSES
from deals.rules.dates import FIRST_YEAR, LAST_YEAR
from deals.rules.vocab import ROUND_TYPES

# The parts of a question that each filter is made of, with the values that leave nothing out.
OFF: dict[str, dict[str, Any]] = {
    "window": {"from_": "", "to": ""},
    "kind": {"kind": (ALL,)},
    "status": {"status": (ALL,)},
    "ai": {"ai": (ALL,)},
    "sector": {"sector": ()},
    "round": {"round": ()},
    "size": {"min_amount": None, "max_amount": None},
    "organization": {"organization": ""},
    "state_linked": {"state_linked": ""},
    "known_by": {"known_by": ""},
}
BARE = {name: value for off in OFF.values() for name, value in off.items()}
# What a filter leaves out, in finer parts, over the alias f and the parameters of `removed`.
PARTS = {
    "window": {
        "before": "f.date_last < %(first)s::date",
        "after": "f.date_first > %(last)s::date",
        "undated": "f.date_first IS NULL",
    },
    "size": {"undisclosed": "f.amount_state = 'undisclosed'"},
    "round": {"not_stated": "f.round_type = ''"},
}


@dataclass(frozen=True, slots=True)
class _Asked:
    """A filter that is on: when a deal passes it, with the parameters of that condition."""

    name: str
    passes: str
    params: Mapping[str, Any]


def is_on(query: FlowQuery, name: str) -> bool:
    """Whether a filter leaves anything out; defaults such as the kind are filters, too."""
    return any(getattr(query, part) != off for part, off in OFF[name].items())


def without(query: FlowQuery, name: str) -> FlowQuery:
    """The same question with one filter dropped."""
    return query.but(**OFF[name])


def removed(query: FlowQuery, scope: Scope) -> list[dict[str, Any]]:
    """Rows of `filter`, `n`, `deals` (an address, or None) and `parts`, asked in one statement.

    `deals` lists exactly those n deals and is None where no address can say which they are;
    `parts` are rows of `part`, `n` and `deals` that are within n.
    """
    asked = [_asked(query, scope, name) for name in OFF if is_on(query, name)]
    if not asked:
        return []
    first, last = query.window
    bare = query.but(**BARE, compare=())
    if covers(query, scope):
        inner, deals = flow_cells(bare, scope, by_country=False), "sum(f.deals)"
    else:
        everyone = replace(scope, organizations=())
        inner, deals = placed(bare, everyone, flow_only=True), "count(*)"
    params = dict(inner.params) | {"first": first, "last": last}
    for one in asked:
        params |= one.params
    flags = ", ".join(f"coalesce({one.passes}, false) AS ok_{one.name}" for one in asked)
    failed = " + ".join(f"(NOT f.ok_{one.name})::int" for one in asked)
    columns = {
        name: f"coalesce({deals} FILTER (WHERE {condition}), 0)::bigint"
        for name, condition in _columns(query, asked).items()
    }
    text = (
        f"SELECT {', '.join(columns.values())} FROM (SELECT f.*, {flags} FROM ({inner.text()}) f"
        f") f WHERE {failed} <= 1"
    )
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        counts = dict(zip(columns, cursor.fetchone(), strict=True))
    return [_row(query, one.name, counts) for one in asked]


def _asked(query: FlowQuery, scope: Scope, name: str) -> _Asked:
    if name == "window":
        within = (
            "(f.date_first >= coalesce(%(first)s::date, '-infinity')"
            " AND f.date_last <= coalesce(%(last)s::date, 'infinity'))"
        )
        return _Asked(name, within, {})
    bare = query.but(**BARE)
    plain = set(filters(bare, replace(scope, organizations=()), counted=False).where)
    only = bare.but(**{part: getattr(query, part) for part in OFF[name]})
    held = scope if name == "organization" else replace(scope, organizations=())
    given = filters(only, held, counted=False)
    conditions = [condition for condition in given.where if condition not in plain]
    return _Asked(name, f"({' AND '.join(conditions)})", given.params)


def _columns(query: FlowQuery, asked: Collection[_Asked]) -> dict[str, str]:
    """Names of counts and what their rows meet; among the rows at most one filter fails."""
    columns = {}
    for one in asked:
        fails = f"NOT f.ok_{one.name}"
        columns[one.name] = fails
        for part, condition in PARTS.get(one.name, {}).items():
            columns[f"{one.name}.{part}"] = f"{fails} AND {condition}"
    # A deal that was completed once and has another status now passes, and the list of its status
    # would show it, too.
    others = ", ".join(f"'{status}'" for status in _other_statuses(query))
    if "status" in columns and others:
        columns["status.passing"] = f"f.ok_status AND f.status IN ({others})"
    return columns


def _other_statuses(query: FlowQuery) -> tuple[str, ...]:
    kept = set(query.status)
    if EVER_COMPLETED in kept:
        kept |= EVER_COMPLETED_STATUSES
    return tuple(status for status in STATUSES if status not in kept)


def _row(query: FlowQuery, name: str, counts: Mapping[str, int]) -> dict[str, Any]:
    parts = [
        {"part": part, "n": n, "deals": _part_link(query, name, part)}
        for part in PARTS.get(name, {})
        if (n := counts[f"{name}.{part}"])
    ]
    n = counts[name]
    return {
        "filter": name,
        "n": n,
        "deals": _link(query, name, counts) if n else None,
        "parts": parts,
        "page": links.page(without(query, name)),
    }


def _link(query: FlowQuery, name: str, counts: Mapping[str, int]) -> str | None:
    """The list of exactly the deals left out: the same question with all other words."""
    match name:
        case "kind":
            return links.deals(query.but(kind=_others(KINDS, query.kind)))
        case "ai":
            return links.deals(query.but(ai=_others(AI_ANSWERS, query.ai)))
        case "status" if not counts.get("status.passing"):
            return links.deals(query.but(status=_others(_other_statuses(query), ())))
        case "round" if not counts["round.not_stated"]:
            return links.deals(query.but(round=_others(ROUND_TYPES, query.round)))
        case "state_linked":
            return links.deals(
                query.but(state_linked="no" if query.state_linked == "yes" else "yes")
            )
    return None


def _others(words: Collection[str], kept: Collection[str]) -> tuple[str, ...]:
    return tuple(sorted(set(words) - set(kept)))


def _part_link(query: FlowQuery, name: str, part: str) -> str | None:
    first, last = query.window
    open_ = query.but(from_="", to="")
    day = timedelta(days=1)
    match name, part:
        case "window", "before" if first and first.year > FIRST_YEAR:
            # A year's edge is written as a year, which is what a reader would write.
            to = str(first.year - 1) if len(query.from_) == 4 else str(first - day)
            return links.deals(open_.but(to=to))
        case "window", "after" if last and last.year < LAST_YEAR:
            since = str(last.year + 1) if len(query.to) == 4 else str(last + day)
            return links.deals(open_.but(from_=since))
        case "size", "undisclosed":
            return links.deals(without(query, "size"), place="undisclosed")
    return None
