"""What a chaos run showed, as JSON and as Markdown, with the machine it ran on."""

import json
import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.chaos_rig import ROOT

RESULTS = ROOT / "benchmarks" / "results" / "chaos"


def machine() -> dict[str, str]:
    """What a figure depends on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return {
        "cores": str(os.cpu_count()),
        "memory": f"{memory:.0f} GB",
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
        "Django": version("django"),
        "Celery": version("celery"),
    }


def write(trials: list[dict[str, Any]], *, seed: int, quick: bool, folder: Path | None) -> Path:
    """Both reports, in `folder` or where results are kept; returns the one for people."""
    folder = folder or RESULTS
    folder.mkdir(parents=True, exist_ok=True)
    made = {
        "at": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "seed": seed,
        "quick": quick,
        "machine": machine(),
        "trials": trials,
    }
    (folder / "report.json").write_text(json.dumps(made, indent=1, default=str) + "\n")
    (folder / "report.md").write_text(markdown(made))
    return folder / "report.md"


def markdown(made: dict[str, Any]) -> str:
    """The report for people."""
    wrong = sum(bool(trial["faults"]) for trial in made["trials"])
    again = ("QUICK=1 " if made["quick"] else "") + f"SEED={made['seed']} make bench-chaos"
    lines = [
        "# What was killed, cut off and filled up, and what it cost",
        "",
        f"{made['at']}; {', '.join(f'{what} {is_}' for what, is_ in made['machine'].items())}. "
        f"`{again}` repeats it.",
        "",
        "Every trial held: nothing lost, nothing doubled."
        if not wrong
        else f"**{wrong} of {len(made['trials'])} trials went wrong.**",
        "",
        "| broker | trial | | seconds | what it showed |",
        "|---|---|---|--:|---|",
    ]
    for trial in made["trials"]:
        facts = "; ".join(f"{what}: {_value(value)}" for what, value in trial["facts"].items())
        verdict = "**FAILED**" if trial["faults"] else "held"
        lines.append(
            f"| {trial['broker']} | {trial['name']} | {verdict} | {trial['seconds']:,.0f} "
            f"| {facts.replace('|', '/')} |"
        )
    faults = [f"* {t['name']} ({t['broker']}): {f}" for t in made["trials"] for f in t["faults"]]
    return "\n".join([*lines, *([""] if faults else []), *faults, ""])


def _value(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {number}" for key, number in value.items())
    return str(value)
