"""Over time: deals a year as bars, their share as a line, both directions on one scale."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deals import wording
from deals.charts.years import Bars, Line, Marker, YearChart, figure
from deals.flows import links
from deals.flows.query import FlowQuery
from deals.pictures import words
from deals.pictures.picture import Key, Panel, Picture
from deals.pictures.table import Column, Table, total_row, value_columns
from deals.svg.axes import HALF, WIDE, Size
from deals.svg.years import year_chart
from deals.templatetags.formats import day, number, percent


@dataclass(frozen=True, slots=True)
class Scale:
    """What all panels share: the years, the most deals of a year, the largest share."""

    years: tuple[int, ...]
    most: int
    most_share: Decimal


def reverse(query: FlowQuery) -> FlowQuery | None:
    """The question the other way round; None where it would be the same, or about anybody."""
    if not query.investor or not query.target or query.investor == query.target:
        return None
    return query.but(investor=query.target, target=query.investor)


def draw(query: FlowQuery, answers: Mapping[str, Any]) -> Picture:
    """`series`, and where they were asked `series-back` (the other direction) and `events`."""
    front = answers["series"]
    back_query = reverse(query)
    back = answers.get("series-back") if back_query else None
    asked = [("time", query, front)]
    if back_query and back and back["total"]["n"]:
        asked.append(("back", back_query, back))
    events = tuple(_marker(event) for event in answers.get("events", ()))
    measure = _("Deals a year")
    if front["total"]["share"] is not None:
        measure = _("Deals a year, and their share of all counted deals in per cent")
    return Picture(
        code="time",
        title=_finding(query, front) or words.no_deals(query),
        subtitle=words.subtitle(measure, query, front),
        summary=" ".join(_summary(one, answer) for _name, one, answer in asked),
        panels=tuple(_panels(asked, events)),
        notes=tuple(_notes(query, front, back)),
        events=events if front["total"]["n"] else (),
        api=links.address("/api/v1/flows/series/", query, by="year"),
    )


def _panels(
    asked: Sequence[tuple[str, FlowQuery, Mapping[str, Any]]], events: tuple[Marker, ...]
) -> list[Panel]:
    rows = [row for _name, _query, answer in asked for row in answer["rows"]]
    scale = _scale(rows)
    size = HALF if len(asked) > 1 else WIDE
    return [_panel(name, query, answer, events, scale, size) for name, query, answer in asked]


def _scale(rows: Sequence[Mapping[str, Any]]) -> Scale:
    years = [int(row["period"]) for row in rows]
    shares = [Decimal(row["share"]) for row in rows if row["share"] is not None]
    return Scale(
        tuple(range(min(years), max(years) + 1)) if years else (),
        max((row["n"] for row in rows), default=0),
        max(shares, default=Decimal(0)),
    )


def _panel(
    name: str,
    query: FlowQuery,
    answer: Mapping[str, Any],
    events: tuple[Marker, ...],
    scale: Scale,
    size: Size,
) -> Panel:
    chart = _chart(query, answer, events, scale)
    has_deals = bool(answer["total"]["n"] and chart.years)
    nothing = mark_safe("")
    return Panel(
        name=name,
        title=words.direction(query),
        wide=year_chart(chart, name, size) if has_deals else nothing,
        # One drawing fits every width.
        narrow=nothing,
        figure=figure(chart) if has_deals else None,
        table=_table(query, answer),
        hue=wording.hue(query),
        legend=_legend(query, chart, size),
        empty="" if has_deals else words.no_deals(query),
    )


def _chart(
    query: FlowQuery,
    answer: Mapping[str, Any],
    events: tuple[Marker, ...],
    scale: Scale,
) -> YearChart:
    found = {int(row["period"]): row for row in answer["rows"]}
    rows = [found.get(year, {"n": 0, "share": None, "deals": ""}) for year in scale.years]
    shares = tuple(None if row["share"] is None else Decimal(row["share"]) for row in rows)
    bars = Bars(
        words.direction(query),
        wording.hue(query),
        tuple(row["n"] for row in rows),
        tuple(row["deals"] for row in rows),
        tuple(words.counted(row, str(year)) for year, row in zip(scale.years, rows, strict=True)),
    )
    return YearChart(
        title=words.direction(query),
        description=_summary(query, answer),
        years=scale.years,
        bars=(bars,),
        line=_line(shares),
        markers=events,
        provisional=frozenset(year for year, row in found.items() if not row["complete"]),
        most=scale.most,
        most_share=scale.most_share,
    )


def _line(shares: tuple[Decimal | None, ...]) -> Line | None:
    if all(share is None for share in shares):
        return None
    return Line(_("Share of counted deals"), shares, tuple(percent(share) for share in shares))


def _marker(event: Mapping[str, Any]) -> Marker:
    on = date.fromisoformat(event["date"])
    said = _("%(day)s, %(jurisdiction)s: %(title)s") % {
        "day": day(on),
        "jurisdiction": event["jurisdiction"],
        "title": _(event["title"]),
    }
    return Marker(event["number"], on, said)


def _legend(query: FlowQuery, chart: YearChart, size: Size) -> tuple[Key, ...]:
    """What hatching means; a chart alone also names its bars, beside another its title does."""
    if not chart.provisional:
        return ()
    hue = wording.hue(query)
    young = Key(_("Not complete: a young year, or cut by the window"), hue, "young")
    return (young,) if size is HALF else (Key(_("Deals a year"), hue), young)


def _peak(answer: Mapping[str, Any]) -> Mapping[str, Any] | None:
    rows = [row for row in answer["rows"] if row["n"]]
    return max(rows, key=lambda row: row["n"]) if rows else None


def _is_tied(answer: Mapping[str, Any], peak: Mapping[str, Any]) -> bool:
    return sum(row["n"] == peak["n"] for row in answer["rows"]) > 1


def _finding(query: FlowQuery, answer: Mapping[str, Any]) -> str:
    """The year with most deals, and their share there; "" without dated deals.

    Where several years have most of them none is named: the title would single out the first.
    """
    peak = _peak(answer)
    if peak is None:
        return ""
    if _is_tied(answer, peak):
        return _("%(direction)s: %(n)s in a year at most") % {
            "direction": words.direction(query),
            "n": wording.deals_counted(peak["n"]),
        }
    said = {
        "direction": words.direction(query),
        "period": peak["period"],
        "deals": wording.deals_counted(peak["n"]),
    }
    if peak["share"] is None:
        return _("%(direction)s: most in %(period)s, %(deals)s") % said
    said["share"] = percent(peak["share"])
    return _("%(direction)s: most in %(period)s, %(deals)s (%(share)s of all)") % said


def _summary(query: FlowQuery, answer: Mapping[str, Any]) -> str:
    """Total and span, peak, range of the share, and what is not complete."""
    rows, peak = answer["rows"], _peak(answer)
    if peak is None:
        return words.no_deals(query)
    said = {
        "direction": words.direction(query),
        "deals": wording.deals_counted(sum(row["n"] for row in rows)),
        "first": rows[0]["period"],
        "last": rows[-1]["period"],
        "period": peak["period"],
        "n": number(peak["n"]),
    }
    if len(rows) == 1:
        parts = [_("%(direction)s: %(deals)s in %(first)s.") % said]
    elif _is_tied(answer, peak):
        parts = [
            _("%(direction)s: %(deals)s from %(first)s to %(last)s; at most %(n)s in a year.")
            % said
        ]
    else:
        parts = [
            _("%(direction)s: %(deals)s from %(first)s to %(last)s; most in %(period)s (%(n)s).")
            % said
        ]
    if outside := sum(row["n"] for row in _beside_rows(answer)):
        parts.append(
            ngettext(
                "%(n)s more deal is in no single year.",
                "%(n)s more deals are in no single year.",
                outside,
            )
            % {"n": number(outside)}
        )
    known = [(Decimal(row["share"]), row["period"]) for row in rows if row["share"] is not None]
    if len(known) > 1:
        (low, low_at), (high, high_at) = min(known), max(known)
        parts.append(
            _("The share lies between %(low)s (%(low_at)s) and %(high)s (%(high_at)s).")
            % {"low": percent(low), "low_at": low_at, "high": percent(high), "high_at": high_at}
        )
    if young := [row["period"] for row in rows if not row["complete"]]:
        parts.append(_("Not complete: %(periods)s.") % {"periods": ", ".join(young)})
    return " ".join(parts)


def _table(query: FlowQuery, answer: Mapping[str, Any]) -> Table:
    columns = [
        Column("period", _("Year"), "text"),
        Column("n", _("Deals (n)"), "number"),
        Column("N", _("All (N)"), "number"),
    ]
    if answer["total"]["share"] is not None:
        columns.append(Column("share", _("Share"), "percent"))
    rows = [row | {"marks": _mark(row)} for row in answer["rows"]]
    return Table(
        caption=_("%(direction)s, by year") % {"direction": words.direction(query)},
        columns=(*columns, *value_columns(query.currency)),
        rows=(*rows, *_beside_rows(answer)),
        foot=total_row("period", _("All"), answer),
    )


def _mark(row: Mapping[str, Any]) -> str:
    if row["provisional"]:
        return _("provisional")
    return "" if row["complete"] else _("part of the year")


def _beside_rows(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Deals of the total that no year holds, so that the column adds up."""
    several = answer["beside"]["several_periods"]
    undated = answer["beside"]["undated"]
    found = [
        (_("Several years"), several, _("the date spans years")),
        (_("No date"), undated, _("in the total, in no year")),
    ]
    return [
        {"period": name, "n": beside["n"], "N": beside["N"], "deals": beside.get("deals", ""),
         "marks": why}
        for name, beside, why in found
        if beside["n"]
    ]  # fmt: skip


def _notes(query: FlowQuery, front: Mapping[str, Any], back: Mapping[str, Any] | None) -> list[str]:
    notes = []
    if any(row["provisional"] for row in front["rows"]):
        notes.append(
            _("Years younger than 24 months are provisional: suppliers find deals late, so these "
              "bars still grow.")
        )  # fmt: skip
    if back is not None and not back["total"]["n"]:
        other = reverse(query)
        if other:
            notes.append(words.no_deals(other))
    return notes
