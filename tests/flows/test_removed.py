"""What each filter leaves out agrees with asking twice, and each list shows exactly that."""

from urllib.parse import parse_qsl

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings

from deals.flows.listing import Wanted, total
from deals.flows.query import FlowQuery
from deals.flows.removed import OFF, is_on, removed, without
from deals.flows.scope import resolve
from deals.models import Organization
from tests.factories import make_deal, make_deals
from tests.flows.naive import Register, ledger_point, load_register, places_of
from tests.flows.questions import questions
from tests.flows.registers import random_register

pytestmark = pytest.mark.django_db
QUERY = FlowQuery(investor=("europe",), target=("CN",))


def asked(query: FlowQuery) -> dict[str, dict]:
    return {row["filter"]: row for row in removed(query, resolve(query))}


def listed(address: str) -> int:
    """How many deals the list behind an address has."""
    params = dict(parse_qsl(address.split("?")[1]))
    place = params.pop("place", "")
    query = FlowQuery.from_params(params)
    return total(query, resolve(query), Wanted(place=place))


def naive_flow(query: FlowQuery, register: Register) -> int:
    return len(places_of(query, register, timezone.now().date()).get("flow", []))


@pytest.mark.parametrize("seed", [3])
def test_dropping_a_filter_adds_exactly_what_it_removes(seed: int) -> None:
    random_register(seed, 100)
    names = Organization.objects.filter(name__in=["Fund 1", "Company 3", "Alliance"])
    registers = {None: load_register()}

    @settings(
        max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(questions(tuple(names.values_list("public_id", flat=True))))
    def check(query: FlowQuery) -> None:
        point = ledger_point(query)
        if point not in registers:
            registers[point] = load_register(point)
        register = registers[point]
        n = naive_flow(query, register)
        found = asked(query)
        assert set(found) == {name for name in OFF if is_on(query, name)}
        for name, row in found.items():
            assert row["n"] == naive_flow(without(query, name), register) - n, (name, query)
            assert sum(part["n"] for part in row["parts"]) <= row["n"]
            for one in (row, *row["parts"]):
                if one["deals"]:
                    assert listed(one["deals"]) == one["n"], (name, one, query)

    check()


def test_each_filter_says_what_it_leaves_out_and_where_to_see_it() -> None:
    make_deals(
        [
            {"date": "2018-05-01", "amount": "20000000", "sectors": ["lidar"]},
            {"date": "2018-05-01", "amount": None, "sectors": ["lidar"]},
            {"date": "2018-05-01", "amount": "1000", "sectors": ["lidar"]},
            {"date": "2015-05-01", "amount": "20000000", "sectors": ["lidar"]},
            {"date": "2020-05-01", "amount": "20000000", "sectors": ["lidar"]},
            {"date": None, "amount": "20000000", "currency": "EUR", "sectors": ["lidar"]},
            {"date": "2018-05-01", "amount": "20000000", "sectors": ["robotics"]},
            {"date": "2018-05-01", "amount": "20000000", "sectors": ["lidar"],
             "kind": "acquisition"},
            # Fails two filters, so that neither removes it alone.
            {"date": "2015-05-01", "amount": "20000000", "sectors": ["robotics"]},
        ]
    )  # fmt: skip
    query = QUERY.but(from_="2017", to="2019", sector=("lidar",), min_amount=10**6)
    found = asked(query)
    counts = {name: row["n"] for name, row in found.items()}
    assert counts == {"window": 3, "kind": 1, "status": 0, "ai": 0, "sector": 1, "size": 2}
    parts = {part["part"]: part["n"] for row in found.values() for part in row["parts"]}
    assert parts == {"before": 1, "after": 1, "undated": 1, "undisclosed": 1}
    assert "kind=acquisition" in found["kind"]["deals"]
    assert found["sector"]["deals"] is None


def test_a_deal_that_was_completed_once_is_not_promised_under_its_later_status() -> None:
    history = [{"status": "completed"}, {"status": "terminated"}]
    make_deal(status="terminated", status_history=history)
    make_deal(status="blocked")
    row = asked(QUERY)["status"]
    # The list of other statuses would show two deals, of which one is counted.
    assert (row["n"], row["deals"]) == (1, None)


def test_all_filters_are_asked_in_one_statement() -> None:
    make_deal()
    scope = resolve(QUERY)
    with CaptureQueriesContext(
        connection,
    ) as caught:
        removed(QUERY.but(from_="2017", sector=("lidar",), known_by="2020"), scope)
    assert len(caught) == 1


def test_a_question_without_any_filter_asks_nothing() -> None:
    query = QUERY.but(kind=("all",), status=("all",), ai=("all",))
    assert removed(query, resolve(query)) == []
