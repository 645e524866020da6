"""What one row of a file is, which rows are the same deal, and where cells repeat those above."""

from collections.abc import Sequence
from dataclasses import dataclass

from deals.feeds.content import Column
from deals.feeds.mapping import Mapping
from deals.feeds.words import is_unknown
from deals.rules.errors import RuleError
from deals.rules.names import split_investors

# Lists are taken apart letter by letter, so not all of a sample is.
CELLS, LONGEST_LIST = 100, 1_000
# The first of these that a file uses for lists of investors is used, with its like.
STRONG = (";", "；", "|", "、", "\n")
WEAK = ("，", ",", " / ", " & ", " und ", " et ", " and ", " 和 ")
# Facts that are the deal's own and may identify it, the surest first.
# Facts that have to be in every row of a deal. Of others a blank in a further row says nothing.
REPEATED = frozenset(
    {"target_id", "announced_on", "round_type", "kind", "status", "external_id", "ai", "sectors"}
)
OF_DEAL = ("announced_on", "amount")


@dataclass(frozen=True, slots=True)
class Separators:
    """Where a cell lists several investors, and in how many of the cells tried it does."""

    marks: tuple[str, ...]
    lists: int
    tried: int


def separators(column: Column) -> Separators:
    """The separators of a column of investors; none where each cell names one."""
    cells = [cell[:LONGEST_LIST] for cell in column.filled[:CELLS]]
    strong = tuple(mark for mark in STRONG if _lists(cells, mark))
    if strong:
        # A Chinese file mixes its separators, and its comma stands in no name.
        more = ("，",) if {"；", "、"} & set(strong) and _lists(cells, "，") else ()
        return _counted(cells, strong + more)
    weak = [mark for mark in WEAK if _lists(cells, mark) > 0.08 * len(cells)]
    if "," in weak or "，" in weak:
        return _counted(cells, tuple(mark for mark in ("，", ",") if mark in weak))
    return _counted(cells, tuple(weak[:1]))


def _counted(cells: Sequence[str], marks: tuple[str, ...]) -> Separators:
    lists = sum(len(_split(cell, marks)) > 1 for cell in cells) if marks else 0
    return Separators(marks if lists else (), lists, len(cells))


def _lists(cells: Sequence[str], mark: str) -> int:
    return sum(len(_split(cell, (mark,))) > 1 for cell in cells if mark in cell)


def _split(cell: str, marks: Sequence[str]) -> list[tuple[str, str | None]]:
    try:
        return split_investors(cell, marks)
    except RuleError:
        return []


def fill_down(mapping: Mapping) -> tuple[str, ...]:
    """Headers whose blanks repeat the value above: rows that go on with the deal above them.

    Only columns that are filled in every row that begins a deal: others would take a value from
    another deal.
    """
    target = mapping.columns.get("target_name")
    if target is None or not target.cells or not target.cells[0]:
        return ()
    content = [any(values) for values in zip(*_others(mapping, target), strict=True)]
    going_on = [at for at, cell in enumerate(target.cells) if not cell and content[at]]
    first = [at for at, cell in enumerate(target.cells) if cell]
    if not going_on:
        return ()
    found = [target]
    for field, column in mapping.columns.items():
        blank = [at for at in going_on if not column.cells[at]]
        if (
            field in REPEATED
            and len(blank) > 0.5 * len(going_on)
            and all(column.cells[at] for at in first)
        ):
            found.append(column)
    return tuple(dict.fromkeys(column.header for column in found))


def _others(mapping: Mapping, target: Column) -> list[tuple[str, ...]]:
    columns = [column.cells for column in mapping.columns.values() if column is not target]
    return columns or [("",) * len(target.cells)]


def filled(column: Column, headers: Sequence[str]) -> list[str]:
    """The column's cells, those of `headers` filled down."""
    if column.header not in headers:
        return list(column.cells)
    cells, above = [], ""
    for cell in column.cells:
        above = cell or above
        cells.append(above)
    return cells


@dataclass(frozen=True, slots=True)
class Deals:
    """What the rows are: "participation" or "deal", and what identifies a deal, with reasons."""

    rows: str
    key: tuple[str, ...]
    external_id: str
    why_rows: str
    why_key: str


def deals_of(mapping: Mapping, headers: Sequence[str], *, lists: bool, acquisitions: bool) -> Deals:
    """Decide from the sample which rows belong together. `headers` are filled down."""
    columns = {field: filled(column, headers) for field, column in mapping.columns.items()}
    key = _key_fields(mapping, columns, acquisitions, further=bool(headers))
    groups = _groups([columns[field] for field in key])
    if "round_type" in columns and any(
        len({columns["round_type"][at] for at in group}) > 1 for group in groups
    ):
        key = (*key, "round_type")
        groups = _groups([columns[field] for field in key])
    external = _external(mapping, columns, groups)
    if external:
        groups = _groups([columns["external_id"]])
    rows, why_rows = _rows(columns, groups, lists=lists, external=bool(external), headers=headers)
    headers_of_key = tuple(dict.fromkeys(mapping.columns[field].header for field in key))
    names = " + ".join(f"“{header}”" for header in headers_of_key)
    why_key = external or f"no column is an id of deals; {names} tell them apart"
    id_column = mapping.columns["external_id"].header if external else ""
    return Deals(rows, () if external else headers_of_key, id_column, why_rows, why_key)


def _key_fields(
    mapping: Mapping, columns: dict[str, list[str]], acquisitions: bool, *, further: bool
) -> tuple[str, ...]:
    """Target, date and amount, as far as every row has them; of acquisitions, the buyer too."""
    key = ["target_id" if _full(columns.get("target_id")) else "target_name"]
    for field in OF_DEAL:
        # An amount stands in the first row of a deal only, where it has further rows.
        told = field == "announced_on" or (_full(columns.get(field)) and not further)
        if field in columns and told:
            key.append(field)
    if acquisitions and "investor_name" in columns and "amount" not in key:
        key.append("investor_id" if _full(columns.get("investor_id")) else "investor_name")
    if len(key) == 1 and "round_type" in columns:
        key.append("round_type")
    return tuple(field for field in key if field in mapping.columns)


def _full(cells: Sequence[str] | None) -> bool:
    return bool(cells) and all(cells or [])


def _groups(columns: Sequence[Sequence[str]]) -> list[list[int]]:
    """Rows that agree in all these columns."""
    found: dict[tuple[str, ...], list[int]] = {}
    for at, parts in enumerate(zip(*columns, strict=True)):
        if parts[0]:
            found.setdefault(parts, []).append(at)
    return list(found.values())


def _external(
    mapping: Mapping, columns: dict[str, list[str]], groups: Sequence[Sequence[int]]
) -> str:
    """Why the mapped id identifies deals, or "" where it does not."""
    ids = columns.get("external_id")
    if not ids or not all(ids) or any(is_unknown(value) for value in ids):
        return ""
    if _counts_rows(ids):
        return ""
    header = mapping.columns["external_id"].header
    shared = [group for group in groups if len(group) > 1]
    if len(set(ids)) == len(ids):
        investors = columns.get("investor_name")
        if shared and investors and "target_name" in columns:
            differ = sum(len({investors[at] for at in group}) == len(group) for group in shared)
            if differ > 0.5 * len(shared) and len(shared) > 0.05 * len(groups):
                # It numbers rows, and a deal has several of them.
                return ""
        return f"“{header}” is different in every row"
    targets = columns.get("target_name", ids)
    dates = columns.get("announced_on", ids)
    for group in _groups([ids]):
        if len({(targets[at], dates[at]) for at in group}) > 1:
            return ""
    return f"“{header}” is the same exactly where target and date are"


def _counts_rows(ids: Sequence[str]) -> bool:
    """Whether these are 1, 2, 3 …: the next file counts again, and gives other deals the same."""
    if len(ids) < 3 or not all(value.isdecimal() for value in ids):
        return False
    numbers = [int(value) for value in ids]
    return numbers[0] <= 1 and numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def _rows(
    columns: dict[str, list[str]],
    groups: Sequence[Sequence[int]],
    *,
    lists: bool,
    external: bool,
    headers: Sequence[str],
) -> tuple[str, str]:
    investors = columns.get("investor_name")
    if investors is None:
        return "deal", "no column names investors"
    shared = [g for g in groups if len({investors[at] for at in g}) > 1]
    if headers:
        return "participation", "rows go on with the deal above them, each with its investor"
    if shared:
        what = "several rows have the same deal and differ in the investor"
        return "participation", f"{what} ({len(shared)} deals of the sample)"
    if lists:
        return "deal", "the investors of a deal stand in one cell"
    if external:
        return "deal", "each row has an id of its own"
    return "participation", "each row names one investor; rows of one deal are put together"
