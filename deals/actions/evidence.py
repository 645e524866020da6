"""What people do with evidence about organizations: propose, publish, turn down, take back.

An edit is published as it was proposed or not at all: where a line of the evidence has changed
meanwhile it is refused with what stands there now. Deals that the evidence moves get new versions
with the edit's reason, in the same transaction.
"""

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from deals import journal
from deals.actions.deals import NotAllowed
from deals.actions.evidence_rows import apply
from deals.actions.notices import tell_reviewers
from deals.actions.turns import take_turn
from deals.entry.evidence import LISTS, Change, overtaken, record
from deals.entry.evidence_moves import current, moves
from deals.feeds.publish import Published
from deals.feeds.repoint import Repointing, repoint
from deals.feeds.spellings import rebuild
from deals.models import Change as LedgerEntry
from deals.models import Organization, OrganizationEdit, Review, ledger
from deals.models.attribution import OwnerBook, on_record

User = AbstractBaseUser | None
State = OrganizationEdit.State


class Overtaken(NotAllowed):
    """Lines of the evidence are not what the edit was made from; `lines` are the changes that do
    not fit, each with what stands there now."""

    def __init__(self, lines: list[tuple[Change, dict[str, str] | None]]) -> None:
        self.lines = lines
        super().__init__(
            _("Somebody has changed the same lines of the evidence meanwhile. Nothing was done.")
        )


@transaction.atomic
def propose(
    *, organization: Organization, changes: list[Change], reason: str, by: AbstractBaseUser
) -> OrganizationEdit:
    """Hand changes in for somebody else's decision (`deals.entry.evidence` has their shape)."""
    _needs_reason(reason)
    locked = _locked(organization)
    if not changes:
        raise NotAllowed(_("Nothing differs from what is on record."))
    if locked.edits.filter(state=State.SUBMITTED, changes=changes).exists():
        raise NotAllowed(_("Exactly this waits for a decision already."))
    _refuse_overtaken(changes, locked)
    now = timezone.now()
    edit = OrganizationEdit.objects.create(
        organization=locked, changes=changes, reason=reason, created_by_id=by.pk, created_at=now
    )
    review = Review.objects.create(edit=edit, submitted_at=now)
    journal.record("submitted", by=by, edit=edit, text=reason)
    tell_reviewers(review, subject=locked.name, by=by, text=reason)
    return edit


@transaction.atomic
def publish_edit(*, edit: OrganizationEdit, by: User, reason: str = "") -> OrganizationEdit:
    """Let the changes take effect, and publish the deals that they move. Raises `NotAllowed`, and
    `Overtaken` where the evidence has changed; nothing has happened then."""
    own = _refuse_own(edit, by, _("You wrote this yourself; somebody else has to approve it."))
    edit = _open(edit, _("published"))
    take_turn()
    organization = _locked(edit.organization)
    _refuse_overtaken(edit.changes, organization)
    change = _applied(organization, edit.changes)
    published = repoint(change, by=_name(by), decided_by=by.pk if by else None, reason=edit.reason)
    entry = ledger.append(
        LedgerEntry.Kind.ORGANIZATION,
        by=_name(by),
        reason=edit.reason,
        organization=organization,
        fields=_fields(edit, published),
    )
    edit.seq = entry.seq
    if published.first <= published.last:
        edit.versions = [published.first, published.last]
    _close(edit, State.PUBLISHED, by, reason, own)
    journal.record("published", by=by, edit=edit, text=reason)
    return edit


@transaction.atomic
def reject_edit(*, edit: OrganizationEdit, by: User, reason: str) -> OrganizationEdit:
    """Close an edit without publishing it; a reason is needed."""
    if not reason.strip():
        raise NotAllowed(_("Say why: the person who submitted this will want to know."))
    own = _refuse_own(edit, by, _("You wrote this yourself; take it back instead."))
    edit = _open(edit, _("rejected"))
    _close(edit, State.REJECTED, by, reason, own)
    journal.record("rejected", by=by, edit=edit, text=reason)
    return edit


@transaction.atomic
def withdraw_edit(*, edit: OrganizationEdit, by: User) -> OrganizationEdit:
    """Take an edit back; only its writer can."""
    if by is not None and edit.created_by_id != by.pk:
        raise NotAllowed(_("Only the person who submitted this can take it back."))
    edit = _open(edit, _("taken back"))
    _close(edit, State.WITHDRAWN, by, "", False)
    journal.record("took_back", by=by, edit=edit)
    return edit


def _applied(organization: Organization, changes: list[Change]) -> Repointing:
    """Write the rows, and say what moves by them; holds the ledger's lock from then on.

    Thousands of deals are compared before the lock, and again only where somebody has published
    in between.
    """
    before = OwnerBook(on_record(also=[organization.pk]))
    apply(organization, changes)
    rebuild([organization.pk])
    after = OwnerBook(on_record(also=[organization.pk]))
    seen = current(organization.pk)
    found = moves(seen, before, after)
    ledger.lock()
    now = current(organization.pk)
    return found.change if now == seen else moves(now, before, after).change


def _fields(edit: OrganizationEdit, published: Published) -> list[str]:
    """What the ledger says of an edit: kinds of facts, the edit, the entries of the moved deals."""
    fields = []
    for change in edit.changes:
        fields += [LISTS[change["what"]]] if change["what"] in LISTS else list(change["after"])
    fields = [*dict.fromkeys(fields), f"edit:{edit.pk}"]
    if published.first <= published.last:
        fields.append(f"changes:{published.first}-{published.last}")
    return fields


def _locked(organization: Organization) -> Organization:
    """Read again; nobody else writes it until the transaction ends."""
    found = Organization.objects.select_for_update(no_key=True, of=("self",)).get(
        pk=organization.pk
    )
    if found.merged_into is not None:
        said = _("%(one)s is part of %(other)s (%(id)s) by now: edit that one.")
        other = found.merged_into
        raise NotAllowed(said % {"one": found, "other": other, "id": other.public_id})
    return found


def _open(edit: OrganizationEdit, word: str) -> OrganizationEdit:
    """The edit, locked, if nobody has decided on it."""
    found = OrganizationEdit.objects.select_for_update(no_key=True, of=("self",)).get(pk=edit.pk)
    if found.state != State.SUBMITTED:
        said = _("Somebody has decided on this already: it is %(state)s, and cannot be %(word)s.")
        raise NotAllowed(said % {"state": found.get_state_display().lower(), "word": word})
    return found


def _close(edit: OrganizationEdit, state: State, by: User, said: str, own: bool) -> None:
    edit.state, edit.decision, edit.self_approved = state, said, own
    edit.decided_by_id, edit.decided_at = by.pk if by else None, timezone.now()
    edit.save()
    Review.objects.filter(edit=edit, closed_at=None).update(closed_at=edit.decided_at)


def _refuse_own(edit: OrganizationEdit, by: User, why: str) -> bool:
    own = by is not None and edit.created_by_id == by.pk
    if own and not settings.SELF_APPROVAL:
        raise NotAllowed(why)
    return own


def _refuse_overtaken(changes: list[Change], organization: Organization) -> None:
    if lines := overtaken(changes, record(organization)):
        raise Overtaken(lines)


def _needs_reason(reason: str) -> None:
    if not reason.strip():
        raise NotAllowed(_("Say why: the reason stays in the ledger."))


def _name(by: User) -> str:
    return by.get_username() if by is not None else "system"
