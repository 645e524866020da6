"""A look into a fetched file before anything of it is taken: is it like the last one?"""

from dataclasses import dataclass

from deals.feeds.profile import Profile
from deals.feeds.reading import opened
from deals.feeds.receive import Received
from deals.models import FeedSchedule
from deals.rules.errors import quoted


@dataclass(frozen=True, slots=True)
class Look:
    """The header of a file, and how many rows below it hold anything."""

    rows: int
    columns: list[str]


def look(file: Received, profile: Profile) -> Look:
    """Header and number of rows. Raises `Refused` when it is not the profile's table."""
    with opened(file, profile) as table:
        rows = sum(1 for _, cells in table.reader.records() if any(cells))
        return Look(rows, table.reader.header)


def suspicion(seen: Look, schedule: FeedSchedule) -> str:
    """Why a file is not taken without a person, in a sentence; empty when it may be."""
    gone = [column for column in schedule.columns if column and column not in seen.columns]
    if gone:
        names = ", ".join(quoted(column) for column in gone[:10])
        return f"The file has lost {'a column' if len(gone) == 1 else 'columns'}: {names}."
    if not seen.rows:
        return "The file has a header and no rows."
    if schedule.rows and seen.rows * 10 <= schedule.rows * 7:
        share = 100 - seen.rows * 100 // schedule.rows
        return (
            f"The file has shrunk by {share} %: it has {seen.rows:,} rows, and the one taken "
            f"before had {schedule.rows:,}."
        )
    return ""
