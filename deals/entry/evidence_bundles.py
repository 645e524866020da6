"""Versions as they would be once evidence has moved them, without writing anything."""

from collections.abc import Iterable
from dataclasses import replace

from deals.feeds.repoint import Repointing
from deals.models.bundles import Bundle, Row


def moved(bundles: Iterable[Bundle], change: Repointing) -> list[Bundle]:
    """Each bundle with the countries and owners that the change gives it."""
    return [
        replace(
            bundle,
            version=_version(bundle.version, change),
            participations=[_part(part, change) for part in bundle.participations],
        )
        for bundle in bundles
    ]


def _version(row: Row, change: Repointing) -> Row:
    country = change.target_countries.get(row["id"])
    if country is None:
        return row
    return row | {"target_country": country or None, "target_country_basis": _basis(country)}


def _part(row: Row, change: Repointing) -> Row:
    place = row["version_id"], row["position"]
    country, owner = change.countries.get(place), change.owners.get(place)
    if country is not None:
        row = row | {"country": country or None, "country_basis": _basis(country)}
    if owner is not None:
        row = row | {
            "ultimate": list(owner.countries),
            "ultimate_basis": owner.basis,
            "state_linked": owner.state_linked,
        }
    return row


def _basis(country: str) -> str:
    return "headquarters" if country else "unknown"
