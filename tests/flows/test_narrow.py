"""The narrow rows are the facts with their places, and one index holds all of them."""

from collections.abc import Iterator

import pytest
from django.db import connection

from deals.flows.conditions import Sql, placed, umbrellas
from deals.flows.narrow import narrow
from deals.flows.query import FlowQuery
from deals.flows.rollup import counted
from deals.flows.scope import resolve
from tests.factories import make_deals
from tests.flows.registers import random_register

pytestmark = pytest.mark.django_db

PLAIN = {"investor": "europe", "target": "CN", "from": "2017", "to": "2022"}
QUESTIONS: dict[str, dict[str, str]] = {
    "sector": PLAIN | {"sector": "robotics,ai_chips"},
    "round": PLAIN | {"round": "seed"},
    "days": PLAIN | {"from": "2018-05", "to": "2021-10-15"},
    "from a year on": PLAIN | {"to": "", "known_by": "2021"},
    "up to a year": PLAIN | {"from": "", "state_linked": "yes"},
    "at all times": {"investor": "eu", "target": "greater-china", "kind": "all", "ai": "all"},
    "amount": PLAIN | {"min_amount": "1000", "max_amount": "900000000", "currency": "CNY"},
    "into any country": {"investor": "CN", "from": "2018", "to": "2021", "sector": "robotics"},
    "from any country": {"target": "europe", "attribution": "ultimate", "status": "all"},
    "as of": PLAIN | {"as_of": "30"},
}
CHECKED = ("deal_id", "place", "kind", "date_first", "date_last", "amount_low", "per_unit")


def rows(sql: Sql) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(CHECKED)} FROM ({sql.text()}) p ORDER BY deal_id", sql.params
        )
        return list(cursor.fetchall())


def test_each_fact_with_a_place_is_there_once_and_in_the_same_place() -> None:
    random_register(4, 150)
    for params in QUESTIONS.values():
        query = FlowQuery.from_params(params)
        scope = resolve(query)
        assert rows(narrow(query, scope)) == rows(placed(query, scope, whole=True)), params


def test_deals_that_reach_over_an_end_of_the_window_are_found_once() -> None:
    days = ("2016-12-01", "2017-02-01"), ("2022-11-15", "2023-02-10"), ("2016-01-01", "2023-12-31")
    make_deals(
        [
            {"target_country": "CN", "date": pair, "sectors": ["robotics"], "ai": "yes"}
            for pair in (*days, ("2022-12-01", "2022-12-31"), ("2023-01-01", "2023-02-01"))
        ]
    )
    query = FlowQuery.from_params(PLAIN | {"sector": "robotics"})
    sql = narrow(query, resolve(query))
    places = [(row[1], row[3]) for row in rows(sql)]
    assert sorted(place for place, _ in places).count("too_coarse") == len(days)
    assert len(places) == len(days) + 1


@pytest.mark.parametrize("name", QUESTIONS)
def test_counting_reads_nothing_but_the_index(name: str) -> None:
    query = FlowQuery.from_params(QUESTIONS[name])
    # Known by a day, so that no cells are asked.
    query = query.but(known_by=query.known_by or "2022", as_of=None)
    sql = counted(query, resolve(query))
    with connection.cursor() as cursor:
        # So small a table would be read as it is, or by whatever index.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        cursor.execute(
            "DROP INDEX fact_days_asked, fact_newest, fact_deal;"
            "ALTER TABLE deals_dealfact DROP CONSTRAINT deals_dealfact_pkey CASCADE"
        )
        cursor.execute(
            "EXPLAIN (FORMAT JSON)"
            f" SELECT place, sum(deals) FROM ({sql.text()}) p GROUP BY place", sql.params
        )  # fmt: skip
        scans = [one for one in nodes(cursor.fetchone()[0][0]["Plan"]) if is_of_facts(one)]
    others = [one for one in scans if one["Node Type"] != "Index Only Scan"]
    assert len(scans) > len(others)
    assert all(one["Index Name"] == "fact_counted_asked" for one in scans)
    # Deals that reach over the window's end are so few that they are read as they are.
    assert len(others) == bool(query.target and query.to)
    assert all("date_last > " in one["Index Cond"] for one in others)


def nodes(plan: dict) -> Iterator[dict]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from nodes(inner)


def is_of_facts(node: dict) -> bool:
    return node.get("Relation Name") == "deals_dealfact" and node["Alias"].startswith("f")


@pytest.mark.parametrize("asked", [PLAIN, PLAIN | {"as_of": "3"}])
def test_which_deals_have_parts_is_read_from_an_index_alone(asked: dict[str, str]) -> None:
    random_register(1, 5)
    scope = resolve(FlowQuery.from_params(asked))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        cursor.execute("DROP INDEX fact_days_asked, fact_newest, fact_counted_asked")
        cursor.execute(f"EXPLAIN {umbrellas(scope)}", {"seq": scope.seq})
        plan = [line for (line,) in cursor if "deals_dealfact" in line]
    assert plan
    assert all("Index Only Scan using fact_parts" in line for line in plan), plan
