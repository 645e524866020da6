"""Amounts of rows, each with the currency of its own row."""

from collections.abc import Callable
from dataclasses import replace

from deals.feeds.checker import JOINT, Checker
from deals.feeds.profile import Profile
from deals.rules.amounts import Amount, AmountState, parse_amount, parse_currency
from deals.rules.errors import RuleError

UNDISCLOSED = Amount(AmountState.undisclosed, None, None, None)


def amounts(checker: Checker, field: str) -> list[Amount]:
    """One amount a row; undisclosed where the field is not mapped, blank or unknown."""
    if not checker.has(field):
        return [UNDISCLOSED] * checker.size
    rule = amount_rule(checker.profile)
    return checker.values(field, checker.joint(field, "currency"), rule, UNDISCLOSED)


def single_amounts(checker: Checker, field: str) -> list[Amount]:
    """Like `amounts`, for facts that cannot be a range."""
    if not checker.has(field):
        return [UNDISCLOSED] * checker.size
    rule = single_rule(checker.profile)
    return checker.values(field, checker.joint(field, "currency"), rule, UNDISCLOSED)


def amount_rule(profile: Profile) -> Callable[[str], Amount]:
    """A rule over amount and currency cells; what the amount's text names wins over the currency.

    A blank amount is undisclosed whatever the currency cell says: suppliers fill it in every row.
    """

    def rule(pair: str) -> Amount:
        text, currency = pair.split(JOINT)
        if not text:
            return UNDISCLOSED
        code = parse_currency(currency) if currency else None
        amount = parse_amount(text, currency=code, unit=profile.unit, decimal=profile.decimal)
        if amount.low is None:
            return replace(amount, currency=None)
        if amount.currency is None:
            raise RuleError(
                "currency_missing",
                "The amount has no currency: map a column to currency in the profile, or give it "
                "under [constants].",
            )
        return amount

    return rule


def single_rule(profile: Profile) -> Callable[[str], Amount]:
    """A rule for contributions, which are one amount or not known."""
    rule = amount_rule(profile)

    def single(pair: str) -> Amount:
        amount = rule(pair)
        if amount.state is AmountState.range:
            raise RuleError(
                "contribution_is_a_range",
                "A contribution is one amount, not a range: leave it blank if it is not known.",
            )
        return amount

    return single
