"""One rule over one column: values in the order of the rows, errors with their place."""

from collections.abc import Callable
from typing import TypeVar, cast

from deals.feeds.cells import Cells
from deals.feeds.memory import Memory
from deals.feeds.profile import Profile
from deals.feeds.refusals import RowProblem
from deals.rules.column import apply
from deals.rules.errors import RuleError

T = TypeVar("T")
# Facts that describe a deal and do not decide where it counts.
DESCRIBING = frozenset(
    {"round_type", "sectors", "lead", "stake", "recorded_on", "source_url", "ai_basis"}
)
# Words with a sensible default, so that a blank is none of them and no error either.
OPTIONAL = frozenset({"date_basis", "investor_list"})
KEPT = " The row was used without it."
# Joins cells that one rule reads together; a file that holds it is refused as binary in practice.
JOINT = "\x1f"
LONGEST_VALUE = 300


class Checker:
    """The rows of one file while their columns are being read; collects what is wrong with them."""

    def __init__(self, source: Cells, profile: Profile, memory: Memory) -> None:
        self.cells = source
        self.profile = profile
        self.memory = memory
        self.size = len(source.rows)
        self.problems: list[RowProblem] = []
        # Positions of rows that cannot be used.
        self.rejected: set[int] = set()

    def has(self, field: str) -> bool:
        """Whether the profile maps the field or gives it a constant."""
        return field in self.cells.texts

    def texts(self, field: str) -> list[str]:
        """The field's cells; blanks where it is not mapped."""
        return self.cells.texts.get(field) or [""] * self.size

    def joint(self, *names: str) -> list[str]:
        """Cells of several fields in one text a row, for a rule that needs them together."""
        return [JOINT.join(parts) for parts in zip(*map(self.texts, names), strict=True)]

    def column(self, field: str, rule: Callable[[str], T | None], default: T) -> list[T]:
        """Values of one field; `default` where it is not mapped or its value is not known."""
        if not self.has(field):
            return [default] * self.size
        checked = rule
        if field in OPTIONAL:
            checked = lambda text: rule(text) if text else None  # noqa: E731
        return self.values(field, self.texts(field), checked, default)

    def values(
        self, field: str, texts: list[str], rule: Callable[[str], T | None], default: T
    ) -> list[T]:
        """Like `column`, for texts that were put together from several cells."""
        values: list[T | None]
        known = self.memory.of(field)
        values, errors = apply(cast("Callable[[str], T]", rule), texts, known)
        for at, error in errors.items():
            self.note(at, field, error)
        if type(None) not in set(map(type, values)):
            return cast("list[T]", values)
        return [default if value is None else value for value in values]

    def note(self, at: int, field: str, error: RuleError, *, column: str = "") -> None:
        """Keep one error of the row at this position; `column` where it is no field's own."""
        fatal = not (field in DESCRIBING or error.code == "zero_amount")
        shown = self.cells.shown.get(field)
        self.problems.append(
            RowProblem(
                row=self.cells.rows[at],
                column=column or self.profile.columns.get(field, field),
                value=shown[at][:LONGEST_VALUE] if shown else "",
                code=error.code,
                message=error.message if fatal else error.message + KEPT,
                fatal=fatal,
            )
        )
        if fatal:
            self.rejected.add(at)
