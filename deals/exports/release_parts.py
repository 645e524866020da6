"""What a release consists of: each file's name, and what writes it."""

import csv
import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from django.db import connection

from deals.exports import files, release_changes
from deals.exports.forms import Shape
from deals.exports.manifest import Write
from deals.exports.release_headline import headline
from deals.exports.release_methods import methods
from deals.exports.tables import RATE, TABLES, Rows, rates_used
from deals.flows.organization_documents import organizations, texts
from deals.flows.query import ALL, FlowQuery
from deals.flows.scope import resolve
from deals.models import Release
from deals.rules.spreadsheet import safe_cell

Part = tuple[str, Write]
BATCH = 500
# Each table in its forms; in these the ledger decides every byte.
EXPORTED = {
    "deals": ("csv", "jsonl", "parquet", "xlsx"), "participations": ("csv", "parquet"),
}  # fmt: skip
# Generated deals are never in one file with documented ones.
DEMONSTRATION = """
SELECT p.code FROM deals_population p WHERE p.generated AND EXISTS (
    SELECT 1 FROM deals_dealfact f WHERE f.population_id = p.id AND f.published_seq <= %s
      AND (f.superseded_seq IS NULL OR f.superseded_seq > %s)
) ORDER BY p.code
"""


def from_ledger(release: Release) -> Iterator[Part]:
    """What can be made again at any time.

    `deals` and `participations` hold documented deals of every kind and status; a population of
    generated ones has files of its own, since nobody should meet invented deals unawares.
    """
    query = FlowQuery(kind=(ALL,), status=(ALL,), ai=(ALL,), release=release.name)
    for code in ("", *demonstration(release)):
        for table, forms in EXPORTED.items():
            stem = f"{table}-{_part_of_name(code)}" if code else table
            for form in forms:
                yield f"{stem}.{form}", _exported(query.but(population=code), table, form)
    before = release_changes.previous(release)
    if before is not None:
        name = f"changes-since-{before.name}"
        yield (
            f"{name}.csv",
            lambda path: release_changes.write_csv(path, before.seq, release.seq),
        )
        yield f"{name}.md", lambda path: _text(path, release_changes.text(release, before))


def kept_parts(release: Release) -> Iterator[Part]:
    """What is as it was when the files were made."""
    yield "organizations.jsonl", _organizations
    for name, (columns, rows) in TABLES.items():
        yield f"{name}.csv", _table(columns, rows)
    yield "rates-used.csv", _table(RATE, lambda: rates_used(release.seq))
    yield "headline.json", lambda path: _json(path, headline(release))
    yield "methods.md", lambda path: _text(path, methods(release.name))


def demonstration(release: Release) -> list[str]:
    """Codes of populations of generated deals that this release shows."""
    with connection.cursor() as cursor:
        cursor.execute(DEMONSTRATION, [release.seq, release.seq])
        return [row[0] for row in cursor.fetchall()]


def _part_of_name(code: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]", "-", code)


def _exported(query: FlowQuery, table: str, form: str) -> Write:
    def write(path: Path) -> int:
        with path.open("wb") as target:
            # The checksums tell that a file is whole, so that no last line has to.
            shape = Shape(table=table, mark=False)
            return files.write(form, target, query, resolve(query), shape=shape).rows

    return write


def _organizations(path: Path) -> int:
    pks = list(organizations().order_by("pk").values_list("pk", flat=True))
    with path.open("w", encoding="utf-8", newline="") as file:
        for batch in (pks[at : at + BATCH] for at in range(0, len(pks), BATCH)):
            file.writelines(f"{text}\n" for text in texts(batch))
    return len(pks)


def _table(columns: Sequence[str], rows: Callable[[], Rows]) -> Write:
    def write(path: Path) -> int:
        count = 0
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\r\n")
            writer.writerow(columns)
            for row in rows():
                writer.writerow([safe_cell(cell) for cell in row])
                count += 1
        return count

    return write


def _json(path: Path, value: object) -> None:
    _text(path, json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def _text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="")
