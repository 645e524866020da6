"""What only a workbook has: several sheets, cells with limits, formats of numbers and days."""

import io

import openpyxl
import pytest

from deals.exports import arrow, sheet_xml, workbook
from deals.exports.columns import DEALS
from tests.exports.plain import document
from tests.exports.test_forms import lines


def made(docs):
    file = io.BytesIO()
    book = workbook.Workbook(file, "Deals", DEALS)
    book.rows(arrow.read(lines(docs), DEALS))
    book.close([("Rows", str(book.written))])
    return openpyxl.load_workbook(io.BytesIO(file.getvalue()))


def column(sheet, name):
    names = [cell.value for cell in sheet[1]]
    place = names.index(name) + 1
    return [row[0] for row in sheet.iter_rows(min_row=2, min_col=place, max_col=place)]


def test_rows_that_one_sheet_cannot_hold_go_on_in_the_next(monkeypatch):
    monkeypatch.setattr(workbook, "MOST_ROWS", 3)
    docs = [document(version=n, sectors=["robotics"] * (n % 3)) for n in range(1, 6)]
    found = made(docs)
    assert found.sheetnames == ["About", "Deals", "Deals 2", "Deals 3"]
    sheets = [found[name] for name in found.sheetnames[1:]]
    assert [cell.value for sheet in sheets for cell in column(sheet, "version")] == [1, 2, 3, 4, 5]
    sectors = [cell.value for sheet in sheets for cell in column(sheet, "sectors")]
    assert [text or "" for text in sectors] == [
        "; ".join(["robotics"] * (n % 3)) for n in range(1, 6)
    ]
    assert found.active.title == "Deals"


def test_money_and_days_have_formats_and_old_days_are_texts():
    amount = document()["amount"] | {"low": "1234567.50", "high": "1234567.50", "state": "exact"}
    old = {"first": "1899-01-01", "last": "1900-03-01", "precision": "range", "basis": "announced"}
    sheet = made([document(amount=amount, date=old)])["Deals"]
    (money,), (first,), (last,) = (
        column(sheet, name) for name in ("amount_low", "date_first", "date_last")
    )
    assert (money.value, money.number_format) == (1234567.5, "#,##0.00")
    assert first.value == "1899-01-01"
    assert (last.value.date().isoformat(), last.number_format) == ("1900-03-01", "yyyy-mm-dd")


def test_a_text_of_signs_that_count_twice_is_cut_between_them():
    sheet = made([document(notes="🦾" * 20_000)])["Deals"]
    (notes,) = column(sheet, "notes")
    assert len(notes.value.encode("utf-16-le")) // 2 <= sheet_xml.LONGEST_CELL
    assert notes.value.startswith("🦾🦾")
    assert notes.value.endswith("🦾 […]")


@pytest.mark.parametrize(("place", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ")])
def test_columns_are_named_by_letters(place, name):
    assert sheet_xml.letters(place) == name
