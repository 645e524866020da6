"""Countries, sectors, types of rounds and organizations as ranked bars."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deals import wording
from deals.charts.ranked import Entry, Ranked, ranked_figure
from deals.flows import links
from deals.flows.query import FlowQuery
from deals.pictures import words
from deals.pictures.picture import Key, Panel, Picture
from deals.pictures.table import Column, Table, total_row, value_columns
from deals.svg.ranked import HALF, NARROW, WIDE, ranked_chart
from deals.templatetags.formats import country, number, percent

# So many bars can be taken in; the table has all rows.
MOST_BARS = 20


@dataclass(frozen=True, slots=True)
class Ranking:
    """What a list is about: its name as a heading, and how its rows are named.

    `own_whole` says that each row has an N of its own, `shares` that shares stand at the bars.
    """

    name: str
    heading: str
    column: str
    named: Callable[[Mapping[str, Any]], str]
    own_whole: bool = True
    organizations: bool = False
    shares: bool = True
    bars: int = MOST_BARS


def titled(row: Mapping[str, Any]) -> str:
    """The name of a sector or type of round in the reader's language."""
    return _(row["name"])


def named_country(row: Mapping[str, Any]) -> str:
    """The name of a country in the reader's language."""
    return country(row["code"])


def draw_rankings(
    code: str,
    query: FlowQuery,
    asked: Sequence[tuple[Ranking, Mapping[str, Any]]],
    notes: Sequence[str],
    api: str,
) -> Picture:
    """One panel for each ranking; every bar has its number, so each panel has its own scale."""
    answer = asked[0][1]
    panels = tuple(_panel(ranking, query, one, len(asked) > 1) for ranking, one in asked)
    shares = answer["total"]["share"] is not None
    measure = _("Deals, and their share in per cent") if shares else _("Deals")
    # Who leads among one says nothing.
    telling = [(ranking, one) for ranking, one in asked if one["rows_all"] > 1] or asked
    findings = [found for ranking, one in telling if (found := _finding(ranking, one))]
    return Picture(
        code=code,
        title=". ".join(findings) or words.no_deals(query),
        subtitle=words.subtitle(measure, query, answer),
        summary=" ".join(_summary(ranking, one) for ranking, one in asked if _drawn(ranking, one)),
        panels=panels,
        notes=tuple(notes) if findings else (),
        api=api,
    )


def _drawn(ranking: Ranking, answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [row for row in answer["rows"] if row["n"]][: ranking.bars]


def _panel(ranking: Ranking, query: FlowQuery, answer: Mapping[str, Any], is_half: bool) -> Panel:
    rows, hue = _drawn(ranking, answer), wording.hue(query)
    entries = tuple(_entry(ranking, row) for row in rows)
    chart = Ranked(ranking.heading, _summary(ranking, answer), hue, entries)
    nothing = mark_safe("")
    unknown = any(entry.unknown for entry in entries)
    return Panel(
        name=ranking.name,
        title=ranking.heading,
        wide=ranked_chart(chart, ranking.name, HALF if is_half else WIDE) if rows else nothing,
        narrow=ranked_chart(chart, ranking.name, NARROW) if rows else nothing,
        figure=ranked_figure(chart) if rows else None,
        table=_table(ranking, query, answer),
        hue=hue,
        legend=(Key(_("Not stated"), "hue-unknown", "hue-unknown"),) if unknown else (),
        empty="" if rows else words.no_deals(query),
    )


def _entry(ranking: Ranking, row: Mapping[str, Any]) -> Entry:
    name = ranking.named(row)
    value = number(row["n"])
    if row["share"] is not None and ranking.shares:
        value = _("%(n)s · %(share)s") % {"n": value, "share": percent(row["share"])}
    where = f" ({row['country']})" if ranking.organizations and row["country"] else ""
    return Entry(
        label=f"{name}{where}",
        n=row["n"],
        value=value,
        href=row["deals"],
        said=words.counted(row, f"{name}{where}"),
        unknown=not row["code"],
    )


def _finding(ranking: Ranking, answer: Mapping[str, Any]) -> str:
    """Who or what has most, with its number; "" when nobody has any."""
    stated = [row for row in answer["rows"] if row["n"] and row["code"]]
    if not stated:
        return ""
    most = max(row["n"] for row in stated)
    first, *others = [ranking.named(row) for row in stated if row["n"] == most]
    said = {"heading": ranking.heading, "name": first, "deals": wording.deals_counted(most)}
    if not others:
        return _("%(heading)s: %(name)s has most, %(deals)s") % said
    if len(others) + 1 == answer["rows_all"]:
        said["all"] = number(answer["rows_all"])
        return _("%(heading)s: all %(all)s have %(deals)s each") % said
    return ngettext(
        "%(heading)s: %(name)s and %(others)s other have most, %(deals)s each",
        "%(heading)s: %(name)s and %(others)s others have most, %(deals)s each",
        len(others),
    ) % {**said, "others": number(len(others))}


def _summary(ranking: Ranking, answer: Mapping[str, Any]) -> str:
    """The three strongest, how many more there are, and the distinct deals of all."""
    stated = sorted(
        (row for row in answer["rows"] if row["n"] and row["code"]), key=lambda row: -row["n"]
    )
    three = [
        _("%(name)s (%(n)s)") % {"name": ranking.named(row), "n": number(row["n"])}
        for row in stated[:3]
    ]
    said = _("%(heading)s: %(strongest)s; all together %(deals)s.") % {
        "heading": ranking.heading,
        "strongest": ", ".join(three),
        "deals": wording.deals_counted(answer["total"]["n"]),
    }
    left = len(stated) - ranking.bars
    if answer["rows_all"] > len(answer["rows"]):
        left += answer["rows_all"] - len(answer["rows"])
    if left <= 0:
        return said
    return f"{said} " + ngettext(
        "%(left)s more is not drawn.", "%(left)s more are not drawn.", left
    ) % {"left": number(left)}


def _table(ranking: Ranking, query: FlowQuery, answer: Mapping[str, Any]) -> Table:
    columns = [Column("title", ranking.column, "name")]
    if ranking.organizations:
        columns.append(Column("country", _("Country"), "name"))
    columns.append(Column("n", _("Deals (n)"), "number"))
    if ranking.own_whole:
        columns.append(Column("N", _("All (N)"), "number"))
    if answer["total"]["share"] is not None:
        columns.append(Column("share", _("Share"), "percent"))
    rows = [_table_row(ranking, row) for row in answer["rows"]]
    caption = ranking.heading
    if answer["rows_all"] > len(rows):
        caption = _("%(heading)s: the first %(shown)s of %(all)s") % {
            "heading": ranking.heading,
            "shown": number(len(rows)),
            "all": number(answer["rows_all"]),
        }
    return Table(
        caption=caption,
        columns=(*columns, *value_columns(query.currency)),
        rows=(*rows, *_without_country(answer)),
        foot=total_row("title", _("All, each deal once"), answer),
    )


def _table_row(ranking: Ranking, row: Mapping[str, Any]) -> dict[str, Any]:
    shown = {**row, "title": ranking.named(row)}
    if not ranking.organizations:
        return shown
    page = links.organization(row["code"]) if row["code"] else ""
    return {**shown, "country": country(row["country"]), "page": page}


def _without_country(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Deals of the flow that stand in no row, so that a reader can account for all of them."""
    beside = answer["beside"].get("no_country")
    if not beside or not beside["n"]:
        return []
    return [{"title": _("Country not known"), **beside, "marks": _("in the total only")}]


def countries(query: FlowQuery, answers: Mapping[str, Any]) -> Picture:
    """`top-countries` and `top-target-countries`."""
    investors = Ranking(
        "investors", _("Investor countries"), _("Investor country"), named_country, own_whole=False
    )
    targets = Ranking("targets", _("Target countries"), _("Target country"), named_country)
    asked = [(investors, answers["top-countries"]), (targets, answers["top-target-countries"])]
    return draw_rankings("countries", query, asked, [
        _("A deal with investors from two countries is in both rows; the total counts it once."),
        _("Shares of investor countries are held against all counted deals, those of target "
          "countries against the counted deals into that country."),
    ], links.address("/api/v1/flows/top/", query, of="countries", side="investor"))  # fmt: skip


def sectors(query: FlowQuery, answers: Mapping[str, Any]) -> Picture:
    """`top-sectors`."""
    ranking = Ranking("sectors", _("Sectors"), _("Sector"), titled)
    return draw_rankings("sectors", query, [(ranking, answers["top-sectors"])], [
        _("A deal with two sectors is in both rows; the total counts it once."),
        _("Shares are held against the counted deals of the same sector."),
    ], links.address("/api/v1/flows/top/", query, of="sectors"))  # fmt: skip


def organizations(query: FlowQuery, answers: Mapping[str, Any]) -> Picture:
    """`top-investors` and `top-targets`."""
    investors = Ranking(
        "investors", _("Investors"), _("Investor"), _own_name, own_whole=False, organizations=True
    )
    targets = Ranking("targets", _("Target companies"), _("Company"), _own_name, organizations=True)
    asked = [(investors, answers["top-investors"]), (targets, answers["top-targets"])]
    return draw_rankings("organizations", query, asked, [
        _("A deal with several investors is in the row of each; the total counts it once. "
          "Organizations that were merged count as one."),
    ], links.address("/api/v1/flows/top/", query, of="investors"))  # fmt: skip


def _own_name(row: Mapping[str, Any]) -> str:
    return row["name"] if row["code"] else _("not stated")
