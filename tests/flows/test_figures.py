"""Many questions asked together give what each one gives alone."""

import pytest

from deals.flows.cube import cube, distinct_sides
from deals.flows.definitions import question
from deals.flows.figures import Ours, answers
from deals.flows.query import FlowQuery
from deals.flows.scope import resolve
from tests.flows.registers import random_register

QUESTIONS = (
    "investor=europe&target=CN&from=2017&to=2022",
    "investor=CN&target=europe&to=2023&currency=USD",
    "target=CN&from=2019&to=2019",
    "investor=eu,US&target=china-hk-mo&kind=all&status=all&ai=all",
)


def test_questions_asked_together_are_answered_as_they_are_alone(db):
    random_register(seed=7, size=150)
    queries = [question(text) for text in QUESTIONS]
    scope = resolve(FlowQuery())
    for query, together in zip(queries, answers(queries, scope), strict=True):
        alone = cube(query, scope)
        assert set(together.cells.cells) == set(alone.cells)
        assert (together.companies, together.investors) == distinct_sides(query, scope)
    assert any(together.n for together in answers(queries, scope))


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("investor=europe&target=CN", True),
        ("investor=eu&target=china-hk-mo", True),
        ("investor=CN,HK&target=DE", True),
        ("investor=US&target=CN", False),
        ("investor=europe,US&target=CN", False),
        ("target=CN", False),
        ("investor=CN", False),
        ("investor=DE&target=FR", False),
    ],
)
def test_only_questions_between_europe_and_china_are_covered(text, covered):
    assert Ours(question(text), None, 0, 0).covered is covered
