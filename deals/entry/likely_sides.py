"""Deals as `likely_score` compares them: read from the register, or from what is being typed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone

from deals.entry.likely_score import NAMELESS, Side
from deals.feeds.likeness import Likened
from deals.feeds.suggest import FACTS
from deals.models import Deal, Organization, OrganizationName
from deals.rules.dates import UNDATED, DealDate, Precision
from deals.rules.fx import rates_for
from deals.rules.names import normalise

LIVE = "f.published_seq IS NOT NULL AND f.superseded_seq IS NULL"
SIDES = f"""
SELECT f.deal_id, f.target_id, f.date_first, f.date_last, f.kind, f.round_type, f.currency,
       f.amount_low, f.amount_high, f.eur_per_unit, f.investors, f.investor_list, f.part_of_id
FROM deals_dealfact f WHERE f.deal_id = ANY(%s) AND {LIVE}
"""
KEYS = "SELECT deal_id, feed_id, key FROM deals_feedrecord WHERE deal_id = ANY(%s)"
Span = tuple[Decimal, Decimal]


def sides_of(deals: Iterable[int]) -> dict[int, Side]:
    """Live deals by their keys; what is not live is left out. Three queries for any number."""
    asked = list(deals)
    keys: dict[int, set[tuple[int, str]]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(KEYS, [asked])
        for deal, feed, key in cursor:
            keys[deal].add((feed, key))
        cursor.execute(SIDES, [asked])
        rows = cursor.fetchall()
        cursor.execute(FACTS, [list({row[1] for row in rows})])
        names = {
            pk: Likened((name, *others), country, frozenset(ids))
            for pk, name, country, _generated, others, ids in cursor
        }
    return {row[0]: _side(row, names, keys[row[0]]) for row in rows}


def _side(
    row: tuple[Any, ...], names: Mapping[int, Likened], keys: Iterable[tuple[int, str]]
) -> Side:
    deal, target, first, last, kind, round_type, currency, low, high, rate, *rest = row
    investors, investor_list, part_of = rest
    stated = (low, high) if low is not None else None
    return Side(
        deal=deal,
        target=target,
        likened=names.get(target, NAMELESS),
        first=first,
        last=last,
        kind=kind,
        round_type=round_type,
        currency=currency,
        stated=stated,
        euros=_times(stated, rate),
        investors=frozenset(pk for pk in investors if pk is not None),
        list_complete=investor_list == "complete",
        keys=frozenset(keys),
        part_of=part_of,
    )


def side_of(facts: Mapping[str, Any]) -> Side:
    """A deal that is being typed, from as many of its facts (`deals.entry.facts`) as can be read.

    What is missing, or None, is not known yet.
    """
    target = facts.get("target") or {}
    when, amount = facts.get("date") or {}, facts.get("amount") or {}
    first, last = _day(when.get("first")), _day(when.get("last"))
    currency, stated = amount.get("currency") or "", _span(amount)
    name, country = target.get("name") or "", target.get("country")
    rate = _rate(currency, first, last, when.get("precision")) if stated else None
    part_of = Deal.objects.filter(public_id=facts.get("part_of") or "").first()
    found = organization(target.get("id") or "")
    return Side(
        target=found.pk if found else 0,
        likened=Likened((name,), country) if name else NAMELESS,
        first=first,
        last=last,
        kind=facts.get("kind") or "",
        round_type=facts.get("round_type") or "",
        currency=currency,
        stated=stated,
        euros=_times(stated, rate),
        investors=_investors(facts.get("investors") or ()),
        list_complete=facts.get("investor_list") == "complete",
        part_of=part_of.pk if part_of else None,
    )


def organization(public_id: str) -> Organization | None:
    """The organization of an id, or the one that it was merged into."""
    found = Organization.objects.filter(public_id=public_id.replace("\0", " ")).first()
    while found is not None and found.merged_into is not None:
        found = found.merged_into
    return found


def _investors(rows: Iterable[Mapping[str, Any]]) -> frozenset[int | str]:
    """Keys of organizations by id or by any of their names; a name nobody bears stays a name."""
    ids = {row["id"] for row in rows if row.get("id")}
    names = {normalise(row["name"]) for row in rows if row.get("name") and not row.get("id")}
    names.discard("")
    if not (ids or names):
        return frozenset()
    bearers = Organization.objects.filter(merged_into=None)
    found: set[int | str] = set(bearers.filter(public_id__in=ids).values_list("pk", flat=True))
    own = list(bearers.filter(key__in=names).values_list("key", "pk"))
    other = OrganizationName.objects.filter(key__in=names)
    known = own + list(other.values_list("key", "organization_id"))
    found |= {pk for _, pk in known}
    return frozenset(found | (names - {key for key, _ in known}))


def _rate(
    currency: str, first: date | None, last: date | None, precision: str | None
) -> Decimal | None:
    when = DealDate(first, last, Precision(precision)) if precision else UNDATED
    return rates_for(currency, when, today=timezone.now().date()).eur


def _times(stated: Span | None, rate: Decimal | None) -> Span | None:
    return (stated[0] * rate, stated[1] * rate) if stated and rate else None


def _span(amount: Mapping[str, Any]) -> Span | None:
    low, high = amount.get("low"), amount.get("high")
    if not low:
        return None
    return Decimal(low), Decimal(high or low)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
