"""What is wrong with a form: a sentence, and the field that it belongs to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """`field` is the id of the form's element; "" for the form as a whole."""

    field: str
    message: str


def by_field(faults: list[Fault]) -> dict[str, str]:
    """The first sentence of each field."""
    return {fault.field: fault.message for fault in reversed(faults)}
