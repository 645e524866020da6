"""The investors of each row, from whichever columns the profile maps."""

from collections.abc import Callable
from dataclasses import replace

from deals.feeds import fields
from deals.feeds.checker import JOINT, Checker
from deals.feeds.investors import UNNAMED, Investor, InvestorRules, in_parallel, with_leads
from deals.feeds.money import single_amounts, single_rule
from deals.rules.countries import country_code
from deals.rules.errors import RuleError

Investors = tuple[Investor, ...]
NOBODY: Investors = ()
# Of a row with one investor: all cells that say something of it.
CELLS = (
    "investor_name", "investor_country", "lead", "contribution", "currency", "stake", "investor_id",
)  # fmt: skip


def participants(checker: Checker) -> list[Investors]:
    """Investors a row: those of the `investors` cell, or the one of `investor_name`, or none."""
    rules = InvestorRules(checker.profile)
    if checker.has("investors"):
        # Where each row is an investor, a row that names none tells of one that is not named.
        nobody = (UNNAMED,) if checker.profile.rows == "participation" else NOBODY
        listed = [found or nobody for found in checker.column("investors", rules.several, NOBODY)]
        return [_detailed(checker, at, found) for at, found in enumerate(listed)]
    if checker.has("investor_name"):
        return [(investor,) for investor in _single(checker, rules)]
    return [()] * checker.size


def _single(checker: Checker, rules: InvestorRules) -> list[Investor]:
    names = checker.column("investor_name", rules.name, "")
    countries = checker.column("investor_country", country_code, None)
    leads = checker.column("lead", fields.yes_no, None)
    contributions = single_amounts(checker, "contribution")
    stakes = checker.column("stake", fields.stake, None)
    ids = checker.column("investor_id", fields.identifier(checker.profile.id_scheme), "")
    values = zip(names, countries, leads, contributions, stakes, ids, strict=True)
    known = checker.memory.of("one investor")
    found = []
    # The same cells make the same investor, and texts are told apart faster than values.
    for cells, parts in zip(checker.joint(*CELLS), values, strict=True):
        if cells not in known:
            name, country, lead, amount, stake, identifier = parts
            known[cells] = replace(
                rules.one(name, country),
                lead=lead,
                contribution=amount.low,
                currency=amount.currency,
                stake=stake,
                identifier=identifier if name else "",
            )
        found.append(known[cells])
    return found


def _detailed(checker: Checker, at: int, investors: Investors) -> Investors:
    """Leads (names), contributions and stakes (one an investor) of the row at this position."""
    steps: dict[str, Callable[[Checker, str, int, Investors], Investors]] = {
        "lead": _lead,
        "contribution": _contribution,
        "stake": _stake,
    }
    for field, step in steps.items():
        text = checker.texts(field)[at] if checker.has(field) else ""
        if text and investors:
            try:
                investors = step(checker, text, at, investors)
            except RuleError as error:
                checker.note(at, field, error)
    return investors


def _lead(checker: Checker, text: str, at: int, investors: Investors) -> Investors:
    return with_leads(investors, text, checker.profile.investors_separator)


def _contribution(checker: Checker, text: str, at: int, investors: Investors) -> Investors:
    currency = checker.texts("currency")[at]
    rule = single_rule(checker.profile)
    separators = checker.profile.investors_separator
    amounts = in_parallel(investors, text, lambda cell: rule(cell + JOINT + currency), separators)
    pairs = zip(investors, amounts, strict=True)
    return tuple(replace(i, contribution=a.low, currency=a.currency) for i, a in pairs)


def _stake(checker: Checker, text: str, at: int, investors: Investors) -> Investors:
    separators = checker.profile.investors_separator
    stakes = in_parallel(investors, text, fields.stake, separators)
    return tuple(replace(i, stake=s) for i, s in zip(investors, stakes, strict=True))
