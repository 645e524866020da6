"""Deals for which a source states another country than the evidence about an organization does."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

# The headquarters that hold in the whole of a deal's days, the latest move first, as
# `deals.models.attribution` has it.
SEAT = """
JOIN LATERAL (
    SELECT d.country FROM deals_domicile d
    WHERE d.organization_id = ANY(%(ids)s) AND d.basis = 'headquarters'
      AND (d.first IS NULL OR v.date_first >= d.first)
      AND (d.last IS NULL OR v.date_last <= d.last)
    ORDER BY d.first DESC NULLS LAST, d.id LIMIT 1
) seat ON seat.country <> stated.country
"""
DISAGREEING = f"""
WITH stated AS (
    SELECT v.id AS version, true AS as_target, v.target_country AS country
    FROM deals_dealversion v
    WHERE v.target_id = ANY(%(ids)s) AND v.target_country_basis = 'stated'
    UNION ALL
    SELECT p.version_id, false, p.country FROM deals_participation p
    WHERE p.investor_id = ANY(%(ids)s) AND p.country_basis = 'stated'
)
SELECT deal.public_id, v.target_name, stated.as_target, stated.country, seat.country,
       count(*) OVER ()
FROM stated
JOIN deals_dealversion v ON v.id = stated.version
     AND v.published_seq IS NOT NULL AND v.superseded_seq IS NULL
JOIN deals_deal deal ON deal.id = v.deal_id
{SEAT}
ORDER BY v.date_last DESC NULLS LAST, v.id DESC LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Stated:
    """A live deal that states `country` for the organization, where the evidence says `seat`."""

    deal: str
    target: str
    as_target: bool
    country: str
    seat: str


def disagreeing(ids: Sequence[int], most: int) -> tuple[int, list[Stated]]:
    """How many live deals state otherwise for an organization (with those merged into it), and the
    newest of them; one query."""
    with connection.cursor() as cursor:
        cursor.execute(DISAGREEING, {"ids": list(ids), "most": most})
        rows: list[Any] = cursor.fetchall()
    return rows[0][5] if rows else 0, [Stated(*row[:5]) for row in rows]
