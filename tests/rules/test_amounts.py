"""Amounts in the forms that suppliers and articles use, and the refusal of everything else."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deals.rules.amounts import CURRENCIES, Amount, AmountState, parse_amount, parse_currency
from deals.rules.errors import RuleError

EXACT = [
    ("1,234,567.00", "1234567", None),
    ("€12.8m", "12800000", "EUR"),
    ("¥1.2亿", "120000000", "CNY"),
    ("￥1.2亿", "120000000", "CNY"),
    ("$1.2bn", "1200000000", "USD"),
    ("$1.5MM", "1500000", "USD"),
    ("$.5M", "500000", "USD"),
    ("CN¥130M", "130000000", "CNY"),
    ("RMB 1.2 billion", "1200000000", "CNY"),
    ("340万欧元", "3400000", "EUR"),
    ("1.2亿元人民币", "120000000", "CNY"),
    ("1亿2000万元", "120000000", "CNY"),
    ("三千万美元", "30000000", "USD"),
    ("一亿三千五百万", "135000000", None),
    ("人民币1.5万亿", "1500000000000", "CNY"),
    ("１，２３４", "1234", None),
    ("12,5 Mio. Euro", "12500000", "EUR"),
    ("3 Mrd. €", "3000000000", "EUR"),
    ("1,2 milliard d'euros", "1200000000", "EUR"),
    ("5 Mio. US-Dollar", "5000000", "USD"),
    ("10 000 000 €", "10000000", "EUR"),
    ("10\u202f000\u202f000 €", "10000000", "EUR"),
    ("1'000'000 CHF", "1000000", "CHF"),
    ("5 TEUR", "5000", "EUR"),
    ("MUSD 5", "5000000", "USD"),
    ("EUR million 12", "12000000", "EUR"),
    ("HK$5m", "5000000", "HKD"),
    ("$5m CAD", "5000000", "CAD"),
    ("5,000,000 (USD)", "5000000", "USD"),
    ("¥2.0B (≈$282M)", "2000000000", "CNY"),
    ("1.2亿元，约合1800万美元", "120000000", "CNY"),
    ("$5M ($3M upfront)", "5000000", "USD"),
    ("$\t1.740", "1740", "USD"),
    ("$\t1.740.000 ", "1740000", "USD"),
    ("$1.740", "1.74", "USD"),
    ("999999.999", "1000000", None),
    ("three million euros", "3000000", "EUR"),
    ("half a billion dollars", "500000000", "USD"),
    ("drei Millionen Euro", "3000000", "EUR"),
    ("007", "7", None),
]
APPROXIMATE = [
    ("近亿元", "100000000", "CNY"),
    ("约合人民币1.5亿元", "150000000", "CNY"),
    ("上亿元", "100000000", "CNY"),
    ("过亿元", "100000000", "CNY"),
    ("亿元及以上人民币", "100000000", "CNY"),
    ("约500万美元", "5000000", "USD"),
    ("5000万元左右", "50000000", "CNY"),
    ("~$5m", "5000000", "USD"),
    ("about 5m EUR", "5000000", "EUR"),
    ("circa 5m EUR", "5000000", "EUR"),
    (">$5m", "5000000", "USD"),
    ("$2.0B+", "2000000000", "USD"),
    ("up to $1.2bn", "1200000000", "USD"),
    ("nearly 100 million yuan ($15m)", "100000000", "CNY"),
    ("über 100 Millionen Euro", "100000000", "EUR"),
    ("plus de 100 millions de dollars", "100000000", "USD"),
    ("1.2E+08", "120000000", None),
]
RANGE = [
    ("数千万人民币", "10000000", "100000000", "CNY"),
    ("数百万美元", "1000000", "10000000", "USD"),
    ("数亿元", "100000000", "1000000000", "CNY"),
    ("千万级", "10000000", "100000000", None),
    ("数千万美元 (tens of millions USD)", "10000000", "100000000", "USD"),
    ("tens of millions USD", "10000000", "100000000", "USD"),
    ("zweistelliger Millionenbetrag", "10000000", "100000000", None),
    ("einen zweistelligen Millionenbetrag", "10000000", "100000000", None),
    ("two to three million euros", "2000000", "3000000", "EUR"),
    ("seven-figure sum", "1000000", "10000000", None),
    ("millions of dollars", "1000000", "10000000", "USD"),
    ("$30-50m", "30000000", "50000000", "USD"),
    ("$30m–$50m", "30000000", "50000000", "USD"),
    ("30 to 50 million", "30000000", "50000000", None),
    ("between 30 and 50 million euros", "30000000", "50000000", "EUR"),
    ("de 30 à 50 millions d'euros", "30000000", "50000000", "EUR"),
    ("zwischen 30 und 50 Mio. Euro", "30000000", "50000000", "EUR"),
    ("3000~5000万", "30000000", "50000000", None),
    ("500万至1000万元", "5000000", "10000000", "CNY"),
    ("$500,000 - 1 million", "500000", "1000000", "USD"),
]
UNDISCLOSED = """
    ""|-|—|n/a|undisclosed|Not Disclosed|nicht bekannt|non divulgué|未透露|未披露|金额未知|保密
    |undisclosed amount|（未透露）
"""
REFUSED = [
    ("0", "zero_amount"),
    ("$0.00", "zero_amount"),
    ("0.001", "zero_amount"),
    ("-5", "negative_amount"),
    ("$-5m", "negative_amount"),
    ("−5", "negative_amount"),
    ("(5,000)", "negative_amount"),
    ("NaN", "amount_not_understood"),
    ("inf", "amount_not_understood"),
    ("1e30", "amount_too_large"),
    ("1,000,000,000,000,001", "amount_too_large"),
    ("9" * 150, "amount_too_large"),
    ("5" * 5000, "amount_not_understood"),
    ("$5m EUR", "currency_conflict"),
    ("kr 5m", "ambiguous_currency"),
    ("5 and 6", "amount_not_understood"),
    ("$5m $6m", "several_numbers"),
    ("10²", "amount_not_understood"),
    ("5%", "amount_not_understood"),
    ("115 EUR per share", "amount_not_understood"),
    ("million", "amount_not_understood"),
    ("half", "amount_not_understood"),
    ("one", "amount_not_understood"),
    ("twenty-five million", "amount_not_understood"),
    ("$", "amount_not_understood"),
    ("undisclosed ($5m)", "amount_not_understood"),
    ("1.234.567,00", "decimal_mark"),
    ("12,50", "decimal_mark"),
    ("1,2,3", "decimal_mark"),
    ("0,123", "decimal_mark"),
    ("1,234 Mrd. €", "decimal_mark"),
    ("$50-30m", "unclear_range"),
    ("900-1.2 million", "unclear_range"),
    ("50m-30m", "unclear_range"),
]


@pytest.mark.parametrize(("text", "value", "currency"), EXACT)
def test_an_exact_amount_is_read(text: str, value: str, currency: str | None) -> None:
    number = Decimal(value)
    assert parse_amount(text) == Amount(AmountState.exact, number, number, currency)


@pytest.mark.parametrize(("text", "value", "currency"), APPROXIMATE)
def test_a_shade_makes_the_amount_approximate(text: str, value: str, currency: str | None) -> None:
    number = Decimal(value)
    assert parse_amount(text) == Amount(AmountState.approximate, number, number, currency)


@pytest.mark.parametrize(("text", "low", "high", "currency"), RANGE)
def test_a_range_keeps_both_ends(text: str, low: str, high: str, currency: str | None) -> None:
    expected = Amount(AmountState.range, Decimal(low), Decimal(high), currency)
    assert parse_amount(text) == expected


@pytest.mark.parametrize("text", [word.strip().strip('"') for word in UNDISCLOSED.split("|")])
def test_words_for_not_known_are_undisclosed(text: str) -> None:
    assert parse_amount(text, currency="USD") == Amount(AmountState.undisclosed, None, None, None)


def test_the_suppliers_own_words_for_not_known_hold_in_any_case_and_width() -> None:
    for text in ("Not Published", " not  published ", "ＮＯＴ ＰＵＢＬＩＳＨＥＤ"):
        amount = parse_amount(text, unknown=["Not published"])
        assert amount.state is AmountState.undisclosed
    with pytest.raises(RuleError):
        parse_amount("keep out")


def test_an_undisclosed_amount_keeps_the_currency_that_it_states() -> None:
    assert parse_amount("金额未知（美元）").currency == "USD"


@pytest.mark.parametrize(("text", "code"), REFUSED)
def test_what_is_not_one_positive_amount_is_refused(text: str, code: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse_amount(text)
    assert caught.value.code == code
    assert caught.value.message.endswith(".")
    assert len(caught.value.message) < 300


def test_an_error_quotes_the_text_as_it_was_written() -> None:
    with pytest.raises(RuleError, match="“About NaN”"):
        parse_amount("About NaN")


def test_amounts_have_two_decimals() -> None:
    for text in ("5", "5.555", "1,000", "€3m", "3-4m", "1e3"):
        amount = parse_amount(text)
        assert amount.low is not None
        assert amount.low.as_tuple().exponent == -2
    assert parse_amount("5.555").low == Decimal("5.56")


def test_the_text_wins_over_the_fallback_currency() -> None:
    assert parse_amount("340万欧元", currency="USD").currency == "EUR"
    assert parse_amount("340万", currency="USD").currency == "USD"


def test_the_fallback_decides_between_the_meanings_of_a_sign() -> None:
    assert parse_amount("¥500", currency="JPY").currency == "JPY"
    assert parse_amount("¥500", currency="EUR").currency == "CNY"
    assert parse_amount("$500", currency="CAD").currency == "CAD"
    assert parse_amount("$500", currency="EUR").currency == "USD"
    assert parse_amount("kr 500", currency="SEK").currency == "SEK"


def test_the_unit_multiplies_only_numbers_without_a_scale() -> None:
    million = Decimal(1_000_000)
    assert parse_amount("5", unit=million).low == 5_000_000
    assert parse_amount("$1,200.5", unit=million).low == 1_200_500_000
    assert parse_amount("5k", unit=million).low == 5_000
    assert parse_amount("5万", unit=million).low == 50_000
    assert parse_amount("5-10", unit=million).high == 10_000_000


def test_a_european_file_has_a_decimal_comma() -> None:
    assert parse_amount("1.234.567,00 €", decimal=",").low == 1_234_567
    assert parse_amount("1.234", decimal=",").low == 1_234
    assert parse_amount("1,234", decimal=",").low == Decimal("1.23")
    assert parse_amount("$1.2bn", decimal=",").low == 1_200_000_000
    for text in ("1,234,567.00", "12.5"):
        with pytest.raises(RuleError, match="decimal mark"):
            parse_amount(text, decimal=",")


PIECES = (
    *("5", "1,000", "-3", "1.5", "m", "bn", "million", "millions", "to", "and", "between", "about"),
    *("€", "USD", "¥", "亿", "万", "数", "级", "(", ")", "tens of", "undisclosed", "-", "~", "+"),
)


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.text(max_size=40),
        st.text("0123456789.,'-–~ ()$€¥%+eE", max_size=20),
        st.text("0123456789.数几近约一三十百千万亿元美欧级以上至-", max_size=12),
        st.lists(
            st.sampled_from(PIECES),
            max_size=8,
        ).map(" ".join),
    ),
    st.sampled_from([".", ","]),
)
def test_any_text_gives_a_whole_amount_or_a_rule_error(text: str, decimal: str) -> None:
    try:
        amount = parse_amount(text, decimal=decimal)
    except RuleError:
        return
    if amount.state is AmountState.undisclosed:
        assert amount.low is None
        assert amount.high is None
        return
    assert amount.low is not None
    assert amount.high is not None
    assert amount.low.is_finite()
    assert 0 < amount.low <= amount.high <= Decimal(10) ** 15
    assert (amount.state is AmountState.range) == (amount.low < amount.high)
    assert amount.currency is None or amount.currency in CURRENCIES


cents = st.integers(1, 10**14).map(lambda number: Decimal(number) / 100)
codes = st.sampled_from(sorted(CURRENCIES))


@settings(max_examples=150, deadline=None)
@given(cents, codes)
def test_every_plain_form_of_an_amount_reads_back(value: Decimal, code: str) -> None:
    european = f"{value:,.2f}".translate(str.maketrans(",.", ".,"))
    for text, mark in (
        (f"{value:.2f} {code}", "."),
        (f"{code} {value:,.2f}", "."),
        (f"{code.lower()}{value:,.2f}", "."),
        (f"{value:,.2f}{code}".replace(",", " "), "."),
        (f"{value:,.2f} {code}".replace(",", "'"), "."),
        (f"{european} {code}", ","),
        ("".join(chr(ord(char) + 0xFEE0) for char in f"{value:,.2f}") + f" {code}", "."),
    ):
        amount = parse_amount(text, decimal=mark)
        assert (amount.state, amount.low, amount.currency) == (AmountState.exact, value, code), text


SCALED = [
    ("€{}k", 10**3, "EUR"),
    ("${}m", 10**6, "USD"),
    ("${} million", 10**6, "USD"),
    ("US${}bn", 10**9, "USD"),
    ("CN¥{}M", 10**6, "CNY"),
    ("¥{}亿", 10**8, "CNY"),
    ("{}万欧元", 10**4, "EUR"),
    ("{}亿元人民币", 10**8, "CNY"),
    ("{} Mio. Euro", 10**6, "EUR"),
    ("{} Mrd. €", 10**9, "EUR"),
    ("{} milliards d'euros", 10**9, "EUR"),
]


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 99_999).map(lambda tenths: Decimal(tenths) / 10), st.sampled_from(SCALED))
def test_every_scaled_form_reads_back(number: Decimal, form: tuple[str, int, str]) -> None:
    template, scale, code = form
    for mark in ".,":
        amount = parse_amount(template.format(str(number).replace(".", mark)), decimal=mark)
        assert (amount.low, amount.currency) == (number * scale, code)


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 998), st.integers(1, 998))
def test_every_form_of_a_range_reads_back(a: int, b: int) -> None:
    low, high = sorted((a, b + 1000 if a == b else b))
    for text in (
        f"${low}-{high}m",
        f"${low}m–${high}m",
        f"{low} to {high} million USD",
        f"between {low} and {high} million dollars",
        f"{low}百万至{high}百万美元",
    ):
        amount = parse_amount(text)
        assert (amount.low, amount.high) == (low * 10**6, high * 10**6), text
        assert (amount.state, amount.currency) == (AmountState.range, "USD")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *(("$", "USD"), ("US$", "USD"), ("usd", "USD"), ("美元", "USD"), ("Euro", "EUR")),
        *(
            ("€", "EUR"),
            ("RMB", "CNY"),
            ("人民币", "CNY"),
            ("￥", "CNY"),
            (" Swiss francs ", "CHF"),
        ),
        *(("TWD", "TWD"), ("HK$", "HKD"), ("DEM", "DEM")),
    ],
)
def test_a_currency_is_known_by_code_sign_or_name(text: str, code: str) -> None:
    assert parse_currency(text) == code


def test_a_currency_that_we_do_not_know_or_cannot_tell_is_refused() -> None:
    for text, code in (
        *(("", "unknown_currency"), ("XYZ", "unknown_currency"), ("GBp", "unknown_currency")),
        ("kr", "ambiguous_currency"),
    ):
        with pytest.raises(RuleError) as caught:
            parse_currency(text)
        assert caught.value.code == code
