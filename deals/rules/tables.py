"""The small reference tables that are shipped with the code, in deals/data."""

import csv
from pathlib import Path

DATA = Path(__file__).parent.parent / "data"


def read_table(name: str) -> list[dict[str, str]]:
    """The rows of deals/data/NAME.csv as text, by column."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def several(cell: str) -> list[str]:
    """The entries of a cell that lists several, separated by "|"."""
    return [entry.strip() for entry in cell.split("|") if entry.strip()]
