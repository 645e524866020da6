"""The matrix as SVG and as a figure."""

from xml.etree import ElementTree

from deals.charts.grid import Grid, Square, Total, grid_figure
from deals.svg.grid import grid_chart


def grid(columns):
    names = tuple(f"Country {at}" for at in range(columns))
    squares = tuple(
        Square(0, at, at + 1, str(at + 1), 3, f"/deals/?n={at}", "x") for at in range(columns)
    )
    return Grid(
        "Pairs", "Who in whom", "hue-neutral", ("China",), names,
        squares,
        (Total("9", "/deals/", "all"),), tuple(Total("1", "/deals/", "all") for _ in names), "All",
    )  # fmt: skip


def test_cells_stand_side_by_side_within_the_drawing():
    for columns in (1, 4, 15):
        svg = ElementTree.fromstring(grid_chart(grid(columns), "g"))
        width = float(svg.get("viewBox").split()[2])
        cells = [rect for rect in svg.iter("rect") if "step" in rect.get("class", "")]
        ends = [float(cell.get("x")) + float(cell.get("width")) for cell in cells]
        starts = [float(cell.get("x")) for cell in cells]
        assert len(cells) == columns
        assert max(ends) < width
        assert all(end < start + 1 for end, start in zip(ends, starts[1:], strict=False))


def test_an_empty_matrix_is_not_drawn():
    assert grid_chart(grid(0), "g") == ""


def test_a_figure_has_gaps_where_there_are_no_deals():
    whole = grid(2)
    drawn = grid_figure(
        Grid("t", "d", "hue-neutral", ("A", "B"), ("C", "D"), whole.squares[:1], (), (), "All")
    )
    (heat,) = drawn["data"]
    assert heat["z"] == [[1, None], [None, None]]
    assert heat["customdata"][0] == ["/deals/?n=0", ""]
