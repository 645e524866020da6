"""Deals and changes that a program proposes for somebody: written at once, decided on by people.

There is no open draft on the way, so that what the person has begun at the desk stays theirs; what
was typed is kept beside the version, so that it can be taken back and mended there.
"""

from datetime import timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from deals import journal
from deals.actions.deals import NotAllowed, open_review
from deals.actions.writing import facts_of, hold_deal, write_version
from deals.entry.facts import Facts, differing, of_bundle
from deals.entry.typed import Typed
from deals.feeds import match
from deals.models import ApiKey, ApiWrite, DealVersion, Draft
from deals.models.bundles import load

User = AbstractBaseUser
# How long an answer is kept for who sends the same request again.
KEPT = timedelta(days=30)
# Of one person, about one target; more than these is no mistake that is sent again.
LOOKED_AT = 50


class NothingNew(NotAllowed):
    """The register says all of this already."""


class Stale(NotAllowed):
    """The deal has changed since the version that this is a change of."""


@transaction.atomic
def propose(
    *,
    by: User,
    typed: Typed,
    facts: Facts,
    reason: str,
    key: ApiKey,
    seen: DealVersion | None = None,
) -> tuple[DealVersion, bool]:
    """Hand in a new deal, or a change of `seen`, which has to be live still. The version, and
    whether it is new: what the person has waiting already is not written twice.

    `facts` are as read from `typed`. Raises `Stale` or `NothingNew`, and has done nothing then.
    """
    # Before any row is locked, as everybody does who matches names.
    match.lock()
    if seen is not None:
        hold_deal(seen.deal)
        if seen.deal.versions.live().first() != seen:
            raise Stale(f"{seen.deal} has changed since it was read.")
        if not differing(facts_of(seen), facts):
            raise NothingNew("Nothing differs from what the register says already.")
    if (waiting := _waiting(by, facts, seen)) is not None:
        return waiting, False
    deal = seen.deal if seen else None
    version = write_version(facts=facts, by=by, reason=reason, deal=deal, based_on=seen)
    now = timezone.now()
    Draft.objects.create(
        owner_id=by.pk,
        deal=version.deal,
        based_on=seen,
        version=version,
        typed=typed | {"key": {"name": key.name, "prefix": key.prefix}},
        state=Draft.State.SUBMITTED,
        created_at=now,
        saved_at=now,
    )
    open_review(version=version, by=by)
    journal.record("sent", by=by, version=version, text=f"{key.name} ({key.prefix}…)")
    return version, True


def sent_by(version: DealVersion) -> dict[str, str] | None:
    """{"name", "prefix"} of the key by which a version came in; None for one from the desk."""
    found = (draft.typed.get("key") for draft in version.drafts.all())
    return next((key for key in found if key), None)


def forget_answers() -> int:
    """Delete what is kept of requests with an Idempotency-Key; returns how many rows."""
    old = ApiWrite.objects.filter(created_at__lt=timezone.now() - KEPT)
    return old.delete()[0]


def _waiting(by: User, facts: Facts, seen: DealVersion | None) -> DealVersion | None:
    """What this person has handed in that says the same, and waits."""
    found = DealVersion.objects.filter(
        created_by_id=by.pk,
        state=DealVersion.State.SUBMITTED,
        based_on=seen,
        target_name=facts["target"]["name"],
    )
    latest = found.order_by("-pk").values_list("pk", flat=True)[:LOOKED_AT]
    for bundle in load(list(latest)):
        if not differing(_as_sent(of_bundle(bundle), facts), facts):
            return found.get(pk=bundle.version["id"])
    return None


def _as_sent(kept: Facts, sent: Facts) -> Facts:
    """Without the ids of organizations that were new when they were sent by name."""
    if len(kept["investors"]) != len(sent["investors"]):
        return kept
    pairs = zip(kept["investors"], sent["investors"], strict=True)
    return kept | {
        "target": kept["target"] | {"id": kept["target"]["id"] and sent["target"]["id"]},
        "investors": [one | {"id": one["id"] and other["id"]} for one, other in pairs],
    }
