"""The owner that a person names: chosen from a list, found by its name, or new to the register."""

from django.db.models import Q
from django.utils.translation import gettext as _

from deals.entry.evidence import Record
from deals.entry.evidence_laid import survivor
from deals.entry.reading_faults import Faults
from deals.models import Organization
from deals.rules.countries import country_code
from deals.rules.names import clean_name, normalise


def read_owner(
    field: str, row: Record, organization: Organization, faults: Faults
) -> dict[str, str]:
    """ "id", "name" and "country" of an owner; an `id` of "" is one new to the register."""
    country = faults.take(f"{field}-country", country_code, row["country"], None)
    chosen = _chosen(row)
    if chosen is None:
        name = faults.take(f"{field}-name", clean_name, row["name"], "")
        if not name:
            return _named("", "", "")
        chosen = _found(f"{field}-name", name, country, organization, faults)
        if chosen is None:
            return _named("", name, country or "")
    owner = survivor(chosen)
    if owner.pk == organization.pk:
        faults.note(f"{field}-name", _("An organization cannot own itself."))
    if owner.generated != organization.generated:
        faults.note(
            f"{field}-name", _("An invented organization and a real one own nothing of each other.")
        )
    return _named(owner.public_id, owner.name, owner.country or "")


def _chosen(row: Record) -> Organization | None:
    """By its id, unless another name was typed over it since it was chosen."""
    found = Organization.objects.filter(public_id=row["id"]).first() if row["id"] else None
    if found is None:
        return None
    keys = {found.key, *found.names.values_list("key", flat=True)}
    return found if normalise(row["name"]) in keys else None


def _named(public_id: str, name: str, country: str) -> dict[str, str]:
    return {"id": public_id, "name": name, "country": country}


def _found(
    field: str, name: str, country: str | None, organization: Organization, faults: Faults
) -> Organization | None:
    """The one that bears the name, in that country if one is given; None for none."""
    key = normalise(name)
    rows = Organization.objects.filter(Q(key=key) | Q(names__key=key))
    rows = rows.filter(generated=organization.generated).distinct().order_by("pk")
    bearers = {(one := survivor(row)).pk: one for row in rows[:20]}
    fitting = [one for one in bearers.values() if country in (None, one.country)]
    if len(fitting) > 1:
        said = _("Several organizations are called %(name)s: choose one of the list.")
        faults.note(field, said % {"name": f"“{name}”"})
    return fitting[0] if fitting else None
