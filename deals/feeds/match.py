"""Which organization a name in a file is: by external id, then by normalised name and country.

Nothing is ever guessed. An id that is known decides, whatever the name beside it says. A name with
a country is the organization of that name in that country, or a new one: one name in two countries
stays two organizations, and so do two ids of one scheme, since a supplier tells companies of one
name apart by them. A name without a country is taken for a known one only when exactly one
organization bears it; with several it is the one of unknown country, made when there is none yet.
Organizations that were merged lead to the one they are. Invented organizations are matched only
among themselves.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from django.db import connection, transaction

from deals.feeds.ids import take
from deals.feeds.spellings import spell_new
from deals.models.bulk import copy_rows
from deals.models.publicid import public_id
from deals.rules.names import normalise

LONGEST = 300
LONGEST_SCHEME = 32
# Whoever matches names or merges organizations waits for the others, to the end of the transaction;
# always before the ledger's lock. Else two files could make one organization twice, or a file find
# an organization in the very moment in which it is merged.
LOCK_KEY = 4_281_503_119

# Every way to an organization; from those that were merged it goes on to what they are now.
CHAIN = """
, chain AS (
    SELECT key, country, merged_into_id FROM asked WHERE merged_into_id IS NOT NULL
    UNION
    SELECT c.key, c.country, o.merged_into_id
    FROM chain c JOIN deals_organization o ON o.id = c.merged_into_id
    WHERE o.merged_into_id IS NOT NULL
)
SELECT key, country, id, generated FROM asked WHERE merged_into_id IS NULL
UNION ALL
SELECT c.key, c.country, o.id, o.generated
FROM chain c JOIN deals_organization o ON o.id = c.merged_into_id WHERE o.merged_into_id IS NULL
"""
BEARERS = f"""
WITH RECURSIVE wanted AS MATERIALIZED (SELECT unnest(%s::text[]) AS key), asked AS MATERIALIZED (
    SELECT o.key, o.country, o.id, o.generated, o.merged_into_id
    FROM wanted JOIN deals_organization o USING (key)
    UNION ALL
    SELECT n.key, o.country, o.id, o.generated, o.merged_into_id
    FROM wanted JOIN deals_organizationname n USING (key)
    JOIN deals_organization o ON o.id = n.organization_id
) {CHAIN}
"""
IDENTIFIED = f"""
WITH RECURSIVE wanted AS MATERIALIZED (
    SELECT scheme, value FROM unnest(%s::text[], %s::text[]) AS w(scheme, value)
), asked AS MATERIALIZED (
    SELECT i.scheme || ':' || i.value AS key, NULL AS country, o.id, o.generated, o.merged_into_id
    FROM wanted JOIN deals_identifier i USING (scheme, value)
    JOIN deals_organization o ON o.id = i.organization_id
) {CHAIN}
"""
SCHEMES = "SELECT organization_id, scheme FROM deals_identifier WHERE organization_id = ANY(%s)"
COLUMNS = ("id", "public_id", "name", "key", "kind", "country", "generated")


# Name, country, and "scheme:value" or "" for none.
Named = tuple[str, str | None, str]


class _New(NamedTuple):
    name: str
    key: str
    country: str | None


@transaction.atomic
def organizations(names: Iterable[Named], *, generated: bool) -> tuple[dict[Named, int], list[int]]:
    """The organization of every name, and the ids of those that were created now.

    The order of names decides nothing, so all names of a file belong into one call. An id that is
    not known yet is added to the organization that the name finds, unless that has another id of
    the scheme. `lock` is kept to the end of the caller's transaction.
    """
    lock()
    search = _Search(set(names), generated)
    numbers = {named: search.find(*named) for named in sorted(search.wanted, key=search.rank)}
    created = search.write()
    spell_new([(pk, one.name) for pk, one in zip(created, search.new, strict=True)])
    return {named: _settled(number, created) for named, number in numbers.items()}, created


def existing(names: Iterable[Named], *, generated: bool) -> dict[Named, int] | None:
    """What `organizations` would return, waiting for nobody; None where it would write anything."""
    search = _Search(set(names), generated)
    found = {named: search.find(*named) for named in sorted(search.wanted, key=search.rank)}
    return None if search.new or search.new_ids else found


def newcomers(names: Iterable[Named], *, generated: bool) -> int:
    """How many organizations `organizations` would create for these names; writes nothing."""
    search = _Search(set(names), generated)
    for named in sorted(search.wanted, key=search.rank):
        search.find(*named)
    return len(search.new)


def lock() -> None:
    """Wait for other matchings and merges, and keep them out to the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK_KEY])


def _settled(number: int, created: list[int]) -> int:
    return created[-number - 1] if number < 0 else number


class _Search:
    """What is known about the wanted names, growing as new organizations are decided on.

    An organization that does not exist yet is -1, -2 … until `write` gives it a number.
    """

    def __init__(self, wanted: set[Named], generated: bool) -> None:
        self.wanted, self.generated = wanted, generated
        self.keys = {name: normalise(name)[:LONGEST] for name, _, _ in wanted}
        self.bearers = _bearers(set(self.keys.values()), generated)
        self.by_id, self.foreign = _identified({n[2] for n in wanted if n[2]}, generated)
        known = {pk for bearers in self.bearers.values() for _, pk in bearers}
        self.schemes = _schemes(known | set(self.by_id.values()))
        self.new: list[_New] = []
        self.new_ids: list[tuple[int, str, str]] = []

    def rank(self, named: Named) -> tuple[bool, bool, str, bool, str, str, str]:
        """What is said most precisely goes first; ties are broken by spelling, never by place."""
        name, country, external_id = named
        key = self.keys[name]
        unknown = key not in self.bearers
        return country is None, not external_id, external_id, unknown, key, name, country or ""

    def find(self, name: str, country: str | None, external_id: str) -> int:
        if external_id in self.by_id:
            return self.by_id[external_id]
        scheme, _, value = external_id.partition(":")
        if external_id in self.foreign or not _usable(scheme, value):
            scheme = ""
        key = self.keys[name]
        found = self._borne(key, country, scheme)
        if found is None:
            self.new.append(_New(name, key, country))
            found = -len(self.new)
            self.bearers[key].append((country, found))
        if scheme:
            self.by_id[external_id] = found
            self.schemes[found].add(scheme)
            self.new_ids.append((found, scheme, value))
        return found

    def _borne(self, key: str, country: str | None, scheme: str) -> int | None:
        """The one organization that this can be. Of several of one name and country, told apart
        by their ids, a name without an id is none: it is the oldest that has no id."""
        bearers = self.bearers[key]
        if country is None and len({pk for _, pk in bearers}) == 1:
            fitting = {pk for _, pk in bearers}
        else:
            fitting = {pk for own, pk in bearers if own == country}
        free = [pk for pk in fitting if not scheme or scheme not in self.schemes[pk]]
        if len(free) == 1:
            return free[0]
        return min((pk for pk in free if not self.schemes[pk]), key=_age, default=None)

    def write(self) -> list[int]:
        """Create what is new, add the ids that were not known; returns the new primary keys."""
        created = take("deals_organization", len(self.new))
        copy_rows(
            "deals_organization",
            COLUMNS,
            [
                (pk, public_id("O", pk), name, key, "unknown", country, self.generated)
                for pk, (name, key, country) in zip(created, self.new, strict=True)
            ],
        )
        copy_rows(
            "deals_identifier",
            ("organization_id", "scheme", "value"),
            [(_settled(pk, created), scheme, value) for pk, scheme, value in self.new_ids],
        )
        return created


def _age(pk: int) -> tuple[bool, int]:
    """Known ones before new ones, each from the oldest."""
    return pk < 0, abs(pk)


def _usable(scheme: str, value: str) -> bool:
    return bool(value.strip()) and 0 < len(scheme) <= LONGEST_SCHEME and len(value) <= LONGEST


def _bearers(keys: set[str], generated: bool) -> dict[str, list[tuple[str | None, int]]]:
    """By key: country and organization of all that bear it, as their own or as another name."""
    bearers: dict[str, list[tuple[str | None, int]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(BEARERS, [list(keys)])
        for key, country, pk, invented in cursor.fetchall():
            if invented == generated:
                bearers[key].append((country, pk))
    return bearers


def _identified(ids: set[str], generated: bool) -> tuple[dict[str, int], set[str]]:
    """Organizations by id, and the ids that the other world has, the invented or the real one."""
    if not ids:
        return {}, set()
    pairs = [external_id.partition(":") for external_id in ids]
    known: dict[str, int] = {}
    foreign: set[str] = set()
    with connection.cursor() as cursor:
        cursor.execute(IDENTIFIED, [[p[0] for p in pairs], [p[2] for p in pairs]])
        for external_id, _, pk, invented in cursor.fetchall():
            if invented == generated:
                known[external_id] = pk
            else:
                foreign.add(external_id)
    return known, foreign


def _schemes(pks: set[int]) -> dict[int, set[str]]:
    """The schemes in which each organization has an id."""
    schemes: dict[int, set[str]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(SCHEMES, [list(pks)])
        for pk, scheme in cursor.fetchall():
            schemes[pk].add(scheme)
    return schemes
