"""`python -m investtrack.migrating.lint`, in `make check`: may new migrations meet a site in use?

Needs no network; changes nothing. With new migrations it asks the database how their SQL reads.
"""

import os
import sys
import tomllib
from collections.abc import Iterable, Iterator

import django
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from investtrack.environment import BASE_DIR
from investtrack.migrating import rules, squawk
from investtrack.migrating.rules import Fault

APP = "deals"
# They came before the rules. No installation with readers had a version before 0009: from an empty
# database all of them take seconds. What they do that would be refused today: 0003, 0005, 0006 and
# 0009 make indexes without CONCURRENTLY, 0005 rewrites the facts for generated columns, 0003 and
# 0008 add columns that must be given and widen others, 0006 removes indexes and a function that the
# program of before used.
BEFORE_THE_RULES = (
    "0001_initial",
    "0002_ledger_guards",
    "0003_feeds_at_work",
    "0004_frozen_views",
    "0005_fast_questions",
    "0006_indexes_by_year",
    "0007_desk",
    "0008_partners",
    "0009_newest",
)


def version() -> str:
    """Of the release that is being made, as pyproject.toml says."""
    made = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())
    return str(made["project"]["version"])


def new_migrations(loader: MigrationLoader) -> list[Migration]:
    """Ours that came after the rules, in the order in which they are applied."""
    plans = [loader.graph.forwards_plan(leaf) for leaf in loader.graph.leaf_nodes(APP)]
    ours = dict.fromkeys(name for plan in plans for app, name in plan if app == APP)
    return [loader.get_migration(APP, name) for name in ours if name not in BEFORE_THE_RULES]


def check(migration: Migration, state: ProjectState) -> Iterator[Fault]:
    """Faults of one migration that it does not waive; `state` is that of the models before."""
    waived: dict[str, str] = getattr(migration, "waived", {})
    found = [*rules.faults(migration, version()), *squawk.faults(migration, state.clone())]
    names = {fault.rule for fault in found}
    yield from (fault for fault in found if not waived.get(fault.rule, "").strip())
    for rule in sorted(set(waived) - names):
        name = f"{migration.app_label}.{migration.name}"
        yield Fault(name, "waived-for-nothing", f"It waives {rule}, which finds nothing in it.")


def faults(migrations: Iterable[Migration], loader: MigrationLoader) -> Iterator[Fault]:
    for migration in migrations:
        state = loader.project_state((migration.app_label, migration.name), at_end=False)
        yield from check(migration, state)


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "investtrack.settings")
    django.setup()
    loader = MigrationLoader(None)
    migrations = new_migrations(loader)
    try:
        found = list(faults(migrations, loader))
    except squawk.NoSquawk as reason:
        print(reason, file=sys.stderr)
        return 2
    for fault in found:
        print(fault)
    print(f"{len(migrations)} new migrations, {len(found)} faults (docs/migrations.md).")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
