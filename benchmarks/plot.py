"""Cost against size: the curves of several runs in one drawing, both scales logarithmic.

It is shown by whatever shows the Markdown that names it, so that its colours are its own, on a
ground of its own, and lighter ones for readers of dark pages.
"""

from collections.abc import Callable, Mapping, Sequence
from math import ceil, floor, log10

from django.utils.safestring import SafeString

from deals.svg.elements import tag

WIDTH, HEIGHT = 860, 460
LEFT, RIGHT, TOP, BOTTOM = 70, 270, 30, 50
# The Okabe-Ito colours, which people who tell few colours apart tell apart; twice, then dashed.
COLOURS = ("#0072b2", "#d55e00", "#007a5a", "#a3527f", "#8a6d00", "#3a8fc0")
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #222 } .ground { fill: #fff }
.grid { stroke: #ddd } .axis { stroke: #666 }
@media (prefers-color-scheme: dark) {
  text { fill: #ddd } .ground { fill: #16181d } .grid { stroke: #333 } .axis { stroke: #999 }
  .curve { filter: brightness(1.5) }
}
"""
Points = Sequence[tuple[float, float]]
At = Callable[[tuple[float, float]], tuple[float, float]]


def cost_against_size(curves: Mapping[str, Points]) -> SafeString:
    """An SVG document; `curves` are (deals, milliseconds) by name, all of them above zero."""
    points = [point for curve in curves.values() for point in curve]
    sizes, costs = zip(*points, strict=True)
    x, y = _decades(sizes), _decades(costs)

    def at(point: tuple[float, float]) -> tuple[float, float]:
        across = (log10(point[0]) - x[0]) / (x[-1] - x[0]) * (WIDTH - LEFT - RIGHT)
        up = (log10(point[1]) - y[0]) / (y[-1] - y[0]) * (HEIGHT - TOP - BOTTOM)
        return LEFT + across, HEIGHT - BOTTOM - up

    parts = [tag("style", STYLE), tag("rect", class_="ground", width=WIDTH, height=HEIGHT)]
    parts += _grid(x, y, at)
    named = sorted(curves.items(), key=lambda item: -max(item[1])[1])
    for place, (name, curve) in enumerate(named):
        parts += _curve(place, name, [at(point) for point in sorted(curve)])
    return tag(
        "svg",
        tag("title", "Processor time of a question by number of deals"),
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        role="img",
    )


def _decades(values: Sequence[float]) -> list[int]:
    """Powers of ten around them, two at least."""
    first, last = floor(log10(min(values))), ceil(log10(max(values)))
    return list(range(first, max(last, first + 1) + 1))


def _grid(x: list[int], y: list[int], at: At) -> list[SafeString]:
    parts = []
    bottom, top = 10.0 ** y[0], 10.0 ** y[-1]
    left, right = 10.0 ** x[0], 10.0 ** x[-1]
    for power in x:
        (x1, y1), (x2, y2) = at((10.0**power, bottom)), at((10.0**power, top))
        parts.append(tag("line", class_="grid", x1=x1, y1=y1, x2=x2, y2=y2))
        parts.append(tag("text", f"{10**power:,}", x=x1, y=y1 + 20, text_anchor="middle"))
    for power in y:
        (x1, y1), (x2, y2) = at((left, 10.0**power)), at((right, 10.0**power))
        parts.append(tag("line", class_="grid", x1=x1, y1=y1, x2=x2, y2=y2))
        parts.append(tag("text", f"{10.0**power:g} ms", x=x1 - 8, y=y1 + 4, text_anchor="end"))
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(tag("text", "deals", x=middle, y=HEIGHT - 8, text_anchor="middle"))
    return parts


def _curve(place: int, name: str, points: list[tuple[float, float]]) -> list[SafeString]:
    """A line with a dot for each size, and its name beside the drawing."""
    colour = COLOURS[place % len(COLOURS)]
    dashes = None if place < len(COLOURS) else "6 4"
    path = "M" + " L".join(f"{px:.1f} {py:.1f}" for px, py in points)
    look = {"class_": "curve", "stroke": colour, "stroke_width": 2, "stroke_dasharray": dashes}
    parts = [tag("path", d=path, fill="none", **look)]
    parts += [tag("circle", class_="curve", cx=px, cy=py, r=3.5, fill=colour) for px, py in points]
    row = TOP + 22.0 * place
    start = WIDTH - RIGHT + 20
    parts.append(tag("path", d=f"M{start} {row:.1f} h20", **look))
    parts.append(tag("text", name, x=start + 28, y=row + 4))
    return parts
