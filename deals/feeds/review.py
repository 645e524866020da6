"""Deciding on an import that waits for review."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from deals.feeds.sampling import why_not_yet
from deals.models import ImportRun

State, Phase = ImportRun.State, ImportRun.Phase


class NotDecidableError(Exception):
    """The import is not in a state in which this can be decided; the message says so."""


class OwnImportError(Exception):
    """Who brought a file in does not decide on it, unless the desk has only one person."""


def decide(run_id: int, *, by: AbstractBaseUser | None = None, reason: str = "") -> ImportRun:
    """Note an approval; the import then waits for a worker that publishes it.

    A person has to have looked at its sample (`deals.feeds.sampling`) or is refused.
    """
    with transaction.atomic():
        run = _in_review(run_id, "published")
        if is_own(run, by) and not settings.SELF_APPROVAL:
            raise OwnImportError(
                f"You brought in import {run.pk} yourself; somebody else has to approve it."
            )
        if by is not None and (missing := why_not_yet(run)):
            raise NotDecidableError(missing)
        run.state, run.phase, run.checkpoint = State.QUEUED, Phase.PREPARING, {}
        run.decided_by_id, run.decided_at = by.pk if by else None, timezone.now()
        run.reason, run.tries, run.claims = reason, 0, 0
        run.save(
            update_fields=[
                "state", "phase", "checkpoint", "decided_by", "decided_at", "reason", "tries",
                "claims",
            ]
        )  # fmt: skip
    return run


def approve(
    run_id: int,
    *,
    by: AbstractBaseUser | None = None,
    reason: str = "",
    ring: Callable[[int], object],
) -> ImportRun:
    """Have an import in review published by a worker. `by` None is recorded as system."""
    with transaction.atomic():
        run = decide(run_id, by=by, reason=reason)
        transaction.on_commit(lambda: ring(run.pk))
    return run


def reject(run_id: int, *, by: AbstractBaseUser | None = None, reason: str) -> ImportRun:
    """Close an import without publishing anything of it. What it staged stays to be looked at."""
    with transaction.atomic():
        run = _in_review(run_id, "rejected")
        run.state, run.reason = State.REJECTED, reason
        run.decided_at, run.decided_by_id = timezone.now(), by.pk if by else None
        run.finished_at = run.decided_at
        run.save(update_fields=["state", "reason", "decided_at", "decided_by", "finished_at"])
    return run


def is_own(run: ImportRun, by: AbstractBaseUser | None) -> bool:
    """Whether this person brought the file in."""
    return by is not None and run.created_by_id == by.pk


def _in_review(run_id: int, word: str) -> ImportRun:
    run = ImportRun.objects.select_for_update(of=("self",)).get(pk=run_id)
    if run.state != State.REVIEW:
        raise NotDecidableError(
            f"Import {run.pk} is {run.state}; only an import in review can be {word}."
        )
    return run
