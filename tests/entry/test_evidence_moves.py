"""Flips against a second, naive computation over generated owners, headquarters and deals.

The second computation knows nothing of the books: it walks every chain by itself, before and after
the change has been made by hand, and compares all deals.
"""

from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from deals.entry.evidence_laid import laid
from deals.entry.evidence_moves import Current, moves
from deals.feeds.repoint import Part, Target
from deals.models.attribution import Attribution, Evidence, OwnerBook, Seat, Stake

ORGANIZATIONS = range(1, 7)
COUNTRIES = ("CN", "DE", "HK", "US")
YEARS = (2016, 2017, 2018, 2019, 2020)
Days = tuple[date | None, date | None]


def ends(first: int | None, last: int | None) -> Days:
    return (
        date(first, 1, 1) if first else None,
        date(last, 12, 31) if last else None,
    )


@st.composite
def days(draw: st.DrawFn) -> Days:
    """A time in years, open at either end or at both."""
    first, last = (draw(st.none() | st.sampled_from(YEARS)) for _ in range(2))
    return ends(*sorted((first, last))) if first and last else ends(first, last)


@st.composite
def stakes(draw: st.DrawFn) -> Stake:
    owned, owner = draw(st.permutations(ORGANIZATIONS))[:2]
    return Stake(owned, owner, draw(st.booleans()), draw(st.booleans()), *draw(days()))


@st.composite
def seats(draw: st.DrawFn, organization: int | None = None) -> Seat:
    who = organization or draw(st.sampled_from(ORGANIZATIONS))
    return Seat(who, draw(st.sampled_from(COUNTRIES)), *draw(days()))


@st.composite
def deals(draw: st.DrawFn) -> Days:
    """On a day, in a year, or undated."""
    year = draw(st.none() | st.sampled_from(YEARS))
    if year is None:
        return None, None
    day = date(year, 6, 1)
    return draw(st.sampled_from(((day, day), ends(year, year))))


@st.composite
def changes(draw: st.DrawFn, known: Evidence, organization: int) -> dict[str, Any]:
    """One change of a place or an owner of the organization, as an edit has it."""
    if draw(st.booleans()):
        rows, what = known.seats, "domicile"
        mine = [pk for pk, seat in rows.items() if seat.organization == organization]
        after = side(draw(seats(organization)))
    else:
        rows, what = known.stakes, "owner"
        mine = [pk for pk, stake in rows.items() if stake.owned == organization]
        owner = draw(st.sampled_from([o for o in ORGANIZATIONS if o != organization]))
        made = Stake(organization, owner, draw(st.booleans()), draw(st.booleans()), *draw(days()))
        after = side(made)
    pk = draw(st.sampled_from(mine)) if mine and draw(st.booleans()) else None
    if pk and draw(st.booleans()):
        return {"op": "remove", "what": what, "id": pk, "before": {}, "after": {}}
    op = "change" if pk else "add"
    return {"op": op, "what": what, "id": pk, "before": {}, "after": after}


def side(row: Seat | Stake) -> dict[str, str]:
    written = {
        end: day.isoformat() if day else ""
        for end, day in zip(("first", "last"), (row.first, row.last), strict=True)
    }
    if isinstance(row, Seat):
        return {"country": row.country, "basis": "headquarters", **written}
    said = {"controlling": row.controls, "state_linked": row.state_linked}
    flags = {name: "yes" if value else "" for name, value in said.items()}
    return {"id": str(row.owner), "name": "x", "country": "", "share": "", **flags, **written}


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Evidence, dict[str, Any], list[Target], list[Part]]:
    some_stakes = draw(st.lists(stakes(), max_size=7))
    some_seats = draw(st.lists(seats(), max_size=5))
    plain = {o: draw(st.none() | st.sampled_from(COUNTRIES)) for o in ORGANIZATIONS}
    known = Evidence(dict(enumerate(some_stakes, 1)), dict(enumerate(some_seats, 1)), plain)
    change = draw(changes(known, 1))
    book = OwnerBook(known)
    targets, parts = [], []
    for version in range(draw(st.integers(1, 5))):
        when = draw(deals())
        basis = draw(st.sampled_from(("stated", "headquarters")))
        seat = book.headquarters(1, *when) if basis == "headquarters" else "FR"
        targets.append(Target(version, version, 1, "x", seat, basis if seat else "unknown", *when))
        who = draw(st.sampled_from(ORGANIZATIONS))
        seat = book.headquarters(who, *when) if basis == "headquarters" else "FR"
        owner = book.attribute(who, seat, *when)
        parts.append(
            Part(version, version, 0, who, "x", seat, *when, basis if seat else "unknown",
                 list(owner.countries), owner.basis, owner.state_linked)
        )  # fmt: skip
    return known, change, targets, parts


def covers(row: Seat | Stake, when: Days) -> bool:
    """Both open ends hold always; a dated end holds only for a deal with days inside."""
    begun = row.first is None or (when[0] is not None and row.first <= when[0])
    going = row.last is None or (when[1] is not None and when[1] <= row.last)
    return begun and going


def naive_seat(world: Evidence, who: int, when: Days) -> str | None:
    # What is only proposed has a number below zero, and is written down last.
    written = sorted(world.seats, key=lambda pk: (pk < 0, abs(pk)))
    found = [
        seat
        for seat in (world.seats[pk] for pk in written)
        if seat.organization == who and covers(seat, when)
    ]
    # Of several the one that began last; of those the first that was written down.
    dated = sorted({seat.first for seat in found if seat.first}, reverse=True)
    for begin in (*dated, None):
        for seat in found:
            if seat.first == begin:
                return seat.country
    return world.countries.get(who)


def naive_tops(world: Evidence, who: int, when: Days, passed: tuple[int, ...] = ()) -> set[int]:
    above = {
        stake.owner
        for stake in world.stakes.values()
        if stake.owned == who and stake.controls and covers(stake, when)
    } - {who, *passed}
    if not above:
        return {who}
    return set().union(*(naive_tops(world, owner, when, (*passed, who)) for owner in above))


def naive_state(world: Evidence, who: int, when: Days) -> bool:
    reached, grown = {who}, True
    linked = False
    while grown:
        held = [s for s in world.stakes.values() if s.owned in reached and covers(s, when)]
        linked = any(stake.state_linked for stake in held)
        grown = not {stake.owner for stake in held} <= reached
        reached |= {stake.owner for stake in held}
    return linked


def naive_owner(world: Evidence, who: int, own: str | None, when: Days) -> Attribution:
    if not any(stake.owned == who for stake in world.stakes.values()):
        return Attribution((own,) if own else (), "owner_not_researched", False)
    tops = naive_tops(world, who, when)
    countries = {own if top == who else naive_seat(world, top, when) for top in tops}
    known = () if None in countries else tuple(sorted(c for c in countries if c))
    return Attribution(known, "evidence", naive_state(world, who, when))


@settings(max_examples=300, deadline=None)
@given(worlds())
def test_flips_are_those_of_a_second_computation_by_hand(world) -> None:
    known, change, targets, parts = world
    after = laid(known, 1, [change], {str(o): o for o in ORGANIZATIONS})
    found = moves(Current(1, targets, parts), OwnerBook(known), OwnerBook(after))
    for target in targets:
        when = target.first, target.last
        seat = naive_seat(after, 1, when)
        moved = target.basis != "stated" and seat != target.country
        assert found.change.target_countries.get(target.version) == (
            (seat or "") if moved else None
        )
    for part in parts:
        when, place = (part.first, part.last), (part.version, part.position)
        country = part.country
        if part.organization == 1 and part.basis != "stated":
            country = naive_seat(after, 1, when)
        moved = country != part.country
        assert found.change.countries.get(place) == ((country or "") if moved else None)
        owner = naive_owner(after, part.organization, country, when)
        was = Attribution(tuple(part.ultimate), part.ultimate_basis, part.state_linked)
        assert found.change.owners.get(place, was) == owner
    stated = [t for t in targets if t.basis == "stated"]
    stated_parts = [p for p in parts if p.basis == "stated" and p.organization == 1]
    against = [
        row for row in (*stated, *stated_parts)
        if naive_seat(after, 1, (row.first, row.last)) not in (None, row.country)
    ]  # fmt: skip
    assert len(found.disagreements) == len(against)


@settings(max_examples=100, deadline=None)
@given(worlds())
def test_an_opposite_change_moves_every_deal_back(world) -> None:
    known, change, targets, parts = world
    after = laid(known, 1, [change], {str(o): o for o in ORGANIZATIONS})
    there = moves(Current(1, targets, parts), OwnerBook(known), OwnerBook(after)).change
    moved_targets = [
        t._replace(country=there.target_countries.get(t.version, t.country) or None,
                   basis=t.basis if t.version not in there.target_countries else "headquarters")
        for t in targets
    ]  # fmt: skip
    moved_parts = [moved(part, there) for part in parts]
    back = moves(Current(1, moved_targets, moved_parts), OwnerBook(after), OwnerBook(known)).change
    assert back.target_countries == {
        t.version: t.country or "" for t in targets if t.version in there.target_countries
    }
    assert [_said(moved(part, back)) for part in moved_parts] == [_said(part) for part in parts]


def moved(part: Part, change: Any) -> Part:
    place = part.version, part.position
    if (country := change.countries.get(place)) is not None:
        part = part._replace(country=country or None, basis="headquarters")
    if owner := change.owners.get(place):
        part = part._replace(
            ultimate=list(owner.countries),
            ultimate_basis=owner.basis,
            state_linked=owner.state_linked,
        )
    return part


def _said(part: Part) -> tuple[Any, ...]:
    return part.country, part.ultimate, part.ultimate_basis, part.state_linked
