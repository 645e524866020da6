"""What stops a file as a whole, and what is wrong in one cell."""

from dataclasses import dataclass


class Refused(Exception):
    """The file, or its profile, cannot be used at all; the message is one sentence for a person.

    Raised before anything is written, so a refused file leaves no trace.
    """


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One thing wrong in one cell. `row` is the file's row number (see `parse`), `column` its
    header.

    A fatal problem rejects the row: it would make the deal another deal, or count it elsewhere.
    With any other the row is used and the fact stays unknown, and the message says so.
    """

    row: int
    column: str
    value: str
    code: str
    message: str
    fatal: bool = True
