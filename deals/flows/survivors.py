"""What merged organizations are now; versions from before a merger keep the one they named."""

import json

from django.db import connection

# A merger into what was merged itself is followed to its end.
MERGED = """
WITH RECURSIVE up AS (
    SELECT id, merged_into_id AS survivor FROM deals_organization WHERE merged_into_id IS NOT NULL
    UNION
    SELECT up.id, o.merged_into_id FROM up JOIN deals_organization o ON o.id = up.survivor
    WHERE o.merged_into_id IS NOT NULL
)
SELECT up.id, up.survivor FROM up JOIN deals_organization o ON o.id = up.survivor
WHERE o.merged_into_id IS NULL
"""


def survivors() -> dict[str, str]:
    """The parameter that `surviving` reads: keys of merged organizations and of what they are now.

    It goes in as one value and is looked up row by row: joined as a table that no statistics are
    about, it would tempt the planner into loops over all pairs of deals.
    """
    with connection.cursor() as cursor:
        cursor.execute(MERGED)
        return {"survivors": json.dumps({str(pk): survivor for pk, survivor in cursor})}


def surviving(column: str) -> str:
    """SQL for the key of what an organization is now; NULL stays NULL."""
    return f"coalesce((%(survivors)s::jsonb ->> {column}::text)::bigint, {column})"
