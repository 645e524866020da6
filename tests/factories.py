"""Published deals in one call, through the very door that imports and people use.

make_deal(target="Horizon", target_country="CN", investors=[("Demo Fund", "DE")], date="2019-05",
          amount="12.5", currency="USD")
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from deals.feeds.publish import publish
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
from deals.models.publicid import public_id
from deals.rules.names import normalise

Investors = Sequence[tuple[str | None, str | None]]
_targets = count(1)


def next_ids(table: str, number: int) -> list[int]:
    """Take `number` primary keys of a table from its sequence."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [table, number],
        )
        return [row[0] for row in cursor]


def make_population(code: str = "test", *, generated: bool = False) -> Population:
    """The population of that code, made when it is not there yet."""
    defaults = {"title": f"Population {code}", "generated": generated}
    return Population.objects.get_or_create(code=code, defaults=defaults)[0]


def make_organization(
    name: str, country: str | None = None, *, generated: bool = False, kind: str = "unknown"
) -> Organization:
    """The organization of that name and country, made when it is not there yet."""
    facts = {"key": normalise(name), "country": country, "generated": generated}
    found = Organization.objects.filter(**facts).order_by("pk").first()
    if found is not None:
        return found
    (pk,) = next_ids("deals_organization", 1)
    return Organization.objects.create(
        pk=pk, public_id=public_id("O", pk), name=name, kind=kind, **facts
    )


def make_deal(**facts: Any) -> DealVersion:
    """One published version; see `make_deals` for the facts it takes."""
    return make_deals([facts])[0]


def make_deals(rows: Iterable[Mapping[str, Any]]) -> list[DealVersion]:
    """Published versions of new deals, in one batch and in order.

    Facts, all optional: target, target_country, investors [(name, country)] (a name of None is an
    investor nobody named), date ("2019-05-13", "2019-05", "2019-Q1", "2019", a pair of days, or
    None), date_basis, amount ("12.5" or a pair of ends), amount_state, currency, kind, round_type,
    status, status_history, population (code or object), ai, ai_basis, sectors, investor_list,
    part_of (a version or deal), contributions, stakes and lead (parallel to investors),
    country_basis ("headquarters"), recorded_on, external_id, notes, reason, by, sources (titles;
    a title twice is cited twice).
    """
    rows = [dict(row) for row in rows]
    with transaction.atomic():
        versions = [_version(row) for row in rows]
        publish(
            [version.pk for version in versions],
            by=next((row["by"] for row in rows if "by" in row), "system"),
            reason=next((row["reason"] for row in rows if "reason" in row), ""),
        )
    found = DealVersion.objects.in_bulk([version.pk for version in versions])
    return [found[version.pk] for version in versions]


def submit_version(deal: Deal | None = None, **facts: Any) -> DealVersion:
    """A version that waits for a decision; of a new deal unless one is given."""
    with transaction.atomic():
        return _version(facts, deal)


def _version(facts: Mapping[str, Any], deal: Deal | None = None) -> DealVersion:
    population = facts.get("population")
    if isinstance(population, str):
        population = make_population(population)
    generated = bool(population and population.generated)
    country = facts.get("target_country", "CN")
    name = facts.get("target") or f"Target {next(_targets)}"
    target = make_organization(name, country, generated=generated)
    investors: Sequence[tuple[str | None, str | None]] = facts.get(
        "investors", [("Investor", "DE")]
    )
    live = (
        deal
        and deal.versions.filter(published_seq__isnull=False, superseded_seq__isnull=True).first()
    )
    deal = deal or _deal()
    first, last, precision = _days(facts.get("date", "2019-05-13"))
    part_of = facts.get("part_of")
    version = DealVersion.objects.create(
        deal=deal,
        number=_next_number(deal),
        state=DealVersion.State.SUBMITTED,
        based_on=live,
        target=target,
        target_name=name,
        target_country=country,
        target_country_basis=_basis(country, facts),
        kind=facts.get("kind", "funding_round"),
        round_type=facts.get("round_type", ""),
        status=facts.get("status", "completed"),
        status_history=facts.get("status_history", []),
        date_first=first,
        date_last=last,
        date_precision=precision,
        date_basis=facts.get("date_basis", "announced"),
        recorded_on=facts.get("recorded_on"),
        **_amount(facts),
        investor_list=facts.get("investor_list", "complete" if investors else "none"),
        ai=facts.get("ai", "yes"),
        ai_basis=facts.get("ai_basis", ""),
        sectors=facts.get("sectors", []),
        part_of=part_of.deal if isinstance(part_of, DealVersion) else part_of,
        population=population,
        external_id=facts.get("external_id", ""),
        notes=facts.get("notes", ""),
        created_at=timezone.now(),
        created_by=facts.get("created_by"),
        reason=facts.get("reason", ""),
    )
    _participations(version, investors, facts, generated)
    for title in facts.get("sources", ("A test",)):
        source, _ = Source.objects.get_or_create(title=title, url="https://example.org/test")
        Citation.objects.create(version=version, source=source)
    return version


def _next_number(deal: Deal) -> int:
    """As everybody numbers: an import that was overtaken leaves gaps behind."""
    highest: int = deal.versions.aggregate(highest=Max("number"))["highest"] or 0
    return highest + 1


def _basis(country: str | None, facts: Mapping[str, Any]) -> str:
    basis: str = facts.get("country_basis", "stated")
    return basis if country else "unknown"


def _deal() -> Deal:
    (pk,) = next_ids("deals_deal", 1)
    return Deal.objects.create(pk=pk, public_id=public_id("D", pk))


def _days(when: str | tuple[str, str] | None) -> tuple[date | None, date | None, str]:
    """Both ends and the precision, worked out here so that no test leans on the rule it tests."""
    if not when:
        return None, None, "none"
    if isinstance(when, tuple):
        return date.fromisoformat(when[0]), date.fromisoformat(when[1]), "range"
    year, *rest = when.split("-")
    if len(rest) == 2:
        day = date.fromisoformat(when)
        return day, day, "day"
    if not rest:
        first, last, precision = 1, 12, "year"
    elif rest[0].startswith("Q"):
        first, last, precision = 3 * int(rest[0][1]) - 2, 3 * int(rest[0][1]), "quarter"
    else:
        first, last, precision = int(rest[0]), int(rest[0]), "month"
    end = monthrange(int(year), last)[1]
    return date(int(year), first, 1), date(int(year), last, end), precision


def _amount(facts: Mapping[str, Any]) -> dict[str, Any]:
    amount = facts.get("amount")
    currency = facts.get("currency", "USD" if amount or facts.get("contributions") else "")
    if amount is None:
        return {"amount_state": "undisclosed", "currency": currency}
    low, high = amount if isinstance(amount, tuple) else (amount, amount)
    state = facts.get("amount_state", "exact" if low == high else "range")
    return {
        "amount_state": state,
        "amount_low": Decimal(low),
        "amount_high": Decimal(high),
        "amount_text": str(amount),
        "currency": currency,
    }


def _participations(
    version: DealVersion,
    investors: Investors,
    facts: Mapping[str, Any],
    generated: bool,
) -> None:
    book = OwnerBook()
    contributions, leads, stakes = (
        list(facts.get(name) or [None] * len(investors))
        for name in ("contributions", "lead", "stakes")
    )
    for position, (name, country) in enumerate(investors):
        investor = make_organization(name, country, generated=generated) if name else None
        owner = book.attribute(
            investor.pk if investor else None, country, version.date_first, version.date_last
        )
        contribution, stake = contributions[position], stakes[position]
        Participation.objects.create(
            version=version,
            position=position,
            investor=investor,
            investor_name=name or "",
            country=country,
            country_basis=_basis(country, facts),
            ultimate=list(owner.countries),
            ultimate_basis=owner.basis,
            state_linked=owner.state_linked,
            lead=leads[position],
            contribution=None if contribution is None else Decimal(contribution),
            stake=None if stake is None else Decimal(stake),
        )
