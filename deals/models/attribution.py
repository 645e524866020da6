"""Who owns the investor on the day of the deal (rule 14 of the methods).

The chain is followed through owners with more than half the votes or documented control. Joint
controllers are all kept. Where nothing is known the investor's own country stands, and says so.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from deals.models.organization import Organization, Ownership

MAJORITY = Decimal(50)
LONGEST_CHAIN = 12


@dataclass(frozen=True, slots=True)
class Attribution:
    """Countries at the top of the chain, sorted; `basis` is evidence or owner_not_researched."""

    countries: tuple[str, ...]
    basis: str
    state_linked: bool


@dataclass(frozen=True, slots=True)
class _Link:
    owner: int
    controls: bool
    state_linked: bool
    first: date | None
    last: date | None

    def holds(self, first: date | None, last: date | None) -> bool:
        """Whether the link covers the whole interval; an undated deal needs an undated link."""
        if self.first and (first is None or first < self.first):
            return False
        return not (self.last and (last is None or last > self.last))


class OwnerBook:
    """All ownership evidence, read once in two queries and asked many times."""

    def __init__(self) -> None:
        self._links: dict[int, list[_Link]] = defaultdict(list)
        owners: set[int] = set()
        for row in Ownership.objects.all():
            controls = row.controlling or (row.share is not None and row.share > MAJORITY)
            link = _Link(row.owner_id, controls, row.state_linked, row.first, row.last)
            self._links[row.owned_id].append(link)
            owners.add(row.owner_id)
        rows = Organization.objects.filter(pk__in=owners).values_list("pk", "country")
        self._countries: dict[int, str | None] = dict(rows)

    def attribute(
        self, investor: int | None, country: str | None, first: date | None, last: date | None
    ) -> Attribution:
        """`country` is the investor's own, as of the deal; unknown stays an empty tuple."""
        own = (country,) if country else ()
        if investor is None or investor not in self._links:
            return Attribution(own, "owner_not_researched", False)
        tops = self._climb(investor, first, last)
        state_linked = self._state_linked(investor, first, last)
        countries = {self._countries.get(top) if top != investor else country for top in tops}
        if None in countries:
            # The owner is known and its country is not: the chain ends in the open.
            return Attribution((), "evidence", state_linked)
        return Attribution(tuple(sorted(c for c in countries if c)), "evidence", state_linked)

    def _climb(self, investor: int, first: date | None, last: date | None) -> set[int]:
        """The organizations where the chains of controllers end."""
        tops: set[int] = set()
        seen = {investor}
        level = [investor]
        for _ in range(LONGEST_CHAIN):
            above: list[int] = []
            for member in level:
                links = [link for link in self._links[member] if link.holds(first, last)]
                controllers = [link.owner for link in links if link.controls]
                fresh = [owner for owner in controllers if owner not in seen]
                if not fresh:
                    tops.add(member)
                seen.update(fresh)
                above.extend(fresh)
            level = above
            if not level:
                break
        return tops | set(level)

    def _state_linked(self, investor: int, first: date | None, last: date | None) -> bool:
        """Whether a state holds any stake above the investor, a minority of a minority included."""
        seen, waiting = {investor}, [investor]
        while waiting:
            for link in self._links.get(waiting.pop(), ()):
                if link.holds(first, last):
                    if link.state_linked:
                        return True
                    if link.owner not in seen:
                        seen.add(link.owner)
                        waiting.append(link.owner)
        return False
