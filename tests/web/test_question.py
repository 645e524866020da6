"""The question as a form: every choice can be made, kept and taken back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deals.flows.query import FlowQuery
from deals.web.question import Choice, kept_fields, more_fields, narrowings, sentence_fields
from deals.wording import finding, hue, place_in_sentence
from tests.factories import make_population


def selected(field: Choice) -> list[str]:
    return [option.value for _, options in field.groups for option in options if option.selected]


@pytest.mark.django_db
def test_each_list_shows_what_is_asked_exactly_once():
    query = FlowQuery.from_params(
        {"investor": "US,JP", "target": "CN", "kind": "acquisition,secondary", "status": "blocked",
         "sector": "lidar", "compare": "none", "ai": "all"}
    )  # fmt: skip
    fields = [*sentence_fields(query).values(), *more_fields(query)]
    shown = {field.name: selected(field) for field in fields if isinstance(field, Choice)}
    assert shown["investor"] == ["JP,US"]
    assert shown["target"] == ["CN"]
    assert shown["kind"] == ["acquisition,secondary"]
    assert shown["compare"] == ["none"]
    assert shown["population"] == [""]
    assert all(len(values) == 1 for values in shown.values()), shown


@pytest.mark.django_db
def test_every_value_that_a_list_offers_can_be_asked():
    make_population("demo", generated=True)
    for field in [*sentence_fields(FlowQuery()).values(), *more_fields(FlowQuery())]:
        if isinstance(field, Choice):
            for _, options in field.groups:
                for option in options:
                    FlowQuery.from_params({field.name: option.value})


@pytest.mark.django_db
def test_the_default_of_each_list_is_the_default_of_the_question():
    for field in [*sentence_fields(FlowQuery()).values(), *more_fields(FlowQuery())]:
        if isinstance(field, Choice):
            assert FlowQuery.from_params({field.name: field.default}) == FlowQuery()


def test_a_part_without_a_field_is_kept():
    query = FlowQuery(organization="O-1", release="2026.11")
    assert kept_fields(query) == {"organization": "O-1", "release": "2026.11"}


@settings(deadline=None, max_examples=60)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "from": st.sampled_from(["2017", "2018-03"]),
            "sector": st.sampled_from(["lidar", "lidar,speech"]),
            "status": st.sampled_from(["blocked", "all"]),
            "min_amount": st.just("1000"),
            "ai": st.just("all"),
        },
    )
)
def test_each_narrowing_leads_to_the_question_without_it(params):
    query = FlowQuery.from_params({"investor": "europe", "target": "CN"} | params)
    found = narrowings(query)
    assert len(found) == len(params)
    for one in found:
        left = dict(pair.split("=") for pair in one.without.split("?")[1].split("&"))
        assert len(left) == len(params) + 1
        assert left.items() <= query.to_params().items()


def test_directions_have_their_own_hue():
    assert hue(FlowQuery(investor=("europe",), target=("CN",))) == "hue-eu-cn"
    assert hue(FlowQuery(investor=("china-hk-mo",), target=("DE", "GB"))) == "hue-cn-eu"
    assert hue(FlowQuery(investor=("US",), target=("CN",))) == "hue-neutral"
    assert hue(FlowQuery()) == "hue-neutral"


def test_places_read_as_in_a_sentence():
    assert place_in_sentence(("europe",), "x") == "Europe"
    assert place_in_sentence(("US", "GB"), "x") == "the United States and the United Kingdom"
    assert place_in_sentence((), "anywhere") == "anywhere"


def test_the_finding_says_n_of_N_or_that_it_is_only_documented():
    query = FlowQuery(investor=("europe",), target=("CN",))
    share = {"deals": {"n": 81, "N": 2165, "share": "0.037413"}}
    assert finding(query, share) == (
        "3.7\u202f% of funding rounds into AI companies in China had an investor from Europe:"
        " 81 of 2,165"
    )
    cases = {"deals": {"n": 20, "N": 22, "share": None}}
    assert finding(query, cases).startswith("20 documented funding rounds into AI companies")
    assert finding(query, {"deals": {"n": 0, "N": 0, "share": None}}).startswith("No documented")
