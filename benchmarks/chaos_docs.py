"""Writes the last results of `make bench-chaos` into the table of docs/reliability.md."""

import json
import re
from typing import Any

from benchmarks.chaos_report import RESULTS
from benchmarks.chaos_rig import ROOT

PAGE = ROOT / "docs" / "reliability.md"
TRIAL = re.compile(r"`TRIALS=([\w-]+) make bench-chaos`")
FACTS = 2


def results(report: dict[str, Any]) -> dict[str, str]:
    """In a few words what became of each trial, by its name."""
    found: dict[str, list[str]] = {}
    for trial in report["trials"]:
        facts = [f"{what} {value}" for what, value in trial["facts"].items() if _short(value)]
        verdict = "**failed**" if trial["faults"] else "held"
        said = f"{trial['broker']}: {verdict}; {'; '.join(facts[:FACTS])}".rstrip("; ")
        found.setdefault(trial["code"], []).append(said.replace("|", "/"))
    about = f"{report['at'][:10]}{', quick' if report['quick'] else ''}"
    return {code: f"{about}. {'. '.join(said)}" for code, said in found.items()}


def _short(value: object) -> bool:
    return not isinstance(value, dict) and len(str(value)) < 60


def filled(page: str, report: dict[str, Any]) -> str:
    """The page with the last cell of each row that names a trial written anew."""
    said = results(report)
    lines = []
    for line in page.splitlines():
        trial = TRIAL.search(line)
        if trial and line.startswith("|") and trial[1] in said:
            *cells, _last, _end = line.split(" |")
            line = " |".join([*cells, f" {said[trial[1]]}", ""])
        lines.append(line)
    return "\n".join(lines) + "\n"


def main() -> None:
    """Raises FileNotFoundError before there was any run."""
    report = json.loads((RESULTS / "report.json").read_text())
    PAGE.write_text(filled(PAGE.read_text(), report))


if __name__ == "__main__":
    main()
