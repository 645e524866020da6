"""`make bench`: every figure beside its peers and limits, for each size, kept and shown.

SIZES are numbers of generated deals ("100000 1000000"); each has a scratch database of its own,
which is dropped afterwards unless KEEP=1 keeps it for the next run. BUDGET is how many seconds all
of it may take: what does not fit is left out, and the report says so. With --only some sections are
measured again, and the report of the day keeps the others as they were. Ends with 1 when a promise
is broken or a section failed.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, perf_counter
from typing import Any

import django

from benchmarks.machine import facts, load_now
from benchmarks.one import SECTIONS
from benchmarks.report import (
    FAILED,
    MISSED,
    RESULTS,
    Figure,
    folder_name,
    from_dict,
    with_earlier,
    write,
)
from benchmarks.table import show

SIZES = "100000 1000000"
# Seconds that one section may take at most for each million deals, or fewer, and that are needed to
# begin another.
LONGEST, SHORTEST = 900, 20
# Beyond this, documents would need more room and time than questions are worth.
MOST_DOCUMENTS = 3_000_000
COUNTING = {"flows"}
# What writes, and has to begin with nothing.
IN_EMPTY = {"import", "hostile"}


class Budget:
    """Seconds that are left of those there were; without a limit there are always enough."""

    def __init__(self, seconds: float | None) -> None:
        self.end = monotonic() + seconds if seconds else None

    def left(self, deals: int) -> float:
        """For the next section of a register of so many deals."""
        longest = LONGEST * max(deals // 1_000_000, 1)
        return longest if self.end is None else min(self.end - monotonic(), longest)


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "investtrack.settings")
    arguments = _arguments().parse_args()
    django.setup()
    wanted = [name for name in SECTIONS if name in arguments.only.split(",") or not arguments.only]
    budget, broken = Budget(arguments.budget), 0
    for deals in sorted(arguments.sizes):
        broken += _measure(deals, wanted, budget, arguments)
    if arguments.results == RESULTS:
        show()
    return 1 if broken else 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    sizes = [int(size) for size in os.environ.get("SIZES", SIZES).replace(",", " ").split()]
    parser.add_argument("--sizes", type=int, nargs="+", default=sizes)
    parser.add_argument("--only", default="", help=f"some of {','.join(SECTIONS)}")
    parser.add_argument("--budget", type=float, default=float(os.environ.get("BUDGET", "0")))
    parser.add_argument("--keep", action="store_true", default=os.environ.get("KEEP") == "1")
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--name", default="bench", help="what scratch databases are called")
    return parser


def _measure(deals: int, wanted: list[str], budget: Budget, arguments: Any) -> int:
    """One size; returns how many promises were broken."""
    from benchmarks import scratch

    with ExitStack() as stack, TemporaryDirectory() as folder:
        run = facts(deals)
        print(f"\n{deals:,} generated deals; load {run['load']}", flush=True)
        name = f"{arguments.name}_{folder_name('', deals).strip('-')}"
        nothing = f"{arguments.name}_empty"
        empty = stack.enter_context(scratch.made(nothing))
        large = stack.enter_context(scratch.made(name, like=nothing, keep=arguments.keep))
        figures = _generated(large, deals, wanted)
        environment = {
            "LARGE_DATABASE_URL": large.url,
            "LARGE_IS_KEPT": str(int(arguments.keep)),
            "VAR_DIR": str(Path(folder) / "var"),
        }
        figures += measured(wanted, deals, large, empty, budget, Path(folder), environment)
        run["load_after"] = round(load_now(), 2)
    kept = arguments.results / folder_name(run["date"], deals)
    write(kept, *with_earlier(kept, run, figures))
    return sum(figure.verdict in (MISSED, FAILED) for figure in figures)


def measured(
    wanted: list[str],
    deals: int,
    large: Any,
    empty: Any,
    budget: Budget,
    folder: Path,
    environment: dict[str, str],
) -> list[Figure]:
    """Figures of all sections for which there is time."""
    figures: list[Figure] = []
    for section in wanted:
        title, left = SECTIONS[section][1], budget.left(deals)
        if left < SHORTEST:
            print(f"\n{title}: left out, no time was left.", flush=True)
            figures.append(Figure(title, "left out: no time", None, ""))
            continue
        url = empty.url if section in IN_EMPTY else large.url
        file = folder / section
        where = os.environ | environment | {"DATABASE_URL": url}
        failed = _section(section, deals, file, where, left)
        figures += _read(file) + ([failed] if failed else [])
    return figures


def _generated(large: Any, deals: int, wanted: list[str]) -> list[Figure]:
    """Fill the database unless it was kept from an earlier run."""
    from benchmarks import scratch

    if scratch.has_deals(large, deals):
        print("The register of an earlier run is used again.", flush=True)
        return []
    documents = deals <= MOST_DOCUMENTS or not set(wanted) <= COUNTING
    words = [] if documents else ["--without-documents"]
    begun = perf_counter()
    scratch.manage(large, "generate_deals", str(deals), *words)
    seconds = perf_counter() - begun
    note = "" if documents else "without documents"
    figure = Figure("Start", "generate the register", deals / seconds, "deals/s", note=note)
    print(f"Generated in {seconds:.0f} s", flush=True)
    return [figure]


def _section(
    name: str, deals: int, file: Path, environment: dict[str, str], seconds: float
) -> Figure | None:
    """Measure one; what went wrong, if anything did, as a figure."""
    command = [sys.executable, "-m", "benchmarks.one", name, str(deals), str(file)]
    # In a group of its own, since it starts servers that have to end with it.
    with subprocess.Popen(command, env=environment, start_new_session=True) as child:
        try:
            code = child.wait(seconds)
        except BaseException as fault:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGTERM)
            if not isinstance(fault, subprocess.TimeoutExpired):
                raise
            return Figure(SECTIONS[name][1], f"cut off after {seconds:.0f} s", None, FAILED)
    return Figure(SECTIONS[name][1], f"ended with {code}", None, FAILED) if code else None


def _read(file: Path) -> list[Figure]:
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [from_dict(json.loads(found)) for found in lines]


if __name__ == "__main__":
    sys.exit(main())
