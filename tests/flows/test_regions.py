"""Cells of regions: which questions they answer, and that they hold what the cells hold."""

from collections import Counter
from importlib import import_module
from itertools import product
from string import ascii_uppercase
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from deals.flows.cube import cube
from deals.flows.query import FlowQuery
from deals.flows.regions import FIRST, KNOWN, LINES, TOGETHER, are_alone, are_whole
from deals.flows.rollup import places, without_cells
from deals.flows.scope import resolve
from deals.flows.top import top_target_countries
from deals.models import FlowCell, RegionCell
from deals.models.masks import countries_in
from deals.rules.regions import REGIONS, side
from tests.factories import make_deal
from tests.flows.moves import retract
from tests.flows.registers import random_register

CODES = ["".join(pair) for pair in product(ascii_uppercase, repeat=2)]
OTHERS = "ZZ"
SHARED = (
    "population_id", "generated", "date_first", "date_last", "kind", "status", "ever_completed",
    "ai",
)  # fmt: skip
SUMS = ("deals", "partial", "singles", "ranges", "priced_usd", "unpriced_cny", "total_eur")


def region_of(country: str) -> str:
    return next((line[0] for line in LINES if country in line), OTHERS)


def test_a_line_is_what_every_region_has_on_the_same_days() -> None:
    assert import_module("deals.migrations.0018_regions_of_cells").TOGETHER == TOGETHER
    lines: dict[Any, set[str]] = {}
    for country in {m.country for region in REGIONS.values() for m in region.members}:
        stays = frozenset(
            (code, member.first, member.last)
            for code, region in REGIONS.items()
            for member in region.members
            if member.country == country
        )
        lines.setdefault(stays, set()).add(country)
    # Two countries stand alone although only one region has both: they are asked for most.
    asked = {frozenset(line) for line in LINES}
    apart = {frozenset(line) for line in lines.values()}
    assert apart - asked == {frozenset({"US", "CA"})}
    assert asked - apart == {frozenset({"US"}), frozenset({"CA"})}


@pytest.mark.django_db
def test_the_database_writes_each_country_as_the_first_of_its_line() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c, deals_region_of(c), deals_region_mask(deals_country_mask(ARRAY[c]))::text,"
            " deals_region_mask(deals_country_mask(ARRAY[c, 'NO', 'JP', 'FR']::varchar[]))::text"
            " FROM unnest(%s::varchar[]) c",
            [CODES],
        )
        for code, region, one, several in cursor.fetchall():
            assert region == region_of(code)
            assert list(countries_in(one)) == [region]
            assert set(countries_in(several)) == {region, "CH", OTHERS, "BE"}
        cursor.execute("SELECT deals_region_of(NULL)")
        assert cursor.fetchone() == (None,)
    assert OTHERS not in KNOWN
    assert {region_of(code) for code in KNOWN} == FIRST


@pytest.mark.parametrize(
    ("codes", "whole"),
    [
        ("", True), ("europe", True), ("eu", True), ("eu,GB", True), ("CN", True), ("US", True),
        ("CA,GB", True), ("HK,MO", True), ("CH,NO", True), ("efta", True), ("HR", True),
        ("north-america", True), ("eu27,greater-china", True), ("FR", False), ("HK", False),
        ("eu,NO", False), ("eu,FI", False), ("JP", False), ("europe,JP", False), ("ZZ", False),
    ],
)  # fmt: skip
def test_a_side_is_whole_or_is_asked_of_the_cells_of_countries(codes: str, whole: bool) -> None:
    if codes == "ZZ":
        assert OTHERS not in KNOWN
    else:
        assert are_whole(side(codes)) is whole


def test_a_target_of_lines_of_one_is_told_apart_by_country() -> None:
    alone = {
        code: are_alone(side(code)) for code in ("CN", "CN,US", "europe", "HR", "eu", "", "JP")
    }
    assert [code for code, found in alone.items() if found] == ["CN", "CN,US", "HR"]


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [3, 4])
def test_they_are_the_cells_added_up_once_for_each_attribution(seed: int) -> None:
    random_register(seed, 120)
    for version in make_some():
        retract(version)
    expected: dict[Any, Counter[str]] = {}
    for cell in FlowCell.objects.values():
        target = cell["target_country"]
        for ultimate, name in ((False, "hq"), (True, "ultimate")):
            key = (
                *(cell[column] for column in SHARED),
                ultimate,
                target and region_of(target),
                frozenset(map(region_of, countries_in(cell[f"{name}_mask"]))),
                cell[f"{name}_unknown"],
            )
            expected.setdefault(key, Counter()).update({column: cell[column] for column in SUMS})
    found = {
        (
            *(row[column] for column in SHARED),
            row["ultimate"],
            row["target_country"],
            frozenset(countries_in(row["mask"])),
            row["unknown"],
        ): Counter({column: row[column] for column in SUMS})
        for row in RegionCell.objects.values()
    }
    assert found == expected
    assert len(found) == RegionCell.objects.count()
    assert not RegionCell.objects.filter(deals=0).exists()


def make_some() -> list[Any]:
    return [
        make_deal(target_country=target, investors=[("One", investor), ("Two", "NO")])
        for target, investor in (("FR", "DE"), ("AT", "CN"), (None, "JP"), ("CN", None))
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("params", "table"),
    [
        ({"investor": "CN", "target": "europe"}, "regioncell"),
        ({"investor": "US", "target": "CN", "attribution": "ultimate"}, "regioncell"),
        ({"investor": "eu", "target": "CN", "from": "2017"}, "regioncell"),
        ({"investor": "JP", "target": "europe"}, "flowcell"),
        ({"investor": "CN", "target": "FR"}, "flowcell"),
    ],
)
def test_a_question_reads_the_smallest_cells_that_know_it(
    params: dict[str, str], table: str
) -> None:
    make_some()
    query = FlowQuery.from_params(params)
    read: list[str] = []

    def watch(execute: Any, sql: str, *rest: Any) -> Any:
        read.extend(name for name in ("regioncell", "flowcell", "dealfact") if name in sql)
        return execute(sql, *rest)

    scope = resolve(query)
    with connection.execute_wrapper(watch):
        found = places(query, scope)
    assert read == [table]
    with without_cells():
        assert places(query, scope) == found


@pytest.mark.django_db
def test_the_flow_beside_them_is_asked_for_with_every_country_of_its_side() -> None:
    make_deal(target_country="CN", investors=[("One", "FR")])
    make_deal(target_country="CN", investors=[("Two", "CN")])
    query = FlowQuery(investor=("europe",), target=("CN",))
    found = cube(query, resolve(query), query.compare)
    assert found.at("flow").count() == 1
    assert found.at("target_side_only").count() == 1
    assert found.sides == (1, 1)


@pytest.mark.django_db
def test_targets_of_a_region_keep_their_own_countries() -> None:
    make_some()
    query = FlowQuery(investor=("CN",), target=("europe",))
    rows = top_target_countries(query, resolve(query))["rows"]
    assert {row["code"]: (row["n"], row["N"]) for row in rows} == {"AT": (1, 1), "FR": (0, 1)}


@pytest.mark.django_db
def test_the_command_adds_them_up_again_and_they_go_with_the_cells() -> None:
    make_deal()
    for table in (RegionCell, FlowCell):
        table.objects.update(deals=7)
        call_command("rebuild", "--rollups", verbosity=0)
        assert list(RegionCell.objects.values_list("ultimate", "deals").order_by("ultimate")) == [
            (False, 1), (True, 1)
        ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE deals_flowcell")
    assert not RegionCell.objects.exists()
