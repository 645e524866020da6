"""One rule, two speeds: the rule that checks one text also checks a whole column."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from deals.rules.errors import RuleError

T = TypeVar("T")


def apply(
    rule: Callable[[str], T], texts: Iterable[str]
) -> tuple[list[T | None], dict[int, RuleError]]:
    """``rule`` over a column of texts.

    Returns the values in the order of ``texts`` (None where the rule refused the text) and the
    errors by position, counted from 0. The rule runs once per distinct text, so a column of
    100,000 cells with 300 different countries costs 300 calls. The rule must be a pure function
    of its text. Only RuleError is collected; any other exception is a bug and is raised.
    """
    known: dict[str, T | RuleError] = {}
    values: list[T | None] = []
    errors: dict[int, RuleError] = {}
    for position, text in enumerate(texts):
        if text not in known:
            known[text] = _outcome(rule, text)
        outcome = known[text]
        if isinstance(outcome, RuleError):
            errors[position] = outcome
            values.append(None)
        else:
            values.append(outcome)
    return values, errors


def _outcome(rule: Callable[[str], T], text: str) -> T | RuleError:
    try:
        return rule(text)
    except RuleError as error:
        return error
