"""A matrix with a number in each cell, and the distinct deals of each row and column."""

from collections.abc import Iterator

from django.utils.safestring import SafeString, mark_safe

from deals.charts.grid import Grid, Square, Total
from deals.svg.elements import drawing, linked, tag
from deals.svg.text import shortened, text_width

WIDTH = 720
LABELS = 170
HEIGHT = 28
WIDEST, TOTALS = 64.0, 64.0
# Names of columns stand aslant, so that they need no more room than their column.
SLANT = 45
LEAN = 0.72


def grid_chart(grid: Grid, name: str) -> SafeString:
    """The drawing for wide screens, or nothing when no cell has deals."""
    if not grid.squares:
        return mark_safe("")
    prefix = f"{name}-wide"
    heads = [shortened(column, 130) for column in grid.columns]
    top = 16 + LEAN * max(text_width(head) for head in heads)
    # The last name leans out beyond its column.
    room = WIDTH - LABELS - TOTALS - LEAN * text_width(heads[-1]) / 3
    cell = min(WIDEST, room / len(grid.columns))
    parts = [
        *_heads(heads, grid, top, cell),
        *_rows(grid, top, cell),
        *(_square(square, top, cell) for square in grid.squares),
        *_totals(grid, top, cell),
    ]
    height = top + HEIGHT * (len(grid.rows) + 1) + 6
    whole = tag("g", *parts, class_=grid.hue)
    return drawing(prefix, "wide", grid.title, grid.description, (WIDTH, height), [whole])


def _heads(heads: list[str], grid: Grid, top: float, cell: float) -> Iterator[SafeString]:
    for at, (head, whole) in enumerate(zip(heads, grid.columns, strict=True)):
        x, y = LABELS + cell * (at + 0.5), top - 8
        yield tag(
            "text", tag("title", whole), head, x=x, y=y, class_="label",
            transform=f"rotate(-{SLANT} {x:.1f} {y:.1f})",
        )  # fmt: skip
    yield tag("text", grid.all_label, x=LABELS + cell * len(heads) + TOTALS - 6, y=top - 8,
              class_="label strong end")  # fmt: skip


def _rows(grid: Grid, top: float, cell: float) -> Iterator[SafeString]:
    right = LABELS + cell * len(grid.columns)
    for at, name in enumerate(grid.rows):
        y = top + HEIGHT * at
        label = shortened(name, LABELS - 12)
        yield tag("text", tag("title", name), label, x=LABELS - 9, y=y + 18.5, class_="label end")
        yield tag("line", x1=LABELS, x2=right, y1=y, y2=y, class_="grid")
    bottom = top + HEIGHT * len(grid.rows)
    yield tag("line", x1=LABELS, x2=right + TOTALS, y1=bottom, y2=bottom, class_="axis")
    yield tag("text", grid.all_label, x=LABELS - 9, y=bottom + 18.5, class_="label strong end")


def _square(square: Square, top: float, cell: float) -> SafeString:
    x, y = LABELS + cell * square.column, top + HEIGHT * square.row
    return linked(
        square.href,
        square.said,
        tag("rect", x=x + 0.5, y=y + 0.5, width=cell - 1, height=HEIGHT - 1.0, class_="step bar"),
        tag("text", square.text, x=x + cell / 2, y=y + 18.5, class_="on-step mid"),
        look=f"seq-{square.step}",
    )


def _totals(grid: Grid, top: float, cell: float) -> Iterator[SafeString]:
    right = LABELS + cell * len(grid.columns) + TOTALS - 6
    for at, total in enumerate(grid.row_totals):
        yield _total(total, right, top + HEIGHT * at + 18.5, "end")
    y = top + HEIGHT * len(grid.rows) + 18.5
    for at, total in enumerate(grid.column_totals):
        yield _total(total, LABELS + cell * (at + 0.5), y, "mid")


def _total(total: Total, x: float, y: float, anchor: str) -> SafeString:
    text = tag("text", total.text, x=x, y=y, class_=f"value {anchor}")
    return linked(total.href, total.said, text)
