"""A profile while it is being made: everything that a profile can say, nothing checked yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


@dataclass(slots=True, kw_only=True)
class ProfileDraft:
    """The keys of a profile, as Python values; what is left at its default is not written.

    `columns` maps a fact to a header. `key` are headers or facts; `external_id` is a header and
    goes before `key`. `ids` says whose ids target_id and investor_id are. `skip_when` is (header,
    words). `ai_always` is a word, `ai_when` is (header, words); at most one of them. `population`
    has code, title, accessed_on, ai_definition, generated.
    """

    name: str = ""
    code: str = ""
    rows: str = "deal"
    delivery: str = "delta"
    encoding: str = "auto"
    delimiter: str = "auto"
    skip_rows: int = 0
    fill_down: tuple[str, ...] = ()
    skip_when: tuple[str, tuple[str, ...]] | None = None
    investors_separator: tuple[str, ...] = ()
    sources_separator: str | None = None
    unknown: tuple[str, ...] = ()
    ids: str = ""
    key: tuple[str, ...] = ()
    external_id: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    date_order: str | None = None
    unit: Decimal = Decimal(1)
    decimal: str = "."
    constants: dict[str, str] = field(default_factory=dict)
    population: dict[str, Any] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    investors: dict[str, str] = field(default_factory=dict)
    ai_always: str = ""
    ai_when: tuple[str, tuple[str, ...]] | None = None

    def tables(self) -> dict[str, Any]:
        """The draft in the shape that a TOML reader gives."""
        top: dict[str, Any] = {"name": self.name, "rows": self.rows, "delivery": self.delivery}
        top |= {"encoding": self.encoding, "delimiter": self.delimiter, "skip_rows": self.skip_rows}
        top |= _without_blanks(
            {
                "code": self.code,
                "ids": self.ids,
                "fill_down": list(self.fill_down),
                "skip_when": _rule(self.skip_when, "in"),
                "investors_separator": list(self.investors_separator),
                "unknown": list(self.unknown),
                "columns": dict(self.columns),
                "dates": {"order": self.date_order} if self.date_order else {},
                "constants": dict(self.constants),
                "population": dict(self.population),
                "values": {name: dict(words) for name, words in self.values.items() if words},
                "investors": dict(self.investors),
            }
        )
        if self.sources_separator is not None:
            top["sources_separator"] = self.sources_separator
        if self.external_id or self.key:
            key = {"external_id": self.external_id} if self.external_id else {"key": [*self.key]}
            top["deal"] = key
        top["amounts"] = {"unit": self.unit, "decimal": self.decimal}
        if self.ai_always or self.ai_when:
            always = {"always": self.ai_always}
            top["ai"] = {"when": _rule(self.ai_when, "contains")} if self.ai_when else always
        return top


def _rule(rule: tuple[str, tuple[str, ...]] | None, words: str) -> dict[str, Any]:
    return {"column": rule[0], words: list(rule[1])} if rule else {}


def _without_blanks(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if value}
