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
from time import perf_counter, process_time

from django.conf import settings
from django.db import connection

from benchmarks import bare, peer
from benchmarks.clock import line
from benchmarks.import_child import server_seconds
from benchmarks.supplier import PROFILE, ROWS_A_DEAL, write_file
from deals.feeds.profile_toml import load_profile
from deals.feeds.receive import receive_path
from deals.feeds.run import import_file
from deals.rules.rates import series

ROWS, MEMORY_ROWS, PEER_ROWS = 22_000, 66_000, 600
COPY_SHARE, PEER_TIMES, AGAIN_TIMES, LARGE_SHARE, MOST_MB = 0.35, 50, 4, 0.25, 512


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds by the clock, and of CPU here and in the database's process."""

    wall: float
    cpu: float
    server: float
    rows: int
    deals: int

    @property
    def work(self) -> float:
        return self.cpu + self.server


def run(size: int) -> None:
    """Into an empty register, which is left empty. `size` is not used here."""
    rows = int(os.environ.get("ROWS", ROWS))
    # A worker reads the exchange rates once in its life.
    series()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "supplier.csv"
        write_file(path, round(rows / ROWS_A_DEAL), "Bench")
        print(f"\nImport of {path.stat().st_size:,} bytes into an empty register")
        before = bare.heights()
        first = _timed(path, "Bench")
        limit = min(bare.bare_copy(before) for _ in range(2))
        again = _timed(path, "Bench")
        _say(first, limit, again)
        empty_register()
        _peer(path, first)
        _memory(Path(folder), first)
    empty_register()


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
    line("into the large register", large.wall, _cpu(large))
    share = large.work / empty.work - 1
    line(
        "into an empty one",
        empty.wall,
        f"{_cpu(empty)}; the large one costs {share:+.0%} ({_kept(share <= LARGE_SHARE)}: "
        f"at most {LARGE_SHARE:+.0%})",
    )


def _say(first: Took, limit: float, again: Took) -> None:
    line("file to published versions, everything on", first.wall, _cpu(first))
    share = limit / first.wall
    line(
        "bare COPY of the finished rows, foreign keys checked",
        limit,
        f"import at {share:.2f} × COPY ({_kept(share >= COPY_SHARE)}: ≥ {COPY_SHARE})",
    )
    times = first.wall / again.wall
    line(
        "the same file again, nothing changed",
        again.wall,
        f"{times:.1f} × faster ({_kept(times >= AGAIN_TIMES)}: ≥ {AGAIN_TIMES})",
    )


def _peer(path: Path, first: Took) -> None:
    seconds = peer.seconds_for(path, PEER_ROWS)
    whole = seconds * first.rows / PEER_ROWS
    times = whole / first.wall
    line(
        f"django-import-export, from {PEER_ROWS:,} of the rows",
        whole,
        f"import is {times:.0f} × faster ({_kept(times >= PEER_TIMES)}: ≥ {PEER_TIMES})",
    )


def _memory(folder: Path, small: Took) -> None:
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
    each = (found["cpu"] + found["server"]) / found["rows"] / (small.work / small.rows)
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


def _timed(path: Path, name: str) -> Took:
    profile = load_profile(PROFILE.format(name=name))
    wall, cpu, server = perf_counter(), process_time(), server_seconds()
    done = import_file(receive_path(path), profile, publish=True)
    took = perf_counter() - wall, process_time() - cpu, server_seconds() - server
    assert done.deals_created + done.deals_unchanged == done.deals_in_file, done
    return Took(*took, done.rows_read, done.deals_in_file)


def _cpu(took: Took) -> str:
    micro = 1e6 / took.deals
    return (
        f"{took.deals / took.wall:,.0f} deals/s; CPU a deal {took.cpu * micro:.0f} µs here, "
        f"{took.server * micro:.0f} µs in PostgreSQL"
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
