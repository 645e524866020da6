"""The columns of the files: a row a deal, and a row an investor of a deal.

Every value is taken from the document that the API serves, so that a file and the API never differ.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from deals.exports.words import gettext_noop

# How a cell is typed. A code is a word of a list or an identifier: it needs no escaping anywhere.
TEXT, CODE, LIST = "text", "code", "list"
INTEGER, DECIMAL, BOOLEAN, DATE, TIME = "integer", "decimal", "boolean", "date", "time"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `path` leads to the value in a document, `[]` through a list of it.

    A `list` holds texts; in CSV and XLSX they stand in one cell, joined by “; ”. `digits` are the
    precision and scale of a decimal. Only columns that are not `nullable` are always filled.
    """

    name: str
    type: str
    title: str
    unit: str = ""
    nullable: bool = True
    path: str = ""
    digits: tuple[int, int] = (20, 2)

    @property
    def source(self) -> str:
        return self.path or self.name


def _amounts() -> tuple[Column, ...]:
    ends = {"low": gettext_noop("Amount, lower end"), "high": gettext_noop("Amount, upper end")}
    return tuple(
        Column(
            f"amount_{end}_{unit.lower()}",
            DECIMAL,
            title,
            unit,
            path=f"amount.{unit.lower()}.{end}",
        )
        for unit in ("EUR", "USD", "CNY")
        for end, title in ends.items()
    )


DEALS: tuple[Column, ...] = (
    Column("id", CODE, gettext_noop("The deal’s permanent number"), nullable=False),
    Column("version", INTEGER, gettext_noop("Number of this version of the deal"), nullable=False),
    Column("published_at", TIME, gettext_noop("When this version took effect"), "UTC"),
    Column(
        "date", CODE, gettext_noop("Day, month, quarter, year, or first and last day"), path="date"
    ),
    Column("date_first", DATE, gettext_noop("First day it can have been"), path="date.first"),
    Column("date_last", DATE, gettext_noop("Last day it can have been"), path="date.last"),
    Column(
        "date_precision", CODE, gettext_noop("How exactly the date is known"), path="date.precision"
    ),
    Column(
        "date_basis",
        CODE,
        gettext_noop("Whether it was announced or completed then"),
        path="date.basis",
    ),
    Column("recorded_on", DATE, gettext_noop("When the supplier recorded the deal")),
    Column("target_id", CODE, gettext_noop("Number of the target"), path="target.id"),
    Column("target_name", TEXT, gettext_noop("The target, as published"), path="target.name"),
    Column(
        "target_country",
        CODE,
        gettext_noop("Country of the target"),
        "ISO 3166-1",
        path="target.country",
    ),
    Column(
        "target_country_basis",
        CODE,
        gettext_noop("On what that country rests"),
        path="target.country_basis",
    ),
    Column("kind", CODE, gettext_noop("Kind of deal"), nullable=False),
    Column("round_type", CODE, gettext_noop("Type of funding round")),
    Column("status", CODE, gettext_noop("Status of the deal"), nullable=False),
    Column("amount_state", CODE, gettext_noop("How the amount is known"), path="amount.state"),
    Column("amount_low", DECIMAL, gettext_noop("Amount, lower end"), "currency", path="amount.low"),
    Column(
        "amount_high", DECIMAL, gettext_noop("Amount, upper end"), "currency", path="amount.high"
    ),
    Column(
        "currency",
        CODE,
        gettext_noop("Currency of the amounts"),
        "ISO 4217",
        path="amount.currency",
    ),
    Column(
        "amount_text", TEXT, gettext_noop("The amount in the source’s words"), path="amount.text"
    ),
    *_amounts(),
    Column(
        "rate_kind",
        CODE,
        gettext_noop("Of which days the exchange rate is"),
        path="amount.rate.kind",
    ),
    Column("rate_on", DATE, gettext_noop("Day of the exchange rate"), path="amount.rate.on"),
    Column(
        "rate_provisional",
        BOOLEAN,
        gettext_noop("Whether that rate can still change"),
        path="amount.rate.provisional",
    ),
    Column("investor_list", CODE, gettext_noop("Whether all investors are listed"), nullable=False),
    Column(
        "investors",
        LIST,
        gettext_noop("Investors with their countries, as “Name [CC]”"),
        path="investors[].label",
    ),
    Column(
        "investor_ids",
        LIST,
        gettext_noop("Numbers of the investors, in the same order"),
        path="investors[].id",
    ),
    Column(
        "investor_countries",
        LIST,
        gettext_noop("Countries of the investors, in the same order"),
        "ISO 3166-1",
        path="investors[].country",
    ),
    Column(
        "ultimate_countries",
        LIST,
        gettext_noop("Countries of their owners at the top, in the same order"),
        "ISO 3166-1",
        path="investors[].ultimate_countries",
    ),
    Column("ai", CODE, gettext_noop("Whether the target works on AI"), nullable=False),
    Column("ai_basis", TEXT, gettext_noop("On what that judgement rests")),
    Column("sectors", LIST, gettext_noop("Sectors of the target")),
    Column("part_of", CODE, gettext_noop("The umbrella deal that this one is a part of")),
    Column(
        "population", TEXT, gettext_noop("The population it belongs to; empty in the case list")
    ),
    Column("generated", BOOLEAN, gettext_noop("Invented for demonstration"), nullable=False),
    Column("external_id", TEXT, gettext_noop("The supplier’s own identifier")),
    Column("notes", TEXT, gettext_noop("What else a reader should know")),
    Column("source_titles", LIST, gettext_noop("Sources: titles"), path="sources[].title"),
    Column(
        "source_urls",
        LIST,
        gettext_noop("Sources: addresses, in the same order"),
        path="sources[].url",
    ),
    Column("reason", TEXT, gettext_noop("Why this version was published")),
    Column("import_id", INTEGER, gettext_noop("The import that brought it")),
)

_OF_DEAL = ("target_id", "target_name", "target_country", "kind", "round_type", "status")
_DATES = ("date_first", "date_last", "date_precision")
_BY_NAME = {column.name: column for column in DEALS}

PARTICIPATIONS: tuple[Column, ...] = (
    Column("deal", CODE, gettext_noop("The deal’s permanent number"), nullable=False, path="id"),
    Column("version", INTEGER, gettext_noop("Number of this version of the deal"), nullable=False),
    Column(
        "position",
        INTEGER,
        gettext_noop("Place in the list of the deal’s investors, from 1"),
        nullable=False,
        path="investors[].position",
    ),
    Column(
        "investor_id",
        CODE,
        gettext_noop("Number of the investor; empty if nobody names it"),
        path="investors[].id",
    ),
    Column(
        "investor_name", TEXT, gettext_noop("The investor, as published"), path="investors[].name"
    ),
    Column(
        "country",
        CODE,
        gettext_noop("Country of the investor on the deal’s date"),
        "ISO 3166-1",
        path="investors[].country",
    ),
    Column(
        "country_basis",
        CODE,
        gettext_noop("On what that country rests"),
        path="investors[].country_basis",
    ),
    Column(
        "ultimate_countries",
        LIST,
        gettext_noop("Countries of its owners at the top"),
        "ISO 3166-1",
        path="investors[].ultimate_countries",
    ),
    Column(
        "ultimate_basis",
        CODE,
        gettext_noop("On what those countries rest"),
        path="investors[].ultimate_basis",
    ),
    Column(
        "state_linked",
        BOOLEAN,
        gettext_noop("Whether a state holds a stake above it"),
        path="investors[].state_linked",
    ),
    Column("lead", BOOLEAN, gettext_noop("Whether it led the round"), path="investors[].lead"),
    Column(
        "contribution",
        DECIMAL,
        gettext_noop("What it put in"),
        "currency",
        path="investors[].contribution",
    ),
    Column(
        "stake_percent",
        DECIMAL,
        gettext_noop("The part of the target that it got"),
        "%",
        path="investors[].stake_percent",
        digits=(7, 4),
    ),
    Column(
        "currency",
        CODE,
        gettext_noop("Currency of the amounts"),
        "ISO 4217",
        path="amount.currency",
    ),
    *(_BY_NAME[name] for name in (*_OF_DEAL, *_DATES)),
    Column("ai", CODE, gettext_noop("Whether the target works on AI"), nullable=False),
    Column(
        "population", TEXT, gettext_noop("The population it belongs to; empty in the case list")
    ),
    Column("generated", BOOLEAN, gettext_noop("Invented for demonstration"), nullable=False),
)

COLUMNS = DEALS
TABLES = {"deals": DEALS, "participations": PARTICIPATIONS}


def csv_head(columns: Iterable[Column]) -> bytes:
    """The line of CSV with the names of the columns."""
    return (",".join(column.name for column in columns) + "\r\n").encode()
