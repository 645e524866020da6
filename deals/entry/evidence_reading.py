"""The form about an organization: from what is typed to changes of what is on record."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from deals.entry.evidence import (
    DOMICILE,
    IDENTIFIER,
    NAME,
    OWNER,
    PLAIN,
    ROWS,
    Change,
    Record,
    difference,
    share_text,
)
from deals.entry.evidence_owner import read_owner
from deals.entry.evidence_refusals import contradictions
from deals.entry.reading_dates import deal_date
from deals.entry.reading_faults import Fault, Faults
from deals.entry.reading_texts import line, lines
from deals.feeds import fields
from deals.models import Domicile, Organization
from deals.rules import identifiers
from deals.rules.countries import country_code
from deals.rules.dates import parse_date
from deals.rules.names import clean_name, script_of

Typed = dict[str, Any]
REASON = "reason"
LONGEST_REASON = 2_000
LONGEST_NOTE = 2_000
MOST_ROWS = 60
SCRIPTS = ("Latn", "Hans", "Hant", "Jpan", "Kore", "Cyrl", "Grek", "Arab", "Hebr", "Thai", "Deva")
_NUMBERED = re.compile(
    r"(?P<list>names|identifiers|domiciles|owners)-(?P<at>[0-9]{1,3})-(?P<part>[a-z_]+)"
)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
# What a select fills by itself does not make a row.
_BY_ITSELF = ("scheme", "basis", "script", "row")


@dataclass(frozen=True, slots=True)
class Reading:
    """`changes` in the order of the page; none where something is wrong or nothing differs."""

    changes: list[Change]
    reason: str
    faults: tuple[Fault, ...]


def typed_of(known: Record) -> Typed:
    """What is on record as the form shows it."""
    rows = {name: [row | {"remove": ""} for row in known[name]] for name in ROWS}
    return {name: known[name] for name in PLAIN} | rows | {REASON: ""}


def from_form(data: Mapping[str, Any]) -> Typed:
    """What was typed; takes the named fields only, and leaves empty new rows out. Never raises."""
    typed: Typed = {name: _clean(data.get(name, "")) for name in (*PLAIN, REASON)}
    found: dict[str, dict[int, dict[str, str]]] = {name: {} for name in ROWS}
    for key in data:
        match = _NUMBERED.fullmatch(key)
        if match and match["part"] in (*ROWS[match["list"]], "row", "remove"):
            row = found[match["list"]].setdefault(int(match["at"]), {})
            row[match["part"]] = _clean(data.get(key, ""))
    for name, parts in ROWS.items():
        blank = dict.fromkeys((*parts, "row", "remove"), "")
        rows = [blank | row for _at, row in sorted(found[name].items())]
        typed[name] = [row for row in rows if row["row"] or not _is_empty(row)]
    return typed


def read(typed: Typed, known: Record, organization: Organization) -> Reading:
    """The changes that a person means, or what is wrong with them, in sentences."""
    faults = Faults()
    wanted: Record = {
        "name": _name("name", typed["name"], known["name"], faults),
        "kind": _one_of("kind", typed["kind"], Organization.Kind.values, faults),
        "country": faults.take("country", country_code, typed["country"], None) or "",
    }
    for name in ROWS:
        wanted[name] = _list(name, typed[name], known[name], organization, faults)
    reason = lines(REASON, typed[REASON], LONGEST_REASON, faults)
    if not reason and not faults.among(REASON):
        faults.note(REASON, _("Say why: the reason stays in the ledger, for everybody to read."))
    changes = [] if faults.found else difference(known, wanted)
    if not faults.found and not changes:
        faults.note("", _("Nothing differs from what is on record."))
    if changes:
        contradictions(organization, wanted, changes, faults)
    found = tuple(faults.found)
    return Reading([] if found else changes, reason, found)


def _list(
    name: str,
    rows: Sequence[Typed],
    known: list[Record],
    organization: Organization,
    faults: Faults,
) -> list[Record]:
    """The rows that are to stay or come, in order; `at` is where each stands in the form."""
    by_row = {row["row"]: row for row in known}
    found = []
    if len(rows) > MOST_ROWS:
        said = _("There are %(rows)s rows; %(most)s at most can be kept.")
        faults.note(name, said % {"rows": len(rows), "most": MOST_ROWS})
        rows = rows[:MOST_ROWS]
    for at, row in enumerate(rows):
        field = f"{name}-{at}"
        was = by_row.pop(row["row"], None)
        if row["row"] and was is None:
            faults.note(field, _("This line is not one of this organization’s any more."))
        elif row["remove"]:
            continue
        elif was and all(row[part] == was[part] for part in ROWS[name]):
            found.append(was | {"at": field})
        else:
            found.append(_row(name, field, row, organization, faults))
    # A line that the form did not send at all is left as it is: only a tick takes one out.
    return found + list(by_row.values())


def _row(name: str, field: str, row: Typed, organization: Organization, faults: Faults) -> Record:
    match name:
        case "names":
            said = _name_row(field, row, faults)
        case "identifiers":
            said = _identifier(field, row, faults)
        case "domiciles":
            said = _domicile(field, row, faults)
        case _:
            said = read_owner(field, row, organization, faults) | {
                "share": share_text(
                    faults.take(f"{field}-share", fields.stake, row["share"], None)
                ),
                "controlling": "yes" if row["controlling"] else "",
                "state_linked": "yes" if row["state_linked"] else "",
                "note": lines(f"{field}-note", row["note"], LONGEST_NOTE, faults),
                **_days(field, row, faults),
                **_source(field, row, faults),
            }
    parts = {"names": NAME, "identifiers": IDENTIFIER, "domiciles": DOMICILE}.get(name, OWNER)
    return {part: said[part] for part in parts} | {"row": row["row"], "at": field}


def _name_row(field: str, row: Typed, faults: Faults) -> Record:
    name = _name(f"{field}-name", row["name"], "", faults)
    script = row["script"] or (script_of(name) if name else "")
    if script not in (*SCRIPTS, "Zyyy", "Hani"):
        faults.note(f"{field}-script", _("Choose one of the scripts."))
    return {"name": name, "script": script}


def _identifier(field: str, row: Typed, faults: Faults) -> Record:
    if not row["value"].strip():
        faults.note(f"{field}-value", _("Write the identifier, or tick “take out”."))
        return {"scheme": row["scheme"], "value": ""}
    value = faults.take(
        f"{field}-value", lambda text: identifiers.identifier(row["scheme"], text), row["value"], ""
    )
    return {"scheme": row["scheme"], "value": value}


def _domicile(field: str, row: Typed, faults: Faults) -> Record:
    country = faults.take(f"{field}-country", country_code, row["country"], None)
    if country is None and not faults.among(f"{field}-country"):
        faults.note(f"{field}-country", _("Say which country, by its name or code."))
    return {
        "country": country or "",
        "basis": _one_of(f"{field}-basis", row["basis"], Domicile.Basis.values, faults),
        **_days(field, row, faults),
        **_source(field, row, faults),
    }


def _days(field: str, row: Typed, faults: Faults) -> dict[str, str]:
    """A month or year that begins something means its first day, one that ends it its last."""
    unknown = deal_date({"first": None, "last": None, "precision": "none"})
    first = faults.take(f"{field}-first", parse_date, row["first"], unknown).first
    last = faults.take(f"{field}-last", parse_date, row["last"], unknown).last
    if first and last and last < first:
        faults.note(f"{field}-last", _("It ends before it begins."))
    return {"first": first.isoformat() if first else "", "last": last.isoformat() if last else ""}


def _source(field: str, row: Typed, faults: Faults) -> dict[str, str]:
    title = line(f"{field}-title", row["title"], 500, faults)
    url = faults.take(f"{field}-url", fields.url, row["url"].strip(), "")
    if not (title or url) and not faults.among(f"{field}-url", f"{field}-title"):
        faults.note(
            f"{field}-url", _("Say where you read this: the page’s address, or a document’s title.")
        )
    return {"url": url or "", "title": title or (url or "")[:500]}


def _name(field: str, text: str, known: str, faults: Faults) -> str:
    if known and text == known:
        return known
    return faults.take(field, clean_name, text, "")


def _one_of(field: str, text: str, allowed: Sequence[str], faults: Faults) -> str:
    if text not in allowed:
        faults.note(field, _("Choose one of the list."))
    return text


def _is_empty(row: Typed) -> bool:
    return not any(value.strip() for part, value in row.items() if part not in _BY_ITSELF)


def _clean(text: Any) -> str:
    return _UNSTORABLE.sub("", str(text)).replace("\r\n", "\n")
