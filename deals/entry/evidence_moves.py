"""Which deals say something else once other evidence about an organization holds (rules 13 and 14).

A country that was stated stays, whatever the evidence says; one that is known from headquarters, or
not known, follows the headquarters on the deal's date. The owner at the top follows from both. What
the evidence said before but a version never took over is left alone.
"""

from dataclasses import dataclass, field

from deals.feeds.repoint import Part, Repointing, Target, owned_by, parts_of, targets_of
from deals.models.attribution import Attribution, OwnerBook

STATED = "stated"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A country that a source states for a deal, where the evidence now says another one.

    `position` is the investor's, None for the target.
    """

    version: int
    deal: int
    position: int | None
    stated: str
    evidence: str


@dataclass(slots=True)
class Moves:
    """What changes, by version, and what stays although the evidence disagrees."""

    change: Repointing = field(default_factory=Repointing)
    disagreements: list[Disagreement] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Current:
    """The places in versions, live or waiting, that evidence about an organization can move."""

    organization: int
    targets: list[Target]
    parts: list[Part]


def current(organization: int) -> Current:
    """Where it is the target, and where it or anything that it owns is an investor."""
    parts = parts_of(owned_by([organization]))
    return Current(organization, targets_of([organization]), parts)


def moves(places: Current, before: OwnerBook, after: OwnerBook) -> Moves:
    """What changes when `after` takes the place of `before`.

    The books must know the undated country of the organization itself.
    """
    found = Moves()
    for target in places.targets:
        _target(target, before, after, found)
    for part in places.parts:
        _part(part, part.organization == places.organization, before, after, found)
    return found


def _target(target: Target, before: OwnerBook, after: OwnerBook, found: Moves) -> None:
    days = target.first, target.last
    seat = after.headquarters(target.organization, *days)
    if target.basis == STATED:
        _disagrees(target, None, seat, found)
    elif seat != before.headquarters(target.organization, *days) and seat != target.country:
        found.change.target_countries[target.version] = seat or ""


def _part(part: Part, own: bool, before: OwnerBook, after: OwnerBook, found: Moves) -> None:
    place, days = (part.version, part.position), (part.first, part.last)
    country = part.country
    if own:
        seat = after.headquarters(part.organization, *days)
        if part.basis == STATED:
            _disagrees(part, part.position, seat, found)
        elif seat != before.headquarters(part.organization, *days) and seat != country:
            country = seat
            found.change.countries[place] = seat or ""
    owner = after.attribute(part.organization, country, *days)
    stored = Attribution(tuple(part.ultimate), part.ultimate_basis, part.state_linked)
    if owner not in (stored, before.attribute(part.organization, part.country, *days)):
        found.change.owners[place] = owner


def _disagrees(at: Target | Part, position: int | None, seat: str | None, found: Moves) -> None:
    if seat and at.country and seat != at.country:
        found.disagreements.append(Disagreement(at.version, at.deal, position, at.country, seat))
