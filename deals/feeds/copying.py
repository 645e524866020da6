"""New submitted versions that say what older ones said, with all that hangs on them; set-based."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection

from deals.feeds.ids import take
from deals.feeds.repoint import SET_OWNERS
from deals.feeds.unwinding import CITED, Mend
from deals.models import DealVersion
from deals.models.attribution import OwnerBook
from deals.models.bulk import copy_rows

# What a version says, apart from who wrote it, when, and on what it was based.
SAID = (
    "target_id", "target_name", "target_country", "target_country_basis", "kind", "round_type",
    "status", "status_history", "date_first", "date_last", "date_precision", "date_basis",
    "recorded_on", "amount_state", "amount_low", "amount_high", "currency", "amount_text",
    "investor_list", "ai", "ai_basis", "sectors", "part_of_id", "population_id", "external_id",
    "notes", "choices",
)  # fmt: skip
PART = (
    "position", "investor_id", "investor_name", "country", "country_basis", "ultimate",
    "ultimate_basis", "state_linked", "lead", "contribution", "stake",
)  # fmt: skip
# Facts that stand in other columns than their own, by their names in `deals.feeds.facts`.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "target_name": ("target_name", "target_id"),
    "date": ("date_first", "date_last", "date_precision", "date_basis"),
    "amount": ("amount_state", "amount_low", "amount_high", "currency", "amount_text"),
    "part_of": ("part_of_id",),
    "population": ("population_id",),
    "investors": (),
}
LARGE = 1_000
# The deal is that of the live version: after a merge it is another than the source's.
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
# What was merged since is now called by what it was merged into.
CHAIN = """
WITH RECURSIVE chain AS (
    SELECT id AS old, merged_into_id AS now FROM {table}
    WHERE merged_into_id IS NOT NULL AND id IN ({named})
    UNION ALL
    SELECT chain.old, t.merged_into_id FROM chain JOIN {table} t ON t.id = chain.now
    WHERE t.merged_into_id IS NOT NULL
), root AS (
    SELECT chain.old, chain.now FROM chain JOIN {table} t ON t.id = chain.now
    WHERE t.merged_into_id IS NULL
)
UPDATE {holder} h SET {column} = root.now FROM root
WHERE h.{key} = ANY(%(ids)s) AND h.{column} = root.old
"""
MERGED = (
    ("deals_organization", "deals_dealversion", "id", "target_id"),
    ("deals_organization", "deals_participation", "version_id", "investor_id"),
    ("deals_deal", "deals_dealversion", "id", "part_of_id"),
)
OWNED = """
SELECT p.version_id, p.position, p.investor_id, p.country, v.date_first, v.date_last
FROM deals_participation p JOIN deals_dealversion v ON v.id = p.version_id
WHERE v.id = ANY(%s) AND p.investor_id IS NOT NULL
  AND (p.ultimate_basis = 'evidence'
       OR EXISTS (SELECT 1 FROM deals_ownership o WHERE o.owned_id = p.investor_id))
"""


def copy_versions(sources: Mapping[int, int], reason: str) -> dict[int, int]:
    """Copies by the live version that each will supersede; `sources` says by it what to copy.

    One copy a deal. They are to be settled, and published, by the caller.
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
        if len(ids) >= LARGE:
            # To the planner, tables that were filled in this transaction may still be empty.
            cursor.execute(
                "ANALYZE deals_dealversion (id, deal_id, based_on_id),"
                " deals_participation (version_id), deals_citation (version_id)"
            )
    return dict(zip(sources, ids, strict=True))


def mend_version(version: int, mend: Mend) -> None:
    """Write older facts and citations into a version that is not published yet."""
    columns = {
        column: old.version[column]
        for name, old in mend.facts.items()
        for column in COLUMNS.get(name, (name,))
    }
    if columns:
        DealVersion.objects.filter(pk=version).update(**columns)
    with connection.cursor() as cursor:
        if "investors" in mend.facts:
            source = mend.facts["investors"].version["id"]
            cursor.execute("DELETE FROM deals_participation WHERE version_id = %s", [version])
            cursor.execute(
                HANGING_ON.format(table="deals_participation", names=", ".join(PART)),
                {"ids": [version], "sources": [source]},
            )
        cursor.execute("DELETE FROM deals_citation WHERE version_id = %s", [version])
    copy_rows(
        "deals_citation", ("version_id", *CITED), [(version, *cited) for cited in mend.citations]
    )


def settle_copies(ids: Sequence[int]) -> None:
    """Bring what versions that are not published yet point to in line with merges and owners."""
    if not ids:
        return
    with connection.cursor() as cursor:
        for table, holder, key, column in MERGED:
            named = f"SELECT {column} FROM {holder} WHERE {key} = ANY(%(ids)s)"
            sql = CHAIN.format(table=table, holder=holder, key=key, column=column, named=named)
            cursor.execute(sql, {"ids": list(ids)})
        cursor.execute(OWNED, [list(ids)])
        owned = cursor.fetchall()
    _attribute(owned)


def _attribute(owned: Iterable[tuple[Any, ...]]) -> None:
    """The ultimate owners by today's evidence, as every live version has them."""
    rows = []
    book = OwnerBook()
    for version, position, investor, country, first, last in owned:
        owner = book.attribute(investor, country, first, last)
        countries = "+".join(owner.countries)
        rows.append((version, position, countries, owner.basis, owner.state_linked))
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(SET_OWNERS, [list(column) for column in zip(*rows, strict=True)])
