"""Money as suppliers and people write it, turned into an exact statement of what is known."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from deals.rules.amount_reading import Quantity, Reading, fold, read
from deals.rules.amount_words import COMMA_SCALES, PLURAL_SCALES, not_understood
from deals.rules.currencies import CURRENCIES, choose, parse_currency
from deals.rules.errors import RuleError, quoted

__all__ = ["CURRENCIES", "Amount", "AmountState", "parse_amount", "parse_currency"]

LARGEST = Decimal(10) ** 15
LONGEST = 200


class AmountState(StrEnum):
    """How well the amount of a deal is known."""

    exact = "exact"
    approximate = "approximate"
    range = "range"
    undisclosed = "undisclosed"


@dataclass(frozen=True, slots=True)
class Amount:
    """What a source says about an amount, in units of ``currency`` (ISO 4217), two decimals.

    exact and approximate have ``low == high``, range has ``low < high``, undisclosed has neither.
    ``currency`` is None when neither the text nor the fallback names one.
    """

    state: AmountState
    low: Decimal | None
    high: Decimal | None
    currency: str | None


_DIGITS = re.compile(r"[0-9]{1,16}(?:\.[0-9]{1,9})?")
_EXPONENT = re.compile(r"([0-9](?:[.,][0-9]{1,20})?)[eE]\+?([0-9]{1,2})")
_BLANKS = frozenset({"", "-", "–", "—", "--", "---", "?", "n/a", "na", "n.a.", "k.a.", "null"})


def parse_amount(
    text: str,
    *,
    currency: str | None = None,
    unit: Decimal = Decimal(1),
    decimal: str = ".",
    unknown: Collection[str] = (),
) -> Amount:
    """The amount in ``text``, such as 1,234,567.00, €12.8m, 1.2亿元人民币, 数千万美元, $30-50m.

    ``currency`` (ISO 4217) holds where the text names none; what the text names wins. ``unit``
    multiplies numbers that have no scale of their own. ``decimal`` is the decimal mark, "." or
    ",". Blank texts and ``unknown`` words are undisclosed. Everything else that is not a positive
    amount up to 10^15 raises RuleError.
    """
    bare = text.strip()
    if decimal == "." and _DIGITS.fullmatch(bare):
        return _stated(Decimal(bare) * unit, AmountState.exact, currency, text)
    if len(text) > LONGEST:
        raise not_understood(text)
    clean = fold(text)
    if clean in _BLANKS or clean in {fold(word) for word in unknown}:
        return Amount(AmountState.undisclosed, None, None, None)
    if exponent := _EXPONENT.fullmatch(bare):
        # The display of a spreadsheet, which has dropped the other digits.
        value = Decimal(exponent[1].replace(",", ".")).scaleb(int(exponent[2])) * unit
        return _stated(value, AmountState.approximate, currency, text)
    reading = read(text)
    code = choose(reading.currencies, currency, text)
    return _amount(reading, code, unit, decimal, text)


def _amount(
    reading: Reading, currency: str | None, unit: Decimal, decimal: str, text: str
) -> Amount:
    quantities = reading.quantities
    if reading.secret and not quantities:
        stated = currency if reading.currencies else None
        return Amount(AmountState.undisclosed, None, None, stated)
    if reading.secret or not quantities:
        raise not_understood(text)
    if len(quantities) == 2 and reading.joined:
        low, high = _ends(quantities, unit, decimal, text)
        return _span(low, high, currency, text)
    if len(quantities) > 1:
        raise RuleError(
            "several_numbers",
            f"{quoted(text)} holds several numbers: keep the amount of this deal only, or write a "
            "range such as 30-50 million USD.",
        )
    if reading.joined:
        raise not_understood(text)
    return _single(quantities[0], reading, currency, unit, decimal, text)


def _single(
    quantity: Quantity,
    reading: Reading,
    currency: str | None,
    unit: Decimal,
    decimal: str,
    text: str,
) -> Amount:
    if quantity.number is None:
        scale = quantity.scale
        if scale is None:
            raise not_understood(text)
        if quantity.many is not None or reading.level or quantity.word in PLURAL_SCALES:
            low = scale * (quantity.many or 1)
            return _span(low, low * 10, currency, text)
        if not quantity.word[0] >= "一":
            raise not_understood(text, quantity.word)
        # 近亿元, 上亿元 and a lone 千万 give an order of magnitude.
        return _stated(scale, AmountState.approximate, currency, text)
    value = _value(quantity, unit, decimal, text)
    about = reading.about or reading.level
    state = AmountState.approximate if about else AmountState.exact
    return _stated(value, state, currency, text)


def _ends(
    quantities: list[Quantity], unit: Decimal, decimal: str, text: str
) -> tuple[Decimal, Decimal]:
    """Both ends of a range; "30-50m" gives the scale of the second number to the first."""
    left, right = quantities
    if left.number is None or right.number is None:
        raise not_understood(text)
    if left.scale is None and right.scale is not None:
        number = _number(left.number, decimal, scaled=True, comma_scale=False, text=text)
        if number < _number(right.number, decimal, scaled=True, comma_scale=False, text=text):
            left.scale = right.scale
        elif number < 1000:
            raise _unclear_range(text)
    elif right.scale is None and left.scale is not None:
        raise _unclear_range(text)
    low = _value(left, unit, decimal, text)
    high = _value(right, unit, decimal, text)
    if low > high:
        raise _unclear_range(text)
    return low, high


def _value(quantity: Quantity, unit: Decimal, decimal: str, text: str) -> Decimal:
    assert quantity.number is not None
    if quantity.spelled and quantity.scale is None:
        raise not_understood(text)
    number = _number(
        quantity.number,
        decimal,
        scaled=quantity.scale is not None,
        comma_scale=quantity.word.rstrip(".") in COMMA_SCALES,
        text=text,
    )
    return number * (unit if quantity.scale is None else quantity.scale)


def _number(raw: str, decimal: str, *, scaled: bool, comma_scale: bool, text: str) -> Decimal:
    """The number in ``raw`` under the file's decimal mark.

    A mark of the other convention is refused, because the same file would elsewhere be read wrong
    by a factor of 1000. Only "12,5 million" is safe: one or two digits cannot be a group.
    """
    digits = re.sub("[ '’]", "", raw)
    group = "," if decimal == "." else "."
    grouped = rf"[1-9][0-9]{{0,2}}(?:\{group}[0-9]{{3}})+"
    suspicious = comma_scale and re.fullmatch(r"[0-9]{1,3},[0-9]{3}", digits) and decimal == "."
    if re.fullmatch(rf"(?:[0-9]*|{grouped})(?:\{decimal}[0-9]+)?", digits) and not suspicious:
        return Decimal(digits.replace(group, "").replace(",", "."))
    if scaled and re.fullmatch(rf"[0-9]+\{group}[0-9]{{1,2}}", digits):
        return Decimal(digits.replace(",", "."))
    raise RuleError(
        "decimal_mark",
        f"The number in {quoted(text)} does not fit the decimal mark “{decimal}”: if this file "
        f"uses “{group}”, set decimal under [amounts] in its profile; if not, correct the number.",
    )


def _stated(value: Decimal, state: AmountState, currency: str | None, text: str) -> Amount:
    amount = _checked(value, text)
    return Amount(state, amount, amount, currency)


def _span(low: Decimal, high: Decimal, currency: str | None, text: str) -> Amount:
    first, last = _checked(low, text), _checked(high, text)
    state = AmountState.range if first < last else AmountState.exact
    return Amount(state, first, last, currency)


def _checked(value: Decimal, text: str) -> Decimal:
    if value > LARGEST:
        raise RuleError(
            "amount_too_large",
            f"{quoted(text)} is more than 10^15: check the unit and the decimal mark.",
        )
    rounded = value.quantize(Decimal("0.01"), ROUND_HALF_UP)
    if rounded == 0:
        raise RuleError(
            "zero_amount",
            f"{quoted(text)} is zero, which is not an amount: leave it blank if the amount is not "
            "known.",
        )
    return rounded


def _unclear_range(text: str) -> RuleError:
    return RuleError(
        "unclear_range",
        f"The ends of the range {quoted(text)} are unclear: write the lower end first, with its "
        "own scale, such as 900k-1.2m EUR.",
    )
