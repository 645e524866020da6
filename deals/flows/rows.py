"""What all rows of charts are made of: counts, share, band, and the link to exactly their deals."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_noop

from deals.flows import links
from deals.flows.cube import Cube
from deals.flows.frame import share_of
from deals.flows.grouped import Grouped
from deals.flows.money import NO_VALUE_KIND, text
from deals.flows.query import FlowQuery
from deals.flows.scope import Scope
from deals.rules.counting import KINDS, VALUE_KINDS
from deals.rules.regions import Side

Row = dict[str, Any]
BANDS = ("low", "split", "high")
ASK_FOR_ONE = gettext_noop("Values of different kinds of deals are never added; ask for one kind.")


def why_no_value(query: FlowQuery) -> str | None:
    """Why the band of a row is empty: values of different kinds are never added (rule 5)."""
    one = query.kind[0] if len(query.kind) == 1 and query.kind[0] in KINDS else None
    if one is None:
        return ASK_FOR_ONE
    return None if one in VALUE_KINDS else NO_VALUE_KIND


def numbers(cube: Cube | None, N: int, query: FlowQuery, scope: Scope) -> Row:
    """n, N, share, band and how many amounts are disclosed; for no deals at all, zeros."""
    cube = cube or Cube(())
    n = cube.count()
    has_value = why_no_value(query) is None
    return {
        "n": n,
        "N": N,
        "share": share_of(n, N, scope),
        **{name: text(cube.money(name)) if has_value else None for name in BANDS},
        "disclosed_n": cube.count("disclosed"),
    }


def value_block(query: FlowQuery) -> Row:
    """In which currency the bands are, and why there are none if there are none."""
    return {"currency": query.currency, "why_no_value": why_no_value(query)}


def beside(found: Grouped, query: FlowQuery) -> Row:
    """Deals that no row and no total holds: the date or the target's country is not known."""
    return {
        place: {"n": 0, "N": found.places.get(place, 0), "deals": links.deals(query, place)}
        for place in ("too_coarse", "undated", "unknown_target")
    }


def during(query: FlowQuery, side: Side, country: str) -> FlowQuery:
    """The question held to the days on which the country belonged to the side.

    A link that names the country alone would also list its deals from before it joined.
    """
    if not side.codes or country in side.always:
        return query
    stays = [member for member in side.dated if member.country == country]
    first = min((stay.first or date.min for stay in stays), default=date.min)
    last = max((stay.last or date.max for stay in stays), default=date.max)
    begin, end = query.window
    changes = {}
    if first > (begin or date.min):
        changes["from_"] = first.isoformat()
    if last < (end or date.max):
        changes["to"] = last.isoformat()
    return query.but(**changes)


def from_country(query: FlowQuery, country: str) -> FlowQuery:
    """Only deals with an investor from the country, as part of the side asked for."""
    return during(query, query.investor_side, country).but(investor=(country,))


def into_country(query: FlowQuery, country: str) -> FlowQuery:
    """Only deals into the country, as part of the side asked for."""
    return during(query, query.target_side, country).but(target=(country,))


def of_sector(query: FlowQuery, sector: str) -> str:
    """The link to the deals of a sector; "" are those without one."""
    return links.deals(query.but(sector=(sector,))) if sector else links.deals(query, "no_sector")


def no_country(n: int, query: FlowQuery) -> Row:
    """Deals of a flow from anyone of which no investor's country is known; else nothing."""
    if query.investor:
        return {}
    return {"no_country": {"n": n, "N": n, "deals": links.deals(query, "no_country")}}


def no_target_country(n: int, N: int, query: FlowQuery) -> Row:
    """Deals of a flow into anywhere whose target's country is not known; else nothing."""
    if query.target:
        return {}
    return {"unknown_target": {"n": n, "N": N, "deals": links.deals(query, "no_target_country")}}


def ranked(rows: list[Row]) -> list[Row]:
    """Most deals first, then by name; equal numbers share a rank."""
    rows.sort(key=lambda row: (-row["n"], row["name"], row["code"]))
    rank = 0
    for position, row in enumerate(rows, start=1):
        if position == 1 or row["n"] != rows[position - 2]["n"]:
            rank = position
        row["rank"] = rank
    return rows
