"""Where investors and targets are: two maps of the world on one scale of colours."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deals import wording
from deals.charts.world import Place, World
from deals.flows import links
from deals.flows.query import FlowQuery
from deals.pictures import words
from deals.pictures.picture import Panel, Picture
from deals.pictures.steps import Steps, steps
from deals.pictures.table import Column, Table, total_row
from deals.rules.regions import Side
from deals.svg.shapes import not_drawn
from deals.svg.world import phone_map, world_map
from deals.templatetags.formats import country, number

Rows = Sequence[Mapping[str, Any]]


def draw(query: FlowQuery, answers: Mapping[str, Any]) -> Picture:
    """`top-countries` and `top-target-countries`."""
    origin, into = answers["top-countries"], answers["top-target-countries"]
    sides = [(_stated(origin), query.investor_side), (_stated(into), query.target_side)]
    shades = steps(row["n"] for rows, _side in sides for row in rows)
    has_deals = any(rows for rows, _side in sides)
    panels = (
        _panel("from", _("Where the investors are"), query, origin, sides[0], shades),
        _panel("into", _("Where the targets are"), query, into, sides[1], shades),
    )
    return Picture(
        code="map",
        title=_finding(*(rows for rows, _side in sides)) or words.no_deals(query),
        subtitle=words.subtitle(
            _("Deals by country, each deal once in every country it has"), query, origin
        ),
        summary=" ".join(
            _summary(panel.title, rows) for panel, (rows, _side) in zip(panels, sides, strict=True)
        ),
        panels=panels,
        notes=tuple(_notes(query, [*sides[0][0], *sides[1][0]])) if has_deals else (),
        api=links.address("/api/v1/flows/top/", query, of="countries"),
    )


def _stated(answer: Mapping[str, Any]) -> Rows:
    """Countries with deals, the most first."""
    rows = [row for row in answer["rows"] if row["n"] and row["code"]]
    return sorted(rows, key=lambda row: (-row["n"], row["code"]))


def _finding(origin: Rows, into: Rows) -> str:
    """Where most came from and went to; "" without deals."""
    said = {}
    for name, rows in (("from", origin), ("into", into)):
        if not rows:
            return ""
        said[name] = country(rows[0]["code"])
        said[f"{name}_n"] = number(rows[0]["n"])
    return _("Most deals had an investor from %(from)s (%(from_n)s) and went to %(into)s "
             "(%(into_n)s)") % said  # fmt: skip


def _panel(
    name: str,
    title: str,
    query: FlowQuery,
    answer: Mapping[str, Any],
    side: tuple[Rows, Side],
    shades: Steps,
) -> Panel:
    rows, asked = side
    hue = wording.hue(query)
    world = World(
        title=title,
        description=_summary(title, rows),
        hue=hue,
        places=tuple(_place(row, shades) for row in rows if row["code"] not in not_drawn()),
        asked=wording.countries_of(asked),
        europe=_("Europe"),
        asia=_("East Asia"),
        elsewhere=_("Elsewhere"),
        more=_left_out,
    )
    return Panel(
        name=f"map-{name}",
        title=title,
        wide=world_map(world, f"map-{name}"),
        narrow=phone_map(world, f"map-{name}"),
        figure=None,
        table=_table(title, answer),
        hue=hue,
        legend=shades.legend(hue) if rows else (),
        empty="" if rows else words.no_deals(query),
    )


def _left_out(countries: int) -> str:
    return ngettext(
        "and %(n)s more country in the table", "and %(n)s more countries in the table", countries
    ) % {"n": number(countries)}


def _place(row: Mapping[str, Any], shades: Steps) -> Place:
    name, n = country(row["code"]), row["n"]
    said = words.counted(row, name)
    return Place(row["code"], name, n, number(n), shades.step(n), row["deals"], said)


def _summary(title: str, rows: Rows) -> str:
    """The five strongest and how many there are: what somebody sees who does not see the map."""
    if not rows:
        return ""
    strongest = ", ".join(
        _("%(name)s (%(n)s)") % {"name": country(row["code"]), "n": number(row["n"])}
        for row in rows[:5]
    )
    return ngettext(
        "%(title)s: %(n)s country: %(strongest)s.",
        "%(title)s: %(n)s countries, most in %(strongest)s.",
        len(rows),
    ) % {"title": title, "n": number(len(rows)), "strongest": strongest}


def _notes(query: FlowQuery, rows: Rows) -> list[str]:
    notes = [
        _("A deal with investors from several countries is counted in each of them, and once in "
          "the total."),
        _("Areas compare as on the globe. Outlines: Natural Earth, simplified; they and the "
          "names take no position on the status of any territory."),
    ]  # fmt: skip
    if query.investor or query.target:
        notes.insert(0, _("A grey outline: the country was asked for and has no deal."))
    absent = sorted({row["code"] for row in rows} & not_drawn())
    if absent:
        named = ", ".join(country(code) for code in absent)
        notes.append(_("In the table and not on the map: %(countries)s.") % {"countries": named})
    return notes


def _table(title: str, answer: Mapping[str, Any]) -> Table:
    columns = [
        Column("name", _("Country"), "name"),
        Column("n", _("Deals (n)"), "number"),
        Column("N", _("All (N)"), "number"),
    ]
    if answer["total"]["share"] is not None:
        columns.append(Column("share", _("Share"), "percent"))
    rows = [dict(row) | {"name": country(row["code"])} for row in _stated(answer)]
    for place in ("no_country", "unknown_target"):
        beside = answer["beside"].get(place)
        if beside and beside["n"]:
            marks = _("in the total only")
            rows.append({"name": _("Country not known"), **beside, "marks": marks})
    return Table(
        title, tuple(columns), tuple(rows), total_row("name", _("All, each deal once"), answer)
    )
