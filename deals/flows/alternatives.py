"""Which rows a question can count, in the words of the indexes by target and days."""

from deals.flows.query import FlowQuery


def alternatives(query: FlowQuery, countries: str, *, apart: bool = False) -> list[str]:
    """What every row with a place meets one of, and never two, in the words of the index by target
    and days; empty where any row may have one. `countries` is the parameter with all of Y; `apart`
    asks by themselves for those of Y's deals that reach over the window's end.
    """
    days, inside, over = _days(query)
    # Both days are known or neither (`version_date_whole`). Asked for both, the planner expects far
    # fewer than there are, and reads them from the table.
    undated = "f.date_last IS NULL"
    if not query.target:
        return [days, undated] if days else []
    among = f"f.target_country = ANY(%({countries})s::varchar[])"
    unknown = "f.target_country IS NULL"
    if not days:
        return [among, unknown]
    ways = [inside, over] if apart and over else [days]
    return [*(f"{among} AND {one}" for one in (*ways, undated)), f"{unknown} AND {days}"]


def _days(query: FlowQuery) -> tuple[str, str, str]:
    """Days that meet the window, those that end inside it, and those that reach over its end.

    An index in the order of last days is read to its end for days of which the first has to lie
    before the end of the window, so for all that came later, too. Those few that reach over it are
    found in the index of days alone; the number of a version, which is in no other, keeps the
    planner from the large one.
    """
    first, last = query.window
    since = ["f.date_last >= %(first)s::date"] if first else []
    if not last:
        return " AND ".join(since), "", ""
    until = "f.date_first <= %(last)s::date"
    return (
        " AND ".join([*since, until]),
        " AND ".join([*since, "f.date_last <= %(last)s::date"]),
        f"f.date_last > %(last)s::date AND {until} AND f.version_id <> 0",
    )
