"""Money of the form: the deal's amount and what each investor put in, in one currency."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from deals import localised
from deals.entry.reading_faults import Faults
from deals.rules.amounts import Amount, AmountState, parse_amount, parse_currency
from deals.rules.errors import RuleError, quoted

UNDISCLOSED = Amount(AmountState.undisclosed, None, None, None)
LONGEST_TEXT = 200


@dataclass(frozen=True, slots=True)
class Money:
    """`amount` as facts have it; `contributions` by row, text with two decimals or None."""

    amount: dict[str, Any]
    contributions: list[str | None]


def read_money(typed: Mapping[str, Any], before: Mapping[str, Any] | None, faults: Faults) -> Money:
    """Amount, currency and contributions of a form; notes what is wrong.

    `before` is the amount as it was where its text and currency are still as they were; it stands
    then, whatever the text says, which a supplier wrote under rules of its own.
    """
    code = read_currency(typed["currency"], faults)
    amount = dict(before) if before else read_amount(typed["amount"], code, faults)
    contributions, currency = _contributions(
        typed["investors"], amount["currency"] or code or "", faults
    )
    given = any(contributions)
    if amount["state"] == AmountState.undisclosed and (given or not before):
        amount["currency"] = currency if given else ""
    _check_sum(amount, contributions, faults)
    return Money(amount, contributions)


def read_currency(text: str, faults: Faults) -> str | None:
    """The code of the currency beside the amount, None where none is chosen."""
    return faults.take("currency", parse_currency, text, None) if text.strip() else None


def read_amount(text: str, currency: str | None, faults: Faults) -> dict[str, Any]:
    """{"state", "low", "high", "currency", "text"}; the currency of the text wins."""
    found = faults.take("amount", partial(_parsed, currency=currency), text, UNDISCLOSED)
    if found.low is not None and found.currency is None and not faults.among("currency"):
        faults.note(
            "currency",
            _("%(text)s names no currency: choose one, or write it as in “USD 30m”.")
            % {"text": quoted(text)},
        )
    return {
        "state": str(found.state),
        "low": _text(found.low),
        "high": _text(found.high),
        "currency": found.currency or "",
        "text": " ".join(text.split())[:LONGEST_TEXT],
    }


def typed_amount(amount: Mapping[str, Any]) -> str:
    """The text of an amount: its source's where it still reads as this amount, else ours."""
    said, code = amount["text"], amount["currency"] or None
    stated = {name: value for name, value in amount.items() if name != "text"}
    if said and not said.isdigit():
        unheard = Faults()
        again = read_amount(said, code, unheard)
        if not unheard.found and {name: again[name] for name in stated} == stated:
            return str(said)
    low, high = typed_money(amount["low"]), typed_money(amount["high"])
    if amount["state"] == AmountState.range:
        return f"{low} - {high}"
    return f"about {low}" if amount["state"] == AmountState.approximate else low


def typed_money(number: str | None) -> str:
    """12500000.00 → 12,500,000, as every language's rule reads it."""
    return f"{Decimal(number):,f}".removesuffix(".00") if number else ""


def digits(number: str | Decimal) -> str:
    """12500000.00 → "12,500,000" in the reader's language; cents only where there are any."""
    value = Decimal(number)
    return localised.decimal(int(value) if value == int(value) else value)


def _parsed(text: str, currency: str | None) -> Amount:
    """An amount under either decimal mark, the point first. A file has one mark and is held to it;
    a person sees at once how 1.234.567,89 was read."""
    try:
        return parse_amount(text, currency=currency)
    except RuleError as error:
        if error.code != "decimal_mark":
            raise
    return parse_amount(text, currency=currency, decimal=",")


def _contributions(
    investors: Sequence[Mapping[str, str]], currency: str, faults: Faults
) -> tuple[list[str | None], str]:
    """What each investor put in, and the currency of the deal by then."""
    found: list[str | None] = []
    for at, row in enumerate(investors):
        field = f"investors-{at}-contribution"
        text = row["contribution"]
        one = faults.take(field, partial(_single, currency=currency), text, UNDISCLOSED)
        if one.low is not None and not one.currency:
            if not faults.among("currency"):
                faults.note("currency", _no_currency(text))
        elif one.low is not None and currency and one.currency != currency:
            faults.note(field, _other_currency(text, str(one.currency), currency))
        currency = currency or one.currency or ""
        found.append(_text(one.low))
    return found, currency


def _single(text: str, currency: str) -> Amount:
    found = _parsed(text, currency or None)
    if found.state is AmountState.range:
        raise RuleError("contribution_is_a_range", "A contribution is one amount, not a range.")
    return found


def _no_currency(text: str) -> str:
    return _("The contribution %(text)s names no currency: choose one beside the amount.") % {
        "text": quoted(text)
    }


def _other_currency(text: str, one: str, other: str) -> str:
    return _(
        "%(text)s is in %(one)s and the deal is in %(other)s: give contributions in the currency "
        "of the deal, or leave them blank."
    ) % {"text": quoted(text), "one": one, "other": other}


def _check_sum(
    amount: Mapping[str, Any], contributions: Sequence[str | None], faults: Faults
) -> None:
    """Rule 5: what investors put in is never more than the amount (of a range, its high end)."""
    total = sum((Decimal(one) for one in contributions if one), Decimal(0))
    high = amount["high"]
    if high is None or total <= Decimal(high) or faults.among("amount", "currency"):
        return
    first = next(at for at, one in enumerate(contributions) if one)
    sums = {"sum": digits(total), "amount": digits(high)}
    faults.note(
        f"investors-{first}-contribution",
        _(
            "The contributions add up to %(sum)s %(currency)s, more than the amount of %(amount)s "
            "%(currency)s: correct one of them."
        )
        % (sums | {"currency": amount["currency"]}),
    )


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")
