"""Text becomes columns of text: no cell changed, no row lost, every odd row reported."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from deals.feeds.parse import Table, TableReader
from deals.feeds.refusals import Refused

CELL = st.text(
    st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00\x1e\x1f"), max_size=12
)


def reader(
    text: str, *, delimiter: str = "auto", skip_rows: int = 0, columns: str = "ab"
) -> TableReader:
    needed = {column: "a test" for column in columns}
    stream = io.StringIO(text, newline="")
    return TableReader(stream, delimiter=delimiter, skip_rows=skip_rows, needed=needed)


def table(text: str, **how) -> Table:
    read = reader(text, **how).chunk(1_000)
    assert read is not None
    return read


@hypothesis_settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=8))
def test_whatever_is_written_as_csv_comes_back_cell_by_cell(rows) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([("a", "b"), *rows])
    read = table(out.getvalue(), delimiter=",")
    assert list(zip(read.columns["a"], read.columns["b"], strict=True)) == rows
    assert read.rows == list(range(2, len(rows) + 2))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_by_the_columns_that_are_needed(delimiter: str) -> None:
    read = reader(f"a{delimiter}b{delimiter}c,d;e\n1{delimiter}2{delimiter}3\n")
    assert (read.delimiter, read.chunk(9).columns["b"]) == (delimiter, ["2"])


def test_text_stays_text() -> None:
    read = table("a,b\n007,NA\nnull,1e5\n")
    assert read.columns == {"a": ["007", "null"], "b": ["NA", "1e5"]}


def test_row_numbers_are_those_of_a_spreadsheet() -> None:
    read = table('export of today\nsecond line\na,b\n1,"x\ny"\n\n3,4\n', skip_rows=2)
    assert (read.rows, read.columns["b"]) == ([4, 6], ["x\ny", "4"])


def test_line_ends_of_every_system_are_understood() -> None:
    for end in ("\n", "\r\n", "\r"):
        assert table(end.join(["a,b", "1,2", "3,4"])).columns["a"] == ["1", "3"]


def test_a_row_with_too_many_cells_is_an_error_and_the_next_row_is_fine() -> None:
    read = table("a,b\n1,2,3\n4,5\n6,7,,\n")
    assert [(p.row, p.code) for p in read.problems] == [(2, "too_many_cells")]
    assert (read.columns["a"], read.rejected) == (["1", "4", "6"], {0})


def test_a_row_that_was_cut_off_is_an_error_only_where_a_needed_cell_is_missing() -> None:
    read = table("a,b,c\n1\n4,5\n")
    assert [(p.row, p.column, p.code) for p in read.problems] == [(2, "b", "too_few_cells")]


def test_rows_without_content_are_known_as_such() -> None:
    assert table("a,b\n1,2\n , \n,\n3,4\n").empty == {1, 2}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a,c\n1,2\n", "no column “b”"),
        ("a,bb\n1,2\n", "Did the profile mean “bb”"),
        ("a,b,b\n1,2,3\n", "2 columns called “b”"),
        ('a,b\n1,2\n"3,4\n5,6\n', "opens in row 3 is never closed"),
    ],
)
def test_a_file_that_is_not_the_table_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        table(text)


def test_a_preamble_longer_than_the_file_is_refused() -> None:
    with pytest.raises(Refused, match="ends before its header"):
        table("a,b\n1,2\n", skip_rows=9)


@hypothesis_settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=9), st.integers(1, 4), st.data())
def test_chunks_from_any_row_on_are_the_rest_of_the_file(rows, size, data) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([("a", "b"), *rows])
    begun = data.draw(st.integers(1, len(rows) + 1))
    again = reader(out.getvalue(), delimiter=",")
    again.skip_to(begun)
    read = []
    while (chunk := again.chunk(size)) is not None:
        assert len(chunk.rows) <= size
        read += zip(chunk.columns["a"], chunk.columns["b"], strict=True)
    assert read == rows[begun - 1 :]


def test_a_cell_longer_than_the_limit_rejects_its_row_only(settings) -> None:
    settings.IMPORT_MAX_CELL = 5
    read = table("a,b\n1,2\n3,abcdef\n4,5\n")
    assert [(p.row, p.column, p.code) for p in read.problems] == [(3, "b", "cell_too_long")]
    assert read.rejected == {1}


def test_more_columns_than_the_limit_are_refused(settings) -> None:
    settings.IMPORT_MAX_COLUMNS = 2
    with pytest.raises(Refused, match="3 columns, more than the 2"):
        table("a,b,c\n1,2,3\n")


def test_a_line_that_never_ends_is_refused(monkeypatch) -> None:
    monkeypatch.setattr("deals.feeds.parse.LONGEST_FIELD", 100)
    with pytest.raises(Refused, match="line of more than 100 characters"):
        table("a,b\n" + "x" * 200)


def test_more_lines_to_skip_than_the_file_has_end_at_once_in_a_refusal() -> None:
    with pytest.raises(Refused, match="skip_rows = 1000000000000 is too many"):
        table("a,b\n1,2\n", skip_rows=10**12)


def test_a_giant_first_line_is_refused_in_a_short_sentence() -> None:
    csv.field_size_limit(131_072)
    with pytest.raises(Refused, match="no column “a”") as refusal:
        table("x" * 200_000 + "\n1\n")
    assert len(str(refusal.value)) < 300
