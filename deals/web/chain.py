"""The owners and holdings of an organization, in words: for the drawing and for the table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deals.flows.ownership import Link, Node
from deals.svg.chain import Box, chain
from deals.templatetags.formats import country, day, number
from deals.web.evidence import safe_url

# A drawing of more boxes than this is a list; the table has them all.
MOST_BOXES = 24


@dataclass(frozen=True, slots=True)
class Stake:
    """One line of the table."""

    owner: Node
    owned: Node
    share: str
    control: str
    state_linked: bool
    first: str
    last: str
    note: str
    source_title: str
    source_url: str


@dataclass(frozen=True, slots=True)
class Chain:
    """Both drawings, what they show in words, and the evidence as a table."""

    wide: SafeString
    narrow: SafeString
    summary: str
    stakes: tuple[Stake, ...]


def described(centre: Node, owners: Sequence[Link], holdings: Sequence[Link]) -> Chain | None:
    """None where no evidence is on record."""
    if not owners and not holdings:
        return None
    boxes = _boxes(centre, owners, holdings)
    title = _("Owners and holdings of %(name)s") % {"name": centre.name}
    summary = _summary(centre, owners, holdings)
    wide, narrow = chain(boxes, title, summary)
    stakes = tuple(_stake(link) for link in _distinct([*owners, *holdings]))
    return Chain(wide, narrow, summary, stakes)


def _distinct(links: Iterable[Link]) -> list[Link]:
    """A stake may be above and below in a circle of owners; it is one all the same."""
    found = {(link.owner, link.owned, link.first, link.last, link.share): link for link in links}
    return list(found.values())


def _summary(centre: Node, owners: Sequence[Link], holdings: Sequence[Link]) -> str:
    above = len({link.owner.id for link in owners})
    below = len({link.owned.id for link in holdings})
    said = []
    if above:
        text = ngettext("%(n)s owner above it", "%(n)s owners above it", above)
        said.append(text % {"n": number(above)})
    if below:
        text = ngettext("%(n)s holding below it", "%(n)s holdings below it", below)
        said.append(text % {"n": number(below)})
    parts = {"name": centre.name, "what": _(" and ").join(said)}
    sentence = _("On record for %(name)s: %(what)s.") % parts
    state = _("A state holds a stake above it.")
    return f"{sentence} {state}" if any(link.state_linked for link in owners) else sentence


def _boxes(centre: Node, owners: Sequence[Link], holdings: Sequence[Link]) -> list[Box]:
    """Owners first, the highest on top; each line of the tree is one link."""
    above, below = _tree(centre, owners, up=True), _tree(centre, holdings, up=False)
    highest, middle = max((line.level for line in above), default=0), len(above)
    return [
        *(_owner_box(line, highest - line.level, middle - line.joins) for line in reversed(above)),
        Box(centre.name, country(centre.country), "", "", highest, None, True, False),
        *(_owned_box(line, highest + line.level, middle + line.joins) for line in below),
    ]


@dataclass(frozen=True, slots=True)
class Line:
    """A link in the tree; `joins` counts lines from the middle, which is 0."""

    link: Link
    level: int
    joins: int


def _tree(centre: Node, links: Sequence[Link], *, up: bool) -> list[Line]:
    """Depth first, without links that close a circle; at most `MOST_BOXES` lines."""
    found: list[Line] = []

    def visit(here: str, level: int, passed: frozenset[str], place: int) -> None:
        # Upwards the lines are turned round in the end, so that the first owner is on top.
        for link in reversed(links) if up else links:
            near, far = (link.owned.id, link.owner.id) if up else (link.owner.id, link.owned.id)
            if near == here and far not in passed and len(found) < MOST_BOXES:
                found.append(Line(link, level, place))
                visit(far, level + 1, passed | {far}, len(found))

    visit(centre.id, 1, frozenset({centre.id}), 0)
    return found


def _owner_box(line: Line, depth: int, joins: int) -> Box:
    label = _("holds %(stake)s") % {"stake": _held(line.link)}
    return _box(line.link, line.link.owner, label, depth, joins)


def _owned_box(line: Line, depth: int, joins: int) -> Box:
    label = _("held: %(stake)s") % {"stake": _held(line.link)}
    return _box(line.link, line.link.owned, label, depth, joins)


def _box(link: Link, node: Node, label: str, depth: int, joins: int) -> Box:
    below = country(node.country)
    if link.state_linked:
        below = _("%(country)s · state-linked") % {"country": below}
    address = f"/organizations/{node.id}/"
    return Box(node.name, below, address, label, depth, joins, link.controlling, link.state_linked)


def _share(link: Link) -> str:
    return f"{number(link.share.normalize())}\u202f%" if link.share is not None else ""


def _held(link: Link) -> str:
    """ "40 %, control, from 9 Jan 2018"."""
    parts = [
        _share(link) or ("" if link.controlling else _("a stake")),
        _("control") if link.controlling else "",
        _("from %(day)s") % {"day": day(link.first)} if link.first else "",
        _("until %(day)s") % {"day": day(link.last)} if link.last else "",
    ]
    return ", ".join(part for part in parts if part)


def _stake(link: Link) -> Stake:
    return Stake(
        owner=link.owner,
        owned=link.owned,
        share=_share(link),
        control=_("control") if link.controlling else _("no control on record"),
        state_linked=link.state_linked,
        first=day(link.first) if link.first else "",
        last=day(link.last) if link.last else "",
        note=link.note,
        source_title=link.source_title,
        source_url=safe_url(link.source_url),
    )
