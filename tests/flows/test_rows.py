"""The rows of every chart agree with plain loops over versions, and each link lists its deals."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from deals.flows.legs import legs
from deals.flows.query import FlowQuery
from deals.flows.rollup import covers
from deals.flows.scope import resolve
from deals.models import Organization
from tests.flows.comparing_rows import ROWS, assert_links, assert_same_rows, fast_rows
from tests.flows.naive import load_register
from tests.flows.questions import one_sided
from tests.flows.registers import random_register

pytestmark = pytest.mark.django_db

# Without shrinking: these questions say enough as they are, and each costs a moment.
QUIET = {
    "deadline": None,
    "database": None,
    "suppress_health_check": list(HealthCheck),
    "phases": [Phase.generate],
}


def known_organizations() -> tuple[str, ...]:
    names = Organization.objects.filter(name__in=["Fund 1", "Company 3", "Alliance"])
    return tuple(names.values_list("public_id", flat=True))


def merge_some() -> None:
    """Some organizations are one since: a chain of two mergers, and one of a target."""
    for name, into in (("Fund 1", "Fund 2"), ("Fund 2", "Fund 3"), ("Company 3", "Company 4")):
        gone = Organization.objects.filter(name=name).order_by("pk").first()
        kept = Organization.objects.filter(name=into).order_by("pk").first()
        assert gone
        gone.merged_into = kept
        gone.save()


def test_all_rows_agree_with_the_naive_ones_on_a_random_register() -> None:
    random_register(5, 150)
    merge_some()
    register = load_register()

    @settings(max_examples=40, **QUIET)
    @given(one_sided(known_organizations()), st.sampled_from(ROWS))
    def check(query: FlowQuery, name: str) -> None:
        assert_same_rows(name, query, register)

    check()


COVERED = (
    {"investor": "europe", "target": "CN", "population": "supplier"},
    {"investor": "CN", "target": "eu", "attribution": "ultimate", "kind": "all"},
    {"investor": "US,JP,GB", "target": "CN,HK", "from": "2017", "to": "2020"},
    {"investor": "eu", "target": "china-hk-mo", "from": "2020-02-01", "status": "all"},
)


def test_rows_whose_N_comes_from_cells_agree_with_the_naive_ones() -> None:
    random_register(7, 120)
    register = load_register()
    for params in COVERED:
        query = FlowQuery.from_params(params)
        assert legs(query)
        assert covers(query, resolve(query))
        for name in ("series", "top-countries", "top-target-countries", "top-targets", "matrix"):
            assert_same_rows(name, query, register)


# A question of every sort whose links need more than to name a row: dates of membership, sides left
# open, filters that rows narrow further, edges inside a year.
LINKED = (
    ({"investor": "eu", "target": "CN,HK", "attribution": "ultimate"}, ROWS),
    ({"investor": "CN,HK", "target": "eu", "kind": "all"}, ("matrix", "top-target-countries")),
    (
        {"investor": "europe", "target": "CN", "sector": "robotics,lidar"},
        ("diagram", "top-sectors"),
    ),
    ({"target": "china-hk-mo", "status": "all"}, ("top-investors", "top-countries", "diagram")),
    ({"investor": "europe"}, ("top-targets", "matrix", "series", "top-rounds")),
    ({"investor": "europe", "target": "CN", "from": "2013-07", "to": "2020-01-31"}, ("series",)),
)


def test_every_link_lists_exactly_the_deals_of_its_row() -> None:
    random_register(6, 150)
    merge_some()
    register = load_register()
    followed = sum(
        assert_links(name, FlowQuery.from_params(params), register)
        for params, names in LINKED
        for name in names
    )
    assert followed > 150
    anyone = FlowQuery.from_params({"target": "CN,HK,GB", "kind": "all"})
    code = fast_rows("top-investors", anyone)["rows"][0]["code"]
    assert assert_links("top-investors", anyone.but(organization=code), register) > 1
