"""What a person does with a draft: begin, save, throw away, hand in.

Saving never validates: text stays text until it is handed in. Handing in compares with what is live
by then (`deals.entry.three_way`), so that nobody's change is lost in silence.
"""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.utils import timezone

from deals import journal
from deals.actions.deals import NotAllowed, open_review
from deals.actions.rebase import combined
from deals.actions.writing import facts_of, hold_deal, rewrite_version, write_version
from deals.entry.facts import Facts, differing
from deals.feeds import match
from deals.models import Deal, DealVersion, Draft, Report

User = AbstractBaseUser
Typed = dict[str, Any]
State = DealVersion.State


class Overtaken(Exception):
    """Another window saved this draft first; `draft` is what it saved."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        super().__init__("This draft was saved in another window since you opened it here.")


@transaction.atomic
def begin_draft(
    *,
    by: User,
    typed: Typed,
    deal: Deal | None = None,
    report: Report | None = None,
    seen: DealVersion | None = None,
) -> Draft:
    """The person's open draft of a deal, or a new one that is filled with `typed`.

    `seen` is the published version that the form was filled from, where a newer one may be live by
    now; handing in then compares with what the person saw.
    """
    if deal is not None:
        # Locked, so that of two windows that open at once both get the same draft.
        deal = hold_deal(deal)
        found = Draft.objects.filter(owner_id=by.pk, deal=deal, state=Draft.State.OPEN).first()
        if found is not None:
            return found
    live = deal.versions.live().first() if deal else None
    if deal is not None and live is None:
        raise NotAllowed(f"{deal} is not live, so there is nothing to edit. Restore it first.")
    now = timezone.now()
    draft = Draft.objects.create(
        owner_id=by.pk,
        deal=deal,
        based_on=seen or live,
        report=report,
        typed=typed,
        created_at=now,
        saved_at=now,
    )
    journal.record("began", by=by, deal=deal, report=report)
    return draft


@transaction.atomic
def save_draft(*, draft: Draft, typed: Typed, revision: int, by: User) -> Draft:
    """Keep what was typed. Raises `Overtaken` when the draft is not at `revision` any more."""
    locked = _own(draft, by)
    if locked.revision != revision:
        raise Overtaken(locked)
    locked.typed, locked.revision, locked.saved_at = typed, revision + 1, timezone.now()
    locked.save(update_fields=["typed", "revision", "saved_at"])
    return locked


@transaction.atomic
def discard_draft(*, draft: Draft, by: User) -> Draft:
    """Throw a draft away; what it says stays readable to its owner."""
    locked = _own(draft, by)
    locked.state, locked.saved_at = Draft.State.DISCARDED, timezone.now()
    locked.save(update_fields=["state", "saved_at"])
    journal.record("discarded", by=by, deal=locked.deal, report=locked.report)
    return locked


@transaction.atomic
def reopen_draft(*, draft: Draft, by: User) -> Draft:
    """Go on with a draft whose version was taken back; handing in again mends that version."""
    locked = _owned(draft, by)
    if locked.version is None or locked.version.state != State.DRAFT:
        raise NotAllowed("Take back what you submitted first; then it can be mended.")
    others = Draft.objects.filter(owner_id=by.pk, deal=locked.deal, state=Draft.State.OPEN)
    if others.exclude(pk=locked.pk).exists():
        raise NotAllowed("You have another open draft of this deal; finish or discard it first.")
    locked.state, locked.saved_at = Draft.State.OPEN, timezone.now()
    locked.save(update_fields=["state", "saved_at"])
    return locked


@transaction.atomic
def submit_draft(*, draft: Draft, facts: Facts, reason: str, by: User) -> DealVersion:
    """Hand a draft in. Raises `Clash` where a person has to choose first, and has done nothing.

    Changes of others in other facts are taken over; `facts` are as validated from the draft.
    """
    # Before any row is locked, as everybody does who matches names.
    match.lock()
    locked = _own(draft, by)
    live = None
    if locked.deal is not None:
        hold_deal(locked.deal)
        live = locked.deal.versions.live().first()
        if live is None and locked.deal.versions.filter(state=State.PUBLISHED).exists():
            raise NotAllowed(f"{locked.deal} was retracted or merged meanwhile. Restore it first.")
        facts, compared = combined(locked.based_on, live, facts)
        if live is not None:
            said = compared.theirs if compared else facts_of(live)
            if not differing(said, facts):
                raise NotAllowed("Nothing differs from what the register says already.")
    version = _written(locked, live, facts, reason, by)
    locked.version, locked.deal, locked.state = version, version.deal, Draft.State.SUBMITTED
    locked.based_on, locked.saved_at = live, timezone.now()
    locked.save()
    open_review(version=version, by=by)
    return version


@transaction.atomic
def rebase_draft(*, draft: Draft, typed: Typed, live: DealVersion, by: User) -> Draft:
    """Go on from the version that is live now, with what the person chose of both sides."""
    locked = _own(draft, by)
    locked.based_on, locked.typed = live, typed
    locked.revision, locked.saved_at = locked.revision + 1, timezone.now()
    locked.save(update_fields=["based_on", "typed", "revision", "saved_at"])
    return locked


def _own(draft: Draft, by: User) -> Draft:
    """The draft, locked, if it is this person's and still open."""
    locked = _owned(draft, by)
    if locked.state != Draft.State.OPEN:
        raise NotAllowed(f"This draft was {locked.state} already.")
    return locked


def _owned(draft: Draft, by: User) -> Draft:
    locked = Draft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    if locked.owner_id != by.pk:
        raise NotAllowed("This is somebody else's draft.")
    return locked


def _written(
    draft: Draft, live: DealVersion | None, facts: Facts, reason: str, by: User
) -> DealVersion:
    """A version that was taken back is mended where it is; else there is a new one."""
    back = draft.version
    if back is None or back.state != State.DRAFT:
        return write_version(facts=facts, by=by, reason=reason, deal=draft.deal, based_on=live)
    rewrite_version(version=back, facts=facts, reason=reason, based_on=live)
    if not DealVersion.objects.filter(pk=back.pk, state=back.state).update(state="submitted"):
        raise IntegrityError("The version was moved while it was locked.")
    back.refresh_from_db()
    return back
