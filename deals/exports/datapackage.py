"""The descriptor of a release: a Data Package (version 2) with a Table Schema for each table."""

import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings

from deals.exports.manifest import CHECKSUMS, Entry
from deals.exports.release_schemas import fields_of
from deals.models import Release
from deals.rules.doi import address

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
RESOURCE = "https://datapackage.org/profiles/2.0/dataresource.json"
SCHEMA = "https://datapackage.org/profiles/2.0/tableschema.json"
FORMATS = {"csv", "jsonl", "json", "parquet", "xlsx", "md"}
TITLES = {
    "deals": "Deals, one row each",
    "participations": "Participations, one row for each investor of a deal",
    "organizations": "Organizations, as they were known when the files were made",
    "regions": "Regions and their members, with dates",
    "countries": "Countries",
    "sectors": "Sectors",
    "round-types": "Types of round",
    "kinds": "Kinds of deals",
    "statuses": "Statuses",
    "populations": "Populations: what was declared complete",
    "rates-used": "Exchange rates that convert amounts of this release",
    "published-figures": "Figures that others published",
    "policy-events": "Dated rules and decisions",
    "headline": "Headline numbers, whole answers as stored",
    "methods": "The rules of counting",
}
ABOUT = (
    "Cross-border investment in artificial intelligence between Europe and China, deal by deal,"
    " each with its sources. Deals that are generated for demonstration are in files of their own"
    " and say nothing about the world."
)


def describe(release: Release, entries: Iterable[Entry]) -> str:
    """The text of datapackage.json for these files."""
    site = settings.SITE_URL
    package: dict[str, Any] = {
        "$schema": PROFILE,
        "name": f"investtrack-{release.name.lower()}",
        "title": f"InvestTrack, release {release.name}",
        "description": ABOUT,
        "version": release.name,
        "created": release.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "homepage": f"{site}/data/releases/{release.name}/",
        "change_seq": release.seq,
        "licenses": [
            {
                "title": "Terms: those of each source for what is quoted",
                "path": f"{site}/data/#terms",
            }
        ],
        "sources": _sources(),
        "contributors": [{"title": "InvestTrack", "path": site, "roles": ["publisher"]}],
        "resources": [_resource(entry) for entry in entries if entry.name != CHECKSUMS],
    }
    return with_doi(_text(package), release.doi)


def with_doi(text: str, doi: str) -> str:
    """The same descriptor with this DOI as its `id`, or without one."""
    package = json.loads(text)
    package.pop("id", None)
    if doi:
        schema = package.pop("$schema")
        package = {"$schema": schema, "id": address(doi), **package}
    return _text(package)


def _text(package: dict[str, Any]) -> str:
    return json.dumps(package, ensure_ascii=False, indent=2) + "\n"


def _sources() -> list[dict[str, str]]:
    return [
        {
            "title": "Euro foreign exchange reference rates, European Central Bank",
            "path": "https://www.ecb.europa.eu/stats/policy_and_exchange_rates/"
            "euro_reference_exchange_rates/",
        },
        {"title": "The sources named in each deal’s record (column and field “sources”)"},
    ]


def _resource(entry: Entry) -> dict[str, Any]:
    stem, _dot, form = entry.name.rpartition(".")
    found: dict[str, Any] = {
        "$schema": RESOURCE,
        # A name may stand once; the same table comes in several formats.
        "name": entry.name.lower() if form != "csv" else stem.lower(),
        "title": TITLES.get(stem) or _title(stem),
        "path": entry.name,
        "format": form,
        "mediatype": entry.media.partition(";")[0],
        "bytes": entry.bytes,
        "hash": f"sha256:{entry.sha256}",
    }
    if entry.rows is not None:
        found["rows"] = entry.rows
    if form in ("csv", "jsonl", "json", "md"):
        found["encoding"] = "utf-8"
    if form == "csv":
        found |= {"type": "table", "dialect": {"delimiter": ",", "lineTerminator": "\r\n"}}
    fields = fields_of(stem, form)
    if fields:
        missing = [""] if form == "csv" else []
        schema: dict[str, Any] = {"$schema": SCHEMA, "fields": fields}
        found["schema"] = schema | ({"missingValues": missing} if missing else {})
    return found


def _title(stem: str) -> str:
    if stem.startswith("changes-since-"):
        return f"What changed since release {stem.removeprefix('changes-since-')}"
    table, _dash, code = stem.partition("-")
    return f"{TITLES[table]}: population {code}, generated for demonstration, not real"
