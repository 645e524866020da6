"""What has changed in the API, and what is going to end: shown to partners and sent as headers.

docs/api-changes.md says by which rules; a test compares the description with the one before.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import format_datetime

from django.utils.translation import gettext_noop

# Between the announcement of an end and the end.
NOTICE_DAYS = 183


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the changelog. `breaks` names what was taken away, as `history.removed` does."""

    on: date
    text: str
    breaks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Deprecation:
    """An address, or one of its parameters, that will end; `instead` says what to use.

    `path` is below /api/v1/ with its arguments in braces, as in the description.
    """

    path: str
    parameter: str
    since: date
    until: date
    instead: str

    def headers(self) -> dict[str, str]:
        """`Deprecation` (RFC 9745) and `Sunset` (RFC 8594)."""
        return {
            "Deprecation": f"@{int(_midnight(self.since).timestamp())}",
            "Sunset": format_datetime(_midnight(self.until), usegmt=True),
        }


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


# Newest first.
CHANGES: tuple[Change, ...] = (
    Change(
        date(2026, 11, 23),
        gettext_noop(
            "The first version: questions, deals and their versions, organizations, changes with a "
            "digest, reference data, releases, files of any question, imports, and proposals of "
            "deals and changes."
        ),
    ),
)
DEPRECATED: tuple[Deprecation, ...] = ()
