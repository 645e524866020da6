"""What the form about an organization shows: its lines with their faults, and what it offers."""

from collections.abc import Sequence
from typing import Any

from deals.desk.faults import Fault, by_field
from deals.desk.form_options import country_options
from deals.entry.evidence import ROWS, WHAT, Record
from deals.entry.evidence_reading import SCRIPTS, Typed
from deals.entry.evidence_words import BASES, KINDS, SCHEMES, said
from deals.entry.evidence_words import SCRIPTS as SCRIPT_WORDS
from deals.entry.lookup import by_public_id, look_up

MOST_OFFERED = 5
# What a select shows before anybody has chosen.
USUAL = {"basis": "headquarters", "scheme": "lei", "script": ""}


def form(typed: Typed, known: Record, faults: Sequence[Fault]) -> dict[str, Any]:
    """The context of the page."""
    by_name = by_field(list(faults))
    return {
        "typed": typed,
        "faults": faults,
        "fault": by_name,
        "lists": {name: _lines(name, typed[name], known[name], by_name) for name in ROWS},
        "kinds": [(code, str(title)) for code, title in KINDS.items()],
        "bases": [(code, str(title)) for code, title in BASES.items()],
        "schemes": list(SCHEMES.items()),
        "scripts": [(code, str(SCRIPT_WORDS[code])) for code in SCRIPTS],
        "countries": country_options(),
        "organizations": by_public_id(row["id"] for row in typed["owners"]),
    }


def _lines(
    name: str, rows: list[dict[str, str]], known: list[Record], faults: dict[str, str]
) -> list[dict[str, Any]]:
    """The lines of a list, and an empty one to write into."""
    by_row = {row["row"]: row for row in known}
    found = []
    for at, row in enumerate(rows):
        was = by_row.get(row["row"])
        changed = was is not None and any(row[part] != was[part] for part in ROWS[name])
        line = _line(f"{name}-{at}", row, faults)
        # One of a supplier decides which organization a file means, so nobody rewrites it.
        line["foreign"] = name == "identifiers" and was is not None and was["scheme"] not in SCHEMES
        line["words"] = said(WHAT[name], was) if was else ""
        line["source"] = was.get("title", "") if was else ""
        line["changed"] = changed or bool(row["remove"])
        if name == "owners" and "name" in line["fault"] and not row["id"]:
            line["choices"] = look_up(row["name"], limit=MOST_OFFERED)
        found.append(line)
    blank = dict.fromkeys((*ROWS[name], "row", "remove"), "")
    blank |= {part: usual for part, usual in USUAL.items() if part in blank}
    return [*found, _line(f"{name}-{len(rows)}", blank, faults) | {"blank": True}]


def _line(at: str, row: dict[str, str], faults: dict[str, str]) -> dict[str, Any]:
    own = {
        field: text for field, text in faults.items() if field == at or field.startswith(f"{at}-")
    }
    return {
        **row,
        "at": at,
        "fault": {field.removeprefix(f"{at}-"): text for field, text in own.items()},
        "whole": own.get(at, ""),
        "blank": False,
    }
