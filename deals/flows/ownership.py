"""Who stands above an organization and what stands below it, and the deals made through it.

Upwards every stake on record is followed, minorities included, since a state may stand behind one;
downwards only control is, as in the rule on owners at the top (rule 14).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from deals.flows.conditions import filters
from deals.flows.query import FlowQuery
from deals.flows.scope import Scope
from deals.models.attribution import LONGEST_CHAIN

# Beyond this many links a picture of them says nothing any more.
MOST_LINKS = 60


@dataclass(frozen=True, slots=True)
class Node:
    """An organization in a chain."""

    id: str
    name: str
    country: str | None


@dataclass(frozen=True, slots=True)
class Link:
    """`owner` holds `share` percent of `owned` from `first` to `last`; None is an open end.

    `level` counts from the organization that was asked for: 1 is its own owner or holding.
    """

    level: int
    owned: Node
    owner: Node
    share: Decimal | None
    controlling: bool
    state_linked: bool
    first: date | None
    last: date | None
    note: str
    source_title: str
    source_url: str


STAKES = """
WITH RECURSIVE chain AS (
    SELECT 0 AS level, o.id AS member, ARRAY[o.id] AS seen, NULL::bigint AS link
    FROM unnest(%(ids)s::bigint[]) AS o(id)
    UNION ALL
    SELECT c.level + 1, w.{next}, c.seen || w.{next}, w.id
    FROM chain c JOIN deals_ownership w ON w.{here} = c.member
    WHERE NOT w.{next} = ANY(c.seen) AND c.level < %(longest)s AND {which}
)
SELECT min(c.level), owned.public_id, owned.name, owned.country,
       owner.public_id, owner.name, owner.country, w.share,
       w.controlling OR coalesce(w.share > 50, false), w.state_linked, w.first, w.last, w.note,
       coalesce(s.title, ''), coalesce(s.url, '')
FROM chain c
JOIN deals_ownership w ON w.id = c.link
JOIN deals_organization owned ON owned.id = w.owned_id
JOIN deals_organization owner ON owner.id = w.owner_id
LEFT JOIN deals_source s ON s.id = w.source_id
GROUP BY w.id, owned.id, owner.id, s.id
ORDER BY 1, w.first NULLS FIRST, owner.name, owned.name, w.id
LIMIT %(most)s
"""
CONTROLS = "(w.controlling OR w.share > 50)"
ABOVE = STAKES.format(next="owner_id", here="owned_id", which="true")
BELOW = STAKES.format(next="owned_id", here="owner_id", which=f"(c.level = 0 OR {CONTROLS})")

# Every chain of control downwards with the days on which all of its links hold at once.
THROUGH = f"""
WITH RECURSIVE below AS (
    SELECT o.id AS member, ARRAY[o.id] AS seen, NULL::date AS first, NULL::date AS last, 0 AS level
    FROM unnest(%(ids)s::bigint[]) AS o(id)
    UNION ALL
    SELECT w.owned_id, b.seen || w.owned_id, greatest(b.first, w.first), least(b.last, w.last),
           b.level + 1
    FROM below b JOIN deals_ownership w ON w.owner_id = b.member
    WHERE {CONTROLS} AND NOT w.owned_id = ANY(b.seen) AND b.level < %(longest)s
),
made AS (
    SELECT f.version_id, f.deal_id, f.date_last, array_agg(DISTINCT b.member) AS members
    FROM deals_dealfact f
    JOIN below b ON b.level > 0 AND f.investors @> ARRAY[b.member]
     AND (b.first IS NULL OR f.date_first >= b.first)
     AND (b.last IS NULL OR f.date_last <= b.last)
    WHERE {{conditions}}
    GROUP BY 1, 2, 3
)
SELECT count(*) OVER (), d.json,
       ARRAY(SELECT o.public_id FROM deals_organization o WHERE o.id = ANY(m.members) ORDER BY 1)
FROM made m JOIN deals_dealdocument d USING (version_id)
ORDER BY m.date_last DESC NULLS LAST, m.deal_id DESC LIMIT %(most)s
"""


def owners(ids: Sequence[int]) -> list[Link]:
    """Every stake above these organizations (one, and those merged into it), nearest first."""
    return _links(ABOVE, ids)


def holdings(ids: Sequence[int]) -> list[Link]:
    """Their own stakes in others, and what those control, nearest first."""
    return _links(BELOW, ids)


def _links(text: str, ids: Sequence[int]) -> list[Link]:
    params: dict[str, Any] = {"ids": list(ids), "longest": LONGEST_CHAIN, "most": MOST_LINKS}
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        rows: list[Any] = cursor.fetchall()
    return [Link(row[0], Node(*row[1:4]), Node(*row[4:7]), *row[7:]) for row in rows]


def through(
    ids: Sequence[int], query: FlowQuery, scope: Scope, most: int
) -> tuple[int, list[tuple[dict[str, Any], list[str]]]]:
    """Deals whose investor these organizations control on the deal's date; newest first.

    Gives how many there are, and `most` documents, each with the public ids of those investors.
    """
    sql = filters(query, scope, counted=False)
    sql.params |= {"ids": list(ids), "longest": LONGEST_CHAIN, "most": most}
    with connection.cursor() as cursor:
        cursor.execute(THROUGH.format(conditions=sql.text()), sql.params)
        rows: list[Any] = cursor.fetchall()
    return rows[0][0] if rows else 0, [(json.loads(row[1]), row[2]) for row in rows]
