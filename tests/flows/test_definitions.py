"""Definitions of other institutes: each a valid question with its source and its difference."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deals.flows.definitions import DEFINITIONS, bridge, question, read, same_as, written
from deals.flows.query import BadParameters, FlowQuery
from deals.rules.tables import read_table

FIGURES = {row["id"]: row for row in read_table("published_figures")}
OTHERS = [one for one in DEFINITIONS.values() if one.publisher != "InvestTrack"]


def test_the_institutes_that_policy_staff_quote_are_there() -> None:
    assert {one.publisher for one in OTHERS} >= {"MERICS", "CSET", "IFRI"}
    assert DEFINITIONS["merics-2023"].query == FlowQuery.from_params(
        {"investor": "europe", "target": "CN", "from": "2017", "to": "2022"}
    )
    assert DEFINITIONS["control-stakes"].query.kind == ("acquisition",)


@pytest.mark.parametrize("definition", OTHERS, ids=lambda one: one.code)
def test_every_definition_of_others_has_a_source_and_says_what_it_cannot_express(definition):
    assert definition.source_title
    assert definition.source_url.startswith("https://")
    assert definition.year.isdigit()
    assert len(definition.differs) > 60
    assert definition.figures


@pytest.mark.parametrize("definition", OTHERS, ids=lambda one: one.code)
def test_a_definition_and_the_figure_published_with_it_are_the_same_question(definition):
    for code in definition.figures:
        figure = FIGURES[code]
        assert figure["source_url"] == definition.source_url
        if figure["query"]:
            assert question(figure["query"]) == definition.query


def test_a_question_is_written_as_its_definition_or_as_its_parameters_and_read_back() -> None:
    query = FlowQuery.from_params({"investor": "DE", "target": "CN", "from": "2019"})
    assert written(DEFINITIONS["cset-2023"].query) == "cset-2023"
    assert written(query) == "investor=DE&target=CN&from=2019"
    for one in (query, FlowQuery(), DEFINITIONS["ifri-2024"].query):
        assert read("a", written(one)) == one
    assert read("a", "/flows/?investor=DE&target=CN&from=2019") == query
    assert bridge(query, DEFINITIONS["cset-2023"].query) == (
        "/flows/bridge/?a=investor%3DDE%26target%3DCN%26from%3D2019&b=cset-2023"
    )


def test_a_definition_is_known_again_in_any_population_and_at_any_point() -> None:
    merics = DEFINITIONS["merics-2023"]
    assert same_as(merics.query.but(population="demo", as_of=3, currency="USD")) == merics
    assert same_as(merics.query.but(to="2023")) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nobody-2020", "Definitions are: investtrack"),
        ("", "Definitions are"),
        ("investor=Atlantis", "investor: “Atlantis”"),
        ("investor=DE&investor=FR&from=1&from=2", "from: This is given 2 times"),
        ("color=red", "color: There is no such parameter"),
        ("x" * 3000, "at most 2000 characters"),
    ],
)
def test_what_names_no_question_is_refused_under_the_name_of_its_parameter(text, said) -> None:
    with pytest.raises(BadParameters) as caught:
        read("b", text)
    assert {problem.parameter for problem in caught.value.problems} == {"b"}
    assert said in str(caught.value)


@settings(max_examples=300, deadline=None, database=None)
@given(
    st.one_of(
        st.text(max_size=80),
        st.lists(
            st.tuples(
                st.sampled_from(("investor", "from", "as_of", "min_amount", "kind", "x")),
                st.text(max_size=12),
            ),
            max_size=4,
        ).map(lambda pairs: "&".join(f"{name}={value}" for name, value in pairs)),
    )
)
def test_no_text_breaks_the_reading_of_a_definition(text: str) -> None:
    with suppress(BadParameters):
        assert read("a", written(read("a", text))) == read("a", text)
