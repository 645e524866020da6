"""Status of the form and the course that led there: dated steps, each by an authority or none."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _

from deals.entry.facts import Facts
from deals.entry.reading_dates import date_facts, read_date
from deals.entry.reading_faults import Faults
from deals.entry.reading_texts import line, lines
from deals.rules import vocab
from deals.rules.counting import EVER_COMPLETED_STATUSES
from deals.rules.dates import UNDATED

MOST_STEPS = 20
LONGEST_AUTHORITY, LONGEST_REASON = 300, 1_000


def read_steps(rows: Sequence[Mapping[str, str]], status: str, faults: Faults) -> list[Facts]:
    """The steps of a form, oldest first, the last of them the deal's status."""
    filled = [(at, row) for at, row in enumerate(rows) if any(map(str.strip, row.values()))]
    steps = [_step(f"status_history-{at}", row, faults) for at, row in filled[:MOST_STEPS]]
    if len(filled) > MOST_STEPS:
        faults.note(
            f"status_history-{filled[MOST_STEPS][0]}-status",
            _("A deal has at most 20 steps: keep those that changed its status."),
        )
    for (at, _row), one, other in zip(filled[1:], steps, steps[1:], strict=False):
        if one["first"] and other["last"] and other["last"] < one["first"]:
            faults.note(
                f"status_history-{at}-date",
                _("This step is earlier than the one above it: write the oldest first."),
            )
    if steps and status and steps[-1]["status"] not in ("", status):
        faults.note(
            f"status_history-{filled[len(steps) - 1][0]}-status",
            _("The last step differs from the status of the deal: correct one of them."),
        )
    return steps


def refuse_future(when: Facts, status: str, today: date, faults: Faults) -> None:
    """What has been completed cannot begin after today."""
    if status in EVER_COMPLETED_STATUSES and when["first"] and when["first"] > today.isoformat():
        faults.note(
            "date",
            _("This date is in the future, and the deal is completed: correct one of them."),
        )


def _step(field: str, row: Mapping[str, str], faults: Faults) -> Facts:
    return {
        "status": faults.take(f"{field}-status", vocab.status, row["status"], ""),
        **date_facts(faults.take(f"{field}-date", read_date, row["date"], UNDATED)),
        "authority": line(f"{field}-authority", row["authority"], LONGEST_AUTHORITY, faults),
        "reason": lines(f"{field}-reason", row["reason"], LONGEST_REASON, faults),
    }
