"""From facts to a version that waits for a decision, with all that hangs on it.

Facts have been validated (`deals.entry`); what the database still refuses is a programming error.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from deals.entry.facts import Facts, of_bundle
from deals.feeds.ids import take
from deals.feeds.match import lock, organizations
from deals.models import (
    Citation,
    Deal,
    DealVersion,
    Organization,
    Participation,
    Population,
    Source,
)
from deals.models.attribution import OwnerBook
from deals.models.bundles import load
from deals.models.publicid import public_id

User = AbstractBaseUser | None
State = DealVersion.State


def facts_of(version: DealVersion) -> Facts:
    """The facts of a version, live or pending."""
    (bundle,) = load([version.pk])
    return of_bundle(bundle)


@transaction.atomic
def write_version(
    *, facts: Facts, by: User, reason: str, deal: Deal | None, based_on: DealVersion | None
) -> DealVersion:
    """A submitted version of a deal, of a new one without `deal`. Organizations that are new to the
    register (no id) are found by name and country, or made."""
    # Imports and merges number versions of deals as well, and hold this lock while they do.
    lock()
    deal = hold_deal(deal or _new_deal())
    highest = deal.versions.aggregate(highest=Max("number"))["highest"] or 0
    version = DealVersion(
        deal=deal,
        number=highest + 1,
        state=State.SUBMITTED,
        based_on=based_on,
        created_by_id=by.pk if by else None,
        created_at=timezone.now(),
        reason=reason,
    )
    return _fill(version, facts)


@transaction.atomic
def rewrite_version(
    *, version: DealVersion, facts: Facts, reason: str, based_on: DealVersion | None
) -> DealVersion:
    """Give a version that is not published yet other facts."""
    version.participations.all().delete()
    version.citations.all().delete()
    version.based_on, version.reason = based_on, reason
    return _fill(version, facts)


def hold_deal(deal: Deal) -> Deal:
    """The deal, kept for this transaction: two people's versions never take the same number.

    Others may still point to it meanwhile, as the versions that a merge writes do.
    """
    return Deal.objects.select_for_update(no_key=True).get(pk=deal.pk)


def _fill(version: DealVersion, facts: Facts) -> DealVersion:
    found = _organizations(facts)
    for name, value in _columns(facts, found).items():
        setattr(version, name, value)
    version.save()
    Participation.objects.bulk_create(_participations(version, facts, found))
    Citation.objects.bulk_create(_citations(version, facts))
    return version


def _new_deal() -> Deal:
    (pk,) = take("deals_deal", 1)
    return Deal.objects.create(pk=pk, public_id=public_id("D", pk))


def _organizations(facts: Facts) -> list[int | None]:
    """The organization of the target, then of each investor; None for one that nobody named."""
    wanted = [facts["target"], *facts["investors"]]
    ids = {one["id"] for one in wanted if one["id"]}
    known = {o.public_id: o for o in Organization.objects.filter(public_id__in=ids)}
    named = {(one["name"], one["country"]) for one in wanted if one["name"] and not one["id"]}
    # Without names there is nothing to match, and nobody to wait for.
    made = organizations([(n, c, "") for n, c in named], generated=False)[0] if named else {}
    return [
        _survivor(known[one["id"]]).pk
        if one["id"]
        else made[one["name"], one["country"], ""]
        if one["name"]
        else None
        for one in wanted
    ]


def _survivor(organization: Organization) -> Organization:
    while organization.merged_into is not None:
        organization = organization.merged_into
    return organization


def _columns(facts: Facts, found: list[int | None]) -> dict[str, Any]:
    target, when, amount = facts["target"], facts["date"], facts["amount"]
    return {
        "target_id": found[0],
        "target_name": target["name"],
        "target_country": target["country"],
        "target_country_basis": target["basis"],
        "date_first": _day(when["first"]),
        "date_last": _day(when["last"]),
        "date_precision": when["precision"],
        "date_basis": when["basis"],
        "recorded_on": _day(facts["recorded_on"]),
        "amount_state": amount["state"],
        "amount_low": _number(amount["low"]),
        "amount_high": _number(amount["high"]),
        "currency": amount["currency"],
        "amount_text": amount["text"],
        "part_of": Deal.objects.get(public_id=facts["part_of"]) if facts["part_of"] else None,
        "population": Population.objects.filter(code=facts["population"]).first(),
    } | {
        name: facts[name]
        for name in (
            "kind", "round_type", "status", "status_history", "investor_list", "ai", "ai_basis",
            "sectors", "external_id", "notes", "choices",
        )
    }  # fmt: skip


def _participations(
    version: DealVersion, facts: Facts, found: list[int | None]
) -> list[Participation]:
    book = OwnerBook()
    rows = []
    for position, (one, pk) in enumerate(zip(facts["investors"], found[1:], strict=True)):
        owner = book.attribute(pk, one["country"], version.date_first, version.date_last)
        rows.append(
            Participation(
                version=version,
                position=position,
                investor_id=pk,
                investor_name=one["name"],
                country=one["country"],
                country_basis=one["basis"],
                ultimate=list(owner.countries),
                ultimate_basis=owner.basis,
                state_linked=owner.state_linked,
                lead=one["lead"],
                contribution=_number(one["contribution"]),
                stake=_number(one["stake"]),
            )
        )
    return rows


def _citations(version: DealVersion, facts: Facts) -> list[Citation]:
    return [
        Citation(
            version=version,
            source=_source(one),
            **{name: one[name] for name in ("field", "quote", "locator", "stated")},
        )
        for one in facts["sources"]
    ]


def _source(one: Facts) -> Source:
    """A page is one source however often it is cited; what is newly known about it is added."""
    known = {name: one[name] for name in ("publisher", "published_on", "accessed_on") if one[name]}
    source, made = Source.objects.get_or_create(
        kind=one["kind"], url=one["url"], title=one["title"], defaults=known
    )
    fresh = {name: value for name, value in known.items() if not getattr(source, name)}
    if fresh and not made:
        Source.objects.filter(pk=source.pk).update(**fresh)
    return source


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
