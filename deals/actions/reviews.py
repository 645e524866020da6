"""Deciding on what others wrote, and talking about it until then.

A review is of a version of a deal or of an edit of an organization; both are decided on here. What
a person decides on is what they saw: `seen` is `seen_mark` of the review when its page was made.
"""

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from deals import journal
from deals.actions import evidence
from deals.actions.deals import NotAllowed, approve, reject
from deals.actions.notices import page_of
from deals.models import Comment, DealVersion, OrganizationEdit, Review, ledger
from deals.rules.roles import REVIEW

Person = AbstractBaseUser
Waiting = Review.Waiting


def writer_of(review: Review) -> int | None:
    """Id of the person who handed it in; None for the command line."""
    return _thing(review).created_by_id


def subject_of(review: Review) -> str:
    """What it is about, as people call it."""
    if review.edit is not None:
        return review.edit.organization.name
    assert review.version is not None
    return review.version.target_name


def seen_mark(review: Review) -> str:
    """Tells one handing in of the same thing from the next."""
    return review.submitted_at.isoformat()


def is_own(review: Review, by: Person) -> bool:
    """Whether this person wrote it and may therefore not decide on it."""
    return writer_of(review) == by.pk and not settings.SELF_APPROVAL


@transaction.atomic
def publish(*, review: Review, seen: str, by: Person, reason: str = "") -> None:
    """Make it live. Raises `NotAllowed`, `Clash`, or StaleVersionError as `approve` does."""
    if review.version is not None:
        # The order in which every writer takes these: the ledger, the version, its review.
        ledger.lock()
        version = _locked_version(review.version)
        _as_seen(review, seen)
        approve(version=version, by=by, reason=reason)
    elif review.edit is not None:
        edit = _locked_edit(review.edit, review, seen)
        evidence.publish_edit(edit=edit, by=by, reason=reason)
    _decided(review, "published", by, reason)


@transaction.atomic
def turn_down(*, review: Review, seen: str, by: Person, reason: str) -> None:
    """Close it without publishing anything; the reason is needed."""
    if review.version is not None:
        version = _locked_version(review.version)
        _as_seen(review, seen)
        reject(version=version, by=by, reason=reason)
    elif review.edit is not None:
        edit = _locked_edit(review.edit, review, seen)
        evidence.reject_edit(edit=edit, by=by, reason=reason)
    _decided(review, "rejected", by, reason)


@transaction.atomic
def assign(*, review: Review, to: User | None, by: Person) -> Review:
    """Say who looks at it; nobody in particular without `to`."""
    locked = _open(review)
    if to is not None and not (to.is_active and to.has_perm(REVIEW)):
        raise NotAllowed(_("Only somebody who reviews can have this assigned."))
    if to is not None and is_own(locked, to):
        raise NotAllowed(_("Whoever wrote this cannot decide on it; assign it to somebody else."))
    if locked.assigned_to_id == (to.pk if to else None):
        return locked
    locked.assigned_to = to
    locked.save(update_fields=["assigned_to"])
    _record("assigned", locked, by, to.get_username() if to else "")
    if to is not None:
        _tell([to.pk], "assigned", locked, by)
    return locked


@transaction.atomic
def comment(*, review: Review, by: Person, text: str) -> Comment:
    """Say something about it; also when it has been decided on."""
    locked = Review.objects.select_for_update(of=("self",)).get(pk=review.pk)
    made = _say(locked, by, Comment.Kind.COMMENT, text)
    _record("commented", locked, by, text)
    _tell(_concerned(locked), "commented", locked, by, text)
    return made


@transaction.atomic
def ask(*, review: Review, by: Person, text: str) -> Comment:
    """Ask its writer something; the decision waits for the answer."""
    locked = _open(review)
    writer = writer_of(locked)
    if writer is None:
        raise NotAllowed(_("Nobody in particular wrote this, so there is nobody to ask."))
    if writer == by.pk:
        raise NotAllowed(_("You wrote this yourself; leave a comment instead."))
    made = _say(locked, by, Comment.Kind.QUESTION, text)
    locked.waiting_for = Waiting.ANSWER
    locked.save(update_fields=["waiting_for"])
    _record("asked", locked, by, text)
    _tell([writer], "asked", locked, by, text)
    return made


@transaction.atomic
def answer(*, review: Review, by: Person, text: str) -> Comment:
    """Answer the open question; it waits for a decision again. Only its writer does."""
    locked = _open(review)
    if writer_of(locked) != by.pk:
        raise NotAllowed(_("Only the person who was asked can answer; leave a comment instead."))
    if locked.waiting_for != Waiting.ANSWER:
        raise NotAllowed(_("No question waits for an answer here; leave a comment instead."))
    made = _say(locked, by, Comment.Kind.ANSWER, text)
    locked.waiting_for = Waiting.DECISION
    locked.save(update_fields=["waiting_for"])
    _record("answered", locked, by, text)
    _tell(_concerned(locked), "answered", locked, by, text)
    return made


def _thing(review: Review) -> DealVersion | OrganizationEdit:
    found = review.version or review.edit
    assert found is not None, "The database holds that a review is of one of the two."
    return found


def _open(review: Review) -> Review:
    locked = Review.objects.select_for_update(of=("self",)).get(pk=review.pk)
    if locked.closed_at is not None:
        raise NotAllowed(_("Somebody has decided on this already; nothing was changed."))
    return locked


def _as_seen(review: Review, seen: str) -> None:
    """Between the page and the button its writer may have mended it and handed it in again."""
    if seen_mark(_open(review)) != seen:
        raise NotAllowed(
            _("It was submitted again since you opened it. Nothing was decided: look at it again.")
        )


def _locked_version(version: DealVersion) -> DealVersion:
    # Whoever comments has its review first, and then points to it: that must not wait for us.
    return DealVersion.objects.select_for_update(no_key=True, of=("self",)).get(pk=version.pk)


def _locked_edit(edit: OrganizationEdit, review: Review, seen: str) -> OrganizationEdit:
    # The ledger comes later: publishing evidence waits for those who match names before it.
    locked = OrganizationEdit.objects.select_for_update(no_key=True, of=("self",)).get(pk=edit.pk)
    _as_seen(review, seen)
    return locked


def _decided(review: Review, kind: str, by: Person, reason: str) -> None:
    if reason:
        _say(review, by, Comment.Kind.DECISION, reason)
    writer = writer_of(review)
    if writer is not None:
        _tell([writer], kind, review, by, reason)


def _say(review: Review, by: Person, kind: Comment.Kind, text: str) -> Comment:
    if not text.strip():
        raise NotAllowed(_("Write something first."))
    return Comment.objects.create(
        review=review, by_id=by.pk, kind=kind, text=text, at=timezone.now()
    )


def _concerned(review: Review) -> list[int]:
    """Its writer, whoever it is assigned to, and everybody who has said something."""
    spoke = review.comments.values_list("by_id", flat=True)
    return [pk for pk in (writer_of(review), review.assigned_to_id, *spoke) if pk]


def _record(verb: str, review: Review, by: Person, text: str) -> None:
    about = {"version": review.version} if review.version else {"edit": review.edit}
    journal.record(verb, by=by, text=text, **about)


def _tell(people: list[int], kind: str, review: Review, by: Person, text: str = "") -> None:
    journal.notify(people, kind, by=by, subject=subject_of(review), link=page_of(review), text=text)
