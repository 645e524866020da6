"""A window beside the time before it: the same numbers as asking for each, or a reason."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deals.flows.before import (
    DAY,
    Span,
    around,
    before,
    dated_counts,
    months_later,
    ripe_on,
    span_before,
)
from deals.flows.query import FlowQuery
from deals.flows.rollup import without_cells
from deals.flows.scope import resolve
from deals.models import Population
from tests.factories import make_deals, make_population
from tests.flows.naive import COUNTED, load_register, places_of
from tests.flows.questions import questions
from tests.flows.registers import random_register

QUERY = FlowQuery(investor=("europe",), target=("CN",), population="test")


@pytest.fixture
def population(db: None) -> Population:
    """2014–2016: one of four rounds is European; 2017–2019: two of four, one list is unknown."""
    found = make_population("test")
    found.accessed_on = date(2023, 6, 30)
    found.save()
    eu, cn = [("A", "DE")], [("C", "CN")]
    rows = [(eu, "2014-02-01"), (cn, "2014-05-01"), (cn, "2015-05-01"), (cn, "2016-12-31"),
            (eu, "2017-01-01"), (eu, "2018-05-01"), (cn, "2019-05-01"), ([], "2019-12-31"),
            (eu, "2022-05-01"), (eu, ("2016-12-01", "2017-02-01"))]  # fmt: skip
    make_deals({"population": found, "investors": who, "date": when} for who, when in rows)
    return found


def ask(query: FlowQuery) -> dict:
    scope = resolve(query)
    found = before(query, scope)
    assert found is not None
    return found


def ask_around(query: FlowQuery, day: date) -> dict:
    scope = resolve(query)
    return around(query, scope, dated_counts(query, scope), day)


@pytest.mark.parametrize(
    ("first", "last", "edges"),
    [
        ("2017-01-01", "2022-12-31", ("2011", "2016")),
        ("2017-01-01", "2017-03-31", ("2016-10", "2016-12")),
        ("2020-02-01", "2020-02-29", ("2020-01", "2020-01")),
        ("2018-07-01", "2019-06-30", ("2017-07", "2018-06")),
        ("2018-01-10", "2018-01-19", ("2017-12-31", "2018-01-09")),
    ],
)
def test_the_time_before_is_as_long_and_ends_the_day_before(first, last, edges):
    found = span_before(Span(date.fromisoformat(first), date.fromisoformat(last)))
    assert tuple(found.edges.values()) == edges


@given(st.dates(date(1980, 1, 1), date(2050, 1, 1)), st.integers(0, 4000))
def test_the_time_before_touches_the_window_and_never_overlaps(first, days):
    span = Span(first, first + timedelta(days=days))
    found = span_before(span)
    assert found.last + DAY == span.first
    # Months differ by up to three days in length, and a leap day each four years.
    assert abs((found.last - found.first).days - days) <= 4
    # What a question writes is read as the same days.
    assert QUERY.but(**found.edges).window == (found.first, found.last)


def test_nothing_is_compared_with_a_time_before_dates_begin():
    assert span_before(Span(date(1905, 1, 1), date(1999, 12, 31))) is None


def test_both_windows_and_the_change_are_those_worked_out_by_hand(population):
    found = ask(QUERY.but(from_="2017", to="2019"))
    assert (found["earlier"]["n"], found["earlier"]["N"]) == (1, 4)
    assert (found["later"]["n"], found["later"]["N"]) == (2, 4)
    assert found["change"] == "0.250000"
    assert (found["earlier"]["from"], found["earlier"]["to"]) == ("2014", "2016")
    # Nobody is unknown in the earlier window, and its 25 % is below the later 50 %.
    assert found["sure"] is True


def test_ranges_that_overlap_make_a_change_unsure(population):
    make_deals({"population": population, "investors": [], "date": "2015-01-01"} for _ in range(3))
    assert ask(QUERY.but(from_="2017", to="2019"))["sure"] is False


def test_a_window_that_is_still_provisional_is_not_compared(population):
    found = ask(QUERY.but(from_="2018", to="2022"))
    assert (found["why_not"], found["change"]) == ("young", None)
    assert found["ripe_on"] == "2025-01-01"
    # Until 2020 is mature: its 24 months were over when the data were collected.
    assert "from=2018&to=2020" in found["instead"]


def test_known_by_moves_the_day_of_seeing(population):
    assert ask(QUERY.but(from_="2017", to="2019", known_by="2020"))["why_not"] == "young"


def test_data_that_do_not_reach_back_are_not_compared(population):
    found = ask(QUERY.but(from_="2014", to="2019"))
    assert (found["why_not"], found["records_from"]) == ("no_records", "2014-02-01")


@pytest.mark.parametrize("window", [{"from_": "2017"}, {"to": "2019"}, {}])
def test_a_window_without_both_ends_has_no_time_before(population, window):
    query = QUERY.but(**window)
    scope = resolve(query)
    assert before(query, scope) is None


def test_a_case_list_has_counts_and_no_change(db):
    make_deals({"investors": [("A", "DE")], "date": day} for day in ("2016-01-02", "2018-05-01"))
    found = ask(QUERY.but(population="", from_="2018", to="2019"))
    assert (found["earlier"]["n"], found["later"]["n"]) == (1, 1)
    assert (found["change"], found["sure"]) == (None, None)


def test_spans_around_an_event_are_equal_and_mature(population):
    found = ask_around(QUERY, date(2018, 1, 1))
    assert found["months"] == 36
    assert (found["earlier"]["from"], found["earlier"]["to"]) == ("2015", "2017")
    assert (found["later"]["from"], found["later"]["to"]) == ("2018", "2020")
    assert (found["earlier"]["n"], found["earlier"]["N"]) == (2, 4)
    assert (found["later"]["n"], found["later"]["N"]) == (1, 3)


def test_shorter_spans_are_taken_while_the_longest_is_provisional(population):
    assert ask_around(QUERY, date(2019, 7, 1))["months"] == 12
    young = ask_around(QUERY, date(2021, 7, 1))
    assert (young["why_not"], young["change"], young["months"]) == ("young", None, 24)


def test_shorter_spans_are_taken_where_the_data_do_not_reach_back(population):
    found = ask_around(QUERY, date(2015, 2, 1))
    assert (found["months"], found["why_not"]) == (12, None)
    none = ask_around(QUERY, date(2014, 2, 1))
    assert (none["why_not"], none["records_from"]) == ("no_records", "2014-02-01")


def test_an_event_after_the_data_has_no_spans(population):
    found = ask_around(QUERY, date(2023, 8, 9))
    assert found == {"why_not": "not_yet", "seen_on": "2023-06-30"}


def test_a_period_is_ripe_two_years_after_its_end():
    assert ripe_on(date(2020, 12, 31)) == date(2023, 1, 1)
    assert months_later(date(2020, 1, 31), 1) == date(2020, 2, 29)


def test_each_span_counts_what_the_naive_answer_counts(db):
    random_register(5, 100)
    register = load_register()

    @settings(
        max_examples=15, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(questions())
    def check(query: FlowQuery) -> None:
        query = query.but(from_="2017", to="2019", as_of=None, release="")
        scope = resolve(query)
        found = before(query, scope)
        for one in (found["earlier"], found["later"]):
            asked = query.but(from_=one["from"], to=one["to"])
            places = places_of(asked, register, scope.computed_at.date())
            assert one["n"] == len(places.get("flow", []))
            assert one["N"] == sum(len(places.get(place, [])) for place in COUNTED)

    check()


def test_cells_compare_the_same_as_deals(db):
    random_register(6, 100)

    @settings(
        max_examples=15, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(questions(), st.sampled_from([("2016", "2017"), ("2017", "2019"), ("2020", "2022")]))
    def check(query: FlowQuery, years: tuple[str, str]) -> None:
        query = query.but(from_=years[0], to=years[1])
        scope = resolve(query)
        from_cells = before(query, scope)
        with without_cells():
            assert before(query, scope) == from_cells

    check()
