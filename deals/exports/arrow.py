"""Documents as columns: JSON lines become an Arrow table with the columns of the files.

Texts stay as the documents have them; `typed` makes numbers, days and times of them.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import TypeVar

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pj

from deals.exports.columns import (
    BOOLEAN,
    CODE,
    DATE,
    DECIMAL,
    INTEGER,
    LIST,
    TEXT,
    TIME,
    Column,
)

A = TypeVar("A")
B = TypeVar("B")
S = pa.string()


def _record(*names: str, **others: pa.DataType) -> pa.DataType:
    return pa.struct([(name, S) for name in names] + list(others.items()))


ENDS = _record("low", "high")
RATE = _record("kind", "on", provisional=pa.bool_())
INVESTOR = _record(
    "id", "name", "country", "country_basis", "ultimate_basis", "contribution", "stake_percent",
    ultimate_countries=pa.list_(S), state_linked=pa.bool_(), lead=pa.bool_(),
)  # fmt: skip
# What is read of a document (`deals.models.documents`); the rest of it is passed over.
DOCUMENT = pa.schema(
    {
        **dict.fromkeys(
            (
                "id", "published_at", "recorded_on", "kind", "round_type", "status",
                "investor_list", "ai", "ai_basis", "part_of", "population", "external_id",
                "notes", "reason",
            ),
            S,
        ),
        "version": pa.int64(),
        "import_id": pa.int64(),
        "generated": pa.bool_(),
        "sectors": pa.list_(S),
        "target": _record("id", "name", "country", "country_basis"),
        "date": _record("first", "last", "precision", "basis"),
        "amount": _record(
            "state", "low", "high", "currency", "text", eur=ENDS, usd=ENDS, cny=ENDS, rate=RATE
        ),
        "investors": pa.list_(INVESTOR),
        "sources": pa.list_(_record("title", "url")),
    }
)  # fmt: skip
# Values that are made of others of the same record.
MADE_OF = {"label": ("name", "country"), "position": ("id",)}
ARROW = {
    TEXT: S,
    CODE: S,
    LIST: pa.list_(S),
    INTEGER: pa.int64(),
    BOOLEAN: pa.bool_(),
    DATE: pa.date32(),
    TIME: pa.timestamp("us", "UTC"),
}


def arrow_type(column: Column) -> pa.DataType:
    """The type that a column has in Parquet."""
    return pa.decimal128(*column.digits) if column.type == DECIMAL else ARROW[column.type]


def read(lines: bytes, columns: Iterable[Column]) -> pa.Table:
    """Documents, one a line, as a table of texts, whole numbers, truths and lists of texts.

    One row a document, or, where a column is of each investor alone, one row an investor.
    """
    columns = tuple(columns)
    whole = pj.read_json(
        pa.BufferReader(lines),
        read_options=pj.ReadOptions(use_threads=False, block_size=len(lines) + 1),
        parse_options=pj.ParseOptions(
            explicit_schema=_read_for(columns), unexpected_field_behavior="ignore"
        ),
    ).combine_chunks()
    rows = _Investors(whole) if any(_is_part(column) for column in columns) else _Deals(whole)
    return pa.table({column.name: rows.values(column) for column in columns})


def typed(table: pa.Table, columns: Iterable[Column]) -> pa.Table:
    """The same rows with decimals, days and times."""
    arrays = [table[column.name].cast(arrow_type(column)) for column in columns]
    return pa.table(arrays, schema=schema_of(columns))


def schema_of(columns: Iterable[Column]) -> pa.Schema:
    """The columns with their types, titles and units."""
    return pa.schema(
        [
            pa.field(
                column.name,
                arrow_type(column),
                column.nullable,
                {"title": column.title} | ({"unit": column.unit} if column.unit else {}),
            )
            for column in columns
        ]
    )


def ahead(work: Callable[[A], B], items: Iterator[A], threads: int = 2) -> Iterator[B]:
    """`map` that works on the next items while the caller writes the last; the order stays."""
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[B]] = deque()
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) > threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


@cache
def _read_for(columns: tuple[Column, ...]) -> pa.Schema:
    """The fields of `DOCUMENT` that these columns are made of."""
    paths = set[tuple[str, ...]]()
    for column in columns:
        *outer, last = column.source.replace("[]", "").split(".")
        paths |= {(*outer, name) for name in MADE_OF.get(last, (last,))}
    return pa.schema(list(_cut(pa.struct(list(DOCUMENT)), paths)))


def _cut(kind: pa.DataType, paths: set[tuple[str, ...]]) -> pa.DataType:
    """A type with only those of its fields to which the paths lead; a path's end means all."""
    if () in paths:
        return kind
    if pa.types.is_list(kind):
        return pa.list_(_cut(kind.value_type, paths))
    led = {field.name: {path[1:] for path in paths if path[0] == field.name} for field in kind}
    return pa.struct([(one.name, _cut(one.type, led[one.name])) for one in kind if led[one.name]])


def _is_part(column: Column) -> bool:
    return "[]" in column.source and column.type != LIST


class _Deals:
    """Values of columns with a row a document."""

    def __init__(self, whole: pa.Table) -> None:
        self.whole = whole

    def values(self, column: Column) -> pa.Array:
        listed, is_list, inner = column.source.partition("[].")
        if is_list:
            lists = self._array(listed)
            return pa.ListArray.from_arrays(lists.offsets, _of_list(lists, inner))
        if column.source == "date":
            return _date_as_stated(self._array("date"))
        first, *rest = column.source.split(".")
        found = self._array(first)
        return pc.struct_field(found, rest) if rest else found

    def _array(self, name: str) -> pa.Array:
        found = self.whole[name]
        return found.chunk(0) if found.num_chunks else pa.array([], found.type)


class _Investors(_Deals):
    """Values of columns with a row an investor of a document."""

    def __init__(self, whole: pa.Table) -> None:
        super().__init__(whole)
        self.lists = self._array("investors")
        self.parents = pc.list_parent_indices(self.lists)

    def values(self, column: Column) -> pa.Array:
        _listed, is_list, inner = column.source.partition("[].")
        if not is_list:
            return super().values(column).take(self.parents)
        if inner == "position":
            places = pa.array(range(len(self.parents)), pa.int64())
            begins = self.lists.offsets.take(self.parents).cast(pa.int64())
            return pc.add(pc.subtract(places, begins), 1)
        if column.type == LIST:
            return pc.struct_field(self.lists.flatten(), [inner])
        return _of_list(self.lists, inner)


def _of_list(lists: pa.Array, inner: str) -> pa.Array:
    """One value for each element of all lists; owners' countries of one investor by “+”."""
    parts = lists.flatten()
    if inner == "label":
        name, country = (
            pc.struct_field(parts, [key]).fill_null("?") for key in ("name", "country")
        )
        return pc.binary_join_element_wise(name, " [", country, "]", "")
    found = pc.struct_field(parts, [inner])
    return pc.binary_join(found, "+") if pa.types.is_list(found.type) else found


def _date_as_stated(dates: pa.Array) -> pa.Array:
    """2024-03-15, 2024-03, 2024-Q1, 2024, or the first and last day with a slash between."""
    first, last, precision = (
        pc.struct_field(dates, [name]) for name in ("first", "last", "precision")
    )
    year = pc.utf8_slice_codeunits(first, 0, 4)
    month = pc.utf8_slice_codeunits(first, 5, 7)
    quarters = pa.array(["01", "04", "07", "10"])
    quarter = pc.add(pc.index_in(month, value_set=quarters), 1).cast(S)
    both = pc.binary_join_element_wise(first, last, "/")
    finest = {
        "day": first,
        "month": pc.utf8_slice_codeunits(first, 0, 7),
        "quarter": pc.binary_join_element_wise(year, quarter, "-Q"),
        "year": year,
        "range": both,
    }
    met = [pc.equal(precision, name).fill_null(False) for name in finest]
    conditions = pa.StructArray.from_arrays(met, names=list(finest))
    return pc.case_when(conditions, *finest.values())
