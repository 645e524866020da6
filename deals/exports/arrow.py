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
STATED_BY = ("date.first", "date.last", "date.precision")
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


# Items that are there, or done, beside those that are worked on.
SPARE = 2


def ahead(work: Callable[[A], B], items: Iterator[A], threads: int = 2) -> Iterator[B]:
    """`map` that works on the next items while the caller writes the last; the order stays.

    Some wait besides, so that neither who brings them nor who works on them runs dry.
    """
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[B]] = deque()
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) > threads + SPARE:
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
        self.met: dict[str, pa.Array] = {}

    def values(self, column: Column) -> pa.Array:
        listed, is_list, _ = column.source.partition("[].")
        if is_list:
            return pa.ListArray.from_arrays(self.at(listed).offsets, self.of_each(column.source))
        found = self.at(column.source)
        return _date_as_stated(*map(self.at, STATED_BY)) if column.source == "date" else found

    def at(self, path: str) -> pa.Array:
        """What the path leads to; records and lists on the way are opened once for all columns."""
        if path not in self.met:
            outer, _, _ = path.rpartition(".")
            if path.endswith("[]"):
                self.met[path] = self.at(path.removesuffix("[]")).flatten()
            elif outer:
                record = self.at(outer)
                names = (f"{outer}.{field.name}" for field in record.type)
                self.met |= zip(names, record.flatten(), strict=True)
            else:
                found = self.whole[path]
                self.met[path] = found.chunk(0) if found.num_chunks else pa.array([], found.type)
        return self.met[path]

    def of_each(self, source: str) -> pa.Array:
        """One value for each element of all lists; owners' countries of one investor by “+”."""
        outer, _, inner = source.rpartition(".")
        if inner == "label":
            name, country = (self.at(f"{outer}.{key}").fill_null("?") for key in MADE_OF[inner])
            return pc.binary_join_element_wise(name, " [", country, "]", "")
        found = self.at(source)
        return pc.binary_join(found, "+") if pa.types.is_list(found.type) else found


class _Investors(_Deals):
    """Values of columns with a row an investor of a document."""

    def __init__(self, whole: pa.Table) -> None:
        super().__init__(whole)
        self.lists = self.at("investors")
        self.parents = pc.list_parent_indices(self.lists)

    def values(self, column: Column) -> pa.Array:
        _listed, is_list, inner = column.source.partition("[].")
        if not is_list:
            return super().values(column).take(self.parents)
        if inner == "position":
            places = pa.array(range(len(self.parents)), pa.int64())
            begins = self.lists.offsets.take(self.parents).cast(pa.int64())
            return pc.add(pc.subtract(places, begins), 1)
        return self.at(column.source) if column.type == LIST else self.of_each(column.source)


def _date_as_stated(first: pa.Array, last: pa.Array, precision: pa.Array) -> pa.Array:
    """2024-03-15, 2024-03, 2024-Q1, 2024, or the first and last day with a slash between."""
    # Most days are known exactly; the others are put in, of each precision only its own.
    found = pc.if_else(pc.equal(precision, "day"), first, None)
    for name, state in STATED.items():
        mask = pc.equal(precision, name).fill_null(False)
        if mask.true_count:
            stated = state(first.filter(mask), last.filter(mask))
            found = pc.replace_with_mask(found, mask, stated)
    return found


def _year(first: pa.Array, _last: pa.Array) -> pa.Array:
    return pc.utf8_slice_codeunits(first, 0, 4)


def _month(first: pa.Array, _last: pa.Array) -> pa.Array:
    return pc.utf8_slice_codeunits(first, 0, 7)


def _quarter(first: pa.Array, last: pa.Array) -> pa.Array:
    months = pc.utf8_slice_codeunits(first, 5, 7)
    number = pc.add(pc.index_in(months, value_set=pa.array(["01", "04", "07", "10"])), 1)
    return pc.binary_join_element_wise(_year(first, last), number.cast(S), "-Q")


def _range(first: pa.Array, last: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(first, last, "/")


STATED = {"month": _month, "quarter": _quarter, "year": _year, "range": _range}
