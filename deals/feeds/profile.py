"""A supplier's format: which column of the file is which fact of a deal."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

Pattern = tuple[re.Pattern[str], str]


@dataclass(frozen=True, slots=True)
class SkipRule:
    """Rows whose `column` holds one of `words` (stripped, any case) are not deals."""

    column: str
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class AiRule:
    """`always` a word, or yes where `column` contains one of `words` in any case, otherwise no."""

    always: str | None
    column: str | None
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PopulationFacts:
    """What the feed is declared complete for; `generated` marks invented data."""

    code: str
    title: str
    accessed_on: date | None
    ai_definition: str
    generated: bool


@dataclass(frozen=True, slots=True)
class Profile:
    """A checked profile. `columns` maps a register field to a header, `key` are headers."""

    name: str
    code: str
    rows: str
    delivery: str
    encoding: str
    delimiter: str
    skip_rows: int
    fill_down: tuple[str, ...]
    skip_when: SkipRule | None
    investors_separator: tuple[str, ...]
    sources_separator: str | None
    unknown: frozenset[str]
    key: tuple[str, ...]
    columns: dict[str, str]
    date_order: str | None
    unit: Decimal
    decimal: str
    constants: dict[str, str]
    population: PopulationFacts | None
    values: dict[str, tuple[Pattern, ...]]
    investors: tuple[Pattern, ...]
    ai: AiRule | None
    # Whose ids target_id and investor_id are; the feed's code where the profile does not say.
    id_scheme: str
    text: str

    @property
    def needed(self) -> dict[str, str]:
        """Every header that the file must have, with what it is needed for."""
        needed = {column: "the key of a deal" for column in self.key}
        needed |= {column: "fill_down" for column in self.fill_down}
        if self.skip_when:
            needed[self.skip_when.column] = "skip_when"
        if self.ai and self.ai.column:
            needed[self.ai.column] = "[ai]"
        return needed | {column: field for field, column in self.columns.items()}

    @property
    def generated(self) -> bool:
        """Whether the feed holds invented data, which never meets real organizations."""
        return self.population is not None and self.population.generated
