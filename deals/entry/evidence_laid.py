"""A proposal about an organization laid over the evidence on record, before anything is written."""

from collections.abc import Iterable
from dataclasses import replace

from deals.entry.evidence import Change, Record, day, share
from deals.entry.evidence_moves import Moves, current, moves
from deals.models import Domicile, Organization
from deals.models.attribution import Evidence, OwnerBook, Seat, Stake, controls, on_record

Changes = Iterable[Change]


def moves_of(organization: Organization, changes: list[Change]) -> Moves:
    """Which current versions the changes would move, computed afresh; writes nothing."""
    owners = owners_named(changes)
    known = on_record(also=(organization.pk, *owners.values()))
    after = laid(known, organization.pk, changes, owners)
    return moves(current(organization.pk), OwnerBook(known), OwnerBook(after))


def owners_named(changes: Changes) -> dict[str, int]:
    """Organizations that the changes name as owners, by public id; merged ones as what they are."""
    ids = {change["after"].get("id") for change in changes if change["what"] == "owner"} - {None}
    rows = Organization.objects.filter(public_id__in=ids - {""})
    return {row.public_id: survivor(row).pk for row in rows}


def survivor(organization: Organization) -> Organization:
    """What an organization is now, after all merges."""
    while organization.merged_into is not None:
        organization = organization.merged_into
    return organization


def laid(known: Evidence, organization: int, changes: Changes, owners: dict[str, int]) -> Evidence:
    """The evidence with the changes; new rows, and owners new to the register, are negative."""
    after = replace(
        known, stakes={**known.stakes}, seats={**known.seats}, countries={**known.countries}
    )
    for number, change in enumerate(changes, 1):
        pk = change["id"] or -number
        if change["what"] == "domicile":
            after.seats.pop(pk, None)
            if change["after"].get("basis") == Domicile.Basis.HEADQUARTERS:
                after.seats[pk] = _seat(organization, change["after"])
        elif change["what"] == "owner":
            after.stakes.pop(pk, None)
            if side := change["after"]:
                owner = owners.get(side["id"], -number)
                after.countries.setdefault(owner, side["country"] or None)
                after.stakes[pk] = _stake(organization, owner, side)
        elif "country" in change["after"] and change["what"] == "organization":
            after.countries[organization] = change["after"]["country"] or None
    return after


def _seat(organization: int, side: Record) -> Seat:
    return Seat(organization, side["country"], day(side["first"]), day(side["last"]))


def _stake(organization: int, owner: int, side: Record) -> Stake:
    return Stake(
        owned=organization,
        owner=owner,
        controls=controls(bool(side["controlling"]), share(side["share"])),
        state_linked=bool(side["state_linked"]),
        first=day(side["first"]),
        last=day(side["last"]),
    )
