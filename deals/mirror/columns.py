"""Documents as rows with types: what the tables and files of a copy hold beside the documents."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

Document = dict[str, Any]
Row = tuple[Any, ...]
# Types of columns: "text", "int", "bool", "date", "time", "money" (20 digits, two of them cents),
# "percent" (7 digits, four of them decimals), "texts" (a list).
KEY = "text"


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `read` takes the value out of a document."""

    name: str
    type: str
    read: Callable[[Document], Any]


def _at(*path: str) -> Callable[[Document], Any]:
    def read(document: Document) -> Any:
        value: Any = document
        for name in path:
            value = value.get(name) if value else None
        return value

    return read


def _day(*path: str) -> Callable[[Document], date | None]:
    read = _at(*path)
    return lambda document: date.fromisoformat(text) if (text := read(document)) else None


def _number(*path: str) -> Callable[[Document], Decimal | None]:
    read = _at(*path)
    return lambda document: Decimal(text) if (text := read(document)) is not None else None


def _time(*path: str) -> Callable[[Document], datetime | None]:
    read = _at(*path)
    return lambda document: datetime.fromisoformat(text) if (text := read(document)) else None


def _countries(document: Document) -> list[str]:
    found = {one.get("country") for one in document.get("investors") or ()}
    return sorted(country for country in found if country)


DEALS = (
    Column("id", "text", _at("id")),
    Column("version", "int", _at("version")),
    Column("target_id", "text", _at("target", "id")),
    Column("target_name", "text", _at("target", "name")),
    Column("target_country", "text", _at("target", "country")),
    Column("kind", "text", _at("kind")),
    Column("round_type", "text", _at("round_type")),
    Column("status", "text", _at("status")),
    Column("date_first", "date", _day("date", "first")),
    Column("date_last", "date", _day("date", "last")),
    Column("date_precision", "text", _at("date", "precision")),
    Column("recorded_on", "date", _day("recorded_on")),
    Column("amount_state", "text", _at("amount", "state")),
    Column("currency", "text", _at("amount", "currency")),
    Column("amount_low", "money", _number("amount", "low")),
    Column("amount_high", "money", _number("amount", "high")),
    Column("eur_low", "money", _number("amount", "eur", "low")),
    Column("eur_high", "money", _number("amount", "eur", "high")),
    Column("investor_list", "text", _at("investor_list")),
    Column("investor_countries", "texts", _countries),
    Column("ai", "text", _at("ai")),
    Column("sectors", "texts", _at("sectors")),
    Column("part_of", "text", _at("part_of")),
    Column("population", "text", _at("population")),
    Column("external_id", "text", _at("external_id")),
    Column("published_at", "time", _time("published_at")),
)
PARTICIPATIONS = (
    Column("investor_id", "text", _at("id")),
    Column("name", "text", _at("name")),
    Column("country", "text", _at("country")),
    Column("country_basis", "text", _at("country_basis")),
    Column("ultimate_countries", "texts", _at("ultimate_countries")),
    Column("ultimate_basis", "text", _at("ultimate_basis")),
    Column("state_linked", "bool", _at("state_linked")),
    Column("lead", "bool", _at("lead")),
    Column("contribution", "money", _number("contribution")),
    Column("stake_percent", "percent", _number("stake_percent")),
)
SOURCES = (
    Column("field", "text", _at("field")),
    Column("title", "text", _at("title")),
    Column("url", "text", _at("url")),
    Column("publisher", "text", _at("publisher")),
    Column("published_on", "date", _day("published_on")),
    Column("accessed_on", "date", _day("accessed_on")),
    Column("quote", "text", _at("quote")),
    Column("locator", "text", _at("locator")),
    Column("stated", "text", _at("stated")),
)
ORGANIZATIONS = (
    Column("id", "text", _at("id")),
    Column("name", "text", _at("name")),
    Column("kind", "text", _at("kind")),
    Column("country", "text", _at("country")),
)
# Tables that hang on a deal, one row an element of its list, with the deal's id and the place.
PARTS = (
    ("participations", "investors", PARTICIPATIONS),
    ("sources", "sources", SOURCES),
)


def row_of(columns: tuple[Column, ...], document: Document) -> Row:
    return tuple(column.read(document) for column in columns)


def part_rows(columns: tuple[Column, ...], key: str, document: Document) -> list[Row]:
    """Rows of one of `PARTS`: deal, place from 1, and its columns."""
    listed = document.get(key) or ()
    return [
        (document["id"], place, *row_of(columns, one)) for place, one in enumerate(listed, start=1)
    ]
