"""What people do to deals: submit, decide, retract, restore, merge; one transaction each.

`by` None is the command line and is recorded as system. Nobody decides on what they wrote
themselves, unless the setting SELF_APPROVAL allows it, and then the version says so for ever.
"""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from deals import journal
from deals.actions.notices import tell_reviewers, tell_the_overtaken
from deals.actions.rebase import bring_up_to_date
from deals.actions.writing import hold_deal
from deals.feeds import match
from deals.feeds.publish import publish
from deals.models import (
    Change,
    Citation,
    Deal,
    DealFact,
    DealVersion,
    Organization,
    Participation,
    Review,
    ledger,
)
from deals.models.attribution import OwnerBook

State = DealVersion.State
User = AbstractBaseUser | None


class NotAllowed(Exception):
    """The action is not open to this person, or not in this state; the message says why."""


def submit(*, version: DealVersion, by: User) -> DealVersion:
    """Hand a draft to a colleague for a decision."""
    with transaction.atomic():
        _move(version, State.DRAFT, State.SUBMITTED, "submitted")
        open_review(version=version, by=by)
    return version


def take_back(*, version: DealVersion, by: User) -> DealVersion:
    """Make a submitted version a draft again; only its writer can."""
    if by is not None and version.created_by_id != by.pk:
        raise NotAllowed("Only the person who submitted this can take it back.")
    with transaction.atomic():
        _move(version, State.SUBMITTED, State.DRAFT, "taken back")
        close_review(version)
        journal.record("took_back", by=by, version=version)
    return version


def approve(*, version: DealVersion, by: User, reason: str = "") -> DealVersion:
    """Publish a submitted version.

    What others have published of the deal meanwhile is kept, fact by fact. Raises `Clash` where
    both changed the same fact, `NotAllowed`, or StaleVersionError when the deal is not live any
    more; nothing has happened then.
    """
    own = by is not None and version.created_by_id == by.pk
    if own and not settings.SELF_APPROVAL:
        raise NotAllowed("You wrote this yourself; somebody else has to approve it.")
    with transaction.atomic():
        # First the ledger, as a merge of organizations does: it changes waiting versions, too.
        ledger.lock()
        # Locked, so that of two people who decide at once the second is told what the first did;
        # whoever comments on it meanwhile may still point to it.
        locked = DealVersion.objects.select_for_update(no_key=True, of=("self",)).get(pk=version.pk)
        _must_be(locked, State.SUBMITTED, "approved")
        bring_up_to_date(locked)
        publish(
            [version.pk],
            by=_name(by),
            decided_by=by.pk if by else None,
            self_approved=own,
            reason=reason or version.reason,
        )
        close_review(version)
        journal.record("published", by=by, version=version, text=reason)
        tell_the_overtaken(locked, by)
    version.refresh_from_db()
    return version


def reject(*, version: DealVersion, by: User, reason: str) -> DealVersion:
    """Close a submitted version without publishing it; a reason is needed."""
    if not reason.strip():
        raise NotAllowed("Say why: the person who submitted this will want to know.")
    own = by is not None and version.created_by_id == by.pk
    if own and not settings.SELF_APPROVAL:
        raise NotAllowed("You wrote this yourself; take it back instead of rejecting it.")
    with transaction.atomic():
        _move(
            version,
            State.SUBMITTED,
            State.REJECTED,
            "rejected",
            decided_by_id=by.pk if by else None,
            decided_at=timezone.now(),
            self_approved=own,
            reason=reason,
        )
        close_review(version)
        journal.record("rejected", by=by, version=version, text=reason)
    return version


def open_review(*, version: DealVersion, by: User) -> Review:
    """Put a submitted version into the queue; once more if it was taken back before."""
    review, _made = Review.objects.update_or_create(
        version=version,
        defaults={
            "submitted_at": timezone.now(),
            "closed_at": None,
            "waiting_for": Review.Waiting.DECISION,
            "impact": None,
            "impact_seq": None,
        },
    )
    journal.record("submitted", by=by, version=version, text=version.reason)
    tell_reviewers(review, subject=version.target_name, by=by, text=version.reason)
    return review


def close_review(version: DealVersion) -> None:
    """Nobody needs to look at it any more."""
    Review.objects.filter(version=version, closed_at=None).update(closed_at=timezone.now())


def retract(*, deal: Deal, by: User, reason: str) -> Change:
    """Take a deal out of every number. Its versions stay readable, and `restore` brings it back."""
    _needs_reason(reason)
    with transaction.atomic():
        seq = ledger.lock() + 1
        version = _live(deal, "retracted")
        change = ledger.append(
            Change.Kind.RETRACTED, by=_name(by), reason=reason, deal=deal, version=version
        )
        _supersede(version, seq)
        journal.record("retracted", by=by, version=version, text=reason)
    return change


def merge(*, deal: Deal, into: Deal, by: User, reason: str) -> Change:
    """Say that a deal is another one: it leaves the numbers, and its id leads there for ever.

    Its tranches become tranches of the other, so that an umbrella still never counts beside them.
    """
    _needs_reason(reason)
    if deal.pk == into.pk:
        raise NotAllowed("A deal cannot be merged into itself.")
    with transaction.atomic():
        # Its parts get new versions: like everybody who numbers some, before the ledger.
        match.lock()
        for each in sorted((deal, into), key=lambda one: one.pk):
            hold_deal(each)
        seq = ledger.lock() + 1
        version = _live(deal, "merged")
        _refuse_other_population(version, _live(into, "a destination"))
        change = ledger.append(
            Change.Kind.MERGED,
            by=_name(by),
            reason=reason,
            deal=deal,
            version=version,
            merged_into=into,
        )
        _supersede(version, seq)
        Deal.objects.filter(pk=deal.pk).update(merged_into=into)
        deal.merged_into = into
        _move_parts(deal, into, by, reason)
        journal.record("merged", by=by, version=version, text=reason)
    return change


def _refuse_other_population(version: DealVersion, destination: DealVersion) -> None:
    """Populations are never added, and a deal leaves none of them by a merge."""
    if version.population_id and version.population_id != destination.population_id:
        raise NotAllowed(
            f"{version.deal} belongs to the population {version.population} and {destination.deal} "
            "does not. Merge the other way round, or leave both: populations are never added."
        )
    if destination.population and destination.population.generated and not version.population_id:
        raise NotAllowed(f"{destination.deal} is invented, so no real deal can be merged into it.")


def _move_parts(deal: Deal, into: Deal, by: User, reason: str) -> None:
    parts = DealVersion.objects.live().filter(part_of=deal).exclude(deal=into)
    moved = [_copy(part, reason, based_on=part, part_of=into).pk for part in parts]
    publish(moved, by=_name(by), reason=reason, decided_by=by.pk if by else None)


def restore(*, deal: Deal, by: User, reason: str) -> DealVersion:
    """Bring a retracted or merged deal back: a new version, a copy of the last one, goes live."""
    _needs_reason(reason)
    with transaction.atomic():
        hold_deal(deal)
        ledger.lock()
        if deal.versions.live().exists():
            raise NotAllowed(f"{deal} is live, so there is nothing to restore.")
        last = deal.versions.filter(state=State.PUBLISHED).order_by("-published_seq").first()
        if last is None:
            raise NotAllowed(f"{deal} was never published.")
        Deal.objects.filter(pk=deal.pk).update(merged_into=None)
        deal.merged_into = None
        copy = _copy(last, reason)
        publish(
            [copy.pk],
            by=_name(by),
            reason=reason,
            decided_by=by.pk if by else None,
            kind=Change.Kind.RESTORED,
        )
        journal.record("restored", by=by, version=copy, text=reason)
    copy.refresh_from_db()
    return copy


def _copy(last: DealVersion, reason: str, **changes: Any) -> DealVersion:
    """A submitted version with the same facts, participations and citations, but for `changes`."""
    parts = list(last.participations.select_related("investor"))
    citations = list(last.citations.all())
    copy = DealVersion.objects.get(pk=last.pk)
    copy.pk = None
    copy._state.adding = True
    highest = last.deal.versions.order_by("-number").values_list("number", flat=True)[0]
    copy.number, copy.state, copy.based_on, copy.reason = highest + 1, State.SUBMITTED, None, reason
    copy.created_by_id, copy.created_at = None, timezone.now()
    copy.decided_by_id = copy.decided_at = copy.published_seq = copy.superseded_seq = None
    copy.self_approved = False
    copy.target = _survivor(copy.target)
    for name, value in changes.items():
        setattr(copy, name, value)
    copy.save(force_insert=True)
    book = OwnerBook()
    for part in parts:
        part.pk, part.version = None, copy
        part.investor = _survivor(part.investor) if part.investor else None
        # Owners are those that are known today, as in every version that is written.
        owner = book.attribute(part.investor_id, part.country, copy.date_first, copy.date_last)
        part.ultimate, part.ultimate_basis = list(owner.countries), owner.basis
        part.state_linked = owner.state_linked
    for citation in citations:
        citation.pk, citation.version = None, copy
    Participation.objects.bulk_create(parts)
    Citation.objects.bulk_create(citations)
    return copy


def _survivor(organization: Organization) -> Organization:
    """A deal that was retracted when its organization was merged comes back to the one it is."""
    while organization.merged_into is not None:
        organization = organization.merged_into
    return organization


def _move(version: DealVersion, source: State, goal: State, word: str, **facts: Any) -> DealVersion:
    """Change a state by updating and counting, so that of two people only one succeeds."""
    moved = DealVersion.objects.filter(pk=version.pk, state=source).update(state=goal, **facts)
    version.refresh_from_db()
    if not moved:
        _must_be(version, source, word)
    return version


def _must_be(version: DealVersion, state: State, word: str) -> None:
    if version.state != state:
        raise NotAllowed(f"Only a {state} version can be {word}; this one is {version.state}.")


def _live(deal: Deal, word: str) -> DealVersion:
    version = deal.versions.live().first()
    if version is None:
        raise NotAllowed(f"{deal} is not live, so it cannot be {word}.")
    return version


def _supersede(version: DealVersion, seq: int) -> None:
    DealVersion.objects.filter(pk=version.pk).update(superseded_seq=seq)
    DealFact.objects.filter(pk=version.pk).update(superseded_seq=seq)


def _needs_reason(reason: str) -> None:
    if not reason.strip():
        raise NotAllowed("Say why: the reason stays in the ledger.")


def _name(by: User) -> str:
    return by.get_username() if by is not None else "system"
