"""The course of a deal in one cell: STATUS DATE | AUTHORITY | REASON, entries separated by ";".

"announced 2016-05-18; completed 2017-01; blocked 2017-11 | UK government | its reason"
"""

from dataclasses import dataclass

from deals.rules import vocab
from deals.rules.dates import DealDate, parse_date
from deals.rules.errors import RuleError, quoted


@dataclass(frozen=True, slots=True)
class Step:
    """One status in the course of a deal; authority and reason are "" where not stated."""

    status: str
    date: DealDate
    authority: str
    reason: str


def parse_history(status: str, text: str) -> tuple[str, tuple[Step, ...]]:
    """The deal's status and its steps. Raises RuleError when the last step is another status."""
    steps = tuple(_step(entry) for entry in text.split(";") if entry.strip())
    if not steps:
        return vocab.status(status or "completed"), ()
    last = steps[-1].status
    if status and vocab.status(status) != last:
        raise RuleError(
            "status_history_disagrees",
            f"The status is {vocab.status(status)} and the history ends with {last}: correct one "
            "of them.",
        )
    return last, steps


def _step(entry: str) -> Step:
    head, *rest = (part.strip() for part in entry.split("|"))
    if len(rest) > 2:
        raise RuleError(
            "status_history_not_understood",
            f"{quoted(entry)} has more than STATUS DATE | AUTHORITY | REASON.",
        )
    word, _, day = head.partition(" ")
    authority, reason = [*rest, "", ""][:2]
    return Step(vocab.status(word), parse_date(day.strip()), authority, reason)
