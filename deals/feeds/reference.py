"""Published figures and policy events from their files, with one entry in the ledger a change."""

import csv
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from django.db import models, transaction

from deals.models import Change, PolicyEvent, PublishedFigure, ledger

FIGURE_TEXTS = (
    "title", "value", "unit", "measure", "numerator", "denominator", "period_from", "period_to",
    "definition", "source_title", "source_date", "source_url", "evidence", "query", "shelf",
)  # fmt: skip


def load_figures(path: Path) -> int:
    """Make the table equal to the file; returns how many figures there are."""
    wanted = {}
    for position, row in enumerate(_rows(path)):
        facts: dict[str, Any] = {name: row[name] for name in FIGURE_TEXTS}
        wanted[row["id"]] = facts | {"why_no_query": row["comparable_note"], "position": position}
    known = {figure.code: figure for figure in PublishedFigure.objects.all()}
    _settle(PublishedFigure, Change.Kind.FIGURE, known, wanted, ("code",))
    return len(wanted)


def load_events(path: Path) -> int:
    """Make the table equal to the file; returns how many events there are."""
    wanted = {}
    for row in _rows(path):
        key = f"{row['date']} {row['title']}"
        applies_from = row["applies_to_deals_from"]
        wanted[key] = {
            "date": date.fromisoformat(row["date"]),
            "title": row["title"],
            "applies_from": date.fromisoformat(applies_from) if applies_from else None,
            "jurisdiction": row["jurisdiction"],
            "kind": row["kind"],
            "note": row["note"],
            "evidence": row["evidence"],
        }
    known = {f"{event.date} {event.title}": event for event in PolicyEvent.objects.all()}
    _settle(PolicyEvent, Change.Kind.EVENT, known, wanted, ())
    return len(wanted)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _settle(
    model: type[models.Model],
    kind: Change.Kind,
    known: Mapping[str, Any],
    wanted: Mapping[str, Mapping[str, Any]],
    key_fields: Iterable[str],
) -> None:
    """Create, update and delete until table and file agree; `fields` names what was touched.

    What a person has changed, added or deleted stays as they left it.
    """
    touched = []
    with transaction.atomic():
        theirs = _changed_by_people(kind)
        known = {key: row for key, row in known.items() if key not in theirs}
        wanted = {key: facts for key, facts in wanted.items() if key not in theirs}
        for key, facts in wanted.items():
            row = known.get(key)
            if row is None:
                model._default_manager.create(**dict.fromkeys(key_fields, key), **facts)
            elif any(getattr(row, name) != value for name, value in facts.items()):
                for name, value in facts.items():
                    setattr(row, name, value)
                row.save(update_fields=list(facts))
            else:
                continue
            touched.append(key)
        for key in known.keys() - wanted.keys():
            known[key].delete()
            touched.append(key)
        if touched:
            ledger.append(kind, by="system", reason="Loaded with the code.", fields=touched)


def _changed_by_people(kind: Change.Kind) -> set[str]:
    """Keys of rows that somebody has changed in the admin, as the ledger names them."""
    entries = Change.objects.filter(kind=kind).exclude(by="system")
    return {key for fields in entries.values_list("fields", flat=True) for key in fields}
