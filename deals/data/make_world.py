"""Makes world.csv from Natural Earth's countries 1:50m, which are in the public domain.

Run by hand when the outlines are to change, which takes some minutes:

    python deals/data/make_world.py countries-50m.json > deals/data/world.csv

The JSON is the TopoJSON of that name in the npm package world-atlas 2.0.2. A line between two
countries is one arc there and is simplified once, so that no gap opens between neighbours.
"""

import csv
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import asin, cos, hypot, radians, sin, sqrt
from typing import Any

from babel.core import get_global

Point = tuple[float, float]
Ring = list[Point]
Rings = dict[str, list[list[int]]]

NAMED = {"Kosovo": "XK", "N. Cyprus": "CY", "Somaliland": "SO", "Siachen Glacier": ""}
# Parts with a code of their own, by a place in them; and Crimea, which Natural Earth draws by who
# holds it and not by what is recognised.
REACH = 4.0
PARTS = [
    ("FR", (-53, 4), "GF"), ("FR", (-61.4, 16.2), "GP"), ("FR", (-61, 14.6), "MQ"),
    ("FR", (55.5, -21.1), "RE"), ("FR", (45.2, -12.8), "YT"), ("NO", (16, 78.5), "SJ"),
    ("NO", (23, 80), "SJ"), ("NL", (-68.3, 12.2), "BQ"), ("RU", (34.3, 45.2), "UA"),
]  # fmt: skip
POINTS = {
    "GI": (-5.35, 36.14), "CX": (105.65, -10.5), "CC": (96.85, -12.15), "TV": (179.2, -8.5),
    "TK": (-171.85, -9.2),
}  # fmt: skip
# Two places that would cover each other, in pixels of the map of East Asia.
NUDGED = {"HK": (4.5, 0.0), "MO": (-3.5, 3.5)}
# Pixels: corners smaller than this go, smaller islands too, and smaller countries become circles.
SMALLEST_ISLAND, SMALLEST_COUNTRY, NEAREST_POINTS = 2.0, 9.0, 0.5
FARTHEST_ISLAND = 12.0


def equal_earth(lon: float, lat: float) -> Point:
    """Equal Earth (Šavrič, Patterson and Jenny 2018), turned so that its edge cuts no land."""
    along = radians((lon - 11.5 + 180) % 360 - 180)
    t = asin(sqrt(3) / 2 * sin(radians(lat)))
    a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
    slope = 9 * a4 * t**8 + 7 * a3 * t**6 + 3 * a2 * t**2 + a1
    x = 2 * sqrt(3) * along * cos(t) / (3 * slope)
    return x, -(a4 * t**9 + a3 * t**7 + a2 * t**3 + a1 * t)


def lambert(lon0: float, lat0: float) -> Callable[[float, float], Point]:
    """Lambert's azimuthal equal-area projection around a place, as Eurostat uses it for Europe."""
    middle = radians(lat0)

    def project(lon: float, lat: float) -> Point:
        along, up = radians((lon - lon0 + 180) % 360 - 180), radians(lat)
        near = 1 + sin(middle) * sin(up) + cos(middle) * cos(up) * cos(along)
        k = sqrt(2 / max(near, 1e-3))
        y = cos(middle) * sin(up) - sin(middle) * cos(up) * cos(along)
        return k * cos(up) * sin(along), -k * y

    return project


@dataclass(frozen=True)
class Map:
    """What lies at its left, right and upper edge in the projection, and its size in pixels."""

    name: str
    project: Callable[[float, float], Point]
    left: float
    right: float
    top: float
    width: float
    height: float
    tolerance: float

    def place(self, lon: float, lat: float) -> Point:
        x, y = self.project(lon, lat)
        k = self.width / (self.right - self.left)
        return (x - self.left) * k, (y - self.top) * k


MAPS = [
    Map("world", equal_earth, -2.46, 2.71, -1.295, 540, 238, 0.6),
    Map("europe", lambert(14, 52), -0.315, 0.312, -0.338, 262, 268, 0.7),
    Map("asia", lambert(105, 34), -0.44, 0.53, -0.37, 262, 268, 0.7),
]


def decoded(topology: dict[str, Any]) -> list[Ring]:
    """The arcs in degrees; TopoJSON writes them as differences of whole numbers."""
    (kx, ky), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        line = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append((x * kx + tx, y * ky + ty))
        arcs.append(line)
    return arcs


def rings_of(topology: dict[str, Any], arcs: list[Ring]) -> Rings:
    """The rings of each country, a ring being a list of numbers of arcs (~number backwards)."""
    found: Rings = {}
    for shape in topology["objects"]["countries"]["geometries"]:
        aliases = list(get_global("territory_aliases").get(shape.get("id") or "") or [])
        code = aliases[0] if aliases else NAMED.get(shape["properties"]["name"])
        if code is None or code == "AQ":
            continue
        polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        for ring in (ring for polygon in polygons for ring in polygon):
            x, y = centre(joined(ring, arcs))
            parts = [(hypot(px - x, py - y), new) for old, (px, py), new in PARTS if old == code]
            gap, part = min(parts, default=(REACH, ""))
            found.setdefault(part if gap < REACH else code, []).append(ring)
    return {code: merged(rings, arcs) for code, rings in found.items()}


def merged(rings: list[list[int]], arcs: list[Ring]) -> list[list[int]]:
    """Without the lines inside: arcs that two of the rings share in opposite directions."""
    every = {arc for ring in rings for arc in ring}
    if not any(~arc in every for arc in every):
        return rings
    left = [arc for ring in rings for arc in ring if ~arc not in every]
    out = []
    while left:
        ring = [left.pop(0)]
        while (end := joined(ring, arcs)[-1]) != joined(ring, arcs)[0]:
            following = next(arc for arc in left if joined([arc], arcs)[0] == end)
            left.remove(following)
            ring.append(following)
        out.append(ring)
    return out


def joined(ring: list[int], arcs: list[Ring]) -> Ring:
    line: Ring = []
    for arc in ring:
        points = arcs[arc] if arc >= 0 else arcs[~arc][::-1]
        line += points[1:] if line else points
    return line


def edges(ring: Ring) -> Iterator[tuple[Point, Point]]:
    return pairwise([*ring, ring[0]])


def centre(ring: Ring) -> Point:
    return sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring)


def extent(ring: Ring) -> float:
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in edges(ring))) / 2


def torn(ring: Ring, width: float) -> bool:
    """An island on the meridian at which the world is cut would be a line right across it."""
    xs = [x for x, _ in ring]
    return max(xs) - min(xs) > 0.8 * width


def simplified(line: Ring, smallest: float) -> Ring:
    """Visvalingam: the corner of the smallest triangle goes until none is below `smallest`."""
    kept = line[:1]
    for point in line[1:-1]:
        if hypot(point[0] - kept[-1][0], point[1] - kept[-1][1]) >= NEAREST_POINTS:
            kept.append(point)
    kept.append(line[-1])
    while len(kept) > (4 if kept[0] == kept[-1] else 2):
        sizes = [extent(list(corner)) for corner in zip(kept, kept[1:], kept[2:], strict=False)]
        least = min(sizes)
        if least >= smallest:
            break
        del kept[sizes.index(least) + 1]
    return kept


def clipped(ring: Ring, width: float, height: float) -> Ring:
    """What lies on the map (Sutherland and Hodgman)."""
    for axis, limit, sign in ((0, 0.0, 1), (0, width, -1), (1, 0.0, 1), (1, height, -1)):
        out: Ring = []
        for a, b in edges(ring):
            has_a, has_b = (sign * (point[axis] - limit) >= 0 for point in (a, b))
            if has_a != has_b:
                t = (limit - a[axis]) / (b[axis] - a[axis])
                out.append((a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])))
            if has_b:
                out.append(b)
        ring = out
        if not ring:
            break
    return ring


def heart(ring: Ring) -> Point:
    """The point of a grid that is farthest from the outline: a good place for a number."""
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    outline = list(dense(ring))
    best, place = -1.0, centre(ring)
    for i in range(1, 24):
        for j in range(1, 24):
            x = min(xs) + (max(xs) - min(xs)) * i / 24
            y = min(ys) + (max(ys) - min(ys)) * j / 24
            if inside(x, y, ring):
                gap = min(hypot(x - px, y - py) for px, py in outline)
                if gap > best:
                    best, place = gap, (x, y)
    return place


def dense(ring: Ring) -> Iterator[Point]:
    for (ax, ay), (bx, by) in edges(ring):
        steps = max(1, int(hypot(bx - ax, by - ay) / 3))
        for k in range(steps):
            yield ax + (bx - ax) * k / steps, ay + (by - ay) * k / steps


def inside(x: float, y: float, ring: Ring) -> bool:
    crossed = False
    for (ax, ay), (bx, by) in edges(ring):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            crossed = not crossed
    return crossed


def path(rings: list[Ring]) -> str:
    """Relative whole numbers, in halves of a pixel."""
    text = ""
    for ring in rings:
        grid = [(round(2 * x), round(2 * y)) for x, y in ring]
        steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(grid) if a != b]
        if len(steps) > 1:
            text += f"M{grid[0][0]},{grid[0][1]}l" + " ".join(f"{x},{y}" for x, y in steps) + "z"
    return text.replace(",-", "-").replace(" -", "-")


def row(one: Map, code: str, exact: list[Ring], drawn: list[Ring]) -> list[object] | None:
    """A country on a map: where its number stands, and its outline; None when it is not there."""
    shapes = [ring for whole in exact if len(ring := clipped(whole, one.width, one.height)) > 2]
    if not shapes:
        return beyond(one, code, centre(max(exact, key=extent))) if exact else None
    largest = max(shapes, key=extent)
    outlines = [clipped(ring, one.width, one.height) for ring in drawn]
    outlines = [ring for ring in outlines if len(ring) > 2 and extent(ring) >= SMALLEST_ISLAND]
    x, y = heart(max(outlines, key=extent)) if outlines else centre(largest)
    dx, dy = NUDGED.get(code, (0, 0)) if one.name == "asia" else (0, 0)
    # Most of Russia is not on the map of Europe: its part has the colour and no number there.
    is_part = one.name != "world" and extent(largest) < 0.6 * max(map(extent, exact))
    at: list[object] = ["", ""] if is_part else [round(x + dx, 1), round(y + dy, 1)]
    return [one.name, code, *at, "" if extent(largest) < SMALLEST_COUNTRY else path(outlines)]


def beyond(one: Map, code: str, where: Point) -> list[object] | None:
    """An island just outside of the world's frame, for which the frame is not made wider."""
    x, y = (
        min(max(at, 2.0), size - 2) for at, size in zip(where, (one.width, one.height), strict=True)
    )
    if one.name != "world" or hypot(x - where[0], y - where[1]) > FARTHEST_ISLAND:
        return None
    return [one.name, code, round(x, 1), round(y, 1), ""]


def rows(topology: dict[str, Any]) -> Iterator[list[object]]:
    arcs = decoded(topology)
    countries = rings_of(topology, arcs)
    for one in MAPS:
        exact = [[one.place(*point) for point in arc] for arc in arcs]
        drawn = [simplified(arc, one.tolerance) for arc in exact]
        for code, rings in countries.items():
            if one.name == "world":
                rings = [ring for ring in rings if not torn(joined(ring, exact), one.width)]
            found = row(one, code, [joined(ring, exact) for ring in rings],
                        [joined(ring, drawn) for ring in rings])  # fmt: skip
            if found:
                yield found
        for code, where in POINTS.items():
            x, y = one.place(*where)
            if 0 <= x <= one.width and 0 <= y <= one.height:
                yield [one.name, code, round(x, 1), round(y, 1), ""]


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        found = sorted(rows(json.load(file)), key=lambda row: (str(row[0]), str(row[1])))
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["map", "code", "x", "y", "path"])
    writer.writerows(found)
