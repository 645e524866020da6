"""Which investors of a pasted line are in the register: those whose name only one of its bears."""

from collections import defaultdict
from collections.abc import Iterable

from deals.entry.typed import Typed
from deals.models import Organization, OrganizationName, Population
from deals.rules.names import normalise

Row = dict[str, str]


def recognised(rows: Iterable[Row]) -> list[Row]:
    """The rows, with id and country where exactly one organization of the register is meant.

    As in imports, a name with a country is the organization of that name there, and one without is
    known only where a single one bears it. Invented organizations are never meant.
    """
    listed = list(rows)
    bearers = _bearers({normalise(row["name"]) for row in listed})
    return [_named(row, bearers[normalise(row["name"])]) for row in listed]


def with_known(typed: Typed) -> Typed:
    """What was typed, where a name without id and country is the only organization of that name:
    that one would be taken when it is published, and its country is known."""
    if Population.objects.filter(code=typed["population"], generated=True).exists():
        return typed
    rows = [typed["target"], *typed["investors"]]
    bare = [
        at
        for at, row in enumerate(rows)
        if row["name"].strip() and not (row["id"] or row["country"].strip())
    ]
    for at, row in zip(bare, recognised(rows[at] for at in bare), strict=True):
        rows[at] = row
    return typed | {"target": rows[0], "investors": rows[1:]}


def survivor(organization: Organization) -> Organization:
    """The organization, or the one that it was merged into."""
    while organization.merged_into is not None:
        organization = organization.merged_into
    return organization


def _bearers(keys: set[str]) -> dict[str, set[Organization]]:
    found: dict[str, set[Organization]] = defaultdict(set)
    own = Organization.objects.filter(key__in=keys, generated=False)
    for one in own.select_related("merged_into"):
        found[one.key].add(survivor(one))
    others = OrganizationName.objects.filter(key__in=keys, organization__generated=False)
    for name in others.select_related("organization__merged_into"):
        found[name.key].add(survivor(name.organization))
    return found


def _named(row: Row, bearers: set[Organization]) -> Row:
    meant = [one for one in bearers if row["country"] in ("", one.country)]
    if len(meant) != 1:
        return row
    return row | {"id": meant[0].public_id, "country": meant[0].country or ""}
