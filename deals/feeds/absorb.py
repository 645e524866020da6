"""What an organization is known by goes to the one it is merged into, and can come back.

What was moved is written down as "name:17", "identifier:4" …, kind of record and primary key, and
stands in the merge's entry in the ledger; so a merge can be undone exactly, and however late. A
person may choose that the survivor takes the other's name, country or kind; what it had before
then stands there, too, as "name_was:17" or "kind_was:fund".
"""

from collections import defaultdict
from collections.abc import Collection

from django.db.models import Model

from deals.models import Domicile, Identifier, Organization, OrganizationName, Ownership
from deals.rules.names import normalise, script_of

# Kind of record, its model, and the column that says whose it is.
RECORDS: tuple[tuple[str, type[Model], str], ...] = (
    ("name", OrganizationName, "organization_id"),
    ("identifier", Identifier, "organization_id"),
    ("domicile", Domicile, "organization_id"),
    ("owner", Ownership, "owned_id"),
    ("holding", Ownership, "owner_id"),
)
ADDED_NAME = "added_name"
NAME_WAS, NAME_KEPT, KIND_WAS, COUNTRY_WAS = "name_was", "name_kept", "kind_was", "country_was"
# Names that stay with the one that goes, only so that files find the way.
LEFT = "left_name"
# Facts that the surviving organization takes over where it has none of its own.
FILLED = (("country", None), ("kind", Organization.Kind.UNKNOWN))
# What a person may take from the one that goes.
CHOSEN = ("name", "country", "kind")


def hand_over(one: Organization, into: Organization, take: Collection[str] = ()) -> list[str]:
    """Move names, ids, domiciles and owners, and return what was moved.

    What `into` has already stays where it is, out of sight: a merged organization is not shown.
    `take` names those of `CHOSEN` that `into` shall have from `one`.
    """
    left = _twice(one, into)
    moved = []
    for word, model, column in RECORDS:
        rows = model._default_manager.filter(**{column: one.pk}).exclude(pk__in=left[word])
        pks = sorted(rows.values_list("pk", flat=True))
        model._default_manager.filter(pk__in=pks).update(**{column: into.pk})
        moved += [f"{word}:{pk}" for pk in pks]
    moved += _take(one, into, take)
    if one.name != into.name and not into.names.filter(name=one.name).exists():
        added = into.names.create(name=one.name, key=one.key, script=script_of(one.name))
        moved.append(f"{ADDED_NAME}:{added.pk}")
    for fact, empty in FILLED:
        if getattr(into, fact) == empty != getattr(one, fact):
            setattr(into, fact, getattr(one, fact))
            moved.append(fact)
    into.save(update_fields=["name", "key", *(fact for fact, _ in FILLED)])
    return moved


def _take(one: Organization, into: Organization, take: Collection[str]) -> list[str]:
    """Give `into` what was chosen of `one`, as far as that is known and differs."""
    taken = []
    if "name" in take and one.name != into.name:
        row, added = into.names.get_or_create(
            name=into.name, defaults={"key": into.key, "script": script_of(into.name)}
        )
        into.name, into.key = one.name, one.key
        taken.append(f"{NAME_WAS if added else NAME_KEPT}:{row.pk}")
    if "kind" in take and one.kind not in (into.kind, Organization.Kind.UNKNOWN):
        taken.append(f"{KIND_WAS}:{into.kind}")
        into.kind = one.kind
    if "country" in take and one.country and into.country not in (None, one.country):
        taken += _swap_countries(one, into)
    return taken


def _swap_countries(one: Organization, into: Organization) -> list[str]:
    """Files find organizations by name and country. So that they go on finding `into` by the
    country that it had, `one` leads there from that country, under both names."""
    was, now = str(into.country), str(one.country)
    names = [(name, normalise(name)) for name in (into.name, *_names_of(into))]
    left = [
        one.names.get_or_create(name=name, defaults={"key": key, "script": script_of(name)})
        for name, key in names
        if name != one.name
    ]
    into.country, one.country = now, was
    one.save(update_fields=["country"])
    return [f"{COUNTRY_WAS}:{was}>{now}", *(f"{LEFT}:{row.pk}" for row, added in left if added)]


def _names_of(organization: Organization) -> list[str]:
    return list(organization.names.values_list("name", flat=True))


def hand_back(one: Organization, survivor: Organization, moved: Collection[str]) -> None:
    """Move back what a merge moved, as far as it is still the survivor's."""
    pks: dict[str, list[int]] = defaultdict(list)
    for word, _, pk in (entry.partition(":") for entry in moved):
        if pk.isdigit():
            pks[word].append(int(pk))
    one.names.filter(pk__in=pks[LEFT]).delete()
    for word, model, column in RECORDS:
        rows = model._default_manager.filter(pk__in=pks[word], **{column: survivor.pk})
        rows.update(**{column: one.pk})
    survivor.names.filter(pk__in=pks[ADDED_NAME]).delete()
    _give_back(one, survivor, moved, pks)
    for fact, empty in FILLED:
        if fact in moved and getattr(survivor, fact) == getattr(one, fact):
            setattr(survivor, fact, empty)
    survivor.save(update_fields=["name", "key", *(fact for fact, _ in FILLED)])


def _give_back(
    one: Organization, survivor: Organization, moved: Collection[str], pks: dict[str, list[int]]
) -> None:
    """What the survivor had before it took the other's, unless somebody has changed it since."""
    was = survivor.names.filter(pk__in=pks[NAME_WAS] + pks[NAME_KEPT]).first()
    if was is not None and survivor.name == one.name:
        survivor.name, survivor.key = was.name, was.key
        survivor.names.filter(pk__in=pks[NAME_WAS]).delete()
    told = dict(entry.partition(":")[::2] for entry in moved)
    if KIND_WAS in told and survivor.kind == one.kind:
        survivor.kind = told[KIND_WAS]
    if COUNTRY_WAS in told:
        before, _, taken = told[COUNTRY_WAS].partition(">")
        if survivor.country == taken:
            survivor.country = before
        one.country = taken
        one.save(update_fields=["country"])


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
