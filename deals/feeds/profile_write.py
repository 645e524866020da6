"""A draft → the TOML of a profile, in the order of docs/feeds.md, to be read and mended by people.

`load_profile` reads back exactly what was written, whatever characters headers and words hold.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from deals.feeds.draft import ProfileDraft

BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
WIDTH = 100
# Keys of the profile itself, in their order, with what stands beside them.
TOP = {
    "name": "",
    "code": "the feed that files of this format belong to",
    "ids": "whose ids target_id and investor_id are",
    "rows": "what a row is: one deal, or one investor's part in a deal",
    "delivery": "delta: new and changed deals; full: every deal of the feed",
    "encoding": "",
    "delimiter": "",
    "skip_rows": "lines before the header",
    "fill_down": "columns whose empty cells repeat the value above",
    "skip_when": "rows that are not deals",
    "investors_separator": "where one cell lists several investors",
    "sources_separator": "where one cell lists several sources",
    "unknown": "words that mean “not known”, in any column",
}
# Tables, in their order, with the line above each.
TABLES = {
    "deal": "Which rows are the same deal.",
    "columns": "Fact of the register = column of the file.",
    "dates": "How to read 03/04/2024.",
    "amounts": "Numbers without a word such as million are multiplied by the unit.",
    "constants": "The same for every row.",
    "population": "The feed is declared complete for this scope, so that shares have a meaning.",
    "values": "",
    "investors": "Countries of investors known by name.",
    "ai": "Which deals are about artificial intelligence.",
}


def profile_toml(draft: ProfileDraft | Mapping[str, Any]) -> str:
    """The profile's text. A mapping has the shape that a TOML reader gives.

    Keys that no profile knows are written, too, so that reading them refuses them by name.
    """
    tables = draft.tables() if isinstance(draft, ProfileDraft) else dict(draft)
    return "\n".join([*_top(tables), *_tables(tables)]) + "\n"


def _top(tables: Mapping[str, Any]) -> Iterator[str]:
    known = [key for key in TOP if key in tables]
    # What is no table where one belongs is written as it is, for the reader to refuse by name.
    others = [
        key
        for key, value in tables.items()
        if key not in TOP and not (key in TABLES and isinstance(value, Mapping))
    ]
    for key in [*known, *others]:
        line = f"{_key(key)} = {_value(tables[key])}"
        comment = TOP.get(key)
        if comment and "\n" not in line and len(line) + len(comment) + 4 <= WIDTH:
            line += f"  # {comment}"
        elif comment:
            yield f"# {comment[0].upper()}{comment[1:]}."
        yield line


def _tables(tables: Mapping[str, Any]) -> Iterator[str]:
    for name, comment in TABLES.items():
        if not isinstance(tables.get(name), Mapping):
            continue
        if name == "values":
            for field, words in tables[name].items():
                yield from _table(f"values.{_key(field)}", words, "The file's word = ours.")
        else:
            yield from _table(name, tables[name], comment)


def _table(name: str, table: Mapping[str, Any], comment: str) -> Iterator[str]:
    yield ""
    if comment:
        yield f"# {comment}"
    yield f"[{name}]"
    for key, value in table.items():
        yield f"{_key(key)} = {_value(value)}"


def _key(key: str) -> str:
    return key if BARE_KEY.fullmatch(key) else _text(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        # TOML's numbers are binary; a text keeps the digits, and the reader takes both.
        return str(int(value)) if value == value.to_integral_value() else _text(f"{value:f}")
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        pairs = (f"{_key(key)} = {_value(item)}" for key, item in value.items())
        return f"{{ {', '.join(pairs)} }}"
    if isinstance(value, Iterable) and not isinstance(value, str):
        return _list([_value(item) for item in value])
    return _text(str(value))


def _list(items: list[str]) -> str:
    line = f"[{', '.join(items)}]"
    if len(line) <= WIDTH - 20:
        return line
    return "[\n" + "".join(f"    {item},\n" for item in items) + "]"


def _text(text: str) -> str:
    """A TOML string: JSON's escapes are TOML's, but for DEL, which TOML wants escaped as well."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return json.dumps(whole, ensure_ascii=False).replace("\x7f", "\\u007F")
