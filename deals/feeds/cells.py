"""From the file's columns to register fields, still text: filled down, translated, blanked.

The supplier's words are replaced as the profile says, one look-up per distinct cell.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from deals.feeds.parse import Table
from deals.feeds.profile import Pattern, Profile
from deals.rules.spreadsheet import bare_cell

# Cells that list several things are translated piece by piece, later.
LISTS = frozenset({"sectors", "investors"})
# What the profile says of an investor by name goes before what it says of all investors.
BY_NAME = frozenset({"investor_country"})


@dataclass(frozen=True, slots=True)
class Cells:
    """Texts of the rows that are left: `texts` by register field, `shown` as the file had them.

    `rows` are row numbers, `keys` the deals' keys, `tags` the column that the AI rule reads.
    """

    rows: list[int]
    texts: dict[str, list[str]]
    shown: dict[str, list[str]]
    keys: list[str]
    tags: list[str] | None
    skipped: int


def cells(table: Table, profile: Profile, above: dict[str, str]) -> Cells:
    """Take the rows that are deals. A blank cell takes the profile's constant for its field.

    `above` has the last value of each column of fill_down, and is brought up to date.
    """
    columns = {
        name: [bare_cell(cell) if cell[:1] == "'" else cell for cell in map(str.strip, column)]
        for name, column in table.columns.items()
    }
    for name in profile.fill_down:
        columns[name], above[name] = _filled(columns[name], table.empty, above.get(name, ""))
    skipped = _skipped(columns, table, profile)
    kept = [at for at in range(len(table.rows)) if at not in skipped and at not in table.rejected]
    columns = {name: [column[at] for at in kept] for name, column in columns.items()}
    shown = {field: columns[name] for field, name in profile.columns.items()}
    texts = {field: _translated(column, field, profile) for field, column in shown.items()}
    for field in profile.constants.keys() - BY_NAME:
        texts.setdefault(field, [profile.constants[field]] * len(kept))
    return Cells(
        rows=[table.rows[at] for at in kept],
        texts=texts,
        shown=shown,
        keys=_keys([columns[name] for name in profile.key]),
        tags=columns[profile.ai.column] if profile.ai and profile.ai.column else None,
        skipped=len(skipped),
    )


def translator(patterns: Sequence[Pattern]) -> Callable[[str], str]:
    """A function that gives the first matching pattern's word, or the text itself."""

    def translate(text: str) -> str:
        for pattern, meaning in patterns:
            if pattern.fullmatch(text):
                return meaning
        return text

    return translate


def _filled(column: list[str], empty: frozenset[int], above: str) -> tuple[list[str], str]:
    """Continuation rows repeat the value above; a row without any content stays one."""
    filled: list[str] = []
    for at, cell in enumerate(column):
        above = cell or above
        filled.append("" if at in empty else above)
    return filled, above


def _skipped(columns: dict[str, list[str]], table: Table, profile: Profile) -> set[int]:
    skipped = set(table.empty)
    if profile.skip_when:
        words = profile.skip_when.words
        column = columns[profile.skip_when.column]
        skipped |= {at for at, cell in enumerate(column) if cell.casefold() in words}
    return skipped - table.rejected


def _translated(column: list[str], field: str, profile: Profile) -> list[str]:
    patterns = () if field in LISTS else profile.values.get(field, ())
    translate = translator(patterns)
    constant = "" if field in BY_NAME else profile.constants.get(field, "")

    def text(cell: str) -> str:
        word = translate(cell)
        return constant if not word or word.casefold() in profile.unknown else word

    known = {cell: text(cell) for cell in set(column)}
    return [known[cell] for cell in column]


def _keys(columns: list[list[str]]) -> list[str]:
    """Key cells joined by a bar; "" where all of them are blank."""
    if len(columns) == 1:
        return columns[0]
    return [" | ".join(parts) if any(parts) else "" for parts in zip(*columns, strict=True)]
