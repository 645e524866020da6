"""The planner is told of what a large import wrote, and not of what changes none of its plans."""

import pytest
from django.db import connection

from deals.models.statistics import tell_planner

pytestmark = pytest.mark.django_db


@pytest.fixture
def table() -> str:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE written AS SELECT generate_series(1, 3000) AS id")
    return "written"


def test_a_table_that_was_empty_is_looked_at(table: str) -> None:
    assert tell_planner(3_000, {table: "id"}) == [table]
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = %s", [table])
        assert cursor.fetchone() == (3_000,)


def test_few_rows_are_no_matter(table: str) -> None:
    assert tell_planner(999, {table: "id"}) == []


def test_rows_beside_many_times_as_many_are_no_matter_either(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO written SELECT generate_series(1, 3000)")
        cursor.execute("ANALYZE written")
    assert tell_planner(1_500, {table: "id"}) == []
    assert tell_planner(1_501, {table: "id"}) == [table]
