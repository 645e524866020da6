"""Who owns the investor on the day of the deal (rule 14 of the methods).

The chain is followed through owners with more than half the votes or documented control. Joint
controllers are all kept. Where nothing is known the investor's own country stands, and says so.
An owner is where its headquarters were on the day of the deal (rule 13).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from deals.models.organization import Domicile, Organization, Ownership

MAJORITY = Decimal(50)
LONGEST_CHAIN = 12


@dataclass(frozen=True, slots=True)
class Attribution:
    """Countries at the top of the chain, sorted; `basis` is evidence or owner_not_researched."""

    countries: tuple[str, ...]
    basis: str
    state_linked: bool


class _Dated:
    """Something that holds from a day to a day, both included; None is an open end."""

    __slots__ = ()
    first: date | None
    last: date | None

    def holds(self, first: date | None, last: date | None) -> bool:
        """Whether it covers the whole interval; an undated deal needs undated evidence."""
        if self.first and (first is None or first < self.first):
            return False
        return not (self.last and (last is None or last > self.last))


@dataclass(frozen=True, slots=True)
class Stake(_Dated):
    """One owner of an organization; `controls` by most of the votes or otherwise."""

    owned: int
    owner: int
    controls: bool
    state_linked: bool
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Seat(_Dated):
    """Where an organization has its headquarters."""

    organization: int
    country: str
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """All owners and headquarters, each row by its primary key, and the undated `countries` of
    organizations. A proposal is laid over it before anybody publishes it (`deals.entry.laid`)."""

    stakes: dict[int, Stake]
    seats: dict[int, Seat]
    countries: dict[int, str | None]


def on_record(also: Iterable[int] = ()) -> Evidence:
    """What is on record, in three queries; `also` are organizations that are asked for besides
    those that own others."""
    links = ("owned_id", "owner_id", "controlling", "share", "state_linked", "first", "last")
    stakes = {
        pk: Stake(owned, owner, controls(controlling, share), *facts)
        for pk, owned, owner, controlling, share, *facts in (
            Ownership.objects.order_by("pk").values_list("pk", *links)
        )
    }
    seats = Domicile.objects.filter(basis=Domicile.Basis.HEADQUARTERS).order_by("pk")
    facts = ("organization_id", "country", "first", "last")
    wanted = {stake.owner for stake in stakes.values()} | set(also)
    countries = Organization.objects.filter(pk__in=wanted).values_list("pk", "country")
    return Evidence(
        stakes,
        {pk: Seat(*row) for pk, *row in seats.values_list("pk", *facts)},
        dict(countries),
    )


def controls(controlling: bool, share: Decimal | None) -> bool:
    """Whether a stake is control: by documents, or by more than half of the votes."""
    return controlling or (share is not None and share > MAJORITY)


class OwnerBook:
    """All evidence of owners and headquarters, read once and asked many times."""

    def __init__(self, evidence: Evidence | None = None) -> None:
        evidence = evidence or on_record()
        self._links: dict[int, list[Stake]] = defaultdict(list)
        for _pk, stake in sorted(evidence.stakes.items()):
            self._links[stake.owned].append(stake)
        self._seats: dict[int, list[Seat]] = defaultdict(list)
        # Rows that are not written yet have negative keys, and will be the last.
        for _pk, seat in sorted(evidence.seats.items(), key=lambda row: (row[0] < 0, abs(row[0]))):
            self._seats[seat.organization].append(seat)
        self._countries = evidence.countries

    def headquarters(self, organization: int, first: date | None, last: date | None) -> str | None:
        """Its country in the whole of these days: by dated evidence, the latest move first, else
        the undated country that is on record; None where neither is."""
        seats = [seat for seat in self._seats.get(organization, ()) if seat.holds(first, last)]
        if seats:
            return max(seats, key=lambda seat: seat.first or date.min).country
        return self._countries.get(organization)

    def attribute(
        self, investor: int | None, country: str | None, first: date | None, last: date | None
    ) -> Attribution:
        """`country` is the investor's own, as of the deal; unknown stays an empty tuple."""
        own = (country,) if country else ()
        if investor is None or investor not in self._links:
            return Attribution(own, "owner_not_researched", False)
        tops = self._climb(investor, first, last)
        state_linked = self._state_linked(investor, first, last)
        countries = {
            self.headquarters(top, first, last) if top != investor else country for top in tops
        }
        if None in countries:
            # The owner is known and its country is not: the chain ends in the open.
            return Attribution((), "evidence", state_linked)
        return Attribution(tuple(sorted(c for c in countries if c)), "evidence", state_linked)

    def _climb(self, investor: int, first: date | None, last: date | None) -> set[int]:
        """The organizations where the chains of controllers end, each chain followed by itself:
        two joint controllers of one group lead to that group alone. A circle ends where it
        closes."""
        tops: set[int] = set()
        chains: list[tuple[int, ...]] = [(investor,)]
        while chains:
            chain = chains.pop()
            above = {
                link.owner
                for link in self._links.get(chain[-1], ())
                if link.controls and link.owner not in chain and link.holds(first, last)
            }
            if above and len(chain) <= LONGEST_CHAIN:
                chains += [(*chain, owner) for owner in above]
            else:
                tops.add(chain[-1])
        return tops

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
