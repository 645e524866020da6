"""Who invested together with an organization: itself in the middle, two rings around it.

On the inner ring stand the companies that it invested in and its own investors, on the outer ring
those who invested together with it. Marks of a ring have equal distances from top to bottom, so
that each label has a line of its own; nothing is left to chance. A phone gets a list.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt

from django.utils.safestring import SafeString, mark_safe

from deals.charts.network import (
    CO_INVESTOR,
    INVESTOR,
    NEAR,
    TARGET,
    Member,
    Network,
    Tie,
)
from deals.svg.elements import drawing, linked, tag
from deals.svg.text import shortened, text_width

WIDTH, PHONE = 820, 340
LINE, ROW = 18.0, 27.0
INNER, OUTER = 98.0, 230.0
LARGEST, SMALLEST = 9.0, 4.5
# More than so many are only in the table of a phone.
MOST_ROWS = 24


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a mark stands; `side` is 1 where its label is at its right, -1 at its left."""

    x: float
    y: float
    side: int
    room: float


def network_map(network: Network, name: str) -> SafeString:
    """The drawing for wide screens, or nothing when nobody is around."""
    if not network.members:
        return mark_safe("")
    prefix = f"{name}-wide"
    spots, height = placed(network)
    marks = [
        *_ties(network, spots),
        *(_member(member, spots[member.code], network) for member in network.members),
        _center(network.center, spots[network.center.code]),
    ]
    whole = tag("g", *marks, class_="network")
    return drawing(prefix, "wide", network.title, network.description, (WIDTH, height), [whole])


def placed(network: Network) -> tuple[dict[str, Spot], float]:
    """A place for everybody by code, and how high the drawing is."""
    near, far = network.of(*NEAR), network.of(CO_INVESTOR)
    inner = (INNER, max(52.0, LINE * len(near) / 4 + 10))
    outer = (OUTER, max(inner[1] + 54, 130.0, LINE * len(far) / 4 + 20))
    if not far:
        inner = (OUTER, max(120.0, LINE * len(near) / 4 + 20))
    height = 2 * max(outer[1] if far else 0, inner[1]) + 44
    middle = (WIDTH / 2, height / 2)
    spots = {network.center.code: Spot(*middle, 1, 0)}
    right = near[: (len(near) + 1) // 2]
    spots |= _ring(right, near[len(right) :], inner, middle, outer if far else None)
    spots |= _ring(*_sides(network, far, spots, middle), outer, middle, None)
    return spots, height


def _ring(
    right: Sequence[Member],
    left: Sequence[Member],
    radii: tuple[float, float],
    middle: tuple[float, float],
    around: tuple[float, float] | None,
) -> dict[str, Spot]:
    """Equal steps from top to bottom on either side of an ellipse; `around` is the ring beyond."""
    spots = {}
    for side, members in ((1, right), (-1, left)):
        for at, member in enumerate(members):
            y = radii[1] * (2 * (at + 0.5) / len(members) - 1)
            x = _across(radii, y)
            end = WIDTH / 2 if around is None else _across(around, y) - LARGEST
            spots[member.code] = Spot(middle[0] + side * x, middle[1] + y, side, end - x - 14)
    return spots


def _across(radii: tuple[float, float], y: float) -> float:
    return radii[0] * sqrt(max(0.0, 1 - (y / radii[1]) ** 2))


def _sides(
    network: Network, far: Sequence[Member], spots: dict[str, Spot], middle: tuple[float, float]
) -> tuple[list[Member], list[Member]]:
    """Co-investors at the side, and in the order, of the companies that they share."""
    means = {member.code: _mean(network, member.code, spots, middle) for member in far}
    by_side = sorted(far, key=lambda member: (-means[member.code][0], member.code))
    half = (len(far) + 1) // 2
    right, left = by_side[:half], by_side[half:]
    for side in (right, left):
        side.sort(key=lambda member: (means[member.code][1], member.code))
    return right, left


def _mean(
    network: Network, code: str, spots: dict[str, Spot], middle: tuple[float, float]
) -> tuple[float, float]:
    shared = [spots[tie.b] for tie in network.ties if tie.a == code and tie.b in spots]
    if not shared:
        return middle
    return sum(one.x for one in shared) / len(shared), sum(one.y for one in shared) / len(shared)


def _ties(network: Network, spots: dict[str, Spot]) -> Iterator[SafeString]:
    """Lines are for pointers; a keyboard and a voice find the same deals in the table."""
    far = {member.code for member in network.of(CO_INVESTOR)}
    most = max((tie.n for tie in network.ties), default=1)
    for tie in network.ties:
        # With co-investors it is tied through the companies that they share.
        if network.center.code in (tie.a, tie.b) and far & {tie.a, tie.b}:
            continue
        if tie.a in spots and tie.b in spots:
            yield _tie(tie, spots[tie.a], spots[tie.b], most, own=network.center.code == tie.a)


def _tie(tie: Tie, a: Spot, b: Spot, most: int, *, own: bool) -> SafeString:
    ends = {"x1": a.x, "y1": a.y, "x2": b.x, "y2": b.y}
    width = 1 + 3 * sqrt((tie.n - 1) / max(most - 1, 1))
    line = tag("line", **ends, class_="tie own" if own else "tie", stroke_width=width)
    reach = tag("line", **ends, class_="reach")
    if not tie.href:
        return line
    return tag("a", tag("title", tie.said), reach, line, href=tie.href, tabindex=-1)


def _member(member: Member, spot: Spot, network: Network) -> SafeString:
    most = max(one.n for one in network.members)
    size = SMALLEST + (LARGEST - SMALLEST) * sqrt((member.n - 1) / max(most - 1, 1))
    x = spot.x + spot.side * (LARGEST + 4)
    number = f" {member.text}"
    room = spot.room - text_width(number)
    label = tag(
        "text", shortened(member.label, room), " ", tag("tspan", member.text, class_="value"),
        x=x, y=spot.y + 4.5, class_="label" if spot.side > 0 else "label end",
    )  # fmt: skip
    mark = _mark(member.role, spot.x, spot.y, size)
    return linked(member.href, member.said, mark, label, look=member.hue)


def _mark(role: str, x: float, y: float, size: float) -> SafeString:
    """Companies are squares and investors circles, so that colour is not the only sign."""
    if role == TARGET:
        side = 1.8 * size
        return tag("rect", x=x - side / 2, y=y - side / 2, width=side, height=side, class_="member")
    return tag("circle", cx=x, cy=y, r=size, class_="member")


def _center(center: Member, spot: Spot) -> SafeString:
    label = shortened(center.label, 2 * INNER - 40)
    wide = text_width(label) + 24
    plate = tag("rect", x=spot.x - wide / 2, y=spot.y - 15, width=wide, height=30, rx=15,
                class_="plate")  # fmt: skip
    text = tag("text", label, x=spot.x, y=spot.y + 4.5, class_="label strong mid")
    return linked(center.href, center.said, plate, text, look=center.hue)


def network_list(network: Network, name: str) -> SafeString:
    """The drawing for phones: who is around, by role, each with its number of shared deals."""
    if not network.members:
        return mark_safe("")
    prefix = f"{name}-narrow"
    marks: list[SafeString] = []
    top, left = 0.0, MOST_ROWS
    for role in (TARGET, INVESTOR, CO_INVESTOR):
        members = network.of(role)[:left]
        left -= len(members)
        if members:
            head = tag("text", network.headings[role], x=0, y=top + 15, class_="axis-title")
            marks += [head, *_rows(members, top + 24)]
            top += 24 + ROW * len(members) + 10
    if len(network.members) > MOST_ROWS:
        marks.append(tag("text", network.more, x=24, y=top + 10))
        top += 22
    whole = tag("g", *marks, class_="network")
    return drawing(prefix, "narrow", network.title, network.description, (PHONE, top), [whole])


def _rows(members: Sequence[Member], top: float) -> Iterator[SafeString]:
    for at, member in enumerate(members):
        y = top + ROW * at
        middle = y + ROW / 2
        yield linked(
            member.href,
            member.said,
            tag("rect", x=0, y=y, width=PHONE, height=ROW, class_="hit"),
            _mark(member.role, 10, middle, 6.0),
            tag("text", shortened(member.label, PHONE - 70), x=24, y=middle + 4.5, class_="label"),
            tag("text", member.text, x=PHONE - 2, y=middle + 4.5, class_="value end"),
            look=member.hue,
        )
