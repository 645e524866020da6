"""Investors whose owners nobody has looked into, the most often used first."""

from dataclasses import dataclass

from deals.flows.quality import Among, bounded

MOST = 200
UNRESEARCHED = """
SELECT o.public_id, o.name, o.country, used.deals
FROM (
    SELECT investor, count(*) AS deals
    FROM deals_dealfact f CROSS JOIN LATERAL unnest(f.investors) AS investor
    WHERE {where} GROUP BY investor
) used
JOIN deals_organization o ON o.id = used.investor
WHERE NOT EXISTS (SELECT FROM deals_ownership w WHERE w.owned_id = o.id)
ORDER BY used.deals DESC, o.id LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Unresearched:
    """An investor without a recorded owner, and in how many live deals it takes part."""

    public_id: str
    name: str
    country: str | None
    deals: int


def unresearched(among: Among, most: int = MOST) -> list[Unresearched]:
    """The first MOST; their own country stands for the owner's until somebody has looked."""
    with bounded() as cursor:
        sql = UNRESEARCHED.format(where=among.where())
        cursor.execute(sql, among.values() | {"most": most})
        return [Unresearched(*row) for row in cursor]
