"""What every kind of copy can do, and what it knows about itself."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

# Raised when the tables of a copy change; an older copy is then taken anew.
LAYOUT = 1


@dataclass(frozen=True, slots=True)
class State:
    """Of which server and population (None: all real deals) this is a copy, and up to which entry
    of the ledger. `entry` says what stood there, so that another history is noticed; `etags` are
    the marks of the last answers by their addresses."""

    server: str
    population: str | None
    seq: int
    entry: str
    etags: dict[str, str] = field(default_factory=dict)
    layout: int = LAYOUT


@dataclass(frozen=True, slots=True)
class Tables:
    """What is kept beside the deals: texts of organizations (None: as they are), and rows of
    reference tables, as texts, by name."""

    organizations: Iterable[str] | None
    reference: Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Proof:
    """What was found equal, and when (UTC, RFC 3339). `organizations` is None where they were not
    compared, since the register changed at that moment."""

    seq: int
    deals: int
    digest: str
    organizations: int | None
    at: str


class Copy(Protocol):
    """A place that holds a copy. Every writing method happens whole or not at all, together with
    the state that it is given, however it is interrupted.

    `at_once` is how many deals are worth one writing."""

    at_once: int

    def state(self) -> State | None:
        """None where nothing was copied yet, or by another layout."""

    def replace(self, texts: Iterable[str], state: Callable[[], State]) -> None:
        """Take these documents in the place of all; the state is known when they have ended."""

    def apply(self, put: Mapping[str, str], gone: set[str], state: State) -> None:
        """Put documents (by id) in their places, and take deals out."""

    def tables(self, tables: Tables, state: State) -> None:
        """Replace what is kept beside the deals."""

    def digest(self) -> tuple[int, int]:
        """Number and digest of the documents of deals, from what is stored."""

    def organizations_digest(self) -> tuple[int, int]:
        """The same of organizations."""

    def digests(self) -> dict[str, int]:
        """The SHA-256 of each document, by the deal's id."""

    def proved(self, proof: Proof) -> None:
        """Note that the copy was compared and is equal."""

    def close(self) -> None: ...
