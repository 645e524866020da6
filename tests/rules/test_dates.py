"""Dates with their precision, the windows they fall into, and the refusal of everything else."""

import re
from calendar import monthrange
from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deals.rules.dates import DealDate, Order, Precision, parse_date, parse_edge
from deals.rules.errors import RuleError

READ = """
    2013-10-17 = 2013-10-17      2013-10 = 2013-10              2013 = 2013
    10/17/2013 00:00 = 2013-10-17    2016.9.10 = 2016-09-10     20160910 = 2016-09-10
    Mar 24, 2025 = 2025-03-24    March 24th, 2025 = 2025-03-24  9 Sep 2021 = 2021-09-09
    24-Mar-2025 = 2025-03-24     September 2021 = 2021-09       Sept. 2021 = 2021-09
    May 2021 = 2021-05           2021-Sep-09 = 2021-09-09
    Thursday, 9 September 2021 = 2021-09-09
    Q1 2024 = 2024-Q1            2024Q1 = 2024-Q1               2024-Q1 = 2024-Q1
    1Q 2024 = 2024-Q1            2024年第1季度 = 2024-Q1        2024年四季度 = 2024-Q4
    3. Quartal 2021 = 2021-Q3    T2 2024 = 2024-Q2              2e trimestre 2024 = 2024-Q2
    2018年5月 = 2018-05          2018年5月3日 = 2018-05-03      ２０１８年５月 = 2018-05
    2018 年 5 月 3 日 = 2018-05-03    2021年十二月 = 2021-12    2018年 = 2018
    9. September 2021 = 2021-09-09    24. März 2025 = 2025-03-24    9 septembre 2021 = 2021-09-09
    1er août 2021 = 2021-08-01   2021-09-09T12:30:00Z = 2021-09-09
    2015-05-12 00:00:00+02:00 = 2015-05-12    2021/05 = 2021-05    05/2021 = 2021-05
    31/12/2024 = 2024-12-31      12/31/2024 = 2024-12-31        03/03/2024 = 2024-03-03
    2021-03/2021-05 = 2021-03/2021-05    Mar 2021 – May 2021 = 2021-03/2021-05
    2018年5月至2018年7月 = 2018-05/2018-07    2017-2022 = 2017-01/2022-12
    Sep 9, 2021 to Sep 12, 2021 = 2021-09-09/2021-09-12    2021-09-09/2021-09-09 = 2021-09-09
    H1 2024 = 2024-01/2024-06    2024年下半年 = 2024-07/2024-12
    first quarter of 2024 = 2024-Q1    zweites Quartal 2024 = 2024-Q2
    premier trimestre 2024 = 2024-Q1    second half of 2021 = 2021-07/2021-12
    1. Halbjahr 2021 = 2021-01/2021-06    the 9th of September 2021 = 2021-09-09
    on 9 September 2021 = 2021-09-09    Mittwoch, 9. September 2021 = 2021-09-09
    im März 2021 = 2021-03       le 9 septembre 2021 = 2021-09-09
"""
REFUSED = [
    ("03/04/2024", "ambiguous_date"),
    ("3201-10-21", "date_out_of_range"),
    ("0000-00-00", "date_out_of_range"),
    ("1899-12-31", "date_out_of_range"),
    ("Q1 2101", "date_out_of_range"),
    ("2021-02-30", "no_such_date"),
    ("2023-02-29", "no_such_date"),
    ("2021-13-01", "no_such_date"),
    ("2024-00", "no_such_date"),
    ("31/31/2024", "no_such_date"),
    ("10/17/13", "two_digit_year"),
    ("Mar-21", "two_digit_year"),
    ("1Q24", "two_digit_year"),
    ("spring 2021", "vague_date"),
    ("early 2021", "vague_date"),
    ("Frühjahr 2021", "vague_date"),
    ("Mitte März 2021", "vague_date"),
    ("2021年底", "vague_date"),
    ("spring", "date_not_understood"),
    ("43000", "spreadsheet_date"),
    ("2021-05/2021-03", "backward_range"),
    ("yesterday", "date_not_understood"),
    ("2021-", "date_not_understood"),
    ("201205", "date_not_understood"),
    ("٢٠٢١", "date_not_understood"),
    ("2021 " * 1000, "date_not_understood"),
]


def pairs(table: str) -> list[list[str]]:
    return [cell.split(" = ") for cell in re.split(r"\s{2,}", table.strip())]


@pytest.mark.parametrize(("text", "expected"), pairs(READ))
def test_a_date_is_read_with_its_precision(text: str, expected: str) -> None:
    assert str(parse_date(text)) == expected


def test_a_date_is_the_closed_interval_that_its_precision_allows() -> None:
    for text, first, last, precision in (
        ("2024-02-29", (2024, 2, 29), (2024, 2, 29), Precision.day),
        ("2024-02", (2024, 2, 1), (2024, 2, 29), Precision.month),
        ("Q4 2024", (2024, 10, 1), (2024, 12, 31), Precision.quarter),
        ("2024", (2024, 1, 1), (2024, 12, 31), Precision.year),
        ("H2 2024", (2024, 7, 1), (2024, 12, 31), Precision.range),
    ):
        assert parse_date(text) == DealDate(date(*first), date(*last), precision)


@pytest.mark.parametrize(("text", "code"), REFUSED)
def test_what_is_not_one_date_is_refused(text: str, code: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse_date(text)
    assert caught.value.code == code
    assert caught.value.message.endswith(".")
    assert len(caught.value.message) < 300


def test_the_order_of_the_file_decides_an_ambiguous_date() -> None:
    assert str(parse_date("03/04/2024", order="dmy")) == "2024-04-03"
    assert str(parse_date("03/04/2024", order="mdy")) == "2024-03-04"
    assert str(parse_date("10/17/2013 00:00", order="ymd")) == "2013-10-17"
    with pytest.raises(RuleError, match=r"\[dates\]"):
        parse_date("03/04/2024", order="ymd")


@pytest.mark.parametrize(("text", "order"), [("10/17/2013", "dmy"), ("17/10/2013", "mdy")])
def test_a_date_that_contradicts_the_order_of_the_file_is_refused(text: str, order: Order) -> None:
    with pytest.raises(RuleError) as caught:
        parse_date(text, order=order)
    assert caught.value.code == "no_such_date"


@pytest.mark.parametrize("text", ["", "  ", "-", "n/a", "unknown", "未透露", "未知"])
def test_words_for_not_known_are_undated(text: str) -> None:
    assert parse_date(text) == DealDate(None, None, Precision.none)
    assert str(parse_date(text)) == ""


def test_the_suppliers_own_words_for_not_known_hold() -> None:
    assert parse_date("To be Announced", unknown=["to be announced"]).precision is Precision.none


def test_a_date_falls_within_a_window_only_with_its_whole_interval() -> None:
    month = parse_date("2021-03")
    assert month.within(date(2021, 3, 1), date(2021, 3, 31))
    assert month.within(None, date(2021, 3, 31))
    assert month.within(date(2021, 3, 1), None)
    assert not month.within(date(2021, 3, 2), date(2021, 3, 31))
    assert not month.within(date(2021, 3, 1), date(2021, 3, 30))


def test_a_date_overlaps_a_window_that_holds_one_of_its_days() -> None:
    month = parse_date("2021-03")
    assert month.overlaps(date(2021, 3, 31), date(2021, 4, 30))
    assert month.overlaps(None, date(2021, 3, 1))
    assert not month.overlaps(date(2021, 4, 1), None)
    assert not month.overlaps(None, date(2021, 2, 28))


def test_an_undated_deal_counts_only_where_no_window_is_asked() -> None:
    undated = parse_date("")
    for test in (undated.within, undated.overlaps):
        assert test(None, None)
        assert not test(date(2000, 1, 1), None)
        assert not test(None, date(2000, 1, 1))


def test_the_edges_of_a_window_are_inclusive() -> None:
    assert parse_edge("2017", end=False) == date(2017, 1, 1)
    assert parse_edge("2022", end=True) == date(2022, 12, 31)
    assert parse_edge("2024-02", end=False) == date(2024, 2, 1)
    assert parse_edge("2024-02", end=True) == date(2024, 2, 29)
    assert parse_edge("2024-02-10", end=False) == parse_edge("2024-02-10", end=True)


@pytest.mark.parametrize(
    "text", ["", "17", "2017-1", "2017-13", "2017-02-30", "1800", "Q1 2017", "2017/03", "２０１７"]
)
def test_a_window_takes_only_years_months_and_days(text: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse_edge(text, end=True)
    assert caught.value.code == "bad_window_date"


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.text(max_size=30),
        st.text("0123456789-/. :年月日", max_size=12),
        st.text("0123456789-/ QH季上半年至to", max_size=16),
    ),
    st.sampled_from([None, "ymd", "dmy", "mdy"]),
)
def test_any_text_gives_a_whole_date_or_a_rule_error(text: str, order: Order | None) -> None:
    try:
        found = parse_date(text, order=order)
    except RuleError:
        return
    assert parse_date(str(found)) == found
    if found.precision is Precision.none:
        assert found.first is None
        assert found.last is None
    else:
        assert found.first is not None
        assert found.last is not None
        assert date(1900, 1, 1) <= found.first <= found.last <= date(2100, 12, 31)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=20), st.booleans())
def test_any_text_gives_an_edge_or_a_rule_error(text: str, end: bool) -> None:
    with suppress(RuleError):
        assert isinstance(parse_edge(text, end=end), date)


days = st.dates(date(1900, 1, 1), date(2100, 12, 31))
ENGLISH = "January February March April May June July August September October November December"
GERMAN = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"
FRENCH = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"


@settings(max_examples=150, deadline=None)
@given(days)
def test_every_form_of_a_day_reads_back(day: date) -> None:
    english, german, french = (names.split()[day.month - 1] for names in (ENGLISH, GERMAN, FRENCH))
    y, m, d = day.year, day.month, day.day
    forms: list[tuple[str, Order | None]] = [
        (day.isoformat(), None),
        (f"{day.isoformat()} 00:00", None),
        (f"{day.isoformat()}T23:59:59.123+02:00", None),
        (day.strftime("%Y%m%d"), None),
        (f"{y}.{m}.{d}", None),
        (f"{y}/{m}/{d}", None),
        (f"{y}年{m}月{d}日", None),
        (f"{english} {d}, {y}", None),
        (f"{english[:3]} {d}, {y}", None),
        (f"{d} {english} {y}", None),
        (f"{d}-{english[:3]}-{y}", None),
        (f"{d}. {german} {y}", None),
        (f"{d} {french} {y}", None),
        (f"{d:02}/{m:02}/{y}", "dmy"),
        (f"{d}.{m}.{y}", "dmy"),
        (f"{m}/{d}/{y} 00:00", "mdy"),
    ]
    for text, order in forms:
        assert parse_date(text, order=order) == DealDate(day, day, Precision.day), text


@settings(max_examples=100, deadline=None)
@given(days)
def test_every_form_of_a_month_quarter_and_year_reads_back(day: date) -> None:
    y, m = day.year, day.month
    month = DealDate(date(y, m, 1), date(y, m, monthrange(y, m)[1]), Precision.month)
    for text in (f"{y}-{m:02}", f"{y}年{m}月", f"{y}/{m}", f"{m:02}/{y}", f"{y}.{m}"):
        assert parse_date(text) == month, text
    for names in (ENGLISH, GERMAN, FRENCH):
        assert parse_date(f"{names.split()[m - 1]} {y}") == month
    quarter = (m + 2) // 3
    for text in (f"Q{quarter} {y}", f"{y}Q{quarter}", f"{y}-Q{quarter}", f"{y}年第{quarter}季度"):
        assert parse_date(text).precision is Precision.quarter
        assert str(parse_date(text)) == f"{y}-Q{quarter}"
    assert parse_date(f"{y}") == DealDate(date(y, 1, 1), date(y, 12, 31), Precision.year)


@settings(max_examples=100, deadline=None)
@given(days, st.integers(1, 2000))
def test_every_range_reads_back(first: date, length: int) -> None:
    last = min(first + timedelta(days=length), date(2100, 12, 31))
    precision = Precision.range if first < last else Precision.day
    found = DealDate(first, last, precision)
    assert parse_date(f"{first}/{last}") == found
    assert parse_date(f"{first} - {last}") == found
    assert parse_date(str(found)) == found
