"""What an organization is known by goes to the one it is merged into, and can come back.

What was moved is written down as "name:17", "identifier:4" …, kind of record and primary key, and
stands in the merge's entry in the ledger; so a merge can be undone exactly, and however late.
"""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Model

from deals.models import Domicile, Identifier, Organization, OrganizationName, Ownership
from deals.rules.names import script_of

# Kind of record, its model, and the column that says whose it is.
RECORDS: tuple[tuple[str, type[Model], str], ...] = (
    ("name", OrganizationName, "organization_id"),
    ("identifier", Identifier, "organization_id"),
    ("domicile", Domicile, "organization_id"),
    ("owner", Ownership, "owned_id"),
    ("holding", Ownership, "owner_id"),
)
ADDED_NAME = "added_name"
# Facts that the surviving organization takes over where it has none of its own.
FILLED = (("country", None), ("kind", Organization.Kind.UNKNOWN))


def hand_over(one: Organization, into: Organization) -> list[str]:
    """Move names, ids, domiciles and owners, and return what was moved.

    What `into` has already stays where it is, out of sight: a merged organization is not shown.
    """
    left = _twice(one, into)
    moved = []
    for word, model, column in RECORDS:
        rows = model._default_manager.filter(**{column: one.pk}).exclude(pk__in=left[word])
        pks = sorted(rows.values_list("pk", flat=True))
        model._default_manager.filter(pk__in=pks).update(**{column: into.pk})
        moved += [f"{word}:{pk}" for pk in pks]
    if one.name != into.name and not into.names.filter(name=one.name).exists():
        added = into.names.create(name=one.name, key=one.key, script=script_of(one.name))
        moved.append(f"{ADDED_NAME}:{added.pk}")
    for fact, empty in FILLED:
        if getattr(into, fact) == empty != getattr(one, fact):
            setattr(into, fact, getattr(one, fact))
            moved.append(fact)
    into.save(update_fields=[fact for fact, _ in FILLED])
    return moved


def hand_back(one: Organization, survivor: Organization, moved: Iterable[str]) -> None:
    """Move back what a merge moved, as far as it is still the survivor's."""
    pks: dict[str, list[int]] = defaultdict(list)
    for word, _, pk in (entry.partition(":") for entry in moved):
        if pk.isdigit():
            pks[word].append(int(pk))
    for word, model, column in RECORDS:
        rows = model._default_manager.filter(pk__in=pks[word], **{column: survivor.pk})
        rows.update(**{column: one.pk})
    survivor.names.filter(pk__in=pks[ADDED_NAME]).delete()
    for fact, empty in FILLED:
        if fact in moved and getattr(survivor, fact) == getattr(one, fact):
            setattr(survivor, fact, empty)
    survivor.save(update_fields=[fact for fact, _ in FILLED])


def _twice(one: Organization, into: Organization) -> dict[str, list[int]]:
    """Names and domiciles that both have; ids are unique, and owners may be stated twice."""
    names = {into.name, *into.names.values_list("name", flat=True)}
    facts = ("country", "basis", "first", "last")
    places = set(into.domiciles.values_list(*facts))
    left: dict[str, list[int]] = defaultdict(list)
    left["name"] = [row.pk for row in one.names.all() if row.name in names]
    left["domicile"] = [
        row.pk
        for row in one.domiciles.all()
        if tuple(getattr(row, fact) for fact in facts) in places
    ]
    return left
