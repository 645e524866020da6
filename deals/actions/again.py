"""Drafts that a browser begins twice, and drafts that are opened once more."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from deals.actions.deals import NotAllowed, take_back
from deals.actions.drafts import begin_draft
from deals.models import DealVersion, Draft, Report

User = AbstractBaseUser
Typed = dict[str, Any]


@transaction.atomic
def begin_once(*, by: User, typed: Typed, form: str, report: Report | None = None) -> Draft:
    """The draft of a new deal that this form has begun, or a new one filled with `typed`.

    `form` names one form that was shown, so that a press of the button that arrives twice, or an
    answer that was lost on its way, never makes two deals.
    """
    # Locked, so that of two that arrive at once the second finds what the first has begun.
    get_user_model().objects.select_for_update().get(pk=by.pk)
    found = Draft.objects.filter(owner_id=by.pk, typed__form=form).order_by("pk").first()
    if found is not None:
        return found
    return begin_draft(by=by, typed=typed | {"form": form}, report=report)


@transaction.atomic
def reopen_draft(*, draft: Draft, by: User) -> Draft:
    """Take what was handed in back, and go on with its draft; it becomes the same version again."""
    locked = Draft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    version = locked.version
    if locked.owner_id != by.pk or version is None or locked.state != Draft.State.SUBMITTED:
        raise NotAllowed(_("This draft is not waiting for a decision."))
    others = Draft.objects.filter(owner_id=by.pk, deal=locked.deal, state=Draft.State.OPEN)
    if others.exists():
        raise NotAllowed(
            _("You have begun another draft of this deal. Hand it in, or throw it away, first.")
        )
    # It may have been taken back already, on the page of its review.
    if version.state != DealVersion.State.DRAFT:
        take_back(version=version, by=by)
    # A deal that was never published has nothing to be compared with.
    if not version.deal.versions.filter(state=DealVersion.State.PUBLISHED).exists():
        locked.deal = None
    locked.state, locked.saved_at = Draft.State.OPEN, timezone.now()
    locked.revision += 1
    locked.save(update_fields=["deal", "state", "revision", "saved_at"])
    return locked
