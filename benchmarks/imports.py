"""A supplier's file to published versions, beside what it could cost at best, and beside a peer.

Everything is on: validation, matching, the ledger, derived facts, documents, checkpoints. Sizes
come from the environment: ROWS of the file, MEMORY_ROWS of the one that is imported in a process of
its own (1000000 for the promise that is made of it), DEALS of the large register.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.db import connection

from benchmarks import bare, peer
from benchmarks.clock import line
from benchmarks.supplier import PROFILE, ROWS_A_DEAL, write_file
from benchmarks.took import Took, measured
from deals.feeds.profile_toml import load_profile
from deals.feeds.receive import receive_path
from deals.feeds.run import import_file

ROWS, MEMORY_ROWS, PEER_ROWS = 22_000, 66_000, 600
COPY_SHARE, PEER_TIMES, AGAIN_TIMES, LARGE_SHARE, MOST_MB = 0.35, 50, 4, 0.25, 512


@dataclass(frozen=True, slots=True)
class Done:
    """An import that was measured."""

    took: Took
    rows: int
    deals: int


def run(size: int) -> None:
    """Into an empty register, which is left empty. `size` is not used here."""
    rows = int(os.environ.get("ROWS", ROWS))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "supplier.csv"
        write_file(path, round(rows / ROWS_A_DEAL), "Bench")
        print(f"\nImport of {path.stat().st_size:,} bytes into an empty register, best of two")
        _warm_up(Path(folder))
        both = [_once(path) for _ in range(2)]
        first, again = (min((one[at] for one in both), key=_wall) for at in (0, 2))
        _say(first, min((one[1] for one in both), key=_wall), again)
        _peer(path, first)
        _memory(Path(folder), first)
    empty_register()


def _warm_up(folder: Path) -> None:
    """What a worker does once in its life: read exchange rates, plan its statements."""
    path = folder / "small.csv"
    write_file(path, 500, "Small")
    _timed(path, "Small")
    empty_register()


def _once(path: Path) -> tuple[Done, Done, Done]:
    """An import, bare COPY of what it wrote, and the import of the same file again."""
    before = bare.heights()
    first = _timed(path, "Bench")
    limit = Done(bare.bare_copy(before), first.rows, first.deals)
    again = _timed(path, "Bench")
    empty_register()
    return first, limit, again


def _wall(done: Done) -> float:
    return done.took.wall


def run_large(size: int) -> None:
    """The same into a register that has deals, and into an empty one, in turns."""
    rows = int(os.environ.get("ROWS", ROWS))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "supplier.csv"
        write_file(path, round(rows / ROWS_A_DEAL), "Large")
        large = _timed(path, "Large")
        empty_register()
        empty = _timed(path, "Large")
    print(f"\nImport into a register of {size:,} deals")
    line("into the large register", large.took.wall, _cpu(large))
    share = large.took.work / empty.took.work - 1
    kept = f"{_kept(share <= LARGE_SHARE)}: at most {LARGE_SHARE:+.0%}"
    line(
        "into an empty one", empty.took.wall, f"{_cpu(empty)}; the large one: {share:+.0%} ({kept})"
    )


def _say(first: Done, limit: Done, again: Done) -> None:
    line("file to published versions, everything on", first.took.wall, _cpu(first))
    share = limit.took.wall / first.took.wall
    line(
        "bare COPY of the finished rows, foreign keys checked",
        limit.took.wall,
        f"import at {share:.2f} × COPY ({_kept(share >= COPY_SHARE)}: ≥ {COPY_SHARE}); "
        f"{limit.took.work / first.took.work:.2f} × by CPU",
    )
    times = first.took.wall / again.took.wall
    line(
        "the same file again, nothing changed",
        again.took.wall,
        f"{times:.1f} × faster ({_kept(times >= AGAIN_TIMES)}: ≥ {AGAIN_TIMES}); "
        f"{first.took.work / again.took.work:.1f} × by CPU",
    )


def _peer(path: Path, first: Done) -> None:
    took = peer.peer_import(path, PEER_ROWS)
    scale = first.rows / PEER_ROWS
    times = took.wall * scale / first.took.wall
    line(
        f"django-import-export, from {PEER_ROWS:,} of the rows",
        took.wall * scale,
        f"import is {times:.0f} × faster ({_kept(times >= PEER_TIMES)}: ≥ {PEER_TIMES}); "
        f"{took.work * scale / first.took.work:.0f} × by CPU",
    )


def _memory(folder: Path, small: Done) -> None:
    """One file in a process of its own: memory, and whether time is linear in rows."""
    rows = int(os.environ.get("MEMORY_ROWS", MEMORY_ROWS))
    path = folder / "large.csv"
    write_file(path, round(rows / ROWS_A_DEAL), "Memory")
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.import_child", str(path), "Memory"],
        env=os.environ | {"DATABASE_URL": _database_url(), "VAR_DIR": str(settings.VAR_DIR)},
        check=True,
        capture_output=True,
        text=True,
    )
    found = json.loads(done.stdout)
    each = found["work"] / found["rows"] / (small.took.work / small.rows)
    line(
        f"{found['rows']:,} rows in a process of its own",
        found["seconds"],
        f"{found['mb']:.0f} MB at most ({_kept(found['mb'] <= MOST_MB)}: ≤ {MOST_MB}); "
        f"a row takes {each:.2f} × the work of one of {small.rows:,}",
    )


def _database_url() -> str:
    here = connection.settings_dict
    password = f":{here['PASSWORD']}" if here["PASSWORD"] else ""
    return f"postgres://{here['USER']}{password}@{here['HOST']}:{here['PORT']}/{here['NAME']}"


def _timed(path: Path, name: str) -> Done:
    profile = load_profile(PROFILE.format(name=name))
    with measured() as took:
        done = import_file(receive_path(path), profile, publish=True)
    assert done.deals_created + done.deals_unchanged == done.deals_in_file, done
    return Done(took, done.rows_read, done.deals_in_file)


def _cpu(done: Done) -> str:
    micro = 1e6 / done.deals
    return (
        f"{done.deals / done.took.wall:,.0f} deals/s; CPU a deal {done.took.here * micro:.0f} µs "
        f"here, {done.took.server * micro:.0f} µs in PostgreSQL"
    )


def _kept(kept: bool) -> str:
    return "kept" if kept else "MISSED"


def empty_register() -> None:
    """Take everything out of the scratch database again."""
    with connection.cursor() as cursor:
        cursor.execute("SET investtrack.may_truncate = 'on'")
        cursor.execute(
            "SELECT string_agg(format('%I', tablename), ', ') FROM pg_tables"
            r" WHERE schemaname = 'public' AND tablename LIKE 'deals\_%'"
        )
        cursor.execute(f"TRUNCATE {cursor.fetchone()[0]} RESTART IDENTITY CASCADE")
        cursor.execute("RESET investtrack.may_truncate")
