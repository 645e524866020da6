"""The chart by year as a Plotly figure."""

import json
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from deals.charts.years import Bars, Line, Marker, YearChart, figure

EVENT = Marker(1, date(2021, 1, 1), "Rule <b>applies</b>")
SHARES = (Decimal("0.3"), Decimal("0.5"), Decimal("0.1"))


def chart(line: Line | None = None, **more: object) -> YearChart:
    bars = Bars(
        "<i>Rounds</i>",
        "hue-eu-cn",
        (3, 5, 1),
        tuple(f"/deals/?from={year}" for year in (2020, 2021, 2022)),
        ("2020: 3 deals", "2021: 5 deals", "2022: <img src=x>"),
    )
    return YearChart("t", "d", (2020, 2021, 2022), (bars,), line, **more)


def test_a_population_gets_bars_and_a_line():
    bars, line = figure(chart(Line("Share", SHARES)))["data"]
    assert bars["y"] == [3, 5, 1]
    assert line["y"] == [0.3, 0.5, 0.1]
    assert line["yaxis"] == "y2"


def test_a_case_list_gets_bars_only():
    drawn = figure(chart())
    assert [trace["type"] for trace in drawn["data"]] == ["bar"]
    assert "yaxis2" not in drawn["layout"]


def test_years_that_are_not_complete_are_hatched():
    drawn = figure(chart(provisional=frozenset([2022])))
    assert drawn["data"][0]["marker"]["pattern"]["shape"] == ["", "", "/"]


def test_every_mark_knows_the_address_of_its_deals():
    bars, line = figure(chart(Line("Share", SHARES)))["data"]
    assert bars["customdata"] == line["customdata"]
    assert bars["customdata"][0] == "/deals/?from=2020"


def test_texts_stand_as_they_are_and_are_no_markup():
    drawn = figure(chart(markers=(EVENT,)))
    assert drawn["data"][0]["name"] == "&lt;i&gt;Rounds&lt;/i&gt;"
    assert drawn["data"][0]["hovertext"][2] == "2022: &lt;img src=x&gt;"
    assert drawn["layout"]["annotations"][0]["hovertext"] == "1. Rule &lt;b&gt;applies&lt;/b&gt;"


def test_an_event_stands_where_its_day_is():
    whole = chart(markers=(EVENT,))
    assert whole.position(date(2020, 1, 1)) == 0
    assert whole.position(date(2021, 1, 1)) == 1
    # Bars stand around their year, so the first of January lies between two of them.
    assert figure(whole)["layout"]["shapes"][0]["x0"] == 2020.5


@settings(deadline=None, max_examples=50)
@given(
    st.lists(
        st.tuples(st.integers(0, 10**6), st.none() | st.decimals(0, 1, places=6)),
        min_size=1,
        max_size=40,
    )
)
def test_every_figure_is_json_without_nan_and_without_arrays_of_a_library(rows):
    chart = YearChart(
        "t",
        "d",
        tuple(range(1990, 1990 + len(rows))),
        (Bars("b", "hue-neutral", tuple(n for n, _ in rows)),),
        Line("l", tuple(share for _, share in rows)),
        (EVENT,),
    )
    drawn = figure(chart)
    assert json.loads(json.dumps(drawn, allow_nan=False)) == drawn
    for value in drawn["data"][1]["y"]:
        assert value is None or isinstance(value, float)
    assert "template" not in drawn["layout"]
