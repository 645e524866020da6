"""A draft that a browser begins twice."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from deals.actions.drafts import begin_draft
from deals.models import Deal, DealVersion, Draft, Report

User = AbstractBaseUser
Typed = dict[str, Any]


@transaction.atomic
def begin_once(
    *,
    by: User,
    typed: Typed,
    form: str,
    deal: Deal | None = None,
    report: Report | None = None,
    seen: DealVersion | None = None,
) -> Draft:
    """The draft that this form has begun, in whatever state it is, or else as `begin_draft` does.

    `form` names one form that was shown, so that a press of the button that arrives twice, or an
    answer that was lost on its way, never makes two deals, nor two versions of one.
    """
    # Locked, so that of two that arrive at once the second finds what the first has begun; whoever
    # tells this person something meanwhile may still point to them.
    get_user_model().objects.select_for_update(no_key=True).get(pk=by.pk)
    begun = Draft.objects.filter(owner_id=by.pk, typed__form=form).order_by("pk")
    # A new deal's draft has a deal as soon as it was handed in.
    found = begun.filter(deal=deal).first() if deal else begun.first()
    if found is not None:
        return found
    return begin_draft(by=by, typed=typed | {"form": form}, deal=deal, report=report, seen=seen)
