"""What a rehearsal showed, for the eye and as Markdown."""

import os
import platform
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.chaos_rig import ROOT
from benchmarks.rehearsal_load import GOOD, PROMISED, WRONG, Request


@dataclass(slots=True)
class Outcome:
    """One step: what it measured, what was wrong, and every request while it lasted."""

    name: str
    facts: dict[str, str]
    faults: list[str]
    requests: list[Request] = field(default_factory=list)
    seconds: float = 0.0

    def judge(self, may_wait: frozenset[str], may_break: frozenset[str]) -> None:
        """Add a fault for every request that was answered worse than its sender was promised."""
        for one in self.requests:
            waits = one.verdict == PROMISED and one.who not in may_wait | may_break
            breaks = one.verdict == WRONG and one.who not in may_break
            if waits or breaks:
                said = one.said or "503 with Retry-After, where none is promised"
                self.faults.append(f"{one.who}, {one.what}: {said}")

    def count(self, verdict: str) -> int:
        return Counter(one.verdict for one in self.requests)[verdict]

    def slowest(self) -> float:
        return max((one.seconds for one in self.requests if one.verdict == GOOD), default=0.0)

    def median(self) -> float:
        taken = sorted(one.seconds for one in self.requests if one.verdict == GOOD)
        return taken[len(taken) // 2] if taken else 0.0


def show(outcome: Outcome) -> None:
    verdict = "BROKEN" if outcome.faults else "ok"
    print(f"\n{outcome.name}: {verdict}", flush=True)
    print(
        f"  {outcome.count(GOOD):,} answered, {outcome.count(PROMISED)} told to come again, "
        f"{outcome.count(WRONG)} errors; slowest {outcome.slowest():.1f} s",
        flush=True,
    )
    for what, value in outcome.facts.items():
        print(f"  {what}: {value}", flush=True)
    for fault in outcome.faults[:8]:
        print(f"  FAULT {fault}", flush=True)


def markdown(outcomes: list[Outcome], took: float) -> str:
    kept = not any(outcome.faults for outcome in outcomes)
    lines = [
        "# Rehearsal: what the compose files say, on one machine",
        "",
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {took / 60:.0f} minutes, "
        f"{os.cpu_count()} cores, {_memory():.0f} GB, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}. {'Every promise held.' if kept else 'BROKEN.'}",
        "",
        "Readers, an editor and a partner ask all the time, through nginx. “Come again” is a 503",
        "in words with Retry-After, or the 409 of a request that is still being worked on.",
        "`make rehearse` repeats it.",
        "",
        f"Load of the machine over the last 15 minutes: {os.getloadavg()[2]:.0f}. Above the number",
        "of its cores, times say more about other work than about this system.",
        "",
        "| step | answered | come again | errors | median | slowest | |",
        "|---|--:|--:|--:|--:|--:|---|",
    ]
    for outcome in outcomes:
        facts = "; ".join(f"{what} {value}" for what, value in outcome.facts.items())
        lines.append(
            f"| {outcome.name} | {outcome.count(GOOD):,} | {outcome.count(PROMISED)} "
            f"| {outcome.count(WRONG)} | {outcome.median() * 1000:.0f} ms "
            f"| {outcome.slowest():.1f} s | {'**BROKEN**; ' if outcome.faults else ''}{facts} |"
        )
    for outcome in outcomes:
        lines += ["", *(f"* {outcome.name}: {fault}" for fault in outcome.faults[:20])]
    return "\n".join(lines).rstrip() + "\n"


def write(outcomes: list[Outcome], took: float) -> Path:
    """The report, in a folder of the day below benchmarks/results/."""
    results = os.environ.get("REHEARSAL_RESULTS") or ROOT / "benchmarks" / "results"
    folder = Path(results) / f"{datetime.now(UTC):%Y-%m-%d}-rehearsal"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.md").write_text(markdown(outcomes, took))
    return folder / "report.md"


def _memory() -> float:
    """GB of this machine."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
