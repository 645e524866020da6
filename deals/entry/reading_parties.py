"""Target and investors of the form: which organization is meant, and where it was from."""

from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deals import localised
from deals.entry.facts import Facts
from deals.entry.parties_known import survivor
from deals.entry.reading_faults import Faults
from deals.feeds import fields
from deals.models import Organization, OrganizationName
from deals.rules.countries import country_code
from deals.rules.names import clean_name, normalise

MOST_INVESTORS = 60
NAMED = ("id", "name", "country")


class Register:
    """The organizations whose ids a form names, in three queries however many they are."""

    def __init__(self, ids: Iterable[str]) -> None:
        wanted = {one for one in ids if one and one.isprintable()}
        found = Organization.objects.filter(public_id__in=wanted) if wanted else ()
        self._chosen = {one.public_id: survivor(one) for one in found}
        self._keys: dict[int, set[str]] = {
            one.pk: {one.key, normalise(one.name)} for one in self._chosen.values()
        }
        if self._keys:
            others = OrganizationName.objects.filter(organization_id__in=self._keys)
            for pk, key in others.values_list("organization_id", "key"):
                self._keys[pk].add(key)

    def chosen(self, public_id: str) -> Organization | None:
        """The organization of an id, or the one that it was merged into."""
        return self._chosen.get(public_id)

    def bears(self, organization: Organization, name: str) -> bool:
        """Whether a name is one of an organization's own."""
        return normalise(name) in self._keys[organization.pk]


class Parties:
    """Reads the organizations of one form. `generated` says that the deal is invented, in which
    only invented organizations take part, and they in no other."""

    def __init__(self, register: Register, generated: bool, faults: Faults) -> None:
        self._register, self._generated, self._faults = register, generated, faults

    def party(self, field: str, row: Mapping[str, str]) -> Facts:
        """{"id", "name", "country", "basis"}. What is seen wins: a hidden id to which the name
        beside it does not belong was left over from an earlier choice."""
        text = row["name"]
        name = self._faults.take(f"{field}-name", clean_name, text, "") if text.strip() else ""
        chosen = self._chosen(field, row["id"].strip())
        if chosen is not None and name and not self._register.bears(chosen, name):
            chosen = None
        if (chosen is not None or name) and not self._faults.among(f"{field}-name"):
            self._check_world(field, chosen, name)
        country, basis = self._country(field, row["country"], chosen)
        return {
            "id": chosen.public_id if chosen else "",
            "name": name or (chosen.name if chosen else ""),
            "country": country,
            "basis": basis,
        }

    def _chosen(self, field: str, public_id: str) -> Organization | None:
        chosen = self._register.chosen(public_id)
        if public_id and chosen is None:
            self._faults.note(
                f"{field}-name",
                _("The organization that was chosen here is not in the register: choose again."),
            )
        return chosen

    def _check_world(self, field: str, chosen: Organization | None, name: str) -> None:
        invented = chosen is not None and chosen.generated
        if invented == self._generated:
            return
        said = (
            _("This deal is invented, so that only invented organizations can take part in it.")
            if self._generated
            else _("%(name)s is invented for the demonstration, and this deal is not.")
        )
        self._faults.note(f"{field}-name", said % {"name": chosen.name if chosen else name})

    def _country(
        self, field: str, text: str, chosen: Organization | None
    ) -> tuple[str | None, str]:
        own = chosen.country if chosen else None
        code = self._faults.take(f"{field}-country", country_code, text, None)
        if not text.strip():
            code = own
        if code is None:
            return None, "unknown"
        return code, "headquarters" if code == own else "stated"


def read_investors(
    rows: Sequence[Mapping[str, str]],
    before: Mapping[tuple[str, ...], Facts],
    parties: Parties,
    money: Sequence[str | None],
    faults: Faults,
) -> tuple[list[Facts], list[int]]:
    """The investors of a form and the numbers of their rows; rows with nothing in them are none.

    `before` are the parties of the version before by what is typed of them: an investor who is
    named as before keeps country and basis. `money` are the contributions by row.
    """  # fmt: skip
    found, numbers = [], []
    for at, row in enumerate(rows):
        if not any(value.strip() for value in row.values()):
            continue
        field = f"investors-{at}"
        named = before.get(tuple(row[name] for name in NAMED)) or parties.party(field, row)
        numbers.append(at)
        found.append(
            {name: named[name] for name in (*NAMED, "basis")}
            | {
                "lead": _lead(f"{field}-lead", row["lead"], faults),
                "contribution": money[at],
                "stake": _stake(f"{field}-stake", row["stake"], faults),
            }
        )
    _check_number(len(found), max(MOST_INVESTORS, len(before)), faults)
    return found, numbers


def refuse_repeats(
    target: Facts,
    investors: Sequence[Facts],
    numbers: Sequence[int],
    register: Register,
    faults: Faults,
) -> None:
    """Nobody takes part twice, and a target is not its own investor. Two organizations of one
    name are two only where both were chosen from the register."""
    seen = [target] if target["name"] else []
    for at, one in zip(numbers, investors, strict=True):
        if one["name"]:
            other = next((known for known in seen if _alike(known, one, register)), None)
            if other is not None:
                said = (
                    _("%(name)s is the target of this deal: name its investors here.")
                    if other is target
                    else _("%(name)s is named twice: keep one of the rows.")
                )
                faults.note(f"investors-{at}-name", said % {"name": one["name"]})
            seen.append(one)


def read_list(text: str, investors: Sequence[Facts], faults: Faults) -> str:
    """Whether all investors are named. Only a person who says so makes a list complete."""
    if not text.strip():
        return "partial" if investors else "none"
    said = faults.take("investor_list", fields.CLOSED["investor_list"], text, "")
    if not said:
        return ""
    if said == "none" and any(one["name"] for one in investors):
        faults.note("investor_list", _("Investors are named below: choose partial or complete."))
    elif said != "none" and not investors:
        faults.note(
            "investor_list", _("No investor is named: name one, or choose that none is published.")
        )
    elif said == "complete" and not all(one["name"] for one in investors):
        faults.note(
            "investor_list", _("An investor has no name, so that the list is partial: choose that.")
        )
    return str(said)


def _alike(one: Facts, other: Facts, register: Register) -> bool:
    if one["id"] and other["id"]:
        return bool(one["id"] == other["id"])
    for chosen, named in ((one, other), (other, one)):
        organization = register.chosen(chosen["id"])
        if organization is not None and register.bears(organization, named["name"]):
            return True
    return normalise(one["name"]) == normalise(other["name"])


def _lead(field: str, text: str, faults: Faults) -> bool | None:
    return faults.take(field, fields.yes_no, text, None)


def _stake(field: str, text: str, faults: Faults) -> str | None:
    found = faults.take(field, fields.stake, text, None)
    return None if found is None else format(found, "f")


def _check_number(count: int, most: int, faults: Faults) -> None:
    if count <= most:
        return
    said = ngettext(
        "The form has %(count)s investor, more than %(most)s: bring such a deal in as a file.",
        "The form has %(count)s investors, more than %(most)s: bring such a deal in as a file.",
        count,
    )
    counts = {"count": localised.decimal(count), "most": localised.decimal(most)}
    faults.note(f"investors-{most}-name", said % counts)
