"""Rows that went in by COPY are the rows that come out, whatever stands in them."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from deals.models.bulk import copy_rows
from deals.models.change import Change

pytestmark = pytest.mark.django_db

TEXT = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00"), max_size=8)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            TEXT,
            st.lists(st.one_of(TEXT, st.none()), max_size=3),
            st.one_of(st.none(), st.decimals(0, 1_000_000, places=2)),
            st.booleans(),
            st.one_of(st.none(), st.dates(date(1900, 1, 1))),
        ),
        max_size=5,
    )
)
def test_copied_rows_come_back_as_they_were(rows: list[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS copied")
        cursor.execute(
            "CREATE TEMPORARY TABLE copied"
            " (at int, a text, b text[], c numeric(12, 2), d boolean, e date)"
        )
    numbered = [(at, *row) for at, row in enumerate(rows)]
    copy_rows("copied", ("at", "a", "b", "c", "d", "e"), numbered)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM copied ORDER BY at")
        found = cursor.fetchall()
    assert found == [
        (at, a, b, None if c is None else Decimal(c), d, e) for at, a, b, c, d, e in numbered
    ]


def test_words_of_an_enumeration_and_lists_of_numbers_are_written_as_they_are_said() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE said (a text, b bigint[], c text[])")
    rows = [(Change.Kind.MERGED, [1, None], ("NULL", "a,b")), ("x", [], ["{", '"', "\\"])]
    copy_rows("said", ("a", "b", "c"), rows)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM said")
        assert cursor.fetchall() == [
            ("merged", [1, None], ["NULL", "a,b"]), ("x", [], ["{", '"', "\\"]),
        ]  # fmt: skip


def test_more_rows_than_are_sent_at_once_all_arrive_in_their_order() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE many (place serial, number int)")
    copy_rows("many", ("number",), [(number,) for number in range(2_501)])
    copy_rows("many", ("number",), [])
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM many ORDER BY place")
        assert [number for (number,) in cursor] == list(range(2_501))
