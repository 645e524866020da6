"""Which country invests in which: a heat table, on a phone the strongest pairs as a list."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from deals import wording
from deals.charts.grid import Grid, Square, Total, grid_figure
from deals.charts.ranked import Entry, Ranked
from deals.flows import links
from deals.flows.query import FlowQuery
from deals.pictures import words
from deals.pictures.picture import Panel, Picture
from deals.pictures.steps import Steps, steps
from deals.pictures.table import Column, Table, total_row, value_columns
from deals.svg.grid import grid_chart
from deals.svg.ranked import NARROW, ranked_chart
from deals.templatetags.formats import country, number, percent

# More than so many rows or columns are only in the table.
MOST = 15


def draw(query: FlowQuery, answers: Mapping[str, Any]) -> Picture:
    """`matrix`."""
    answer = answers["matrix"]
    cells = sorted((row for row in answer["rows"] if row["n"]), key=lambda row: -row["n"])
    measure = _("Deals by country of the investor and country of the target")
    return Picture(
        code="matrix",
        title=_finding(cells) or words.no_deals(query),
        subtitle=words.subtitle(measure, query, answer),
        summary=_summary(cells, answer),
        panels=(_panel(query, answer, cells),),
        notes=tuple(_notes(answer)) if cells else (),
        api=links.address("/api/v1/flows/matrix/", query),
    )


def _pair(row: Mapping[str, Any]) -> str:
    return f"{country(row['investor'])} → {country(row['target'])}"


def _finding(cells: Sequence[Mapping[str, Any]]) -> str:
    if not cells:
        return ""
    first = cells[0]
    said = {"pair": _pair(first), "deals": wording.deals_counted(first["n"])}
    return _("Most between two countries: %(pair)s with %(deals)s") % said


def _summary(cells: Sequence[Mapping[str, Any]], answer: Mapping[str, Any]) -> str:
    if not cells:
        return ""
    strongest = ", ".join(
        _("%(name)s (%(n)s)") % {"name": _pair(row), "n": number(row["n"])} for row in cells[:3]
    )
    return _("The strongest pairs: %(strongest)s; all together %(deals)s.") % {
        "strongest": strongest,
        "deals": wording.deals_counted(answer["total"]["n"]),
    }


def _notes(answer: Mapping[str, Any]) -> list[str]:
    notes = [
        _("A deal with investors from two countries is in both cells; every total counts it once.")
    ]
    rows, columns = (
        sum(1 for one in answer[name] if one["n"]) for name in ("investor_totals", "target_totals")
    )
    if rows > MOST:
        notes.append(
            _("Drawn are the %(drawn)s strongest investor countries of %(all)s; the table has all.")
            % {"drawn": number(MOST), "all": number(rows)}
        )
    if columns > MOST:
        notes.append(
            _("Drawn are the %(drawn)s strongest target countries of %(all)s; the table has all.")
            % {"drawn": number(MOST), "all": number(columns)}
        )
    return notes


def _panel(
    query: FlowQuery, answer: Mapping[str, Any], cells: Sequence[Mapping[str, Any]]
) -> Panel:
    shades = steps(row["n"] for row in cells)
    hue = wording.hue(query)
    grid = _grid(answer, cells, shades, hue)
    title = _("Deals by investor country and target country")
    pairs = Ranked(
        _("The strongest pairs of countries"), _summary(cells, answer), hue,
        tuple(_entry(row) for row in cells[:MOST]),
    )  # fmt: skip
    nothing = mark_safe("")
    return Panel(
        name="matrix",
        title=title,
        wide=grid_chart(grid, "matrix") if cells else nothing,
        narrow=ranked_chart(pairs, "matrix", NARROW) if cells else nothing,
        figure=grid_figure(grid) if cells else None,
        table=_table(query, answer),
        hue=hue,
        # The list for phones has bars instead of steps.
        legend=tuple(replace(key, look=f"{key.look} only-wide") for key in shades.legend(hue)),
        empty="" if cells else words.no_deals(query),
    )


def _grid(
    answer: Mapping[str, Any], cells: Sequence[Mapping[str, Any]], shades: Steps, hue: str
) -> Grid:
    rows = [one for one in answer["investor_totals"] if one["n"]][:MOST]
    columns = [one for one in answer["target_totals"] if one["n"]][:MOST]
    row_at = {one["country"]: at for at, one in enumerate(rows)}
    column_at = {one["country"]: at for at, one in enumerate(columns)}
    return Grid(
        title=_("Deals by pair of countries"),
        description=_summary(cells, answer),
        hue=hue,
        rows=tuple(country(one["country"]) for one in rows),
        columns=tuple(country(one["country"]) for one in columns),
        squares=tuple(
            Square(
                row_at[one["investor"]], column_at[one["target"]], one["n"], number(one["n"]),
                shades.step(one["n"]), one["deals"], words.counted(one, _pair(one)),
            )
            for one in cells
            if one["investor"] in row_at and one["target"] in column_at
        ),
        row_totals=tuple(_total(one, _("from %(country)s")) for one in rows),
        column_totals=tuple(_total(one, _("into %(country)s")) for one in columns),
        all_label=_("All"),
    )  # fmt: skip


def _total(one: Mapping[str, Any], name: str) -> Total:
    said = words.counted(one, name % {"country": country(one["country"])})
    return Total(number(one["n"]), one["deals"], said)


def _entry(row: Mapping[str, Any]) -> Entry:
    value = number(row["n"])
    if row["share"] is not None:
        value = _("%(n)s · %(share)s") % {"n": value, "share": percent(row["share"])}
    return Entry(_pair(row), row["n"], value, row["deals"], words.counted(row, _pair(row)))


def _table(query: FlowQuery, answer: Mapping[str, Any]) -> Table:
    columns = [
        Column("from", _("Investor country"), "name"),
        Column("into", _("Target country"), "name"),
        Column("n", _("Deals (n)"), "number"),
        Column("N", _("All into the target (N)"), "number"),
    ]
    if answer["total"]["share"] is not None:
        columns.append(Column("share", _("Share"), "percent"))
    rows = [
        dict(row) | {"from": country(row["investor"]), "into": country(row["target"])}
        for row in sorted(answer["rows"], key=lambda row: -row["n"])
    ]
    return Table(
        caption=_("Pairs of countries"),
        columns=(*columns, *value_columns(query.currency)),
        rows=tuple(rows),
        foot=total_row("from", _("All, each deal once"), answer),
    )
