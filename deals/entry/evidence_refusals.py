"""What cannot be true at once: two headquarters on one day, owners in a circle, one name twice."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from deals import localised
from deals.entry.evidence import Change, Record, day
from deals.entry.evidence_laid import laid, owners_named
from deals.entry.reading_faults import Faults
from deals.models import Domicile, Identifier, Organization
from deals.models.attribution import Evidence, on_record
from deals.rules.names import normalise


def contradictions(
    organization: Organization, wanted: Record, changes: Sequence[Change], faults: Faults
) -> None:
    """Note what the changes contradict, in the rest of the form or in the register."""
    touched = {change["what"] for change in changes}
    if touched & {"organization"}:
        _one_of_its_name(organization, wanted, faults)
    if "name" in touched:
        _once("name", wanted["names"], faults)
    if "identifier" in touched:
        _nobody_elses(organization, wanted["identifiers"], faults)
    if "domicile" in touched:
        _one_seat_a_day(wanted["domiciles"], faults)
    if "owner" in touched:
        _no_circle(organization, wanted, changes, faults)


def _one_of_its_name(organization: Organization, wanted: Record, faults: Faults) -> None:
    """Files are matched by name and country, so two of one name in one country are one."""
    twin = (
        Organization.objects.filter(
            key=normalise(wanted["name"]),
            country=wanted["country"] or None,
            generated=organization.generated,
            merged_into=None,
        )
        .exclude(pk=organization.pk)
        .first()
    )
    same = normalise(wanted["name"]) == organization.key
    if twin is not None and not (same and wanted["country"] == (organization.country or "")):
        said = _(
            "There is another organization of this name and country, %(id)s: merge the two instead."
        )
        faults.note("country" if same else "name", said % {"id": twin.public_id})


def _once(part: str, rows: Iterable[Mapping[str, Any]], faults: Faults) -> None:
    seen = set()
    for row in rows:
        if row[part] in seen and row.get("at"):
            faults.note(f"{row['at']}-{part}", _("This name stands here twice."))
        seen.add(row[part])


def _nobody_elses(
    organization: Organization, rows: Iterable[Mapping[str, Any]], faults: Faults
) -> None:
    seen = set()
    for row in rows:
        key = row["scheme"], row["value"]
        field = f"{row.get('at', 'identifiers')}-value"
        if key in seen:
            faults.note(field, _("This identifier stands here twice."))
        seen.add(key)
        others = Identifier.objects.filter(scheme=key[0], value=key[1])
        other = others.exclude(organization=organization).select_related("organization").first()
        if other is not None and not row["row"]:
            said = _(
                "This identifier is that of %(name)s (%(id)s). If the two are one, merge them."
            )
            holder = other.organization
            faults.note(field, said % {"name": holder.name, "id": holder.public_id})


def _one_seat_a_day(rows: Sequence[Mapping[str, Any]], faults: Faults) -> None:
    seats = [row for row in rows if row["basis"] == Domicile.Basis.HEADQUARTERS]
    for number, row in enumerate(seats):
        for other in seats[:number]:
            if row["country"] != other["country"] and _meet(row, other):
                said = _(
                    "From this line and another its headquarters would be in %(one)s and in "
                    "%(other)s on the same day: end one before the other begins."
                )
                at = row.get("at") or other.get("at") or "domiciles"
                places = {
                    "one": localised.country_name(row["country"]),
                    "other": localised.country_name(other["country"]),
                }
                faults.note(f"{at}-first", said % places)
                return


def _meet(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return _overlap(*(day(side[end]) for side in (one, other) for end in ("first", "last")))


def _overlap(first: date | None, last: date | None, since: date | None, until: date | None) -> bool:
    return (first or date.min) <= (until or date.max) and (since or date.min) <= (last or date.max)


def _no_circle(
    organization: Organization, wanted: Record, changes: Sequence[Change], faults: Faults
) -> None:
    """Whoever controls it cannot be controlled by it on the same day, through however many."""
    owners = owners_named(changes)
    known = on_record(also=(organization.pk, *owners.values()))
    after = laid(known, organization.pk, changes, owners)
    for row in wanted["owners"]:
        owner = owners.get(row["id"])
        if owner is None or not row.get("at"):
            continue
        links = [s for s in after.stakes.values() if s.owned == organization.pk and s.controls]
        for link in (link for link in links if link.owner == owner):
            if _controlled_by(organization.pk, owner, link.first, link.last, after):
                said = _(
                    "%(owner)s is itself controlled by this organization in that time, on the "
                    "evidence on record: correct that first."
                )
                faults.note(f"{row['at']}-name", said % {"owner": row["name"]})
                return


def _controlled_by(
    top: int, owned: int, first: date | None, last: date | None, evidence: Evidence
) -> bool:
    """Whether a chain of control leads from `owned` up to `top` on some day of the interval."""
    waiting = [(owned, first or date.min, last or date.max)]
    seen = set(waiting)
    while waiting:
        member, since, until = waiting.pop()
        for link in evidence.stakes.values():
            if link.owned != member or not link.controls:
                continue
            days = max(since, link.first or date.min), min(until, link.last or date.max)
            if days[0] > days[1]:
                continue
            if link.owner == top:
                return True
            step = (link.owner, *days)
            if step not in seen:
                seen.add(step)
                waiting.append(step)
    return False
