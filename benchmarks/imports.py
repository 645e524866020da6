"""A supplier's file to published versions, beside what it could cost at best, and beside a peer.

Everything is on: validation, matching, the ledger, derived facts, documents, checkpoints. This
process is in an empty register; the generated one is at LARGE_DATABASE_URL. Sizes come from the
environment: ROWS of the file, MEMORY_ROWS of the one that is imported in a process of its own.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from django.db import connection

from benchmarks import bare, peer
from benchmarks.clock import over
from benchmarks.report import Figure, at_least, at_most
from benchmarks.scratch import address, made
from benchmarks.supplier import PROFILE, ROWS_A_DEAL, write_file
from benchmarks.took import Took, measured
from benchmarks.went import Say
from deals.feeds.profile_toml import load_profile
from deals.feeds.receive import receive_path
from deals.feeds.run import import_file

# The first are 100,000 deals, of which the limit is promised.
ROWS, MEMORY_ROWS, PEER_ROWS = 220_000, 660_000, 600
# From this size of the register on, memory is measured as it is promised.
MILLION = 1_000_000
COPY_SHARE, PEER_TIMES, AGAIN_TIMES, LARGE_SHARE, MOST_MB = 0.35, 50, 4, 0.25, 512


@dataclass(frozen=True, slots=True)
class Done:
    """An import that was measured."""

    took: Took
    rows: int
    deals: int


def measure(say: Say, size: int) -> None:
    """Into an empty register, which is left empty, and into the generated one."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "supplier.csv"
        write_file(path, round(int(os.environ.get("ROWS", ROWS)) / ROWS_A_DEAL), "Bench")
        _warm_up(Path(folder))
        both = [_once(path) for _ in range(2)]
        first, limit, again = (min((one[at] for one in both), key=_wall) for at in range(3))
        _say(say, first, limit, again)
        _peer(say, path, first)
        _memory(say, Path(folder), first, size)
        _large(say, path, size)
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


def _large(say: Say, path: Path, size: int) -> None:
    """The same file into the generated register and into the empty one, a process each."""
    url = os.environ.get("LARGE_DATABASE_URL")
    if not url:
        said = "into the generated register: left out, none is named"
        say(Figure("", said, None, ""))
        return
    empty_register()
    empty = _apart(path, "Bench", address())
    with _written(url) as goal:
        large = _apart(path, "Bench", goal)
    share = large["work"] / empty["work"]
    figure = Figure(
        "", f"into a register of {size:,}, processor time", share, "× empty", main=True,
        note=f"{large['deals'] / large['seconds']:,.0f} deals/s",
    )  # fmt: skip
    kept = share <= 1 + LARGE_SHARE
    say(replace(figure, promise=f"≤ {1 + LARGE_SHARE} ×", kept=kept))


@contextmanager
def _written(url: str) -> Iterator[str]:
    """The register itself, or a copy of one that is kept for the next run."""
    if os.environ.get("LARGE_IS_KEPT") != "1":
        yield url
        return
    name = urlsplit(url).path.strip("/")
    with made(f"{name}_written", like=name) as copy:
        yield copy.url


def _say(say: Say, first: Done, limit: Done, again: Done) -> None:
    a_deal = first.took.work * 1000 / first.deals
    imported = Figure(
        "", "file to published versions, everything on", first.deals / first.took.wall, "deals/s",
        note=_cpu(first), main=True, curve="import, a deal", cost=a_deal,
    )  # fmt: skip
    say(at_least(_beside(imported, limit, first, "bare COPY of the finished rows"), COPY_SHARE))
    figure = Figure("", "the same file again", again.deals / again.took.wall, "deals/s", main=True)
    say(at_least(_beside(figure, first, again, "the first time"), AGAIN_TIMES))


def _beside(figure: Figure, other: Done, ours: Done, name: str) -> Figure:
    """How many times as long the other takes."""
    return replace(
        figure,
        against=name,
        ratio=over(other.took.wall, ours.took.wall),
        work_ratio=over(other.took.work, ours.took.work),
    )


def _peer(say: Say, path: Path, first: Done) -> None:
    took = peer.peer_import(path, PEER_ROWS)
    scale = first.rows / PEER_ROWS
    took = Took(took.wall * scale, took.here * scale, took.server * scale)
    figure = Figure(
        "", "the same beside django-import-export", first.deals / first.took.wall, "deals/s",
        note=f"the peer from {PEER_ROWS} of the rows", main=True,
    )  # fmt: skip
    other = Done(took, first.rows, first.deals)
    say(at_least(_beside(figure, other, first, "django-import-export"), PEER_TIMES))


def _memory(say: Say, folder: Path, small: Done, size: int) -> None:
    """One file in a process of its own: memory, and whether time is linear in rows."""
    rows = int(os.environ.get("MEMORY_ROWS", MILLION if size >= MILLION else MEMORY_ROWS))
    path = folder / "large.csv"
    write_file(path, round(rows / ROWS_A_DEAL), "Memory")
    found = _apart(path, "Memory", address())
    what = f"memory of an import of {found['rows']:,} rows"
    say(at_most(Figure("", what, found["mb"], "MB", main=True), MOST_MB))
    each = found["work"] / found["rows"] / (small.took.work / small.rows)
    say(Figure("", f"processor time of a row beside one of {small.rows:,}", each, "×"))


def _apart(path: Path, name: str, url: str) -> dict[str, float]:
    """Import it in a process of its own; what `benchmarks.import_child` says of it."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.import_child", str(path), name],
        env=os.environ | {"DATABASE_URL": url},
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _timed(path: Path, name: str) -> Done:
    profile = load_profile(PROFILE.format(name=name))
    with measured() as took:
        done = import_file(receive_path(path), profile, publish=True)
    assert done.deals_created + done.deals_unchanged == done.deals_in_file, done
    return Done(took, done.rows_read, done.deals_in_file)


def _cpu(done: Done) -> str:
    micro = 1e6 / done.deals
    return (
        f"a deal takes {done.took.here * micro:.0f} µs here and {done.took.server * micro:.0f} µs "
        "in PostgreSQL"
    )


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
