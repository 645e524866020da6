"""Texts of the form: one line or several, and never longer than the register has room for."""

import re

from deals.entry.reading_faults import Faults
from deals.entry.reading_sentences import too_long

LONGEST_NOTES = 5_000
_LINE_ENDS = re.compile(r"\r\n?")


def line(field: str, text: str, limit: int, faults: Faults) -> str:
    """A text on one line, single spaces."""
    return _limited(field, " ".join(text.split()), limit, faults)


def lines(field: str, text: str, limit: int, faults: Faults) -> str:
    """A text that keeps its line breaks."""
    return _limited(field, _LINE_ENDS.sub("\n", text).strip(), limit, faults)


def _limited(field: str, text: str, limit: int, faults: Faults) -> str:
    if len(text) > limit:
        faults.note(field, too_long(text, limit))
        return ""
    return text
