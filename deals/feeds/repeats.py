"""Which rows of a deal say again what an earlier one said."""

from deals.feeds.merging import same_row
from deals.feeds.rowtext import read


class SeenRows:
    """Remembers the rows of one deal, in little room: a badly chosen key stands in a million rows.

    While all of them say the same of the deal, as text, who took part tells them apart. From the
    first other one on they are compared as facts, since an amount can be written in many ways.
    """

    def __init__(self) -> None:
        # What the first row said of the deal.
        self.first: str | None = None
        self._alike: set[tuple[str, bool]] = set()
        self._others: set[bytes] | None = None

    def again(self, deal: str, taking_part: str, partial: bool) -> bool:
        """Whether the row, in the two parts of its text, repeats an earlier one; remembers it."""
        if self.first is None:
            self.first = deal
        if self._others is None and deal == self.first:
            known: set[tuple[str, bool]] | set[bytes] = self._alike
            mark: tuple[str, bool] | bytes = (taking_part, partial)
        else:
            if self._others is None:
                self._others = {_facts(self.first, *row) for row in self._alike}
                self._alike.clear()
            known, mark = self._others, _facts(deal, taking_part, partial)
        before = len(known)
        known.add(mark)  # type: ignore[arg-type]
        return len(known) == before


def _facts(deal: str, taking_part: str, partial: bool) -> bytes:
    return same_row(read(deal + taking_part), partial)
