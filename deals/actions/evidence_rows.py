"""The changes of an edit, written into the rows of what is known about an organization."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from deals.actions.deals import NotAllowed
from deals.entry.evidence import Change, Record, day, share, source
from deals.entry.evidence_laid import survivor
from deals.feeds.match import organizations
from deals.models import Domicile, Identifier, Organization, OrganizationName, Ownership
from deals.rules.names import normalise, script_of


def apply(organization: Organization, changes: list[Change]) -> None:
    """Write them; what is taken out goes first, so that its place is free. Raises `NotAllowed`."""
    for change in sorted(changes, key=lambda change: change["op"] != "remove"):
        try:
            with transaction.atomic():
                _WRITERS[change["what"]](organization, change)
        except IntegrityError:
            raise NotAllowed(
                _("This contradicts something else in the register by now. Nothing was changed.")
            ) from None


def _organization(organization: Organization, change: Change) -> None:
    """A new name is a new key for files, too; the old one stays a name by which it is found."""
    after = change["after"]
    if "name" in after:
        old, organization.name = organization.name, after["name"]
        organization.key = normalise(organization.name)
        if not organization.names.filter(name=old).exists():
            organization.names.create(name=old, key=normalise(old), script=script_of(old))
    if "kind" in after:
        organization.kind = after["kind"]
    if "country" in after:
        organization.country = after["country"] or None
    organization.save(update_fields=["name", "key", "kind", "country"])


def _name(organization: Organization, change: Change) -> None:
    side = change["after"]
    facts = side and {"name": side["name"], "key": normalise(side["name"])}
    _write(OrganizationName, {"organization": organization}, change, {**side, **facts})


def _identifier(organization: Organization, change: Change) -> None:
    _write(Identifier, {"organization": organization}, change, change["after"])


def _domicile(organization: Organization, change: Change) -> None:
    side = change["after"]
    facts = side and {"country": side["country"], "basis": side["basis"], **_evidence(side)}
    _write(Domicile, {"organization": organization}, change, facts)


def _owner(organization: Organization, change: Change) -> None:
    side = change["after"]
    facts = side and {
        "owner_id": _owner_of(organization, side),
        "share": share(side["share"]),
        "controlling": bool(side["controlling"]),
        "state_linked": bool(side["state_linked"]),
        "note": side["note"],
        **_evidence(side),
    }
    _write(Ownership, {"owned": organization}, change, facts)


def _owner_of(organization: Organization, side: Record) -> int:
    """The one that was chosen, or the one of that name and country, made when there is none."""
    if side["id"]:
        found = survivor(Organization.objects.get(public_id=side["id"])).pk
    else:
        named = (side["name"], side["country"] or None, "")
        made, _new = organizations([named], generated=organization.generated)
        found = made[named]
    if found == organization.pk:
        raise NotAllowed(_("An organization cannot own itself."))
    return found


def _evidence(side: Record) -> dict[str, Any]:
    return {"first": day(side["first"]), "last": day(side["last"]), "source": source(side)}


def _write(model: Any, whose: dict[str, Any], change: Change, facts: dict[str, Any]) -> None:
    """Only rows of the organization itself are ever touched, whatever the change says."""
    rows = model.objects.filter(pk=change["id"], **whose)
    match change["op"]:
        case "add":
            model.objects.create(**whose, **facts)
        case "change":
            rows.update(**facts)
        case _:
            rows.delete()


_WRITERS = {
    "organization": _organization,
    "name": _name,
    "identifier": _identifier,
    "domicile": _domicile,
    "owner": _owner,
}
