"""Amount and contributions of a typed deal: one currency, and never more parts than the whole."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deals.entry.money import digits, read_amount, read_money, typed_amount, typed_money
from deals.entry.reading_faults import Faults
from deals.entry.typed import blank, complete
from tests.entry.generated_facts import PATIENT


def read(amount: str, currency: str, *contributions: str, before: Any = None) -> Any:
    rows = [{"contribution": one} for one in contributions]
    faults = Faults()
    typed = complete(blank() | {"amount": amount, "currency": currency, "investors": rows})
    return read_money(typed, before, faults), [fault.field for fault in faults.found]


CENTS = st.integers(1, 3_000)


@settings(PATIENT, max_examples=60)
@given(CENTS, st.lists(st.none() | CENTS, max_size=4))
def test_contributions_are_accepted_exactly_while_their_sum_is_within_the_amount(whole, parts):
    texts = ["" if part is None else f"{Decimal(part) / 100:,.2f}" for part in parts]
    money, wrong = read(f"{Decimal(whole) / 100:,.2f} EUR", "", *texts)
    assert money.contributions == [p and f"{Decimal(p) / 100:.2f}" for p in parts]
    total = 0
    for part in parts:
        total += part or 0
    first = next((at for at, part in enumerate(parts) if part), None)
    assert wrong == ([f"investors-{first}-contribution"] if total > whole else [])


def test_of_a_range_the_high_end_holds():
    assert read("$3-5m", "", "2m", "3m")[1] == []
    assert read("$3-5m", "", "2m", "3.01m")[1] == ["investors-0-contribution"]


def test_parts_of_an_amount_that_is_not_known_are_kept_in_their_currency():
    money, wrong = read("undisclosed", "", "2m USD", "", "3m")
    assert wrong == []
    assert money.contributions == ["2000000.00", None, "3000000.00"]
    assert money.amount == {
        "state": "undisclosed", "low": None, "high": None, "currency": "USD",
        "text": "undisclosed",
    }  # fmt: skip


def test_an_amount_that_is_not_known_has_no_currency_of_its_own():
    money, wrong = read("", "USD")
    assert (money.amount["currency"], wrong) == ("", [])


@pytest.mark.parametrize(
    ("contributions", "wrong"),
    [
        (["2m USD", "3m EUR"], ["investors-1-contribution"]),
        (["2m", "3m USD"], ["currency"]),
        (["2-3m USD"], ["investors-0-contribution"]),
        (["much"], ["investors-0-contribution"]),
    ],
)
def test_contributions_have_one_currency_and_one_value(contributions, wrong):
    assert read("", "", *contributions)[1] == wrong


def test_one_sentence_says_that_no_currency_is_named():
    assert read("5m", "", "2m", "3m")[1] == ["currency"]
    assert read("5m", "Taler", "2m", "3m")[1] == ["currency"]


def test_either_decimal_mark_is_read_where_only_one_fits():
    for text, low in {
        "1.234.567,89": "1234567.89", "1,234,567.89": "1234567.89", "12,5": "12.50",
        "1,234": "1234.00", "1,234 Mio": "1234000.00", "12.500.000": "12500000.00",
    }.items():  # fmt: skip
        faults = Faults()
        assert read_amount(text, "EUR", faults)["low"] == low
        assert faults.found == []


def test_an_amount_of_both_marks_in_disorder_is_said():
    faults = Faults()
    read_amount("1,23.45,6", "EUR", faults)
    assert "can be read in two ways" in faults.found[0].message


def test_the_amount_of_before_stands_whatever_a_supplier_wrote():
    before = {
        "state": "exact", "low": "12340000.00", "high": "12340000.00", "currency": "USD",
        "text": "12.34",
    }  # fmt: skip
    assert typed_amount(before) == "12,340,000"
    money, wrong = read("12,340,000", "USD", "2m", before=before)
    assert (money.amount, wrong) == (before, [])
    assert money.contributions == ["2000000.00"]


@pytest.mark.parametrize(
    ("state", "low", "high", "text", "typed"),
    [
        ("exact", "1234.50", "1234.50", "", "1,234.50"),
        ("exact", "5000000.00", "5000000.00", "5m", "5m"),
        ("exact", "5000000.00", "5000000.00", "5000000", "5,000,000"),
        ("approximate", "5000000.00", "5000000.00", "up to 5m", "up to 5m"),
        ("approximate", "5000000.00", "5000000.00", "5m", "about 5,000,000"),
        ("range", "10000000.00", "100000000.00", "数千万", "数千万"),
        ("range", "10.00", "20.50", "", "10 - 20.50"),
        ("undisclosed", None, None, "undisclosed", "undisclosed"),
        ("undisclosed", None, None, "12m", ""),
    ],
)
def test_an_amount_is_typed_as_its_source_wrote_it_where_that_reads_the_same(
    state, low, high, text, typed
):
    amount = {"state": state, "low": low, "high": high, "text": text}
    amount["currency"] = "" if low is None else "CNY"
    assert typed_amount(amount) == typed


def test_money_is_shown_with_cents_only_where_there_are_any():
    assert typed_money(None) == ""
    assert [digits("12500000.00"), digits("0.50")] == ["12,500,000", "0.50"]
