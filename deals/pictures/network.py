"""Who invested together with one organization, and in whom."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deals import wording
from deals.charts.network import CENTER, CO_INVESTOR, INVESTOR, TARGET, Member, Network, Tie
from deals.flows import links
from deals.flows.query import FlowQuery
from deals.pictures import words
from deals.pictures.picture import Key, Panel, Picture
from deals.pictures.table import Column, Table
from deals.svg.network import MOST_ROWS, network_list, network_map
from deals.templatetags.formats import country, number

# So many names of where to begin can be read at a glance.
MOST_DOORS = 10
Rows = Sequence[Mapping[str, Any]]


def draw(query: FlowQuery, answers: Mapping[str, Any]) -> Picture:
    """`network`, which is empty when the question names no organization, or several."""
    answer = answers["network"]
    around = answer["rows"]
    return Picture(
        code="network",
        title=_finding(answer) if around else _nobody(answer),
        subtitle=_subtitle(query, answer),
        summary=_summary(answer) if around else "",
        panels=(_panel(answer),),
        notes=tuple(_notes(answer)) if around else (),
        begin=() if answer["center"] else tuple(_begin(query, answers.get("top-investors"))),
    )


def _begin(query: FlowQuery, answer: Mapping[str, Any] | None) -> Iterator[tuple[str, str]]:
    """The strongest investors of the question, each with the way to its network."""
    named = [row for row in answer["rows"] if row["code"] and row["n"]] if answer else []
    for row in named[:MOST_DOORS]:
        said = _("%(name)s (%(n)s)") % {"name": row["name"], "n": number(row["n"])}
        about = query.but(organization=row["code"])
        yield said, f"{links.address('/flows/', about, tab='network')}#charts"


def _nobody(answer: Mapping[str, Any]) -> str:
    if not answer["center"]:
        return _("Name one organization in the question to see who invests together with it")
    said = {"name": answer["center"]["name"]}
    return _("Nobody is on record in a deal together with %(name)s") % said


def _subtitle(query: FlowQuery, answer: Mapping[str, Any]) -> str:
    if not answer["center"]:
        return _("The network of one organization: its companies, its investors, its co-investors.")
    measure = _("Deals shared with %(name)s") % {"name": answer["center"]["name"]}
    return words.subtitle(measure, query, answer)


def _finding(answer: Mapping[str, Any]) -> str:
    """With whom most deals are shared, a co-investor before anyone else; with how many, if nobody
    stands out."""
    rows = answer["rows"]
    together = [row for row in rows if row["role"] == CO_INVESTOR]
    most = together or rows
    if len(most) > 1 and most[0]["n"] == most[1]["n"]:
        n = len(rows) + answer["more"]
        return ngettext(
            "%(n)s organization shares deals with %(center)s",
            "%(n)s organizations share deals with %(center)s",
            n,
        ) % {"n": number(n), "center": answer["center"]["name"]}
    first = most[0]
    said = {
        "center": answer["center"]["name"],
        "name": first["name"],
        "deals": wording.deals_counted(first["n"]),
    }
    if len(rows) == 1:
        return _("%(center)s is on record together with %(name)s only: %(deals)s") % said
    if together:
        return _("%(center)s invested most often together with %(name)s: %(deals)s") % said
    return _("%(center)s shares most deals with %(name)s: %(deals)s") % said


def _summary(answer: Mapping[str, Any]) -> str:
    """How many there are of each role, with the strongest three."""
    parts = []
    for role, said in _headings().items():
        rows = [row for row in answer["rows"] if row["role"] == role]
        if rows:
            strongest = ", ".join(
                _("%(name)s (%(n)s)") % {"name": row["name"], "n": number(row["n"])}
                for row in rows[:3]
            )
            parts.append(
                ngettext(
                    "%(role)s: %(n)s, %(strongest)s.",
                    "%(role)s: %(n)s, first %(strongest)s.",
                    len(rows),
                )
                % {"role": said, "n": number(len(rows)), "strongest": strongest}
            )
    return " ".join(parts)


def _headings() -> dict[str, str]:
    return {
        TARGET: _("Companies that it invested in"),
        INVESTOR: _("Its investors"),
        CO_INVESTOR: _("Invested together with it"),
    }


def _panel(answer: Mapping[str, Any]) -> Panel:
    network = _network(answer) if answer["rows"] else None
    nothing = mark_safe("")
    return Panel(
        name="network",
        title=_("Squares are companies, circles investors; lines lead to the deals they share"),
        wide=network_map(network, "network") if network else nothing,
        narrow=network_list(network, "network") if network else nothing,
        figure=None,
        table=_table(answer),
        hue="hue-neutral",
        legend=_legend(network.members) if network else (),
        empty="" if network else _("There is nobody to show."),
    )


def _network(answer: Mapping[str, Any]) -> Network:
    center = answer["center"]
    members = tuple(_member(row) for row in answer["rows"])
    names = {member.code: member.name for member in members} | {center["id"]: center["name"]}
    total = wording.deals_counted(answer["total"]["n"])
    said = _("%(name)s: %(deals)s") % {"name": center["name"], "deals": total}
    left = len(members) - MOST_ROWS
    return Network(
        title=_("The network of %(name)s") % {"name": center["name"]},
        description=_summary(answer),
        center=Member(
            center["id"], center["name"], center["country"] or "", CENTER, answer["total"]["n"],
            "", links.organization(center["id"]), said, _side(center["country"]),
        ),
        members=members,
        ties=tuple(_tie(row, names) for row in answer["links"]),
        headings=_headings(),
        more=ngettext("and %(n)s more in the table", "and %(n)s more in the table", left)
        % {"n": number(left)},
    )  # fmt: skip


def _member(row: Mapping[str, Any]) -> Member:
    where = f" ({country(row['country'])})" if row["country"] else ""
    said = _("%(name)s, %(role)s: %(deals)s") % {
        "name": f"{row['name']}{where}",
        "role": _role(row["role"]),
        "deals": wording.deals_counted(row["n"]),
    }
    return Member(
        row["code"], row["name"], row["country"] or "", row["role"], row["n"], number(row["n"]),
        links.organization(row["code"]), said, _side(row["country"]),
    )  # fmt: skip


def _side(where: str | None) -> str:
    """Europe and China have the colours of where their flows begin."""
    if where in wording.EUROPE:
        return "hue-eu-cn"
    return "hue-cn-eu" if where in wording.CHINA else "hue-domestic"


def _role(role: str) -> str:
    return {
        TARGET: _("company invested in"),
        INVESTOR: _("investor"),
        CO_INVESTOR: _("co-investor"),
    }[role]


def _tie(row: Mapping[str, Any], names: Mapping[str, str]) -> Tie:
    said = _("%(a)s and %(b)s: %(deals)s") % {
        "a": names[row["a"]],
        "b": names[row["b"]],
        "deals": wording.deals_counted(row["n"]),
    }
    return Tie(row["a"], row["b"], row["n"], row["deals"], said)


def _legend(members: Sequence[Member]) -> tuple[Key, ...]:
    names = {
        "hue-eu-cn": _("from Europe"),
        "hue-cn-eu": _("from China, Hong Kong or Macao"),
        "hue-domestic": _("from elsewhere, or not known"),
    }
    present = {member.hue for member in members}
    return tuple(Key(name, hue) for hue, name in names.items() if hue in present)


def _notes(answer: Mapping[str, Any]) -> list[str]:
    notes = [
        _("The number at each name counts the deals that it shares with %(name)s, once each.")
        % {"name": answer["center"]["name"]}
    ]
    if answer["more"]:
        notes.append(
            ngettext(
                "%(n)s more organization shares fewer deals and is not shown.",
                "%(n)s more organizations share fewer deals and are not shown.",
                answer["more"],
            )
            % {"n": number(answer["more"])}
        )
    return notes


def _table(answer: Mapping[str, Any]) -> Table:
    columns = (
        Column("name", _("Organization"), "name"),
        Column("n", _("Deals together"), "number"),
        Column("as", _("Role"), "text"),
        Column("where", _("Country"), "text"),
    )
    rows = tuple(
        {
            "name": row["name"],
            "where": country(row["country"]) if row["country"] else "",
            "as": _role(row["role"]),
            "n": row["n"],
            "deals": row["deals"],
            "page": links.organization(row["code"]),
        }
        for row in answer["rows"]
    )
    foot = {
        "name": _("All deals of the organization, each once"),
        "n": answer["total"]["n"],
        "deals": answer["addresses"]["deals"],
    }
    return Table(_("Who took part in the same deals"), columns, rows, foot if rows else None)
