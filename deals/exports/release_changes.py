"""What changed since the release before, as files: a row a deal, and a page to be read."""

import csv
from collections.abc import Iterator
from pathlib import Path

from deals.flows.between import WHATS, Moved, counts, every_moved
from deals.models import Release
from deals.rules.spreadsheet import safe_cell

COLUMNS = (
    "deal", "what", "company", "country", "version_before", "version_after", "fields",
    "merged_into", "change_seq", "at", "reason",
)  # fmt: skip
TOLD = {
    "new": "New deals",
    "restored": "Deals that are back",
    "changed": "Deals with a newer version",
    "merged": "Deals merged into another",
    "retracted": "Deals retracted",
    "computed_again": "Amounts converted again, facts as before",
}
# A page that nobody could read through has the first of each kind; the table has all.
LISTED = 500


def cells(moved: Moved) -> tuple[object, ...]:
    """One row of the table; `COLUMNS` names its cells."""
    return (
        moved.id, moved.what, moved.name, moved.country, moved.before, moved.after,
        " ".join(moved.fields), moved.merged_into, moved.seq,
        moved.at.strftime("%Y-%m-%dT%H:%M:%SZ"), moved.reason,
    )  # fmt: skip


def previous(release: Release) -> Release | None:
    """The release before: of the same or an earlier point of the ledger, named earlier."""
    return (
        Release.objects.filter(seq__lte=release.seq, pk__lt=release.pk)
        .order_by("-seq", "-pk")
        .first()
    )


def write_csv(path: Path, first: int, last: int) -> int:
    """Every deal that differs between two numbers of the ledger; how many."""
    rows = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(COLUMNS)
        for rows, moved in enumerate(every_moved(first, last), 1):  # noqa: B007
            writer.writerow([safe_cell(cell) for cell in cells(moved)])
    return rows


def text(release: Release, before: Release) -> str:
    """Markdown: how many of each kind, and the first of them with fields and reasons."""
    found = counts(before.seq, release.seq)
    lists: dict[str, list[Moved]] = {what: [] for what in found}
    for moved in every_moved(before.seq, release.seq):
        if len(lists[moved.what]) < LISTED:
            lists[moved.what].append(moved)
    parts = [
        f"# Changes in release {release.name} since {before.name}",
        f"From ledger no. {before.seq} to no. {release.seq}.",
    ]
    if not found:
        parts.append("No deal differs.")
    for what in WHATS:
        if what in found:
            parts += [f"## {TOLD[what]}: {found[what]}", "\n".join(_lines(lists[what]))]
            if found[what] > LISTED:
                parts.append(f"And {found[what] - LISTED} more, which are in the table.")
    return "\n\n".join(parts) + "\n"


def _lines(listed: list[Moved]) -> Iterator[str]:
    for moved in listed:
        words = [f"- {moved.id} {_plain(moved.name)} ({moved.country or 'country not known'})"]
        if moved.fields:
            words.append(f": {', '.join(moved.fields)}")
        if moved.merged_into:
            words.append(f", into {moved.merged_into}")
        if moved.reason:
            words.append(f". {_plain(moved.reason)}")
        yield "".join(words)


def _plain(text: str) -> str:
    """A text on one line, in which nothing is Markdown or HTML."""
    flat = " ".join(text.split())
    return "".join(f"\\{char}" if char in "\\`*_[]<>#|" else char for char in flat)
