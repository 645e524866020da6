"""Numbers, money, days and countries in the reader's language, with the symbols of Unicode CLDR.

English is written in the style of this house: 3.7 % with a narrow space, €11.2 bn, 9 Sep 2021.
"""

import re
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache, lru_cache

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import format_compact_currency
from django.conf import settings
from django.utils.translation import get_language, to_locale

from deals.rules import countries

# A narrow space that no line break splits, between a number and its unit.
NARROW = "\u202f"
ENGLISH = "en"
SIGNS = {"EUR": "€", "USD": "US$", "CNY": "CN¥", "GBP": "£"}
SCALES = (
    (Decimal(10) ** 12, "tn"),
    (Decimal(10) ** 9, "bn"),
    (Decimal(10) ** 6, "m"),
    (Decimal(10) ** 3, "k"),
)
# Where the number stands in a pattern such as "#,##0 %".
DIGITS = re.compile(r"[#0][#0,.]*")


def language() -> str:
    """The language that the reader sees, such as "en" or "zh-hans"."""
    return get_language() or settings.LANGUAGE_CODE


def _base() -> str:
    return language().split("-")[0]


@cache
def _locale(code: str) -> Locale:
    return Locale.parse(to_locale(code))


@cache
def _symbols(code: str) -> dict[int, str]:
    """What stands for the comma, the point and the minus of an English number."""
    own = _locale(code).number_symbols["latn"]
    return str.maketrans({",": own["group"], ".": own["decimal"], "-": own["minusSign"]})


def decimal(value: Decimal | int) -> str:
    """All digits of a number, grouped: 1234.50 → "1,234.50", in German "1.234,50"."""
    text = f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"
    return text if _base() == ENGLISH else text.translate(_symbols(language()))


def percent(value: Decimal) -> str:
    """A number of per cent as it is: 3.7 → "3.7 %"."""
    if _base() == ENGLISH:
        return f"{decimal(value)}{NARROW}%"
    return DIGITS.sub(decimal(value), _locale(language()).percent_formats[None].pattern)


def money(amount: Decimal, currency: str) -> str:
    """An amount with three leading digits at most: "€11.2 bn", in German "11,2 Mrd. €"."""
    if _base() == ENGLISH:
        return _english_money(amount, currency)
    rounded = amount
    if amount:
        step = Decimal(1).scaleb(max(amount.adjusted() - 2, 0))
        rounded = (amount / step).quantize(Decimal(1), ROUND_HALF_EVEN) * step
    return format_compact_currency(
        rounded, currency, locale=_locale(language()), fraction_digits=1 if rounded >= 1000 else 0
    )


def _english_money(amount: Decimal, currency: str) -> str:
    sign = SIGNS.get(currency, f"{currency}{NARROW}")
    for size, word in SCALES:
        # What would round up to a thousand of one unit belongs to the next.
        if amount >= size * Decimal("0.9995"):
            return f"{sign}{_three_digits(amount / size)}{NARROW}{word}"
    return f"{sign}{amount.quantize(Decimal(1), ROUND_HALF_EVEN)}"


def _three_digits(value: Decimal) -> str:
    """10.25 → "10.2", 340.6 → "341", 1 → "1"; zeros behind the point carry nothing."""
    places = 0 if value >= Decimal("99.95") else 1
    rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)
    return f"{int(rounded)}" if rounded == int(rounded) else f"{rounded}"


def day(value: date) -> str:
    """ "9 Sep 2021", in German "9. September 2021"."""
    return _day(language(), value)


def month(value: date) -> str:
    """ "Sep 2021" """
    return _part("MMM y", "yMMMM", language(), value)


def quarter(value: date) -> str:
    """ "Q1 2024" """
    return _part("QQQ y", "yQQQ", language(), value)


@lru_cache(maxsize=10_000)
def _day(code: str, value: date) -> str:
    pattern = "d MMM y" if code.split("-")[0] == ENGLISH else "long"
    return format_date(value, pattern, locale=_locale(code))


@lru_cache(maxsize=10_000)
def _part(english: str, skeleton: str, code: str, value: date) -> str:
    if code.split("-")[0] == ENGLISH:
        return format_date(value, english, locale=_locale(code))
    return format_skeleton(skeleton, value, locale=_locale(code))


def country_name(code: str) -> str:
    """The name of a country (alpha-2 code, capitals): DE → "Germany", in German "Deutschland"."""
    return countries.country_name(code, language())
