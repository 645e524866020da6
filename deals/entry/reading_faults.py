"""What is wrong with a typed deal: one sentence a fault, and the field that it belongs to."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from deals.entry.reading_sentences import sentence
from deals.rules.errors import RuleError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fault:
    """`field` is the name and id of the form's element, such as "investors-0-country"."""

    field: str
    message: str


class Faults:
    """The faults of one reading, in the order in which they were found."""

    def __init__(self) -> None:
        self.found: list[Fault] = []

    def note(self, field: str, message: str) -> None:
        """Say what is wrong with a field."""
        self.found.append(Fault(field, message))

    def take(self, field: str, rule: Callable[[str], T], text: str, default: T) -> T:
        """The value of a text by a rule; `default`, and a fault, where the rule refuses it."""
        try:
            return rule(text)
        except RuleError as error:
            self.note(field, sentence(error, text))
            return default

    def among(self, *fields: str) -> bool:
        """Whether something is wrong with one of these fields already."""
        return any(fault.field in fields for fault in self.found)
