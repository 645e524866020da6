"""The fast answer and the naive one agree on every number, whatever is asked."""

import pytest
from hypothesis import HealthCheck, given, settings

from deals.flows.query import FlowQuery
from deals.models import Organization
from tests.flows.comparing import assert_same
from tests.flows.naive import load_register
from tests.flows.questions import questions
from tests.flows.registers import random_register

pytestmark = pytest.mark.django_db

MANY = settings(
    max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


@pytest.mark.parametrize("seed", [1, 2])
def test_both_answers_agree_on_random_registers(seed: int) -> None:
    random_register(seed, 150)
    register = load_register()
    names = Organization.objects.filter(name__in=["Fund 1", "Company 3", "Alliance"])
    known = tuple(names.values_list("public_id", flat=True))

    @MANY
    @given(questions(known))
    def check(query: FlowQuery) -> None:
        assert_same(query, register)

    check()
