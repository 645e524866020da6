"""What is known about an organization, as people edit it: all values are texts, "" is none.

{"name", "kind", "country",
 "names": [{"row", "name", "script"}], "identifiers": [{"row", "scheme", "value"}],
 "domiciles": [{"row", "country", "basis", "first", "last", "url", "title"}],
 "owners": [{"row", "id", "name", "country", "share", "controlling", "state_linked",
             "first", "last", "url", "title", "note"}]}

`row` is the primary key of what is on record, "" for what is new. `first` and `last` are days, both
included; `url` and `title` are the source; `controlling` and `state_linked` are "yes" or "". `id`
of an owner is its public id, "" for one that is new to the register. An edit is a list of changes:
{"op": "add" | "change" | "remove", "what": "organization" | "name" | "identifier" | "domicile" |
"owner", "id": row or null, "before": {…}, "after": {…}}, each side with the texts above.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from deals.models import Organization, Source

Record = dict[str, Any]
Change = dict[str, Any]
PLAIN = ("name", "kind", "country")
NAME = ("name", "script")
IDENTIFIER = ("scheme", "value")
DOMICILE = ("country", "basis", "first", "last", "url", "title")
OWNER = (
    "id", "name", "country", "share", "controlling", "state_linked", "first", "last", "url",
    "title", "note",
)  # fmt: skip
ROWS = {"names": NAME, "identifiers": IDENTIFIER, "domiciles": DOMICILE, "owners": OWNER}
WHAT = {"names": "name", "identifiers": "identifier", "domiciles": "domicile", "owners": "owner"}
LISTS = {what: name for name, what in WHAT.items()}
ORGANIZATION = "organization"


def record(organization: Organization) -> Record:
    """What is on record now; five queries."""
    places = organization.domiciles.select_related("source").order_by("basis", "first", "pk")
    owners = organization.owners.select_related("source", "owner").order_by("first", "pk")
    return {
        "name": organization.name,
        "kind": organization.kind,
        "country": organization.country or "",
        "names": [
            {"row": str(row.pk), "name": row.name, "script": row.script}
            for row in organization.names.order_by("script", "pk")
        ],
        "identifiers": [
            {"row": str(row.pk), "scheme": row.scheme, "value": row.value}
            for row in organization.identifiers.order_by("scheme", "value")
        ],
        "domiciles": [
            {"row": str(row.pk), "country": row.country, "basis": row.basis}
            | _days(row.first, row.last)
            | _source(row.source)
            for row in places
        ],
        "owners": [
            {
                "row": str(row.pk),
                "id": row.owner.public_id,
                "name": row.owner.name,
                "country": row.owner.country or "",
                "share": share_text(row.share),
                "controlling": "yes" if row.controlling else "",
                "state_linked": "yes" if row.state_linked else "",
                "note": row.note,
            }
            | _days(row.first, row.last)
            | _source(row.source)
            for row in owners
        ],
    }


def difference(known: Record, wanted: Record) -> list[Change]:
    """The changes that make `wanted` of `known`; rows that `wanted` lacks are taken out."""
    changes = []
    plain = [name for name in PLAIN if known[name] != wanted[name]]
    if plain:
        before, after = ({name: side[name] for name in plain} for side in (known, wanted))
        changes.append(_change("change", ORGANIZATION, None, before, after))
    for name, parts in ROWS.items():
        changes += _rows(WHAT[name], parts, known[name], wanted[name])
    return changes


def _rows(
    what: str, parts: Sequence[str], known: list[Record], wanted: list[Record]
) -> Iterable[Change]:
    kept = {row["row"]: _texts(parts, row) for row in wanted if row["row"]}
    for row in known:
        pk, before = int(row["row"]), _texts(parts, row)
        after = kept.get(row["row"])
        if after is None:
            yield _change("remove", what, pk, before, {})
        elif not _same(before, after):
            yield _change("change", what, pk, before, after)
    for row in wanted:
        if not row["row"]:
            yield _change("add", what, None, {}, _texts(parts, row))


def overtaken(changes: Iterable[Change], now: Record) -> list[tuple[Change, Record | None]]:
    """Changes that do not fit what is on record by now, each with what stands there instead
    (None: nothing any more)."""
    return [
        (change, stands) for change in changes for fits, stands in [_fits(change, now)] if not fits
    ]


def _fits(change: Change, now: Record) -> tuple[bool, Record | None]:
    before, what = change["before"], change["what"]
    if what == ORGANIZATION:
        stands = {name: now[name] for name in before}
        return stands == before, stands
    rows, parts = now[LISTS[what]], ROWS[LISTS[what]]
    if change["op"] == "add":
        twins = [row for row in rows if _same(_texts(parts, row), change["after"])]
        return not twins, twins[0] if twins else None
    found = next((row for row in rows if row["row"] == str(change["id"])), None)
    if found is None:
        return False, None
    stands = _texts(parts, found)
    return _same(stands, before), stands


def _same(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """An owner is known by its id, whatever it is called by now."""
    named = ("name", "country") if one.get("id") and one.get("id") == other.get("id") else ()
    keys = one.keys() | other.keys()
    return all(one.get(key) == other.get(key) for key in keys if key not in named)


def day(text: str) -> date | None:
    """A day of a change or a record."""
    return date.fromisoformat(text) if text else None


def share(text: str) -> Decimal | None:
    """A share of a change or a record, in percent."""
    return Decimal(text) if text else None


def share_text(value: Decimal | None) -> str:
    """79.9800 → 79.98"""
    return "" if value is None else f"{value.normalize():f}"


def source(side: Record) -> Source | None:
    """The source that one side of a change names; made when it is not known yet."""
    if not side["url"] and not side["title"]:
        return None
    return Source.objects.get_or_create(
        kind=Source.Kind.PAGE, url=side["url"], title=side["title"] or side["url"][:500]
    )[0]


def _change(op: str, what: str, pk: int | None, before: Record, after: Record) -> Change:
    return {"op": op, "what": what, "id": pk, "before": before, "after": after}


def _texts(parts: Sequence[str], row: Mapping[str, str]) -> dict[str, str]:
    return {part: row[part] for part in parts}


def _days(first: date | None, last: date | None) -> dict[str, str]:
    return {"first": first.isoformat() if first else "", "last": last.isoformat() if last else ""}


def _source(found: Source | None) -> dict[str, str]:
    return {"url": found.url if found else "", "title": found.title if found else ""}
