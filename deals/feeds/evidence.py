"""What is known about organizations besides their deals: names, domiciles, owners, with sources."""

import csv
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path

from deals.feeds.match import Named, organizations
from deals.feeds.run import Prepared
from deals.feeds.spellings import rebuild
from deals.models import (
    Change,
    Domicile,
    Organization,
    OrganizationName,
    Ownership,
    Source,
    ledger,
)
from deals.rules.names import normalise

Row = dict[str, str]


def load_evidence(folder: Path, deals: Prepared) -> int:
    """Load organizations.csv and ownerships.csv of a folder; returns how many were touched.

    An organization's country is what the deals of the same folder say, then what the evidence says:
    so both find the same organization.
    """
    facts, owners = _rows(folder / "organizations.csv"), _rows(folder / "ownerships.csv")
    countries = _countries(deals, facts, owners)
    names = [row["name"] for row in facts]
    names += [row[side] for row in owners for side in ("owned", "owner")]
    wanted: dict[str, Named] = {name: (name, countries.get(normalise(name)), "") for name in names}
    found, _ = organizations(wanted.values(), generated=False)
    pks = {name: found[named] for name, named in wanted.items()}
    touched = {pks[row["name"]] for row in facts if _describe(pks[row["name"]], row)}
    touched |= {pks[row["owned"]] for row in owners if _own(pks[row["owned"]], row, pks)}
    rebuild(sorted(touched))
    for pk in sorted(touched):
        ledger.append(
            Change.Kind.ORGANIZATION,
            by="system",
            reason="Evidence loaded with the code.",
            organization_id=pk,
        )
    return len(touched)


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _countries(deals: Prepared, facts: Iterable[Row], owners: Iterable[Row]) -> dict[str, str]:
    """Country by normalised name; the deals' word goes first."""
    stated: list[tuple[str, str | None]] = []
    for deal in deals.facts.values():
        stated += [(investor[0], investor[1]) for investor in deal["investors"]]
        stated.append((deal["target_name"], deal["target_country"]))
    stated += [(row["name"], row["country"]) for row in facts if _is_headquarters(row)]
    stated += [(row["owner"], row["owner_country"]) for row in owners]
    countries: dict[str, str] = {}
    for name, country in stated:
        if name and country:
            countries.setdefault(normalise(name), country)
    return countries


def _is_headquarters(row: Row) -> bool:
    return row["country_basis"] == Domicile.Basis.HEADQUARTERS


def _describe(pk: int, row: Row) -> bool:
    """Kind, other names and one domicile; whether anything was new."""
    changed = Organization.objects.filter(pk=pk).exclude(kind=row["kind"]).update(kind=row["kind"])
    for entry in filter(None, map(str.strip, row["other_names"].split(";"))):
        script, name = entry.split(":", 1)
        _, created = OrganizationName.objects.get_or_create(
            organization_id=pk, name=name, defaults={"key": normalise(name), "script": script}
        )
        changed += created
    if row["country"]:
        _, created = Domicile.objects.get_or_create(
            organization_id=pk,
            country=row["country"],
            basis=row["country_basis"],
            first=_day(row["country_from"]),
            last=_day(row["country_to"]),
            source=_source(row),
        )
        changed += created
    return bool(changed)


def _own(owned: int, row: Row, pks: dict[str, int]) -> bool:
    """One link of an ownership chain; whether anything was new."""
    link = {"owned_id": owned, "owner_id": pks[row["owner"]], "first": _day(row["from"])}
    facts = {
        "last": _day(row["to"]),
        "share": Decimal(row["share_percent"]) if row["share_percent"] else None,
        "controlling": row["controlling"] == "yes",
        "state_linked": row["state_linked"] == "yes",
        "source": _source(row),
        "note": row["note"],
    }
    # After a merge of organizations there may be two of the same.
    if Ownership.objects.filter(**link).update(**facts):
        return False
    Ownership.objects.create(**link, **facts)
    return True


def _source(row: Row) -> Source | None:
    if not row["source_url"] and not row["source_title"]:
        return None
    title = row["source_title"] or row["source_url"]
    return Source.objects.get_or_create(
        kind=Source.Kind.PAGE, url=row["source_url"], title=title[:500]
    )[0]


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
