"""The deal of which a typed one is a tranche: it is live, and not a part of the typed one."""

from django.utils.translation import gettext as _

from deals.entry.reading_faults import Faults
from deals.models import Deal, DealVersion
from deals.rules.errors import quoted

LONGEST_ID = 12


def read_umbrella(text: str, deal: str, faults: Faults) -> str:
    """The public id of a live deal, "" for none. `deal` is the public id of the typed one.

    An id that was merged leads to what it is now.
    """
    wanted = text.strip().upper()
    if not wanted:
        return ""
    found = _survivor(wanted)
    if found is None:
        faults.note(
            "part_of",
            _("%(text)s is no deal that is live: write an id such as D-7KQ3, or leave it blank.")
            % {"text": quoted(text)},
        )
        return ""
    if deal and _leads_to(found, deal):
        faults.note("part_of", _("A deal cannot be a part of itself: choose another one."))
        return ""
    return found.public_id


def _survivor(public_id: str) -> Deal | None:
    if len(public_id) > LONGEST_ID or not public_id.isprintable():
        return None
    found = Deal.objects.filter(public_id=public_id).first()
    while found is not None and found.merged_into is not None:
        found = found.merged_into
    return found if found and found.versions.live().exists() else None


def _leads_to(start: Deal, deal: str) -> bool:
    """Whether the way up from a deal, by its umbrellas, comes past another."""
    seen: set[int] = set()
    at: Deal | None = start
    while at is not None and at.pk not in seen:
        if at.public_id == deal:
            return True
        seen.add(at.pk)
        version = DealVersion.objects.live().filter(deal=at).select_related("part_of").first()
        at = version.part_of if version else None
    return False
