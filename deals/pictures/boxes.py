"""The boxes of a flow diagram: the strongest of a column by name, the rest in one box together."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deals import wording
from deals.charts.sankey import Node, Ribbon, Stage
from deals.flows import links
from deals.flows.query import FlowQuery
from deals.flows.rows import from_country, into_country
from deals.rules.vocab import SECTORS
from deals.templatetags.formats import country, number

# A column of more boxes, or more ribbons between two columns, would be a picture of hair.
MOST_BOXES = 9
MOST_RIBBONS = 40
Codes = tuple[str, ...]
Narrowing = Callable[[FlowQuery, Codes], FlowQuery | None]
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Boxes:
    """A column: `codes` of each box in order, what each says, and how a question is held to one.

    `narrow` gives the question about the deals of a box, None where no address can say it.
    """

    heading: str
    codes: tuple[Codes, ...]
    nodes: tuple[Node, ...]
    narrow: Narrowing

    def place(self, code: str) -> int:
        return next(at for at, codes in enumerate(self.codes) if code in codes)


def named_sector(code: str) -> str:
    return _(SECTORS[code]) if code else _("Sector not stated")


def country_boxes(query: FlowQuery, rows: Sequence[Row], *, of_targets: bool) -> Boxes:
    """`nodes.investors` or `nodes.targets` of the diagram, which come the strongest first."""
    narrow = _into if of_targets else _from
    own, shared = _parted(rows)
    nodes = [_node(country(row["code"]), row) for row in own]
    if shared:
        label = ngettext("%(n)s other country", "%(n)s other countries", len(shared)) % {
            "n": number(len(shared))
        }
        # A deal has one target, so those of several targets add up; those of investors do not.
        n = sum(row["n"] for row in shared) if of_targets else 0
        nodes.append(_shared(query, label, n, shared, narrow))
    heading = _("Target countries") if of_targets else _("Investor countries")
    return Boxes(heading, _codes(own, shared), tuple(nodes), narrow)


def sector_boxes(query: FlowQuery, rows: Sequence[Row]) -> Boxes:
    """`nodes.sectors`; what no sector was stated for has a box of its own at the end."""
    own, shared = _parted([row for row in rows if row["code"]])
    unknown = [row for row in rows if not row["code"]]
    nodes = [_node(named_sector(row["code"]), row) for row in own]
    if shared:
        label = ngettext("%(n)s other sector", "%(n)s other sectors", len(shared)) % {
            "n": number(len(shared))
        }
        nodes.append(_shared(query, label, 0, shared, _in_sectors))
    nodes += [_node(named_sector(""), row, unknown=True) for row in unknown]
    codes = (*_codes(own, shared), *(("",) for _row in unknown))
    return Boxes(_("Sectors"), codes, tuple(nodes), _in_sectors)


def stage(boxes: Boxes, flows: tuple[Ribbon, ...] = ()) -> Stage:
    return Stage(boxes.heading, boxes.nodes, flows)


def ribbons(
    query: FlowQuery, pairs: Sequence[Row], left: Boxes, right: Boxes
) -> tuple[Ribbon, ...]:
    """Pairs of codes as ribbons between boxes; those between the same two boxes become one."""
    found: dict[tuple[int, int], list[Row]] = {}
    for pair in pairs:
        found.setdefault((left.place(pair["a"]), right.place(pair["b"])), []).append(pair)
    made = [_ribbon(query, left, right, at, rows) for at, rows in found.items()]
    return tuple(sorted(made, key=lambda ribbon: (ribbon.a, ribbon.b)))


def widest(found: Sequence[Ribbon]) -> tuple[Ribbon, ...]:
    """As many as can be told apart, in their order."""
    smallest = sorted((ribbon.n for ribbon in found), reverse=True)[:MOST_RIBBONS]
    thick = [ribbon for ribbon in found if ribbon.n >= smallest[-1]] if smallest else []
    return tuple(thick[:MOST_RIBBONS])


def _ribbon(
    query: FlowQuery, left: Boxes, right: Boxes, at: tuple[int, int], rows: Sequence[Row]
) -> Ribbon:
    a, b = at
    n = sum(row["n"] for row in rows)
    from_, to = left.nodes[a].label, right.nodes[b].label
    said = _("%(from)s → %(to)s: %(deals)s") % {
        "from": from_, "to": to, "deals": wording.deals_counted(n),
    }  # fmt: skip
    if len(rows) == 1:
        return Ribbon(a, b, n, rows[0]["deals"], said, _hue(query, left, right, at))
    said = _("%(said)s, counted once in each country or sector") % {"said": said}
    one = left.narrow(query, left.codes[a])
    both = right.narrow(one, right.codes[b]) if one else None
    return Ribbon(a, b, n, _address(both), said, _hue(query, left, right, at))


def _hue(query: FlowQuery, left: Boxes, right: Boxes, at: tuple[int, int]) -> str:
    """Two countries have the colour of their direction; everything else that of the question."""
    if left.narrow is _from:
        held = query.but(investor=left.codes[at[0]], target=right.codes[at[1]])
        return wording.hue(held)
    return wording.hue(query)


def _parted(rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """Nobody is alone in the box for the rest."""
    most = len(rows) if len(rows) <= MOST_BOXES + 1 else MOST_BOXES
    return list(rows[:most]), list(rows[most:])


def _codes(own: Sequence[Row], shared: Sequence[Row]) -> tuple[Codes, ...]:
    found = [(row["code"],) for row in own]
    return (*found, tuple(row["code"] for row in shared)) if shared else tuple(found)


def _node(label: str, row: Row, *, unknown: bool = False) -> Node:
    said = _("%(name)s: %(deals)s") % {"name": label, "deals": wording.deals_counted(row["n"])}
    return Node(label, row["n"], number(row["n"]), row["deals"], said, unknown)


def _shared(query: FlowQuery, label: str, n: int, rows: Sequence[Row], narrow: Narrowing) -> Node:
    held = narrow(query, tuple(row["code"] for row in rows))
    return Node(label, n, number(n) if n else "", _address(held), label)


def _address(query: FlowQuery | None) -> str:
    return links.deals(query) if query else ""


def _from(query: FlowQuery, codes: Codes) -> FlowQuery | None:
    if len(codes) == 1:
        return from_country(query, codes[0])
    # Membership of several countries begins and ends on days that one address cannot say.
    fixed = not query.investor or set(codes) <= query.investor_side.always
    return query.but(investor=tuple(sorted(codes))) if fixed else None


def _into(query: FlowQuery, codes: Codes) -> FlowQuery | None:
    if len(codes) == 1:
        return into_country(query, codes[0])
    fixed = not query.target or set(codes) <= query.target_side.always
    return query.but(target=tuple(sorted(codes))) if fixed else None


def _in_sectors(query: FlowQuery, codes: Codes) -> FlowQuery | None:
    return query.but(sector=tuple(sorted(codes))) if "" not in codes else None
