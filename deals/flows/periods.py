"""Years, quarters and months as they stand in a series: their names, days and edges."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from deals.flows.query import FlowQuery
from deals.flows.scope import PROVISIONAL_MONTHS

MONTHS = {"year": 12, "quarter": 3, "month": 1}
# A window may be asked for that is far wider than any data; empty edges are not listed then.
WIDEST_YEARS = 200


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One year, quarter or month, known by its first month counted from year 0."""

    number: int
    months: int

    @property
    def first(self) -> date:
        return date(self.number // 12, self.number % 12 + 1, 1)

    @property
    def last(self) -> date:
        end = self.number + self.months - 1
        year, month = end // 12, end % 12 + 1
        return date(year, month, monthrange(year, month)[1])

    @property
    def name(self) -> str:
        """ "2017", "2017-Q3" or "2017-03"."""
        year, month = f"{self.first.year:04}", self.first.month
        if self.months == 12:
            return year
        return f"{year}-Q{(month + 2) // 3}" if self.months == 3 else f"{year}-{month:02}"

    def edges(self) -> tuple[str, str]:
        """The parameters `from` and `to` that mean this period."""
        size = 4 if self.months == 12 else 7
        return self.first.isoformat()[:size], self.last.isoformat()[:size]

    def within(self, query: FlowQuery) -> FlowQuery:
        """The question held to this period; its own window stays where that is narrower."""
        begin, end = query.window
        first, last = self.edges()
        return query.but(
            from_=query.from_ if begin and begin > self.first else first,
            to=query.to if end and end < self.last else last,
        )

    def is_cut(self, query: FlowQuery) -> bool:
        """Whether the question's window leaves out some of its days."""
        begin, end = query.window
        return bool((begin and begin > self.first) or (end and end < self.last))

    def is_young(self, seen_on: date) -> bool:
        """Whether it ended less than 24 months before the data was seen (rule 17)."""
        after = self.number + self.months + PROVISIONAL_MONTHS
        return after // 12 > date.max.year or seen_on < date(after // 12, after % 12 + 1, 1)


def period_of(day: date, by: str) -> Period:
    """The period that a day lies in; `by` is "year", "quarter" or "month"."""
    months = MONTHS[by]
    number = day.year * 12 + day.month - 1
    return Period(number - number % months, months)


def periods(query: FlowQuery, seen: list[date], by: str) -> list[Period]:
    """Every period of the window, in order; without a full window, of the days in `seen`."""
    begin, end = query.window
    if not seen and not (begin and end):
        return []
    first = begin or min(seen, default=end) or date.min
    last = end or max(seen, default=begin) or date.max
    if last.year - first.year > WIDEST_YEARS:
        first, last = min(seen, default=first), max(seen, default=last)
    months = MONTHS[by]
    start, stop = period_of(first, by).number, period_of(last, by).number
    return [Period(number, months) for number in range(start, stop + 1, months)]
