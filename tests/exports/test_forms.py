"""Every form gives back what the documents say, whatever stands in their texts."""

import csv
import io
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import orjson
import pyarrow.parquet as pq
import pytest
from hypothesis import Phase, given, settings
from openpyxl.utils.escape import unescape

from deals.exports import arrow, parquet, table_csv
from deals.exports.columns import LIST, PARTICIPATIONS, TABLES, TEXT, csv_head
from deals.exports.workbook import Workbook
from deals.rules.spreadsheet import FORMULA_STARTS, bare_cell
from tests.exports import naive
from tests.exports.documents import DOCUMENTS
from tests.exports.plain import document


def lines(docs):
    return b"".join(orjson.dumps(doc) + b"\n" for doc in docs)


def expected(docs, name):
    if name == "deals":
        return [naive.deal(doc) for doc in docs]
    return [row for doc in docs for row in naive.participations(doc)]


@pytest.mark.parametrize("name", TABLES)
@given(docs=DOCUMENTS)
@settings(max_examples=12, deadline=None)
def test_csv_gives_every_text_back_and_starts_no_formula(name, docs):
    columns = TABLES[name]
    made = csv_head(columns) + table_csv.rows(arrow.read(lines(docs), columns), columns)
    rows = list(csv.reader(io.StringIO(made.decode(), newline="")))
    assert rows[0] == [column.name for column in columns]
    assert len(rows) - 1 == len(expected(docs, name))
    for row, wanted in zip(rows[1:], expected(docs, name), strict=True):
        for column, text in zip(columns, row, strict=True):
            assert bare_cell(text) == naive.cell(wanted[column.name]), column.name
            if column.type in (TEXT, LIST):
                assert not text.startswith(FORMULA_STARTS) or text.strip("-.").isdigit()


@pytest.mark.parametrize("name", TABLES)
@given(docs=DOCUMENTS)
@settings(max_examples=12, deadline=None)
def test_parquet_has_typed_values(name, docs):
    columns = TABLES[name]
    tables = iter([arrow.read(lines(docs), columns), arrow.read(lines(docs[:1]), columns)])
    file = b"".join(piece for piece, _ in parquet.stream(tables, columns, {"question": "/deals/"}))
    read = pq.read_table(io.BytesIO(file))
    assert read.to_pylist() == expected([*docs, docs[0]], name)
    for column in columns:
        field = read.schema.field(column.name)
        assert field.type == arrow.arrow_type(column)
        assert field.metadata[b"title"].decode() == column.title
    facts = pq.ParquetFile(io.BytesIO(file)).metadata.metadata
    assert (facts[b"rows"], facts[b"question"]) == (str(read.num_rows).encode(), b"/deals/")


@pytest.mark.parametrize("name", TABLES)
@given(docs=DOCUMENTS)
@settings(max_examples=4, deadline=None, phases=[Phase.generate])
def test_a_workbook_has_numbers_days_and_harmless_texts(name, docs):
    columns = TABLES[name]
    file = io.BytesIO()
    book = Workbook(file, "Rows", columns)
    book.rows(arrow.read(lines(docs), columns))
    book.close([("Question", "=1+1")])
    found = openpyxl.load_workbook(io.BytesIO(file.getvalue()))
    head, *rows = found["Rows"].iter_rows()
    assert [cell.value for cell in head] == [column.name for column in columns]
    assert len(rows) == len(expected(docs, name))
    for row, wanted in zip(rows, expected(docs, name), strict=True):
        for column, cell in zip(columns, row, strict=True):
            assert cell.data_type != "f", column.name
            assert same(cell.value, wanted[column.name]), (column.name, cell.value)
    assert found["About"]["B2"].data_type != "f"


def same(value, wanted):
    """Whether a cell says it; a workbook has no blank texts, no Decimal, and no old days."""
    if isinstance(value, str):
        # What XML cannot hold stands as _x0008_, as Excel writes it.
        return bare_cell(unescape(value)) == naive.cell(wanted)
    if isinstance(wanted, Decimal):
        return abs(Decimal(str(value)) - wanted) <= wanted * Decimal("1e-14")
    if isinstance(value, datetime):
        exact = value.date() if type(wanted) is date else value
        return exact == (wanted.replace(tzinfo=None) if isinstance(wanted, datetime) else wanted)
    return value == wanted or (value is None and not wanted)


def test_every_column_says_what_it_is():
    for columns in TABLES.values():
        names = [column.name for column in columns]
        assert len(set(names)) == len(names)
        for column in columns:
            assert column.title[:1].isupper()
    assert {column.name for column in PARTICIPATIONS} >= {"deal", "position", "investor_name"}


def test_a_text_longer_than_a_cell_is_cut_and_that_is_said():
    doc = document(notes="界" * 40_000)
    columns = TABLES["deals"]
    file = io.BytesIO()
    book = Workbook(file, "Rows", columns)
    book.rows(arrow.read(lines([doc]), columns))
    book.close([])
    found = openpyxl.load_workbook(io.BytesIO(file.getvalue()))
    notes = found["Rows"].cell(2, [column.name for column in columns].index("notes") + 1).value
    assert len(notes) == 32_767
    assert notes.endswith("[…]")
    said = [cell.value for cell in found["About"]["B"]]
    assert any("longer than a cell" in str(text) for text in said)
