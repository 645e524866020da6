"""Charts as plain values: what goes to plotly.js and what a reader hears."""

import json
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from deals.charts import Bars, Line, Marker, YearChart, figure, flow_chart, two_way_chart


def row(year: int, n: int, share: str | None = None, *, complete: bool = True) -> dict:
    return {"year": year, "n": n, "N": 10, "share": share, "complete": complete}


ANSWER = {
    "by_year": [row(2020, 3, "0.3"), row(2021, 5, "0.5"), row(2022, 1, "0.1", complete=False)]
}
EVENT = Marker(1, date(2021, 1, 1), "Rule applies")


def test_a_population_gets_bars_and_a_line():
    drawn = figure(flow_chart(ANSWER, name="Rounds", hue="hue-eu-cn", events=[EVENT]))
    bars, line = drawn["data"]
    assert bars["y"] == [3, 5, 1]
    assert line["y"] == [0.3, 0.5, 0.1]
    assert line["yaxis"] == "y2"


def test_a_case_list_gets_bars_only():
    answer = {"by_year": [row(2020, 3), row(2021, 5)]}
    drawn = figure(flow_chart(answer, name="Rounds", hue="hue-eu-cn"))
    assert [trace["type"] for trace in drawn["data"]] == ["bar"]
    assert "yaxis2" not in drawn["layout"]


def test_years_that_are_not_complete_are_hatched():
    drawn = figure(flow_chart(ANSWER, name="Rounds", hue="hue-eu-cn"))
    assert drawn["data"][0]["marker"]["pattern"]["shape"] == ["", "", "/"]


def test_the_description_says_sum_peak_share_and_what_is_not_complete():
    said = flow_chart(ANSWER, name="Rounds", hue="hue-eu-cn").description
    for words in ("9 deals", "2021 (5)", "10.0% (2022)", "50.0% (2021)", "Not complete: 2022"):
        assert words in said


def test_an_event_stands_where_its_day_is():
    chart = flow_chart(ANSWER, name="Rounds", hue="hue-eu-cn", events=[EVENT])
    assert chart.position(date(2020, 1, 1)) == 0
    assert chart.position(date(2021, 1, 1)) == 1
    # Bars stand around their year, so the first of January lies between two of them.
    assert figure(chart)["layout"]["shapes"][0]["x0"] == 2020.5


def test_two_ways_share_one_axis_and_missing_years_count_nothing():
    other = {"by_year": [row(2018, 2), row(2019, 0)]}
    chart = two_way_chart(("out", "a", ANSWER), ("back", "b", other))
    assert chart.years == (2018, 2019, 2020, 2021, 2022)
    assert chart.bars[0].values == (0, 0, 3, 5, 1)
    assert chart.bars[1].values == (2, 0, 0, 0, 0)


def test_two_ways_without_deals_have_no_years():
    assert two_way_chart(("out", "a", {"by_year": []}), ("back", "b", {"by_year": []})).years == ()


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


def test_shares_are_drawn_from_exact_decimals():
    chart = flow_chart(ANSWER, name="Rounds", hue="hue-eu-cn")
    assert chart.line is not None
    assert chart.line.values == (Decimal("0.3"), Decimal("0.5"), Decimal("0.1"))
