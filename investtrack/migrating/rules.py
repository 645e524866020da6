"""What a new migration may not do to tables that are in use, read off its operations.

The program of the release before goes on working while and after a migration runs (docs/
migrations.md). Tables that the same migration creates are nobody's yet, and free of all rules.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
    RemoveIndexConcurrently,
    ValidateConstraint,
)
from django.db import models
from django.db.migrations import Migration
from django.db.migrations import operations as ops
from django.db.migrations.operations.base import Operation
from django.db.models.fields import NOT_PROVIDED

CONCURRENT = (AddIndexConcurrently, RemoveIndexConcurrently)
RENAMES = (ops.RenameField, ops.RenameModel, ops.AlterModelTable)
REMOVALS = (ops.RemoveField, ops.DeleteModel)
DATA = (ops.RunPython,)


@dataclass(frozen=True, slots=True)
class Fault:
    """`rule` is the name by which a migration may waive it, with a reason."""

    migration: str
    rule: str
    said: str

    def __str__(self) -> str:
        return f"{self.migration}: {self.said} [{self.rule}]"


def in_database(operations: Iterable[Operation]) -> Iterator[Operation]:
    """The operations that touch the database."""
    for operation in operations:
        if isinstance(operation, ops.SeparateDatabaseAndState):
            yield from in_database(operation.database_operations)
        else:
            yield operation


def table_of(operation: Operation) -> str:
    """The model that an operation changes, in lower case; "" for SQL and Python."""
    name = getattr(operation, "model_name", None)
    if name is None and isinstance(operation, (*RENAMES, ops.CreateModel, ops.DeleteModel)):
        name = getattr(operation, "old_name", None) or getattr(operation, "name", "")
    return (name or "").lower()


def faults(migration: Migration, version: str) -> list[Fault]:
    """All faults of one migration; `version` is that of the release that is being made."""
    done = list(in_database(migration.operations))
    own = {table_of(one) for one in done if isinstance(one, ops.CreateModel)}
    old = [one for one in done if table_of(one) not in own or isinstance(one, DATA)]
    name = f"{migration.app_label}.{migration.name}"
    found = [
        *_as_a_whole(migration, done, old),
        *(fault for one in old for fault in _of_one(one, migration, version)),
    ]
    return [Fault(name, rule, said) for rule, said in found]


Found = Iterator[tuple[str, str]]


def _as_a_whole(migration: Migration, done: list[Operation], old: list[Operation]) -> Found:
    for one in done:
        if not one.reversible:
            yield "no-way-back", f"“{one.describe()}” has no way back: give it its reverse."
    if any(isinstance(one, DATA) for one in done) and len(done) > 1:
        yield (
            "data-alone",
            "Rows are changed in a migration of their own, without other operations.",
        )
    if not migration.atomic and len(done) > 1:
        said = "A migration with atomic = False has one operation: only that can be tried again."
        yield "one-concurrent", said
    if migration.atomic and any(isinstance(one, CONCURRENT) for one in done):
        yield "not-in-a-transaction", "What is done CONCURRENTLY needs atomic = False."
    touched = {table_of(one) for one in old} - {""}
    if migration.atomic and len(touched) > 1:
        said = f"It holds {', '.join(sorted(touched))} at the same time: a migration for each."
        yield "one-table", said
    names = {one.constraint.name for one in done if isinstance(one, AddConstraintNotValid)}
    if names & {one.name for one in done if isinstance(one, ValidateConstraint)}:
        yield "validate-later", "A constraint is validated in the next migration, not in the same."


def _of_one(one: Operation, migration: Migration, version: str) -> Found:
    what = one.describe()
    if isinstance(one, RENAMES):
        said = (
            f"“{what}”: the program of before still asks by the old name; add, fill, then remove."
        )
        yield "rename", said
    if isinstance(one, REMOVALS) and not _no_longer_read(migration, version):
        said = (
            f"“{what}”: the release before may still read it. Take it out of the model first "
            '(SeparateDatabaseAndState); a release later, remove it with last_read_in = "x.y.z".'
        )
        yield "still-read", said
    if isinstance(one, ops.AddIndex) and not isinstance(one, AddIndexConcurrently):
        said = f"“{what}” stops all writing: AddIndexConcurrently with atomic = False."
        yield "index-concurrently", said
    if isinstance(one, ops.AddField) and _is_needed(one.field):
        said = f"“{what}”: the program of before adds rows without it; null=True or db_default=."
        yield "needed-column", said
    constraint = one.constraint if isinstance(one, ops.AddConstraint) else None
    later = isinstance(one, AddConstraintNotValid)
    if isinstance(constraint, models.CheckConstraint) and not later:
        said = f"“{what}” reads the whole table under a lock: AddConstraintNotValid."
        yield "not-valid-first", said


def _is_needed(field: models.Field) -> bool:
    """Whether a row without this column is refused."""
    if isinstance(field, models.ManyToManyField | models.GeneratedField) or field.null:
        return False
    return field.db_default is NOT_PROVIDED


def _no_longer_read(migration: Migration, version: str) -> bool:
    """Whether the migration names a release that was the last to read what it removes, and that
    release is over."""
    last = getattr(migration, "last_read_in", "")
    return bool(last) and numbers(last) < numbers(version)


def numbers(version: str) -> tuple[int, ...]:
    """0.10.1 as (0, 10, 1), which can be compared."""
    return tuple(int(part) for part in re.findall(r"\d+", version))
