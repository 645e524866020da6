"""Numbers, money, dates and places as readers see them."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deals.templatetags.formats import (
    country,
    day,
    deal_amount,
    deal_date,
    investors,
    money,
    number,
    percent,
    what,
)


@pytest.mark.parametrize(
    ("value", "shown"), [(0, "0"), (2165, "2,165"), ("1234567", "1,234,567"), (None, "not known")]
)
def test_numbers_are_grouped_by_commas(value, shown):
    assert number(value) == shown


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        ("0.037413", "3.7\u202f%"),
        ("0", "0.0\u202f%"),
        ("1", "100.0\u202f%"),
        # A share that is not nothing never reads as nothing.
        ("0.000412", "0.04\u202f%"),
        (None, "–"),
    ],
)
def test_shares_are_percentages_with_one_place(share, shown):
    assert percent(share) == shown


@pytest.mark.parametrize(
    ("value", "currency", "shown"),
    [
        ("11160000000.00", "EUR", "€11.2\u202fbn"),
        ("340600000", "USD", "US$341\u202fm"),
        ("1000000", "CNY", "CN¥1\u202fm"),
        ("999949999", "EUR", "€1\u202fbn"),
        ("999.40", "EUR", "€999"),
        ("999.60", "EUR", "€1\u202fk"),
        ("5000", "SEK", "SEK\u202f5\u202fk"),
        ("0", "EUR", "€0"),
        (None, "EUR", "–"),
    ],
)
def test_money_has_three_leading_digits_at_most(value, currency, shown):
    assert money(value, currency) == shown


@settings(deadline=None, max_examples=200)
@given(st.decimals(min_value=1000, max_value=10**14, places=2))
def test_money_is_never_off_by_more_than_its_rounding(value):
    shown = money(value, "EUR").removeprefix("€")
    digits, unit = shown.split("\u202f")
    size = {"k": 10**3, "m": 10**6, "bn": 10**9, "tn": 10**12}[unit]
    error = abs(Decimal(digits) * size - value)
    assert error <= max(value * Decimal("0.006"), size * Decimal("0.051"))


@pytest.mark.parametrize("value", [date(2021, 9, 9), "2021-09-09", "2021-09-09T10:00:00Z"])
def test_days_are_written_out(value):
    assert day(value) == "9 Sep 2021"


@pytest.mark.parametrize(
    ("first", "last", "precision", "shown"),
    [
        ("2021-09-09", "2021-09-09", "day", "9 Sep 2021"),
        ("2021-09-01", "2021-09-30", "month", "Sep 2021"),
        ("2024-01-01", "2024-03-31", "quarter", "Q1 2024"),
        ("2021-01-01", "2021-12-31", "year", "2021"),
        ("2021-03-01", "2021-05-31", "range", "1 Mar 2021 – 31 May 2021"),
        (None, None, "none", "not known"),
    ],
)
def test_a_date_keeps_its_precision(first, last, precision, shown):
    assert deal_date({"first": first, "last": last, "precision": precision}) == shown


def test_countries_have_names():
    assert country("DE") == "Germany"
    assert country(None) == "not known"


def test_amounts_say_how_exact_they_are():
    base = {"low": "10000000", "high": "10000000", "currency": "USD"}
    assert deal_amount(base | {"state": "exact"}) == "US$10\u202fm"
    assert deal_amount(base | {"state": "approximate"}) == "about US$10\u202fm"
    assert deal_amount({"state": "undisclosed"}) == "undisclosed"
    wide = base | {"state": "range", "high": "100000000"}
    assert deal_amount(wide) == "US$10\u202fm – US$100\u202fm"


def test_a_long_list_of_investors_is_cut_and_a_partial_one_says_so():
    parts = [{"name": f"Fund {k}", "country": "DE"} for k in range(6)]
    assert investors({"investors": parts, "investor_list": "complete"}).endswith("and 2 more")
    short = {"investors": [{"name": None, "country": None}], "investor_list": "partial"}
    assert investors(short) == "not named (?), and others"
    assert investors({"investors": [], "investor_list": "none"}) == "not published"


def test_a_deal_is_named_by_its_round_or_else_its_kind():
    assert what({"kind": "funding_round", "round_type": "series_c"}) == "Series C"
    assert what({"kind": "acquisition", "round_type": None}) == "Acquisition"
