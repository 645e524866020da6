"""Deciding on an import that waits for review."""

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from deals.feeds.deliver import NotDecidableError, deliver
from deals.models import ImportRun


class OwnImportError(Exception):
    """Who brought a file in does not decide on it, unless the desk has only one person."""


def approve(run_id: int, *, by: AbstractBaseUser | None = None, reason: str = "") -> ImportRun:
    """Publish an import in review. `by` None is the command line, recorded as system."""
    run = ImportRun.objects.get(pk=run_id)
    own = _is_own(run, by)
    return deliver(
        run.pk,
        by=by.get_username() if by else "system",
        decided_by=by.pk if by else None,
        self_approved=own,
        reason=reason or f"Import {run.pk} of {run.file_name}",
    )


def reject(run_id: int, *, by: AbstractBaseUser | None = None, reason: str) -> ImportRun:
    """Close an import without publishing anything of it. What it staged stays to be looked at."""
    with transaction.atomic():
        run = ImportRun.objects.select_for_update().get(pk=run_id)
        if run.state != ImportRun.State.REVIEW:
            raise NotDecidableError(
                f"Import {run.pk} is {run.state}; only an import in review can be rejected."
            )
        run.state, run.reason = ImportRun.State.REJECTED, reason
        run.decided_at, run.decided_by_id = timezone.now(), by.pk if by else None
        run.save(update_fields=["state", "reason", "decided_at", "decided_by"])
    return run


def _is_own(run: ImportRun, by: AbstractBaseUser | None) -> bool:
    own = by is not None and run.created_by_id == by.pk
    if own and not settings.SELF_APPROVAL:
        raise OwnImportError(
            f"You brought in import {run.pk} yourself; somebody else has to approve it."
        )
    return own
