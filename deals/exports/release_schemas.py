"""Table Schema of every table of a release: names, types, units, what a column means."""

from typing import Any

from deals.exports import columns
from deals.exports.columns import Column
from deals.exports.release_changes import COLUMNS as CHANGED
from deals.exports.tables import RATE, TABLES

DAYS = frozenset({"on", "accessed_on", "date", "applies_to_deals_from", "from", "to"})
NUMBERS = frozenset({"version_before", "version_after", "change_seq"})
DECIMALS = frozenset({"eur_per_unit", "usd_per_unit", "cny_per_unit"})
YES_NO = frozenset({"provisional", "has_value", "counts", "generated"})

TYPES = {
    columns.TEXT: "string",
    columns.CODE: "string",
    columns.LIST: "string",
    columns.INTEGER: "integer",
    columns.DECIMAL: "number",
    columns.BOOLEAN: "boolean",
    columns.DATE: "date",
    columns.TIME: "datetime",
}


def fields_of(stem: str, form: str) -> list[dict[str, Any]]:
    """The fields of the table `stem`; none for what is no flat table."""
    if form not in ("csv", "parquet", "xlsx"):
        return []
    # Generated deals have files of their own, with the same columns.
    for table, described in columns.TABLES.items():
        if stem == table or stem.startswith(f"{table}-"):
            return [_field(column) for column in described]
    if stem == "rates-used":
        names: tuple[str, ...] = RATE
    elif stem.startswith("changes-since-"):
        names = CHANGED
    else:
        names = TABLES[stem][0] if stem in TABLES else ()
    return [_plain(name) for name in names]


def _field(column: Column) -> dict[str, Any]:
    found: dict[str, Any] = {"name": column.name, "type": TYPES[column.type]}
    found["title"] = column.title
    if column.type == columns.LIST:
        found["description"] = "Several, joined by “; ”; in Parquet a list of texts."
    if column.type == columns.BOOLEAN:
        found |= {"trueValues": ["true"], "falseValues": ["false"]}
    if column.unit:
        found["unit"] = column.unit
    if not column.nullable:
        found["constraints"] = {"required": True}
    return found


def _plain(name: str) -> dict[str, Any]:
    if name == "at":
        return {"name": name, "type": "datetime"}
    if name in DAYS:
        return {"name": name, "type": "date"}
    if name in NUMBERS:
        return {"name": name, "type": "integer"}
    if name in DECIMALS:
        return {"name": name, "type": "number"}
    if name in YES_NO:
        return {"name": name, "type": "boolean", "trueValues": ["yes"], "falseValues": ["no"]}
    return {"name": name, "type": "string"}
