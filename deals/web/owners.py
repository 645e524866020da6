"""Who stands behind a deal's investors: the ownership evidence on record, from level to level."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from deals.models.attribution import LONGEST_CHAIN
from deals.web.evidence import safe_url


@dataclass(frozen=True, slots=True)
class Owner:
    """One link of a chain: `name` holds a share of `owned`; `share` is in percent, `country` where
    the owner had its headquarters on the deal's days."""

    owned: str
    name: str
    country: str | None
    share: Decimal | None
    controlling: bool
    state_linked: bool
    first: date | None
    last: date | None
    note: str
    source_title: str
    source_url: str


# Upwards from each investor, through owners that control; a circle ends where it closes.
CHAINS = """
WITH RECURSIVE chain AS (
    SELECT i.public_id AS investor, i.id AS member, ARRAY[i.id] AS seen, 0 AS level
    FROM deals_organization i WHERE i.public_id = ANY(%(investors)s)
    UNION ALL
    SELECT c.investor, w.owner_id, c.seen || w.owner_id, c.level + 1
    FROM chain c JOIN deals_ownership w ON w.owned_id = c.member
    WHERE (w.controlling OR w.share > 50) AND NOT w.owner_id = ANY(c.seen)
      AND c.level < %(longest)s
)
SELECT DISTINCT c.investor, c.level, owned.name, owner.name,
       coalesce((
           SELECT d.country FROM deals_domicile d
           WHERE d.organization_id = owner.id AND d.basis = 'headquarters'
             AND (d.first IS NULL OR d.first <= %(first)s::date)
             AND (d.last IS NULL OR d.last >= %(last)s::date)
           ORDER BY d.first DESC NULLS LAST, d.id LIMIT 1
       ), owner.country), w.share,
       w.controlling OR coalesce(w.share > 50, false), w.state_linked, w.first, w.last, w.note,
       coalesce(s.title, ''), coalesce(s.url, ''), w.id
FROM chain c
JOIN deals_ownership w ON w.owned_id = c.member
JOIN deals_organization owned ON owned.id = w.owned_id
JOIN deals_organization owner ON owner.id = w.owner_id
LEFT JOIN deals_source s ON s.id = w.source_id
ORDER BY c.investor, c.level, w.id
"""


def owners(
    investors: Iterable[str | None], first: str | None, last: str | None
) -> dict[str, list[Owner]]:
    """Evidence by the investor's public id, nearest owners first; one query.

    `first` and `last` are the deal's days, ISO 8601, None for an undated one.
    """
    asked = [public_id for public_id in investors if public_id]
    found: dict[str, list[Owner]] = defaultdict(list)
    if not asked:
        return found
    with connection.cursor() as cursor:
        cursor.execute(CHAINS, _asked(asked, first, last))
        rows: list[Any] = cursor.fetchall()
    for investor, _level, *facts, url, _pk in rows:
        found[investor].append(Owner(*[*facts, safe_url(url)]))
    return found


def _asked(ids: list[str], first: str | None, last: str | None) -> dict[str, Any]:
    return {"investors": ids, "longest": LONGEST_CHAIN, "first": first, "last": last}
