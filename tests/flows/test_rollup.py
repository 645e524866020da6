"""Cells of added-up facts say what the facts say, whatever happens to deals, and answer alike."""

from contextlib import suppress
from datetime import date
from random import Random
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from hypothesis import HealthCheck, given, settings

from deals import actions
from deals.feeds.publish import publish
from deals.flows.cube import Cell, cube
from deals.flows.query import FlowQuery
from deals.flows.rollup import CHANGES, DAY, covers, is_first, is_last, places, without_cells
from deals.flows.scope import resolve
from deals.models import Change, Deal, DealVersion, FlowCell, RegionCell
from deals.models.rollup import rebuild_cells
from deals.rules.regions import REGIONS
from tests.factories import make_deal, make_deals, submit_version
from tests.flows.moves import edit, retract
from tests.flows.questions import questions
from tests.flows.registers import random_facts, random_register

pytestmark = pytest.mark.django_db

MANY = settings(
    max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
EUROPE_TO_CHINA = FlowQuery(investor=("europe",), target=("CN",), from_="2017", to="2022")


def cells() -> dict[Any, Any]:
    rows = [*FlowCell.objects.values(), *RegionCell.objects.values()]
    return {row["key"]: row for row in rows}


def assert_in_step() -> None:
    """The cells are those of a full rebuild, money and all."""
    kept = cells()
    rebuild_cells()
    assert kept == cells()


def sorted_cells(query: FlowQuery) -> list[Cell]:
    found = cube(query, resolve(query), query.compare).cells
    return sorted(found, key=lambda cell: (cell.year or 0, cell.kind, cell.place))


def test_both_ways_to_count_agree_on_random_questions() -> None:
    random_register(5, 150)
    covered = []

    @MANY
    @given(questions())
    def check(query: FlowQuery) -> None:
        scope = resolve(query)
        covered.append(covers(query, scope, query.compare))
        fast, counted = sorted_cells(query), places(query, scope)
        with without_cells():
            assert not covers(query, scope)
            assert fast == sorted_cells(query)
            assert counted == places(query, scope)

    check()
    assert True in covered
    assert False in covered


@pytest.mark.parametrize("seed", [1, 2])
def test_cells_follow_whatever_happens_to_deals(seed: int) -> None:
    rng = Random(seed)
    random_register(seed, 40)
    assert_in_step()
    for _ in range(25):
        _something(rng)
        assert_in_step()


def _something(rng: Random) -> None:
    """Publish, edit, retract, merge or restore a deal or a batch, tranches among them."""
    live = list(DealVersion.objects.live().select_related("deal").order_by("id"))
    one, other = rng.sample(live, 2)
    what = rng.choice(("new", "batch", "edit", "part", "retract", "merge", "restore"))
    facts = random_facts(rng)
    if what == "new":
        make_deal(**facts)
    elif what == "batch":
        new = [submit_version(version.deal, **random_facts(rng)) for version in (one, other)]
        publish([version.pk for version in new], by="system")
    elif what == "edit":
        edit(one, **facts)
    elif what == "part":
        edit(one, **facts, part_of=other)
    elif what == "retract":
        retract(one)
    elif what == "merge":
        with suppress(actions.NotAllowed):
            actions.merge(deal=one.deal, into=other.deal, by=None, reason="The same")
    else:
        gone = Deal.objects.exclude(pk__in=[version.deal_id for version in live])
        if chosen := gone.order_by("id").first():
            actions.restore(deal=chosen, by=None, reason="It was right")


def test_an_umbrella_leaves_its_cell_with_its_first_part_and_comes_back_with_the_last() -> None:
    umbrella = make_deal()
    query = FlowQuery(investor=("europe",), target=("CN",))
    counted = [places(query, resolve(query))]
    parts = make_deals([{"part_of": umbrella}, {"part_of": umbrella}])
    for part in (None, *parts):
        if part:
            retract(part)
        assert_in_step()
        counted.append(places(query, resolve(query)))
    assert [found["flow"] for found in counted] == [1, 2, 1, 1]


def test_an_umbrella_that_is_published_together_with_its_part_or_freed_of_it_counts_once() -> None:
    umbrella = submit_version()
    part = submit_version(part_of=umbrella)
    publish([umbrella.pk, part.pk], by="system", reason="")
    assert_in_step()
    query = FlowQuery(investor=("europe",), target=("CN",))
    assert places(query, resolve(query))["flow"] == 1
    # Both anew in one statement, the part on its own from now on.
    again = [submit_version(umbrella.deal), submit_version(part.deal)]
    publish([one.pk for one in again], by="system", reason="")
    assert_in_step()
    assert places(query, resolve(query))["flow"] == 2


def test_cells_that_were_emptied_are_gone() -> None:
    version = make_deal()
    assert FlowCell.objects.get().deals == 1
    retract(version)
    assert not FlowCell.objects.exists()
    assert not RegionCell.objects.exists()


def test_a_covered_question_does_not_read_the_facts_of_others() -> None:
    make_deal(investors=[("Home", "CN")])
    with connection.execute_wrapper(_no_facts):
        assert places(EUROPE_TO_CHINA.but(from_=""), _scope())["target_side_only"] == 1


def _scope() -> Any:
    return resolve(EUROPE_TO_CHINA)


def _no_facts(execute: Any, sql: str, *rest: Any) -> Any:
    assert "deals_dealfact" not in sql
    return execute(sql, *rest)


@pytest.mark.parametrize(
    ("params", "covered"),
    [
        ({}, True),
        ({"from": "2017", "to": "2022"}, True),
        ({"to": "2020-01-31", "investor": "eu"}, True),
        ({"from": "2020-02-01"}, True),
        ({"from": "2017-02"}, False),
        ({"to": "2022-06"}, False),
        ({"sector": "robotics"}, False),
        ({"round": "seed"}, False),
        ({"min_amount": "0"}, False),
        ({"max_amount": "5"}, False),
        ({"known_by": "2023"}, False),
        ({"state_linked": "no"}, False),
        ({"as_of": "0"}, False),
        ({"kind": "all", "status": "all", "ai": "all", "attribution": "ultimate"}, True),
    ],
)
def test_cells_answer_only_what_they_know(params: dict[str, str], covered: bool) -> None:
    query = FlowQuery.from_params({"investor": "europe", "target": "CN"} | params)
    assert covers(query, resolve(query), query.compare) is covered


def test_steps_are_the_same_in_the_database_and_hold_every_membership() -> None:
    days = [date(2003, 12, 31) + number * DAY for number in range(366 * 18)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT d, deals_step_first(d), deals_step_last(d) FROM unnest(%s::date[]) d", [days]
        )
        for day, first, last in cursor.fetchall():
            assert is_first(first)
            assert is_last(last)
            assert (first == day, last == day) == (is_first(day), is_last(day))
            assert first <= day <= last
    edges = [m for region in REGIONS.values() for m in region.members if m.first or m.last]
    assert all(is_first(member.first) and is_last(member.last) for member in edges)
    assert all(
        any(change in (m.first, m.last and m.last + DAY) for m in edges) for change in CHANGES
    )


def test_the_command_adds_all_facts_up_again() -> None:
    make_deal()
    FlowCell.objects.update(deals=7)
    call_command("rebuild", "--rollups", verbosity=0)
    assert FlowCell.objects.get().deals == 1
    assert Change.objects.filter(kind="reference").count() == 1
    call_command("rebuild", "--rollups", verbosity=0)
    assert Change.objects.filter(kind="reference").count() == 1


def test_what_a_statement_changed_is_not_read_again_for_each_part() -> None:
    """An import of many deals, some of them parts, took the square of its size."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT prosrc FROM pg_proc WHERE proname = ANY(%s)",
            [["deals_cells_insert", "deals_cells_update", "deals_cells_delete"]],
        )
        found = [source for (source,) in cursor]
    assert len(found) == 3
    for source in found:
        assert "NOT EXISTS" not in source
        assert source.count("EXCEPT SELECT version_id, part_of_id FROM changed") == 1
