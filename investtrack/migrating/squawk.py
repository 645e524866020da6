"""What squawk finds in the SQL of a migration; `.squawk.toml` says which of its rules matter."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from django.db import connection
from django.db.migrations import Migration
from django.db.migrations.state import ProjectState

from investtrack.environment import BASE_DIR
from investtrack.migrating.rules import Fault

PROGRAM = Path(sys.executable).with_name("squawk")


class NoSquawk(Exception):
    """The program is not installed; it comes with the tools for tests and checks."""


def sql_of(migration: Migration, state: ProjectState) -> str:
    """What the database is told, without its transaction. `state` is that before; it is changed.

    A database is asked how values are written and for names of constraints; nothing is changed.
    """
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        editor.deferred_sql = []
        migration.apply(state, editor, collect_sql=True)
        collected = [*editor.collected_sql, *(f"{one};" for one in editor.deferred_sql)]
        editor.deferred_sql.clear()
    return "\n".join(collected)


def faults(migration: Migration, state: ProjectState) -> Iterator[Fault]:
    """What squawk says about one migration."""
    name = f"{migration.app_label}.{migration.name}"
    command = [str(PROGRAM), "--reporter", "json", "--config", str(BASE_DIR / ".squawk.toml")]
    command += ["--stdin-filepath", f"{name}.sql"]
    if migration.atomic:
        command.append("--assume-in-transaction")
    sql = sql_of(migration, state)
    try:
        done = subprocess.run(command, input=sql, capture_output=True, text=True, timeout=60)
    except FileNotFoundError:
        raise NoSquawk("squawk is not installed: make install-dev.") from None
    if done.returncode not in (0, 1):
        raise NoSquawk(f"squawk failed: {done.stderr.strip() or done.stdout.strip()}")
    for one in json.loads(done.stdout or "[]"):
        line = sql.splitlines()[one["line"]] if one["line"] < len(sql.splitlines()) else ""
        said = f"{one['message']} {one.get('help') or ''}".strip()
        yield Fault(name, one["rule_name"], f"{said} In: {line[:200]}")
