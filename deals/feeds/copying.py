"""New submitted versions that say what older ones said, with all that hangs on them; set-based."""

from collections.abc import Mapping
from typing import Any

from django.db import connection

from deals.feeds.ids import take

# What a version says, apart from who wrote it, when, and on what it was based.
SAID = (
    "target_id", "target_name", "target_country", "target_country_basis", "kind", "round_type",
    "status", "status_history", "date_first", "date_last", "date_precision", "date_basis",
    "recorded_on", "amount_state", "amount_low", "amount_high", "currency", "amount_text",
    "investor_list", "ai", "ai_basis", "sectors", "part_of_id", "population_id", "external_id",
    "notes",
)  # fmt: skip
PART = (
    "position", "investor_id", "investor_name", "country", "country_basis", "ultimate",
    "ultimate_basis", "state_linked", "lead", "contribution", "stake",
)  # fmt: skip
CITED = ("source_id", "field", "quote", "locator")
# The deal is that of the version it is based on: after a merge it is another than the source's.
VERSIONS = f"""
INSERT INTO deals_dealversion (
    id, deal_id, number, state, based_on_id, {", ".join(SAID)}, created_at, self_approved, reason
)
SELECT c.id, live.deal_id,
       (SELECT max(n.number) + 1 FROM deals_dealversion n WHERE n.deal_id = live.deal_id),
       'submitted', live.id, {", ".join(f"old.{name}" for name in SAID)},
       now(), false, %(reason)s
FROM unnest(%(ids)s::bigint[], %(sources)s::bigint[], %(live)s::bigint[]) AS c(id, source, live)
JOIN deals_dealversion old ON old.id = c.source JOIN deals_dealversion live ON live.id = c.live
"""
HANGING_ON = """
INSERT INTO {table} (version_id, {names})
SELECT c.id, {names} FROM unnest(%(ids)s::bigint[], %(sources)s::bigint[]) AS c(id, source)
JOIN {table} old ON old.version_id = c.source ORDER BY old.id
"""


def copy_versions(sources: Mapping[int, int], reason: str) -> dict[int, int]:
    """Copies by the live version that each will supersede; `sources` says by it what to copy.

    One copy a deal. Publishing them is the caller's, with `publish`.
    """
    if not sources:
        return {}
    ids = take("deals_dealversion", len(sources))
    values: dict[str, Any] = {
        "ids": ids,
        "live": list(sources),
        "sources": list(sources.values()),
        "reason": reason,
    }
    with connection.cursor() as cursor:
        cursor.execute(VERSIONS, values)
        for table, names in (("deals_participation", PART), ("deals_citation", CITED)):
            cursor.execute(HANGING_ON.format(table=table, names=", ".join(names)), values)
    return dict(zip(sources, ids, strict=True))


def replace_investors(version: int, source: int) -> None:
    """Give a version that is not published yet the investors of another."""
    sql = HANGING_ON.format(table="deals_participation", names=", ".join(PART))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM deals_participation WHERE version_id = %s", [version])
        cursor.execute(sql, {"ids": [version], "sources": [source]})
