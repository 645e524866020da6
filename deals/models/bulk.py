"""Rows into a table by `COPY`, the fastest way there is, whatever stands in their texts."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

from django.db import connection

# How many rows are sent to the server at once: while it works on them, the next are put together.
BLOCK = 250
ABSENT = "\\N"


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """`COPY` rows into a table; names come from code, never from a request.

    Values are None, text, number, bool, day, time, or lists of them. Rows may be made on the way,
    but not with the help of the database, which is busy.
    """
    copy_blocks(table, columns, blocks(rows))


def blocks(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Rows as `copy_blocks` takes them.

    The lines are put together here, a column at a time, since psycopg looks up an adapter for
    every single value.
    """
    rows = iter(rows)
    while block := list(islice(rows, BLOCK)):
        yield _lines(block)


def copy_blocks(table: str, columns: Sequence[str], made: Iterable[str]) -> None:
    """`COPY` what `blocks` made of rows into a table."""
    made = iter(made)
    first = next(made, None)
    if first is None:
        return
    names = ", ".join(f'"{name}"' for name in columns)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy,
    ):
        for block in chain([first], made):
            copy.write(block)


def _lines(rows: Sequence[Sequence[Any]]) -> str:
    """Rows in COPY's text format."""
    columns = map(_column, zip(*rows, strict=True))
    return "\n".join([*map("\t".join, zip(*columns, strict=True)), ""])


def _column(values: Sequence[Any]) -> Sequence[str]:
    """Cells of one column. Most hold one type, which needs no look at each of its values."""
    kinds = set(map(type, values))
    if type(None) not in kinds:
        return _cells(values, kinds)
    if len(kinds) == 1:
        return [ABSENT] * len(values)
    kinds.remove(type(None))
    cells = iter(_cells([value for value in values if value is not None], kinds))
    return [ABSENT if value is None else next(cells) for value in values]


def _cells(values: Sequence[Any], kinds: set[type]) -> Sequence[str]:
    if kinds == {str}:
        return values if _is_plain("".join(values)) else list(map(_escaped, values))
    if len(kinds) == 1:
        writer = WRITERS.get(kinds.pop(), str)
        # Many a column says the same in every row: who wrote it, when, of which import.
        if values.count(values[0]) == len(values):
            return [writer(values[0])] * len(values)
        return list(map(writer, values))
    return [WRITERS.get(value.__class__, str)(value) for value in values]


def _is_plain(text: str) -> bool:
    """What has to be escaped is a backslash or not printable, and mostly there is neither."""
    return text.isprintable() and "\\" not in text


def _escaped(text: str) -> str:
    if _is_plain(text):
        return text
    text = text.replace("\\", "\\\\").replace("\t", "\\t")
    return text.replace("\n", "\\n").replace("\r", "\\r")


def _list(values: Sequence[Any]) -> str:
    try:
        plain = "".join(values).isalnum()
    except TypeError:
        return _texts(values)
    # Without the quotation marks NULL would be none.
    return '{"' + '","'.join(values) + '"}' if plain else _texts(values)


def _texts(values: Sequence[Any]) -> str:
    return "{" + _escaped(",".join(map(_element, values))) + "}"


def _element(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value)


# Subclasses of str (the words of an enumeration) come out right by str() and need no escaping.
WRITERS: dict[type, Callable[[Any], str]] = {
    str: _escaped,
    bool: lambda value: "t" if value else "f",
    list: _list,
    tuple: _list,
}
