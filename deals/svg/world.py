"""A map of the world with Europe and East Asia beside it, coloured by numbers of deals.

Every country with deals is one link, on the map on which it is largest; what is coloured in small
besides is left out of the keyboard's way. A phone gets the larger maps and a list of the others,
since a world 340 pixels wide shows nothing.
"""

from collections.abc import Iterator, Sequence

from django.utils.safestring import SafeString, mark_safe

from deals.charts.world import Place, World
from deals.svg.elements import drawing, linked, tag
from deals.svg.shapes import ASIA, EUROPE, EXTENTS, GRID, WORLD, Shape, home, shapes
from deals.svg.text import text_width

WIDTH, GAP, CAPTION = 540, 16, 22
PHONE = 340
LINE = 26
# On a phone more than so many other countries are only in the table.
MOST_LISTED = 12
NUMBER_SIZE = 12.5
Box = tuple[float, float, float, float]


def world_map(world: World, name: str) -> SafeString:
    """The drawing for wide screens, or nothing without deals."""
    if not world.places:
        return mark_safe("")
    prefix = f"{name}-wide"
    width, height = EXTENTS[WORLD]
    beside, tall = EXTENTS[EUROPE]
    top = height + CAPTION + 6
    parts = [
        _part(world, WORLD, prefix, (0, 0), 1.0),
        _part(world, EUROPE, prefix, (0, top), 1.0, world.europe),
        _part(world, ASIA, prefix, (beside + GAP, top), 1.0, world.asia),
    ]
    whole = tag("g", *parts, class_=f"map {world.hue}")
    extent = (width, top + tall + 1)
    return drawing(prefix, "wide", world.title, world.description, extent, [whole])


def phone_map(world: World, name: str) -> SafeString:
    """The drawing for phones: the larger maps on which anybody has deals, and the others' names.

    It takes the land from the wide drawing of the same name, beside which it must stand.
    """
    if not world.places:
        return mark_safe("")
    prefix = f"{name}-narrow"
    parts = []
    top = 0.0
    for part, caption in ((EUROPE, world.europe), (ASIA, world.asia)):
        if any(home(place.code) == part for place in world.places):
            width, height = EXTENTS[part]
            scale = PHONE / width
            corner = (0, top + CAPTION)
            parts.append(_part(world, part, prefix, corner, scale, caption, f"{name}-wide"))
            top += CAPTION + height * scale + GAP
    others = [place for place in world.places if home(place.code) not in (EUROPE, ASIA)]
    listed = list(_listed(world, others, top))
    top += CAPTION + LINE * min(len(others), MOST_LISTED) + 4 if others else 0
    top += LINE if len(others) > MOST_LISTED else 0
    whole = tag("g", *parts, *listed, class_=f"map {world.hue}")
    return drawing(prefix, "narrow", world.title, world.description, (PHONE, top), [whole])


def _part(
    world: World,
    part: str,
    prefix: str,
    corner: tuple[float, float],
    scale: float,
    caption: str = "",
    drawn: str = "",
) -> SafeString:
    """One map with its frame and numbers; `corner` is its place in the drawing.

    `drawn` is the prefix of a drawing on the same page whose land is used again, since outlines
    are most of what a map weighs.
    """
    width, height = (side * scale for side in EXTENTS[part])
    land = _same_land(world, part, drawn, scale) if drawn else _land(world, part, prefix)
    marks = [*land, *_places(world, part, scale), *_numbers(world.places, part, scale)]
    if caption:
        marks.append(tag("text", caption, x=0, y=-7, class_="axis-title"))
        marks.append(tag("rect", width=width, height=height, class_="map-frame"))
    return tag("g", *marks, transform=f"translate({corner[0]:.0f} {corner[1]:.0f})")


def _bare(world: World, part: str) -> dict[str, str]:
    """Outlines of countries without deals in one path, and of the asked-for ones in another."""
    coloured = {place.code for place in world.places}
    found = {"land": "", "asked": ""}
    for code, shape in shapes(part).items():
        if code not in coloured:
            found["asked" if code in world.asked else "land"] += shape.path
    return {look: path for look, path in found.items() if path}


def _land(world: World, part: str, prefix: str) -> Iterator[SafeString]:
    for look, path in _bare(world, part).items():
        yield tag("path", d=path, id=f"{prefix}-{part}-{look}", class_=f"land {look}",
                  transform=f"scale({GRID:g})")  # fmt: skip


def _same_land(world: World, part: str, drawn: str, scale: float) -> Iterator[SafeString]:
    for look in _bare(world, part):
        yield tag("use", href=f"#{drawn}-{part}-{look}", class_=f"land {look}",
                  transform=f"scale({scale:g})")  # fmt: skip


def _places(world: World, part: str, scale: float) -> Iterator[SafeString]:
    """The strongest first, as a keyboard meets them; circles lie on the country around them."""
    known = shapes(part)
    found = [place for place in world.places if place.code in known]
    for place in sorted(found, key=lambda place: not known[place.code].path):
        shape = known[place.code]
        mark = _mark(shape, scale)
        if mark is None:
            continue
        look = f"seq-{place.step}"
        if home(place.code) == part:
            yield linked(place.href, place.said, mark, look=look)
        else:
            yield tag("a", tag("title", place.said), mark, href=place.href, class_=look,
                      tabindex=-1, aria_hidden="true")  # fmt: skip


def _mark(shape: Shape, scale: float) -> SafeString | None:
    if shape.path:
        return tag("path", d=shape.path, class_="place", transform=f"scale({scale * GRID:g})")
    if shape.at is None:
        return None
    x, y = (scale * side for side in shape.at)
    return tag("circle", cx=x, cy=y, r=4.0, class_="place")


def _numbers(places: Sequence[Place], part: str, scale: float) -> Iterator[SafeString]:
    """The strongest first; a number that would lie on another is left to the table."""
    taken: list[Box] = []
    known = shapes(part)
    for place in places:
        shape = known.get(place.code)
        if shape is None or shape.at is None or home(place.code) != part:
            continue
        wide = text_width(place.text, NUMBER_SIZE)
        x, y = (scale * side for side in shape.at)
        if not shape.path:
            x += 7 + wide / 2
        x = min(max(x, wide / 2 + 2), EXTENTS[part][0] * scale - wide / 2 - 2)
        box = (x - wide / 2 - 1, y - 6, x + wide / 2 + 1, y + 6)
        if _is_free(box, taken):
            taken.append(box)
            yield tag("text", place.text, x=x, y=y + 4.5, class_="map-number mid",
                      aria_hidden="true")  # fmt: skip


def _is_free(box: Box, taken: Sequence[Box]) -> bool:
    return all(
        box[2] <= other[0] or other[2] <= box[0] or box[3] <= other[1] or other[3] <= box[1]
        for other in taken
    )


def _listed(world: World, others: Sequence[Place], top: float) -> Iterator[SafeString]:
    if not others:
        return
    yield tag("text", world.elsewhere, x=0, y=top + 13, class_="axis-title")
    y = top + CAPTION
    for place in others[:MOST_LISTED]:
        yield linked(
            place.href,
            place.said,
            tag("rect", x=0, y=y, width=PHONE, height=LINE, class_="hit"),
            tag("rect", x=0.5, y=y + 6.5, width=13, height=13, class_="place"),
            tag("text", place.name, x=22, y=y + 18, class_="label"),
            tag("text", place.text, x=PHONE - 2, y=y + 18, class_="value end"),
            look=f"seq-{place.step}",
        )
        y += LINE
    left = len(others) - MOST_LISTED
    if left > 0:
        yield tag("text", world.more(left), x=22, y=y + 18)
