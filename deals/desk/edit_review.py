"""What a reviewer of an edit of an organization sees, computed afresh as long as it waits."""

from typing import Any

from deals.desk.evidence_flips import flips
from deals.desk.organization_edit import weigh_edit
from deals.entry.evidence import overtaken, record
from deals.entry.evidence_words import lines, stands
from deals.models import OrganizationEdit, Review
from deals.models.change import Change


def context(review: Review) -> dict[str, Any]:
    """For `desk/parts/edit_review.html`: the changes in words; while it waits, the deals that flip
    and the lines that somebody else has changed meanwhile; once published, what it moved."""
    edit = review.edit
    assert edit is not None, "Only a review of an edit comes here."
    found: dict[str, Any] = {"organization": edit.organization, "lines": lines(edit.changes)}
    if edit.state != OrganizationEdit.State.SUBMITTED:
        return found | {"moved": _moved(edit)}
    now = record(edit.organization)
    flipped = flips(edit.organization, edit.changes)
    weigh_edit(review, flipped)
    return found | {
        "flips": flipped,
        "effect": flipped.effect,
        "overtaken": [stands(*each) for each in overtaken(edit.changes, now)],
    }


def _moved(edit: OrganizationEdit) -> list[Change]:
    """The entries of the deals that it moved, the first hundred."""
    if not edit.versions:
        return []
    first, last = edit.versions
    entries = Change.objects.filter(seq__range=(first, last)).select_related("deal", "version")
    return list(entries.order_by("seq")[:100])
