"""A bridge adds up, whatever its two ends ask, and names just the deals of each of its steps."""

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings

from deals.flows.bridge import PARTS, bridge, stages
from deals.flows.definitions import DEFINITIONS
from deals.flows.moved import moved
from deals.flows.query import BadParameters, FlowQuery
from deals.models import Organization, ledger
from tests.factories import make_deals
from tests.flows.moves import edit
from tests.flows.naive import COUNTED, Register, ledger_point, load_register, places_of
from tests.flows.questions import questions
from tests.flows.registers import random_register

pytestmark = pytest.mark.django_db

FEW = settings(
    max_examples=20, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
EUROPE_TO_CHINA = DEFINITIONS["investtrack"].query


def flow_of(query: FlowQuery, register: Register | None = None) -> tuple[set[str], int]:
    """The flow's deals and N by the naive implementation."""
    register = register or load_register(ledger_point(query))
    places = places_of(query, register, timezone.now().date())
    found = {version.deal.public_id for version in places.get("flow", [])}
    return found, sum(len(places.get(name, [])) for name in COUNTED)


def ids(here: FlowQuery, there: FlowQuery) -> set[str]:
    """Every page of a list of moved deals."""
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = moved(here, there, cursor, size=20)
        found += [deal["id"] for deal in page.deals]
        cursor = page.next
    assert len(found) == len(set(found))
    return set(found)


def assert_bridged(a: FlowQuery, b: FlowQuery, register: Register | None = None) -> None:
    found = bridge(a, b)
    assert found.start.n + sum(s.added - s.removed for s in found.steps) == found.end.n
    sets = [flow_of(stage.query, register) for stage in found.stages]
    assert [(len(deals), N) for deals, N in sets] == [(s.n, s.N) for s in found.stages]
    for (before, _), (after, _), step in zip(sets, sets[1:], found.steps, strict=False):
        assert step.added == len(after - before)
        assert step.removed == len(before - after)
    assert flow_of(b, register) == sets[-1]


def test_bridges_between_random_questions_add_up_and_agree_with_plain_sets() -> None:
    random_register(5, 90)
    register = load_register()
    known = tuple(Organization.objects.filter(name="Fund 1").values_list("public_id", flat=True))

    @FEW
    @given(questions(known), questions(known))
    def check(a: FlowQuery, b: FlowQuery) -> None:
        assert_bridged(a, b, register)

    check()


def test_every_step_lists_just_the_deals_that_it_counts() -> None:
    random_register(6, 100)
    a = DEFINITIONS["merics-2023"].query.but(population="supplier")
    b = FlowQuery.from_params({"investor": "CN", "target": "europe,CN", "kind": "all"})
    found = bridge(a, b)
    assert len(found.steps) >= 4
    for before, after in zip(found.stages, found.steps, strict=False):
        (old, _), (new, _) = flow_of(before.query), flow_of(after.query)
        assert ids(after.query, before.query) == new - old
        assert ids(before.query, after.query) == old - new
    assert sum(step.added for step in found.steps) > 2


def test_steps_change_one_part_at_a_time_in_the_stated_order() -> None:
    a = EUROPE_TO_CHINA
    b = FlowQuery.from_params(
        {"investor": "US", "target": "CN", "from": "2015", "to": "2021", "kind": "all",
         "sector": "robotics", "attribution": "ultimate", "population": "x", "currency": "USD"}
    )  # fmt: skip
    parts = [part for part, _ in stages(a, b)]
    assert parts == ["", "investor", "years", "kind", "sector", "attribution", "population"]
    assert parts[1:] == [part for part in PARTS if part in parts]
    last = stages(a, b)[-1][1]
    assert last.but(currency="USD") == b


def test_what_cannot_move_a_deal_is_no_step() -> None:
    plain = EUROPE_TO_CHINA.but(from_="2017", to="2022")
    other = plain.but(from_="2017-01-01", currency="CNY", compare=("JP",))
    assert [part for part, _ in stages(plain, other)] == [""]
    priced = plain.but(min_amount=1)
    assert [part for part, _ in stages(priced, priced.but(currency="CNY"))] == ["", "amount"]


def test_a_bridge_from_then_to_now_shows_what_the_ledger_added() -> None:
    first, second = make_deals([{}, {}])
    then = EUROPE_TO_CHINA.but(as_of=ledger.head())
    edit(first, investors=[("A", "US")])
    make_deals([{}, {}])
    found = bridge(then, EUROPE_TO_CHINA)
    assert [(s.part, s.n, s.added, s.removed) for s in found.stages] == [
        ("", 2, 0, 0), ("ledger", 3, 2, 1),
    ]  # fmt: skip
    assert ids(then, EUROPE_TO_CHINA) == {first.deal.public_id}
    assert second.deal.public_id not in ids(EUROPE_TO_CHINA, then)
    assert_bridged(then, EUROPE_TO_CHINA)


def test_a_bridge_costs_one_look_at_the_facts_however_many_steps_it_has(
    django_assert_num_queries,
) -> None:
    make_deals([{}])
    b = FlowQuery.from_params({"target": "europe", "from": "2015", "kind": "all", "ai": "all"})
    # The ledger's head, and all stages together.
    with django_assert_num_queries(2):
        bridge(EUROPE_TO_CHINA, b)
    with django_assert_num_queries(1):
        bridge(EUROPE_TO_CHINA, b)


@pytest.mark.parametrize("cursor", ["x", "2020-13-01.5", "2020-01-01", "2020-01-01.5;", "٢.1"])
def test_a_cursor_that_is_none_is_refused(cursor: str) -> None:
    with pytest.raises(BadParameters) as caught:
        moved(EUROPE_TO_CHINA, EUROPE_TO_CHINA, cursor)
    assert caught.value.problems[0].parameter == "cursor"
