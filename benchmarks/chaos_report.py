"""What chaos runs showed, as JSON and as Markdown: a row for each trial, with when it was last
done, and each promise of docs/reliability.md with what came of it."""

import json
import os
import platform
import re
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks import chaos_promises
from benchmarks.chaos_promises import Promise
from benchmarks.chaos_sizes import TESTS, TRIALS, smaller

Row = dict[str, Any]


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


def measured(seed: int) -> Row:
    """When and where, and how much else the machine had to do (processes that wanted a core)."""
    return {
        "at": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "seed": seed,
        "quick": smaller(),
        "machine": machine(),
        "load": round(os.getloadavg()[2], 1),
    }


def kept(folder: Path) -> list[Row]:
    path = folder / "report.json"
    return json.loads(path.read_text())["trials"] if path.exists() else []


def keep(rows: list[Row], folder: Path) -> None:
    """Put them in the report, each in place of what was last found of the same."""
    folder.mkdir(parents=True, exist_ok=True)
    found = {_same(row): row for row in (*kept(folder), *rows)}
    trials = sorted(found.values(), key=_place)
    made = json.dumps({"trials": trials}, indent=1, default=str)
    # Whole or not at all: what was found before took hours.
    new = folder / "report.json.new"
    new.write_text(made + "\n")
    new.replace(folder / "report.json")
    write(folder)


def _same(row: Row) -> tuple[str, str, str]:
    return row["broker"], row["code"], row["name"] if row["code"] == TESTS else ""


def _place(row: Row) -> tuple[bool, bool, int, str]:
    """Tests last, and what only another broker can break behind the rest."""
    code, broker = row["code"], row["broker"]
    known = TRIALS.index(code) if code in TRIALS else len(TRIALS)
    return code == TESTS, broker != "redis", known, row["name"]


def write(folder: Path) -> Path:
    """The report for people, of what is kept; returns where it is."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "report.md"
    path.write_text(markdown(kept(folder), chaos_promises.read()))
    return path


def markdown(rows: list[Row], promises: list[Promise]) -> str:
    trials = [row for row in rows if row["code"] != TESTS]
    wrong = sum(bool(row["faults"]) for row in rows)
    lines = [
        "# What was killed, cut off and filled up, and what it cost",
        "",
        *sorted({_machine(row) for row in rows}),
        "Each row says when it was last done, and how many processes wanted a core at the time. "
        "`SEED=… TRIALS=… make bench-chaos` repeats it.",
        "",
        "Everything held: nothing lost, nothing doubled."
        if not wrong
        else f"**{wrong} of {len(rows)} went wrong.**",
        "",
        "| broker | trial | | at | seed | load | seconds | what it showed |",
        "|---|---|---|---|--:|--:|--:|---|",
        *map(_line, trials),
        "",
        "## Promise by promise",
        "",
        "As in docs/reliability.md, with the last result of what shows it.",
        "",
        "| promise | figure | last result |",
        "|---|---|---|",
        *(f"| {one.promise} | {one.figure} | {said(one, rows)} |" for one in promises),
    ]
    faults = [f"* {row['name']} ({row['broker']}): {f}" for row in rows for f in row["faults"]]
    return "\n".join([*lines, *(["", "## Faults", ""] if faults else []), *faults, ""])


def _machine(row: Row) -> str:
    return f"{', '.join(f'{what} {is_}' for what, is_ in row['machine'].items())}."


def _line(row: Row) -> str:
    facts = "; ".join(f"{what}: {_value(value)}" for what, value in row["facts"].items())
    size = ", small" if row["quick"] else ""
    return (
        f"| {row['broker']} | `{row['code']}`: {row['name']}{size} | {_verdict(row['faults'])} "
        f"| {row['at']} | {row['seed']} | {row['load']} | {row['seconds']:,.0f} "
        f"| {facts.replace('|', '/')} |"
    )


def said(promise: Promise, rows: list[Row]) -> str:
    """What became of everything that shows it."""
    found = [row for row in rows if row["code"] in promise.trials]
    said = [f"{row['broker']}: {_verdict(row['faults'])} ({row['at'][:10]})" for row in found]
    missing = promise.trials - {row["code"] for row in found}
    tests = [row for row in rows if row["code"] == TESTS and row["name"] in promise.tests]
    missing |= promise.tests - {row["name"] for row in tests}
    if tests:
        cases = sum(row["facts"].get("cases", 0) for row in tests)
        faults = [fault for row in tests for fault in row["faults"]]
        when = min(row["at"] for row in tests)[:10]
        said.append(f"{len(tests)} tests, {cases} cases: {_verdict(faults)} ({when})")
    said += [f"not shown yet: `{name}`" for name in sorted(missing)]
    said += [f"`make {word}`, a run of its own" for word in sorted(promise.words)]
    return "; ".join(said)


def _verdict(faults: list[str]) -> str:
    return "**FAILED**" if faults else "held"


def _value(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {number}" for key, number in value.items())
    return re.sub(r"\s+", " ", str(value))
