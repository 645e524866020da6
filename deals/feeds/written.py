"""Versions that were just written, as reading them back would give them, without reading them.

Facts and documents are computed from bundles. What a chunk of an import wrote is still at hand, so
that only the public ids of what it points to have to be asked for.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from orjson import loads

from deals.models import Population
from deals.models.bundles import Bundle, Row

# What nobody has decided on yet.
UNDECIDED: Row = {
    "published_seq": None,
    "superseded_seq": None,
    "decided_at": None,
}


@dataclass(frozen=True, slots=True)
class Named:
    """What versions point to by number: public ids of deals and organizations; populations."""

    organizations: Mapping[int, str]
    deals: Mapping[int, str]
    populations: Mapping[int, Population]


def named(versions: Iterable[Row], participations: Iterable[Row]) -> Named:
    """Look up everything that these rows name, in one query a table."""
    organizations: set[int] = set()
    deals: set[int] = set()
    populations: set[int] = set()
    for version in versions:
        organizations.add(version["target_id"])
        deals |= {version["deal_id"], version["part_of_id"]}
        populations.add(version["population_id"])
    organizations |= {part["investor_id"] for part in participations}
    return Named(
        _public_ids("deals_organization", organizations),
        _public_ids("deals_deal", deals),
        Population.objects.in_bulk(populations - {None}),
    )


def bundle(
    version: Row, status_history: list[Row], parts: list[Row], cited: list[Row], known: Named
) -> Bundle:
    """`version` and `parts` as they went into their tables, which are added to; `cited` with
    their sources."""
    organizations = known.organizations
    population = known.populations.get(version["population_id"])
    version.update(
        UNDECIDED,
        status_history=[_as_stored(step) for step in status_history],
        choices=_as_stored(loads(version["choices"])),
        deal_public_id=known.deals[version["deal_id"]],
        target_public_id=organizations[version["target_id"]],
        part_of_public_id=known.deals.get(version["part_of_id"]),
        population_code=population.code if population else None,
        generated=population.generated if population else False,
    )
    for part in parts:
        part["investor_public_id"] = organizations.get(part["investor_id"])
    return Bundle(version, parts, cited)


def _as_stored(step: Mapping[str, Any]) -> Row:
    """PostgreSQL keeps the names of a jsonb object by length, and then by their bytes."""
    return {name: step[name] for name in sorted(step, key=lambda name: (len(name), name))}


def _public_ids(table: str, ids: set[int]) -> dict[int, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, public_id FROM {table} WHERE id = ANY(%s)", [[pk for pk in ids if pk]]
        )
        return dict(cursor.fetchall())
