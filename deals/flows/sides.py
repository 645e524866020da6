"""A side of a question as SQL: the countries that belong to it on the dates of a row `f`."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from deals.rules.regions import Side


@dataclass(frozen=True, slots=True)
class SideSql:
    """A side's countries for a row's dates: surely in it, and where the date is too coarse to say.

    `members` and `maybe` are arrays of codes, the masks the same as bits; `every` is the parameter
    with all countries that are in the side at any time.
    """

    members: str
    maybe: str
    mask: str
    maybe_mask: str
    every: str
    params: dict[str, Any]


NO_COUNTRY = "'{}'::varchar[]"
NO_BITS = "B'0'::bit(676)"


def as_mask(parameter: str) -> str:
    """The bits of the countries in an array parameter; the planner computes them once."""
    return f"deals_country_mask(%({parameter})s::varchar[])"


def meets(mask: str, other: str) -> str:
    """Whether two sets of countries have one in common."""
    return f"({mask} & {other}) <> {NO_BITS}"


def side_sql(side: Side, name: str) -> SideSql:
    """`name` keeps the parameters of several sides apart."""
    every = side.always | {member.country for member in side.dated}
    params: dict[str, Any] = {f"{name}_always": sorted(side.always), f"{name}_every": sorted(every)}
    members, maybe = f"%({name}_always)s::varchar[]", NO_COUNTRY
    mask, maybe_mask = as_mask(f"{name}_always"), NO_BITS
    for number, (country, first, last) in enumerate(stays(side)):
        key = f"{name}_{number}"
        params |= {f"{key}_c": [country], f"{key}_a": first, f"{key}_b": last}
        code, bit = f"%({key}_c)s::varchar[]", as_mask(f"{key}_c")
        inside = f"f.date_first >= %({key}_a)s::date AND f.date_last <= %({key}_b)s::date"
        outside = f"f.date_last < %({key}_a)s::date OR f.date_first > %({key}_b)s::date"
        sure = f"coalesce({inside}, false) OR coalesce({outside}, false)"
        members += f" || CASE WHEN {inside} THEN {code} ELSE {NO_COUNTRY} END"
        maybe += f" || CASE WHEN {sure} THEN {NO_COUNTRY} ELSE {code} END"
        mask += f" | CASE WHEN {inside} THEN {bit} ELSE {NO_BITS} END"
        maybe_mask += f" | CASE WHEN {sure} THEN {NO_BITS} ELSE {bit} END"
    return SideSql(
        f"({members})", f"({maybe})", f"({mask})", f"({maybe_mask})", f"{name}_every", params
    )


def stays(side: Side) -> list[tuple[str, date, date]]:
    """Dated memberships with open ends closed far away, stays that touch made one."""
    merged: list[tuple[str, date, date]] = []
    for member in side.dated:
        first, last = member.first or date.min, member.last or date.max
        if merged and merged[-1][0] == member.country:
            _, begun, ended = merged[-1]
            if first.toordinal() <= ended.toordinal() + 1:
                merged[-1] = (member.country, begun, max(ended, last))
                continue
        merged.append((member.country, first, last))
    return merged
