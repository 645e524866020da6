"""Deals whose organizations turn out to be others: new versions of the live ones, all at once.

Names and stated countries stay; which organization they mean changes, the owners that follow from
it, and countries that were only known from where the organization has its headquarters. Versions
that are not published yet are mended where they are, and go on from the new live version, so that
nobody's pending edit becomes stale by it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Model
from django.utils import timezone

from deals.feeds.ids import take
from deals.feeds.publish import LARGE, Published, publish
from deals.models import Citation, DealVersion, Participation
from deals.models.attribution import Attribution

# What can still change a number: live versions, and those that may become live.
CURRENT = """
(v.published_seq IS NOT NULL AND v.superseded_seq IS NULL OR v.state IN ('draft', 'submitted'))
"""
TARGETS = f"""
SELECT v.id, v.deal_id, v.target_id, v.target_name, v.target_country,
       v.target_country_basis, v.date_first, v.date_last FROM deals_dealversion v
WHERE v.target_id = ANY(%s) AND {CURRENT} ORDER BY v.id
"""
PARTS = f"""
SELECT v.id, v.deal_id, p.position, p.investor_id, p.investor_name, p.country,
       v.date_first, v.date_last, p.country_basis,
       p.ultimate, p.ultimate_basis, p.state_linked
FROM deals_participation p JOIN deals_dealversion v ON v.id = p.version_id
WHERE p.investor_id = ANY(%s) AND {CURRENT} ORDER BY v.id, p.position
"""
# Everything that these own, through however many others.
OWNED = """
WITH RECURSIVE owned AS (
    SELECT unnest(%s::bigint[]) AS id
    UNION
    SELECT w.owned_id FROM owned JOIN deals_ownership w ON w.owner_id = owned.id
)
SELECT id FROM owned
"""
LIVE = """
SELECT id FROM deals_dealversion
WHERE id = ANY(%s) AND published_seq IS NOT NULL AND superseded_seq IS NULL ORDER BY id
"""
POINT_TARGETS = """
UPDATE deals_dealversion v SET target_id = n.organization
FROM unnest(%s::bigint[], %s::bigint[]) AS n(version, organization) WHERE v.id = n.version
"""
POINT_INVESTORS = """
UPDATE deals_participation p SET investor_id = n.organization
FROM unnest(%s::bigint[], %s::int[], %s::bigint[]) AS n(version, position, organization)
WHERE p.version_id = n.version AND p.position = n.position
"""
SET_TARGET_COUNTRIES = """
UPDATE deals_dealversion v SET target_country = nullif(n.country, ''),
       target_country_basis = CASE WHEN n.country = '' THEN 'unknown' ELSE 'headquarters' END
FROM unnest(%s::bigint[], %s::text[]) AS n(version, country) WHERE v.id = n.version
"""
SET_COUNTRIES = """
UPDATE deals_participation p SET country = nullif(n.country, ''),
       country_basis = CASE WHEN n.country = '' THEN 'unknown' ELSE 'headquarters' END
FROM unnest(%s::bigint[], %s::int[], %s::text[]) AS n(version, position, country)
WHERE p.version_id = n.version AND p.position = n.position
"""
SET_OWNERS = """
UPDATE deals_participation p SET ultimate = string_to_array(n.countries, '+'),
       ultimate_basis = n.basis, state_linked = n.state_linked
FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::text[], %s::bool[])
     AS n(version, position, countries, basis, state_linked)
WHERE p.version_id = n.version AND p.position = n.position
"""
REBASE = """
UPDATE deals_dealversion v SET based_on_id = n.new
FROM unnest(%s::bigint[], %s::bigint[]) AS n(old, new)
WHERE v.based_on_id = n.old AND v.id <> n.new AND v.state IN ('draft', 'submitted')
"""


class Target(NamedTuple):
    """A current version by its target."""

    version: int
    deal: int
    organization: int
    name: str
    country: str | None
    basis: str
    first: date | None
    last: date | None


class Part(NamedTuple):
    """A participation of a current version."""

    version: int
    deal: int
    position: int
    organization: int
    name: str
    country: str | None
    first: date | None
    last: date | None
    basis: str
    ultimate: list[str]
    ultimate_basis: str
    state_linked: bool


@dataclass
class Repointing:
    """What is to change, by version, or by version and position of the investor.

    Countries are those of headquarters; "" is one that is not known any more.
    """

    targets: dict[int, int] = field(default_factory=dict)
    investors: dict[tuple[int, int], int] = field(default_factory=dict)
    owners: dict[tuple[int, int], Attribution] = field(default_factory=dict)
    target_countries: dict[int, str] = field(default_factory=dict)
    countries: dict[tuple[int, int], str] = field(default_factory=dict)

    def versions(self) -> set[int]:
        """All versions in which something is to change."""
        places = (*self.investors, *self.owners, *self.countries)
        return {*self.targets, *self.target_countries, *(version for version, _ in places)}


def targets_of(organizations: Iterable[int]) -> list[Target]:
    """Current versions whose target is one of these."""
    with connection.cursor() as cursor:
        cursor.execute(TARGETS, [list(organizations)])
        return [Target(*row) for row in cursor]


def parts_of(organizations: Iterable[int]) -> list[Part]:
    """Participations in current versions whose investor is one of these."""
    with connection.cursor() as cursor:
        cursor.execute(PARTS, [list(organizations)])
        return [Part(*row) for row in cursor]


def owned_by(organizations: Iterable[int]) -> list[int]:
    """These and all that they own: where evidence about them can change a country."""
    with connection.cursor() as cursor:
        cursor.execute(OWNED, [list(organizations)])
        return [row[0] for row in cursor]


def repoint(change: Repointing, *, by: str, decided_by: int | None, reason: str) -> Published:
    """Publish copies of the live versions with the change, and mend the pending ones.

    Belongs into a transaction that holds the ledger's lock, so that the versions stay the live
    ones; returns the ledger entries of the copies.
    """
    with connection.cursor() as cursor:
        cursor.execute(LIVE, [list(change.versions())])
        live = [row[0] for row in cursor]
    copies = dict(zip(live, take("deals_dealversion", len(live)), strict=True))
    if copies:
        _copy(copies, reason)
    _point(change, copies)
    with connection.cursor() as cursor:
        cursor.execute(REBASE, [list(copies), list(copies.values())])
        if len(copies) >= LARGE:
            # To the planner, tables that were filled in this transaction may still be empty.
            cursor.execute(
                "ANALYZE deals_dealversion (id, deal_id, based_on_id),"
                " deals_participation (version_id), deals_citation (version_id)"
            )
    return publish(list(copies.values()), by=by, decided_by=decided_by, reason=reason)


def _copy(copies: dict[int, int], reason: str) -> None:
    """Submitted versions with the same facts, participations and citations."""
    own = {
        "id": "c.new",
        "number": "(SELECT max(n.number) + 1 FROM deals_dealversion n WHERE n.deal_id = s.deal_id)",
        "state": "'submitted'",
        "based_on_id": "s.id",
        "created_at": "%(now)s",
        "created_by_id": "NULL",
        "decided_by_id": "NULL",
        "decided_at": "NULL",
        "published_seq": "NULL",
        "superseded_seq": "NULL",
        "self_approved": "false",
        "reason": "%(reason)s",
    }
    values: dict[str, Any] = {
        "old": list(copies),
        "new": list(copies.values()),
        "now": timezone.now(),
        "reason": reason,
    }
    with connection.cursor() as cursor:
        cursor.execute(_copying(DealVersion, "id", own), values)
        for model in (Participation, Citation):
            cursor.execute(_copying(model, "version_id", {"version_id": "c.new"}), values)


def _copying(model: type[Model], link: str, own: dict[str, str]) -> str:
    """SQL that copies rows, all columns but their `own`; a new row's id comes from the sequence.

    Every name in it is a column of the model.
    """
    every = [str(field.column) for field in model._meta.concrete_fields]
    columns = [column for column in every if column != "id" or "id" in own]
    names = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join(own.get(column, f's."{column}"') for column in columns)
    return f"""
        INSERT INTO {model._meta.db_table} ({names})
        SELECT {values} FROM {model._meta.db_table} s
        JOIN unnest(%(old)s::bigint[], %(new)s::bigint[]) AS c(old, new) ON s.{link} = c.old
        ORDER BY s.id
    """


def _point(change: Repointing, copies: dict[int, int]) -> None:
    """Write the changes into the copies of live versions, and into pending versions themselves."""

    def where(version: int) -> int:
        return copies.get(version, version)

    targets = [(where(version), pk) for version, pk in change.targets.items()]
    investors = [(where(v), position, pk) for (v, position), pk in change.investors.items()]
    owners = [
        (where(v), position, "+".join(owner.countries), owner.basis, owner.state_linked)
        for (v, position), owner in change.owners.items()
    ]
    target_countries = [(where(v), country) for v, country in change.target_countries.items()]
    countries = [(where(v), position, code) for (v, position), code in change.countries.items()]
    with connection.cursor() as cursor:
        for sql, rows in (
            (POINT_TARGETS, targets),
            (SET_TARGET_COUNTRIES, target_countries),
            (POINT_INVESTORS, investors),
            (SET_COUNTRIES, countries),
            (SET_OWNERS, owners),
        ):
            if rows:
                cursor.execute(sql, [list(column) for column in zip(*rows, strict=True)])
