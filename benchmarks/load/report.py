"""What a run under load showed, as JSON and as Markdown."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.chaos_report import machine
from benchmarks.chaos_rig import ROOT
from benchmarks.load.imported import Imported
from benchmarks.load.watch import Watch

RESULTS = ROOT / "benchmarks" / "results" / "load"
GOOD = "good"
# Of a run of ten minutes or more: what a kind of process may grow by, in an hour, of what it has.
GROWTH, LONG = 0.05, 600
# These keep what was asked and have limits of their own (shared_buffers, maxmemory with eviction).
FILLED = ("PostgreSQL", "Redis")


@dataclass(slots=True)
class Route:
    """One line: milliseconds of good answers, and how all of them ended."""

    name: str
    took: list[float]
    ended: dict[str, int]

    def at(self, share: float) -> float:
        """Milliseconds within which so large a share was answered."""
        return percentile(self.took, share)

    @property
    def errors(self) -> int:
        return sum(n for how, n in self.ended.items() if how.startswith("error"))

    @property
    def told(self) -> int:
        return sum(n for how, n in self.ended.items() if how != GOOD) - self.errors


def percentile(values: list[float], share: float) -> float:
    """The smallest value that so large a share does not exceed; 0 of none."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else 0.0


@dataclass(slots=True)
class Run:
    """Everything that a report says."""

    users: int
    seconds: int
    deals: int
    routes: list[Route]
    watch: Watch
    alone: Imported | None
    beside: Imported | None
    faults: list[str] = field(default_factory=list)

    def judge(self) -> None:
        """Errors are none; a long run has grown by little; the import has ended."""
        for route in self.routes:
            found = [f"{n} × {how}" for how, n in route.ended.items() if how.startswith("error")]
            self.faults += [f"{route.name}: {each}" for each in found]
        if not self.routes:
            self.faults.append("Nobody asked for anything.")
        if self.beside is not None and self.beside.state not in ("published", "running"):
            self.faults.append(f"The import is {self.beside.state}.")
        for kind, taken in self.watch.taken.items():
            warm, _ = taken.ends()
            bound = kind not in FILLED and not taken.passing
            if self.seconds >= LONG and bound and taken.growth() > warm * GROWTH:
                self.faults.append(f"{kind} grows by {taken.growth():.0f} MB an hour.")

    def whole(self) -> Route:
        every = [ms for route in self.routes for ms in route.took]
        ended: dict[str, int] = {}
        for route in self.routes:
            for how, n in route.ended.items():
                ended[how] = ended.get(how, 0) + n
        return Route("all of them", every, ended)


def read(seen: Path) -> list[Route]:
    found = json.loads(seen.read_text()) if seen.exists() else {}
    return [Route(name, one["took"], one["ended"]) for name, one in sorted(found.items())]


def write(run: Run, folder: Path | None = None) -> Path:
    """Both reports; returns the one for people."""
    folder = folder or RESULTS
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(json.dumps(numbers(run), indent=1) + "\n")
    (folder / "report.md").write_text(markdown(run))
    return folder / "report.md"


def numbers(run: Run) -> dict[str, Any]:
    return {
        "at": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "machine": machine(),
        "users": run.users, "seconds": run.seconds, "deals": run.deals, "faults": run.faults,
        "routes": {
            one.name: {
                "answers": len(one.took), "ended": one.ended,
                "p50": one.at(0.5), "p95": one.at(0.95), "p99": one.at(0.99),
            }
            for one in [*run.routes, run.whole()]
        },
        "processes": {
            kind: {
                "processor_seconds": round(taken.processor, 1),
                "warm_mb": round(taken.ends()[0], 1), "end_mb": round(taken.ends()[1], 1),
                "most_mb": round(taken.most(), 1),
                "growth_mb_per_hour": None if taken.passing else round(taken.growth(), 1),
            }
            for kind, taken in run.watch.taken.items()
        },
        "import": {
            name: {"rows": one.rows, "state": one.state, "rows_per_second": round(one.rate, 1)}
            for name, one in (("alone", run.alone), ("beside", run.beside)) if one is not None
        },
    }  # fmt: skip


def markdown(run: Run) -> str:
    """The report for people: routes, processes, the import."""
    whole, now = run.whole(), f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    lines = [
        "# Under load",
        "",
        f"{now}; {', '.join(f'{what} {is_}' for what, is_ in machine().items())}. "
        f"{run.users} people and programs for {run.seconds} s on {run.deals:,} deals: "
        f"{len(whole.took) / max(run.watch.seconds, 1):.1f} answers a second, "
        f"{whole.errors} errors. `make load` repeats it.",
        "",
        "Those who ask run on the same machine. “Come again” is a 429, or a 503 with Retry-After.",
        "",
        "| route | answers | come again | errors | p50 ms | p95 ms | p99 ms |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for one in [*run.routes, whole]:
        figures = " | ".join(f"{one.at(share):,.0f}" for share in (0.5, 0.95, 0.99))
        lines.append(f"| {one.name} | {len(one.took):,} | {one.told} | {one.errors} | {figures} |")
    lines += [
        "",
        "| processes | processor, of one core | MB warm | MB at the end | MB at the most |"
        " growth, MB an hour |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for kind, taken in run.watch.taken.items():
        warm, end = taken.ends()
        share = taken.processor / max(run.watch.seconds, 1)
        # They come and go with files, so that neither a moment nor a line says anything.
        over = (
            ("", "", "")
            if taken.passing
            else (f"{warm:,.0f}", f"{end:,.0f}", f"{taken.growth():+,.0f}")
        )
        lines.append(
            f"| {kind} | {share:.0%} | {over[0]} | {over[1]} | {taken.most():,.0f} | {over[2]} |"
        )
    lines += ["", *(_said(name, one) for name, one in _imports(run)), ""]
    lines += [f"* {fault}" for fault in run.faults]
    return "\n".join(lines).rstrip() + "\n"


def _imports(run: Run) -> list[tuple[str, Imported]]:
    both = (("alone", run.alone), ("beside everybody", run.beside))
    return [(name, one) for name, one in both if one is not None]


def _said(name: str, one: Imported) -> str:
    if one.state == "published":
        return f"Import of {one.rows:,} rows {name}: {one.rate:,.0f} rows a second."
    return f"Import of {one.rows:,} rows {name}: {one.state} after {one.seconds:,.0f} s."
