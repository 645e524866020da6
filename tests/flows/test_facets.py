"""Counts beside the filters: each is what the list would have if that choice were made."""

from dataclasses import replace

import pytest
from django.core.cache import cache
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deals.flows.facets import facets
from deals.flows.listing import Wanted, total
from deals.flows.query import FlowQuery
from deals.flows.rollup import without_cells
from deals.flows.scope import resolve
from tests.factories import make_deal, make_deals, make_population
from tests.flows.registers import random_register

KINDS = st.sampled_from([("funding_round",), ("all",), ("acquisition", "debt")])
STATUSES = st.sampled_from([("ever_completed",), ("all",), ("blocked",)])
AI = st.sampled_from([("yes",), ("all",), ("no", "unknown")])
PLACES = st.sampled_from(["", "counted", "unknown", "too_coarse", "undated"])


@pytest.fixture(scope="module")
def register(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        from django.db import transaction

        with transaction.atomic():
            random_register(seed=11, size=200)
            yield
            transaction.set_rollback(True)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    kind=KINDS,
    status=STATUSES,
    ai=AI,
    place=PLACES,
    sides=st.sampled_from([{}, {"investor": ("europe",), "target": ("CN",), "from_": "2017"}]),
)
def test_each_count_is_the_length_of_that_list(register, kind, status, ai, place, sides):
    query = FlowQuery(kind=kind, status=status, ai=ai, **sides)
    wanted = Wanted(place=place if sides else "")
    scope = resolve(query)
    found = facets(query, scope, wanted)
    assert found.total == total(query, scope, wanted)
    for name in ("kind", "ai"):
        for word, count in found.counts[name].items():
            assert count == total(query.but(**{name: (word,)}), scope, wanted), (name, word)
    if not sides:
        for code, count in found.counts["target"].items():
            if code:
                assert count == _without_umbrellas(query.but(target=(code,)), scope)
    shown = {name: getattr(query, name) for name in ("kind", "status", "ai")}
    default = FlowQuery()
    wide = {name: ("all",) for name, asked in shown.items() if asked == getattr(default, name)}
    assert found.without_defaults == total(query.but(**wide), scope, wanted)


@pytest.mark.parametrize("place", ["", "counted", "flow", "too_coarse"])
@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"kind": ("all",), "status": ("all",), "ai": ("all",)},
        {"attribution": "ultimate", "ai": ("no",)},
        {"investor": ("DE",)},
        {"target": ("CN",)},
        {"investor": ("europe",), "target": ("CN",), "from_": "2017", "to": "2022"},
        {"from_": "2017-03"},
        {"sector": ("robotics",)},
    ],
)
def test_investors_are_the_same_from_cells_as_from_facts(register, asked, place):
    query = FlowQuery(**asked)
    wanted = Wanted(place=place if asked.keys() & {"investor", "target", "from_"} else "")
    scope = resolve(query)
    found = facets(query, scope, wanted).counts["investor"]
    cache.clear()
    with without_cells():
        assert facets(query, scope, wanted).counts["investor"] == found


def test_an_umbrella_stands_beside_its_parts_in_the_registers_own_counts(db):
    umbrella = make_deal(investors=[("A", "DE")])
    make_deal(investors=[("B", "FR"), ("A", "DE")], part_of=umbrella)
    query = FlowQuery()
    assert facets(query, resolve(query), Wanted()).counts["investor"] == {"DE": 2, "FR": 1}
    into = FlowQuery(target=("CN",))
    assert facets(into, resolve(into), Wanted()).counts["investor"] == {"DE": 1, "FR": 1}


def _without_umbrellas(query, scope):
    """A list with a side leaves umbrellas out; the register's own list shows them."""
    from django.db import connection

    from deals.flows.conditions import filters

    sql = filters(query, scope, counted=False)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM deals_dealfact f"
            f" WHERE {sql.text()} AND f.target_country = %(at)s",
            sql.params | {"at": query.target[0]},
        )
        return cursor.fetchone()[0]


def test_a_filter_says_how_many_deals_it_alone_leaves_out(db):
    make_deals(
        [
            {},
            {"kind": "acquisition"},
            {"ai": "no"},
            {"kind": "debt", "ai": "no"},
            {"status": "blocked"},
        ]
    )
    query = FlowQuery()
    found = facets(query, resolve(query), Wanted())
    assert found.hidden == {"kind": 1, "status": 1, "ai": 1, "round": 0}
    assert (found.total, found.without_defaults) == (1, 5)


def test_investors_are_counted_by_country_with_no_side_asked_for(db):
    make_deals(
        [{"investors": [("A", "DE"), ("B", "FR")]}, {"investors": [("A", "DE"), (None, None)]}]
    )
    query = FlowQuery(investor=("FR",))
    found = facets(query, resolve(query), Wanted())
    assert found.counts["investor"] == {"DE": 2, "FR": 1}


def test_populations_are_listed_with_their_live_deals(db):
    make_deals([{"population": make_population("demo", generated=True)}, {}])
    query = FlowQuery()
    (population,) = facets(query, resolve(query), Wanted()).populations
    assert (population.code, population.generated, population.deals) == ("demo", True, 1)


def test_counts_follow_the_ledger_and_the_search(db):
    make_deals([{"target": "Alpha"}])
    query = FlowQuery()
    assert facets(query, resolve(query), Wanted(q="alpha")).total == 1
    assert facets(query, resolve(query), Wanted(q="beta")).total == 0
    make_deals([{"target": "Alpha"}])
    assert facets(query, resolve(query), replace(Wanted(), q="alpha")).total == 2
