"""What was understood of a field, in words and with its worth in euros."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from deals.entry.meanings import PLAIN, ROWS, Meaning, has_meaning, meaning
from deals.entry.typed import blank

TODAY = date(2024, 6, 1)
UNDISCLOSED = "Undisclosed: the deal counts, and is in no total of money."


def said(field: str, **typed: Any) -> str:
    found = meaning(field, blank() | typed, today=TODAY)
    assert found.fault == ""
    return found.says.replace("\u202f", " ")


def fault(field: str, **typed: Any) -> str:
    found = meaning(field, blank() | typed, today=TODAY)
    assert found.says == ""
    return found.fault


@pytest.mark.parametrize(
    ("amount", "when", "expected"),
    [
        ("¥1.2亿", "9 Sep 2021",
         "CNY 120,000,000, exactly = €15.7 m at the ECB reference rate of 9 Sep 2021"),
        # A Sunday: the rate is that of the Friday before, and the words say so.
        ("$5m", "2021-09-12", "USD 5,000,000, exactly = €4.2 m at the ECB reference rate of "
         "10 Sep 2021"),
        ("$30–50m", "Q1 2024", "between USD 30,000,000 and USD 50,000,000 = €27.6 m – €46 m at "
         "the mean of the ECB reference rates of Q1 2024"),
        ("近亿元", "2021-09", "about CNY 100,000,000 = €13.2 m at the mean of the ECB reference "
         "rates of Sep 2021"),
        ("€12,5 Mio", "", "EUR 12,500,000, exactly"),
        ("EUR 1.234.567,89", "", "EUR 1,234,567.89, exactly"),
        ("30 to 50 million dollars", "", "between USD 30,000,000 and USD 50,000,000; the value "
         "in euros needs the date"),
        ("12m TWD", "2021", "TWD 12,000,000, exactly; not convertible to euros: the ECB has no "
         "rate of TWD for 2021"),
        ("5m USD", "1997-01-01", "USD 5,000,000, exactly; not convertible to euros: the ECB has "
         "no rate of USD for 1 Jan 1997"),
        ("5m USD", "2050-01-01", "USD 5,000,000, exactly; value in euros pending: there is no "
         "ECB rate for 1 Jan 2050 yet"),
        ("5m USD", "spring 2021", "USD 5,000,000, exactly; the value in euros needs the date"),
        ("undisclosed", "2021", UNDISCLOSED),
        ("未披露", "2021", UNDISCLOSED),
        ("", "2021", ""),
    ],
)  # fmt: skip
def test_an_amount_is_said_with_its_worth(amount, when, expected):
    assert said("amount", amount=amount, date=when) == expected


def test_the_worth_is_the_amount_over_the_rate_of_the_day():
    """The ECB's rate of 9 September 2021 was 7.6331 yuan for a euro."""
    assert f"€{Decimal(120) / Decimal('7.6331'):.1f} m" in said(
        "amount", amount="¥1.2亿", date="2021-09-09"
    )


def test_the_currency_beside_the_amount_decides_only_where_the_text_names_none():
    assert said("amount", amount="5m", currency="CHF").startswith("CHF 5,000,000")
    assert said("amount", amount="$5m", currency="CAD").startswith("CAD 5,000,000")
    assert said("amount", amount="5m GBP", currency="CHF").startswith("GBP 5,000,000")
    assert "names no currency" in fault("amount", amount="5m")
    assert "not a currency" in fault("amount", amount="5m", currency="Taler")


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("9. September 2021", "9 Sep 2021"),
        ("Q1 2024", "1 Jan 2024 to 31 Mar 2024 (quarter)"),
        ("2021-09", "1 Sep 2021 to 30 Sep 2021 (month)"),
        ("2021年", "1 Jan 2021 to 31 Dec 2021 (year)"),
        ("2021-03/2021-05", "1 Mar 2021 to 31 May 2021 (range)"),
        ("unknown", "No date: the deal counts only where no years are asked for."),
        ("", ""),
    ],
)
def test_a_date_is_said_with_its_days(when, expected):
    assert said("date", date=when) == expected


def test_a_date_that_cannot_be_is_refused_while_it_is_typed():
    assert "write 2024-04-03 or 2024-03-04" in fault("date", date="03/04/2024")
    assert "in the future" in fault("date", date="2024-06-02")
    assert said("date", date="2024-06-02", status="announced") == "2 Jun 2024"


INVESTOR = {"name": "A", "country": "德国", "stake": "12,50 %", "contribution": "5m"}


def test_parts_of_rows_are_said():
    form = {"investors": [{}, INVESTOR], "amount": "$10m", "date": "2021-09-09"}
    assert said("investors-1-country", **form) == "Germany (DE)"
    assert said("investors-1-stake", **form) == "12.5 %"
    assert said("investors-1-contribution", **form).startswith("USD 5,000,000, exactly = €4.2 m")
    assert said("investors-0-stake", **form) == said("investors-9-stake", **form) == ""
    steps = [{"status": "announced", "date": "Q1 2020"}]
    assert said("status_history-0-date", status_history=steps).endswith("(quarter)")
    assert said("sources-0-published_on", sources=[{"published_on": "9 Sep 2021"}]) == "9 Sep 2021"


def test_contributions_that_are_more_than_the_amount_are_refused():
    form = {"investors": [{}, INVESTOR, INVESTOR], "amount": "$9.5m"}
    assert "add up to 10,000,000 USD, more than the amount of 9,500,000 USD" in fault(
        "investors-1-contribution", **form
    )


def test_words_of_lists_are_said_by_their_titles():
    assert said("round_type", round_type="B轮") == "Series B"
    assert said("target-country", target={"country": "prc"}) == "China (CN)"
    assert said("kind", kind="收购") == "Acquisition (control gained)"
    assert "choose one" in fault("round_type", round_type="Series Q")


def test_every_field_with_a_meaning_means_nothing_where_nothing_is_typed():
    names = [*PLAIN, *(f"{name}-0-{part}" for name, part in ROWS)]
    for field in names:
        assert has_meaning(field)
        empty = blank() | {"kind": "", "status": ""}
        assert meaning(field, empty, today=TODAY) == Meaning("", "")


def test_a_field_without_meaning_is_not_known():
    assert not has_meaning("notes")
    with pytest.raises(KeyError):
        meaning("notes", blank())


def test_numbers_and_days_are_those_of_the_readers_language():
    with translation.override("de"):
        says = meaning("amount", blank() | {"amount": "$5m", "date": "2021-09-09"}).says
    assert "5.000.000" in says
    assert "9. September 2021" in says
