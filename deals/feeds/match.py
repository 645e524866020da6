"""Which organization a name in a file is. By normalised name and country; nothing is ever guessed.

A name with a country is the organization of that name in that country, or a new one: one name in
two countries stays two organizations. A name without a country is taken for a known one only when
exactly one organization bears it; with several it is the one of unknown country, made when there
is none yet. Invented organizations are matched only among themselves.
"""

from collections import defaultdict
from collections.abc import Iterable

from django.db import connection

from deals.feeds.ids import take
from deals.models import Organization
from deals.models.derived import copy_rows
from deals.models.publicid import public_id
from deals.rules.names import normalise

Named = tuple[str, str | None]
LONGEST = 300

BEARERS = """
SELECT o.key, o.country, o.id, o.merged_into_id FROM deals_organization o
WHERE o.key = ANY(%(keys)s) AND o.generated = %(generated)s
UNION
SELECT n.key, o.country, o.id, o.merged_into_id
FROM deals_organizationname n JOIN deals_organization o ON o.id = n.organization_id
WHERE n.key = ANY(%(keys)s) AND o.generated = %(generated)s
ORDER BY 3
"""
COLUMNS = ("id", "public_id", "name", "key", "kind", "country", "generated")


def organizations(names: Iterable[Named], *, generated: bool) -> dict[Named, int]:
    """The organization of every (name, country); those that are missing are created."""
    wanted = dict.fromkeys(names)
    keys = {name: normalise(name)[:LONGEST] for name, _ in wanted}
    bearers = _bearers(set(keys.values()), generated)
    found: dict[Named, int] = {}
    new: dict[tuple[str, str | None], str] = {}
    # Names with a country go first, so that the order of rows in a file decides nothing.
    for name, country in sorted(wanted, key=lambda named: named[1] is None):
        known = bearers[keys[name]]
        if country is None and len(known) == 1:
            (found[name, country],) = known.values()
        elif country in known:
            found[name, country] = known[country]
        else:
            new[keys[name], country] = name
            known[country] = -len(new)
            found[name, country] = known[country]
    created = _create(new, generated)
    return {named: created[-pk - 1] if pk < 0 else pk for named, pk in found.items()}


def _bearers(keys: set[str], generated: bool) -> dict[str, dict[str | None, int]]:
    """By key and country: the oldest organization, or the one it was merged into."""
    bearers: dict[str, dict[str | None, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(BEARERS, {"keys": list(keys), "generated": generated})
        rows = cursor.fetchall()
    for key, country, pk, merged_into in rows:
        bearers[key].setdefault(country, _survivor(merged_into) if merged_into else pk)
    return bearers


def _survivor(pk: int) -> int:
    """The end of a chain of merges."""
    organization = Organization.objects.get(pk=pk)
    return _survivor(organization.merged_into_id) if organization.merged_into_id else pk


def _create(new: dict[tuple[str, str | None], str], generated: bool) -> list[int]:
    ids = take("deals_organization", len(new))
    rows = [
        (pk, public_id("O", pk), name, key, "unknown", country, generated)
        for pk, ((key, country), name) in zip(ids, new.items(), strict=True)
    ]
    copy_rows("deals_organization", COLUMNS, rows)
    return ids
