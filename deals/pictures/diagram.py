"""From where, to where, into what: investor countries → target countries → sectors as ribbons."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deals import wording
from deals.charts.sankey import Sankey, Stage, sankey_figure
from deals.flows import links
from deals.flows.query import FlowQuery
from deals.pictures import words
from deals.pictures.boxes import (
    Boxes,
    country_boxes,
    named_sector,
    ribbons,
    sector_boxes,
    stage,
    widest,
)
from deals.pictures.picture import Key, Panel, Picture
from deals.pictures.table import Column, Table, total_row
from deals.svg.sankey import flow_diagram, phone_diagram
from deals.templatetags.formats import country, number

# More pairs than so many are only in the API.
MOST_ROWS = 60
Rows = Sequence[Mapping[str, Any]]


def draw(query: FlowQuery, answers: Mapping[str, Any]) -> Picture:
    """`diagram`."""
    answer = answers["diagram"]
    pairs = answer["links"]["investor_target"]
    title = _finding(answer)
    sankey = _sankey(query, answer)
    drawn = replace(sankey, stages=tuple(_thinned(one) for one in sankey.stages))
    thin = sum(
        len(whole.ribbons) - len(one.ribbons)
        for whole, one in zip(sankey.stages, drawn.stages, strict=True)
    )
    return Picture(
        code="diagram",
        title=title or words.no_deals(query),
        subtitle=words.subtitle(
            _("Deals from investor countries to target countries and sectors"), query, answer
        ),
        summary=_summary(answer) if pairs else "",
        panels=(_panel(query, answer, drawn),),
        notes=tuple(_notes(answer, thin)) if pairs else (),
        api=links.address("/api/v1/flows/diagram/", query),
    )


def _finding(answer: Mapping[str, Any]) -> str:
    """The widest ribbon of countries, and the sector with most deals; "" without deals."""
    pairs = answer["links"]["investor_target"]
    if not pairs:
        return ""
    said = {
        "pair": f"{country(pairs[0]['a'])} → {country(pairs[0]['b'])}",
        "n": number(pairs[0]["n"]),
    }
    sectors = [row for row in answer["nodes"]["sectors"] if row["code"]]
    if not sectors:
        return _("The widest ribbon is %(pair)s (%(n)s)") % said
    said |= {"sector": named_sector(sectors[0]["code"]), "m": number(sectors[0]["n"])}
    return _("The widest ribbon is %(pair)s (%(n)s); the sector with most deals is %(sector)s "
             "(%(m)s)") % said  # fmt: skip


def _summary(answer: Mapping[str, Any]) -> str:
    """The strongest three of each column, and the distinct deals of all."""
    nodes = answer["nodes"]
    said = {
        "investors": _strongest(nodes["investors"], country),
        "targets": _strongest(nodes["targets"], country),
        "sectors": _strongest(nodes["sectors"], named_sector),
        "deals": wording.deals_counted(answer["total"]["n"]),
    }
    return _("Investors from %(investors)s; targets in %(targets)s; sectors: %(sectors)s. All "
             "together %(deals)s.") % said  # fmt: skip


def _strongest(rows: Rows, named: Callable[[str], str]) -> str:
    return ", ".join(
        _("%(name)s (%(n)s)") % {"name": named(row["code"]), "n": number(row["n"])}
        for row in rows[:3]
    )


def _sankey(query: FlowQuery, answer: Mapping[str, Any]) -> Sankey:
    origin, into, sectors = _columns(query, answer)
    first = ribbons(query, answer["links"]["investor_target"], origin, into)
    second = ribbons(query, answer["links"]["target_sector"], into, sectors)
    return Sankey(
        title=_("From investor countries to target countries to sectors"),
        description=_summary(answer) if first else "",
        hue=wording.hue(query),
        stages=(stage(origin, first), stage(into, second), stage(sectors)),
    )


def _thinned(whole: Stage) -> Stage:
    return replace(whole, ribbons=widest(whole.ribbons))


def _panel(query: FlowQuery, answer: Mapping[str, Any], sankey: Sankey) -> Panel:
    flows = sankey.stages[0].ribbons
    return Panel(
        name="diagram",
        title=sankey.title,
        wide=flow_diagram(sankey, "diagram"),
        narrow=phone_diagram(sankey, "diagram"),
        figure=sankey_figure(sankey) if flows else None,
        table=_table(answer),
        hue=sankey.hue,
        legend=_legend({ribbon.hue for ribbon in flows}),
        empty="" if flows else words.no_deals(query),
    )


def _columns(query: FlowQuery, answer: Mapping[str, Any]) -> tuple[Boxes, Boxes, Boxes]:
    nodes = answer["nodes"]
    return (
        country_boxes(query, nodes["investors"], of_targets=False),
        country_boxes(query, nodes["targets"], of_targets=True),
        sector_boxes(query, nodes["sectors"]),
    )


def _legend(hues: set[str]) -> tuple[Key, ...]:
    """Directions by colour, where the ribbons have more than one."""
    names = {
        "hue-eu-cn": _("Europe → China"),
        "hue-cn-eu": _("China → Europe"),
        "hue-neutral": _("other directions, and sectors"),
    }
    if len(hues) < 2:
        return ()
    return tuple(Key(name, hue) for hue, name in names.items() if hue in hues)


def _notes(answer: Mapping[str, Any], thin: int) -> list[str]:
    total = wording.deals_counted(answer["total"]["n"])
    notes = [
        _("A deal of several countries or sectors is in several ribbons, so ribbons add up to more "
          "than there are deals. The number at a box counts each of its deals once, and so does "
          "the total: %(deals)s.") % {"deals": total}
    ]  # fmt: skip
    if thin:
        notes.append(
            ngettext("%(n)s thin ribbon is not drawn.", "%(n)s thin ribbons are not drawn.", thin)
            % {"n": number(thin)}
        )
    unknown = answer["beside"].get("no_country", {}).get("n")
    if unknown:
        notes.append(
            ngettext(
                "%(n)s deal with no known investor country is in the total and in no ribbon.",
                "%(n)s deals with no known investor country are in the total and in no ribbon.",
                unknown,
            )
            % {"n": number(unknown)}
        )
    return notes


def _table(answer: Mapping[str, Any]) -> Table:
    """What is drawn: first the pairs of countries, then targets and sectors."""
    rows = [
        {"a": country(row["a"]), "b": country(row["b"]), "n": row["n"], "deals": row["deals"]}
        for row in answer["links"]["investor_target"]
    ]
    rows += [
        {"a": country(row["a"]), "b": named_sector(row["b"]), "n": row["n"], "deals": row["deals"]}
        for row in answer["links"]["target_sector"]
    ]
    caption = _("Pairs of countries, then target countries and sectors")
    if len(rows) > MOST_ROWS:
        rows.sort(key=lambda row: -row["n"])
        caption = _("The %(shown)s widest ribbons of %(all)s") % {
            "shown": number(MOST_ROWS),
            "all": number(len(rows)),
        }
    columns = (
        Column("a", _("From"), "name"),
        Column("b", _("To"), "name"),
        Column("n", _("Deals (n)"), "number"),
    )
    foot = total_row("a", _("All, each deal once"), answer)
    return Table(caption, columns, tuple(rows[:MOST_ROWS]), foot)
