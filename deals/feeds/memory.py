"""What was made of the texts of a file, column by column, so that a text is read once."""

from typing import Any

# Texts a column. Columns with more, such as ids, have a new text in every row anyway.
MOST = 10_000


class Memory:
    """Outcomes by column and text, for one file under one profile; bounded."""

    def __init__(self) -> None:
        self._columns: dict[str, dict[str, Any]] = {}

    def of(self, column: str) -> dict[str, Any]:
        """What is remembered of a column, to be added to; sometimes it is forgotten."""
        known = self._columns.setdefault(column, {})
        if len(known) > MOST:
            known.clear()
        return known
