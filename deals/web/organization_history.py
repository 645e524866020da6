"""What happened to what is known about an organization, from the ledger, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from deals.entry.evidence_words import Line, lines
from deals.models import Change, Organization, OrganizationEdit

MOST = 20
MERGED_INTO, SPLIT_FROM, CHANGES = "merged_into:", "split_from:", "changes:"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: what was done in a sentence ("" where only lines changed), the lines of the
    evidence old and new, and how many deals got a new version by it."""

    seq: int
    at: datetime
    by: str
    reason: str
    what: str
    lines: tuple[Line, ...]
    moved: int


def history(ids: Sequence[int]) -> list[Entry]:
    """Entries about these organizations: one, and those merged into it; three queries."""
    changes = Change.objects.filter(organization__in=ids).select_related("organization")
    newest = list(changes.order_by("-seq")[:MOST])
    seqs = [change.seq for change in newest]
    edits = {edit.seq: edit for edit in OrganizationEdit.objects.filter(seq__in=seqs)}
    named = _named(newest)
    return [_entry(change, edits.get(change.seq), named) for change in newest]


def _entry(change: Change, edit: OrganizationEdit | None, named: dict[str, str]) -> Entry:
    return Entry(
        seq=change.seq,
        at=change.at,
        by=change.by,
        reason=change.reason,
        what=_what(change, named),
        lines=tuple(lines(edit.changes)) if edit else (),
        moved=_moved(change.fields),
    )


def _what(change: Change, named: dict[str, str]) -> str:
    """A merge or a split in a sentence."""
    said = {
        MERGED_INTO: _("%(one)s was merged into %(other)s."),
        SPLIT_FROM: _("%(one)s was split from %(other)s again."),
    }
    for field in change.fields:
        kind, _colon, public_id = str(field).partition(":")
        if sentence := said.get(f"{kind}:"):
            other = named.get(public_id, public_id)
            return sentence % {"one": change.organization, "other": other}
    return ""


def _named(changes: Sequence[Change]) -> dict[str, str]:
    ids = {
        str(field).partition(":")[2]
        for change in changes
        for field in change.fields
        if str(field).startswith((MERGED_INTO, SPLIT_FROM))
    }
    if not ids:
        return {}
    rows = Organization.objects.filter(public_id__in=ids)
    return dict(rows.values_list("public_id", "name"))


def _moved(fields: Sequence[object]) -> int:
    for field in fields:
        if str(field).startswith(CHANGES):
            first, _dash, last = str(field).removeprefix(CHANGES).partition("-")
            return int(last) - int(first) + 1
    return 0
