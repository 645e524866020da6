"""One question object, the same from a URL, a form and the command line, and back again."""

from decimal import Decimal
from urllib.parse import parse_qsl, urlencode

import pytest
from django.http import QueryDict
from hypothesis import given, settings

from deals.flows.query import BadParameters, FlowQuery
from tests.flows.questions import any_question

DEFAULTS = {
    "ai": "yes",
    "kind": "funding_round",
    "status": "ever_completed",
    "attribution": "immediate",
    "currency": "EUR",
    "compare": "US",
}


def refused(params: dict[str, str]) -> set[str]:
    """Names of the parameters that are complained about."""
    with pytest.raises(BadParameters) as caught:
        FlowQuery.from_params(params)
    assert all(problem.message.endswith(".") for problem in caught.value.problems)
    return {problem.parameter for problem in caught.value.problems}


@settings(max_examples=150, deadline=None, database=None)
@given(any_question())
def test_every_question_survives_its_own_address(query: FlowQuery) -> None:
    address = urlencode(query.to_params())
    assert FlowQuery.from_params(dict(parse_qsl(address))) == query
    assert FlowQuery.from_params(QueryDict(address)) == query


def test_only_what_differs_from_the_defaults_is_in_an_address() -> None:
    assert FlowQuery.from_params(DEFAULTS).to_params() == {}
    assert FlowQuery.from_params(DEFAULTS) == FlowQuery.from_params({}) == FlowQuery()
    for name in DEFAULTS:
        other = {"ai": "no", "kind": "debt", "status": "blocked", "attribution": "ultimate"}
        other |= {"currency": "CNY", "compare": "none"}
        assert FlowQuery.from_params({name: other[name]}).to_params() == {name: other[name]}


def test_order_case_and_repetition_do_not_make_another_question() -> None:
    one = FlowQuery.from_params({"investor": "US,Europe, de ,DE", "kind": "Debt,acquisition"})
    two = FlowQuery.from_params(QueryDict("investor=DE&investor=europe,us&kind=acquisition,debt"))
    assert one == two
    assert one.to_params() == {"investor": "DE,US,europe", "kind": "acquisition,debt"}


@pytest.mark.parametrize("name", ["ai", "kind", "status"])
def test_all_lifts_a_filter_that_is_on_by_default(name: str) -> None:
    query = FlowQuery.from_params({name: "all"})
    assert getattr(query, name) == ("all",)
    assert query.to_params() == {name: "all"}


@pytest.mark.parametrize("name", ["sector", "round"])
def test_all_is_the_default_where_nothing_is_filtered(name: str) -> None:
    assert FlowQuery.from_params({name: "all"}) == FlowQuery()


@pytest.mark.parametrize("text", ["", " ", ",", " , ,"])
def test_a_blank_parameter_is_as_if_it_were_not_there(text: str) -> None:
    names = ("investor", "kind", "ai", "status", "compare", "sector", "min_amount", "from")
    assert FlowQuery.from_params(dict.fromkeys(names, text)) == FlowQuery()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("investor", "eurpe"),
        ("target", "China mainland"),
        ("compare", "USA1"),
        ("compare", "AT,BE,BG,CH,CY,CZ,DE,DK,EE,ES,FI,FR,GB,GR,HR,HU,IE,IT,LT,LU,LV"),
        ("compare", ",".join(["AD"] * 21)),
        ("from", "2017-13"),
        ("to", "2017-02-30"),
        ("known_by", "yesterday"),
        ("ai", "perhaps"),
        ("sector", "cheese"),
        ("round", "series_z"),
        ("kind", "funding round"),
        ("kind", "all,debt"),
        ("status", "done"),
        ("attribution", "owner"),
        ("currency", "GBP"),
        ("min_amount", "-1"),
        ("min_amount", "1e-30"),
        ("min_amount", "1_000"),
        ("min_amount", "NaN"),
        ("max_amount", "1,000,000"),
        ("max_amount", "1000000000000001"),
        ("organization", "O' OR 1=1"),
        ("population", "../etc"),
        ("release", "2026 11"),
        ("as_of", "-1"),
        ("as_of", "١٢"),
        ("as_of", "1" * 19),
        ("target", "C\x00N"),
        ("target", ",".join(["CN"] * 301)),
        ("investors", "DE"),
        ("page_size", "10"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(name: str, value: str) -> None:
    assert refused({"investor": "europe", name: value}) == {name}


def test_all_problems_are_named_at_once() -> None:
    assert refused({"kind": "x", "ai": "y", "colour": "red"}) == {"kind", "ai", "colour"}


def test_contradictions_are_refused() -> None:
    assert refused({"from": "2022", "to": "2017"}) == {"from"}
    assert refused({"min_amount": "5", "max_amount": "4.99"}) == {"min_amount"}
    assert refused({"release": "2026.11", "as_of": "3"}) == {"as_of"}


def test_a_parameter_with_one_value_is_refused_when_given_twice() -> None:
    with pytest.raises(BadParameters, match="given 2 times"):
        FlowQuery.from_params(QueryDict("from=2017&from=2018"))


def test_needed_parameters_are_named_when_missing() -> None:
    with pytest.raises(BadParameters) as caught:
        FlowQuery.from_params({"investor": "DE"}, required=("investor", "target"))
    assert [problem.parameter for problem in caught.value.problems] == ["target"]


def test_a_caller_may_read_parameters_of_its_own() -> None:
    assert FlowQuery.from_params({"page_size": "10"}, extra=("page_size",)) == FlowQuery()


def test_both_ends_of_a_window_are_inclusive() -> None:
    window = FlowQuery.from_params({"from": "2017", "to": "2020-02"}).window
    assert [str(day) for day in window] == ["2017-01-01", "2020-02-29"]


def test_amounts_are_decimals_and_written_plainly() -> None:
    query = FlowQuery.from_params({"min_amount": "5000000.10"})
    assert query.min_amount == Decimal("5000000.1")
    assert query.to_params() == {"min_amount": "5000000.1"}
    assert FlowQuery.from_params({"max_amount": "5000000"}).to_params() == {"max_amount": "5000000"}
