"""What a measurement says, and how it is printed, kept as JSON and written as Markdown.

A `Figure` stands beside a peer or a limit of the same run: `value` in `unit`, `ratio` to `against`
by the clock, and `work_ratio` by processor time, which others on the machine change less.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
FIGURES, REPORT = "figures.json", "report.md"
KEPT, MISSED, FAILED = "kept", "MISSED", "FAILED"
# Deals of the register that most promises are about.
PROMISED = 1_000_000


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number.

    `promise` is what it has to be ("≥ 30 ×"), and `kept` whether it is; None where nothing is
    promised, or not at this size. `main` ones are in the README. `curve` names the line of the
    plot of cost against size that `cost`, in milliseconds of processor time, is a point of.
    """

    section: str
    what: str
    value: float | None
    unit: str
    against: str = ""
    ratio: float | None = None
    work_ratio: float | None = None
    promise: str = ""
    kept: bool | None = None
    note: str = ""
    main: bool = False
    curve: str = ""
    cost: float | None = None

    @property
    def verdict(self) -> str:
        if self.unit == FAILED:
            return FAILED
        return "" if self.kept is None else KEPT if self.kept else MISSED


def at_least(figure: Figure, least: float) -> Figure:
    """The figure with the promise that its ratio by the clock is at least so much."""
    kept = figure.ratio is not None and figure.ratio >= least
    return replace(figure, promise=f"≥ {least:g} ×", kept=kept)


def at_most(figure: Figure, most: float) -> Figure:
    """The figure with the promise that its value is at most so much."""
    kept = figure.value is not None and figure.value <= most
    return replace(figure, promise=f"≤ {number(most)} {figure.unit}".strip(), kept=kept)


def promised_from(figure: Figure, size: int, least: int) -> Figure:
    """What is promised of so many deals is not asked of fewer."""
    return figure if size >= least else replace(figure, promise="", kept=None)


def number(value: float | None) -> str:
    """Three significant digits, thousands apart; no exponents."""
    if value is None:
        return "–"
    if value == 0:
        return "0"
    size = abs(value)
    places = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 3
    return f"{value:,.{places}f}"


def times(ratio: float | None) -> str:
    return "" if ratio is None else f"{number(ratio)} ×"


def line(figure: Figure) -> str:
    """One line for the terminal."""
    said = f"{figure.what:<58} {number(figure.value):>10} {figure.unit:<9}"
    if figure.against:
        by_work = f", by processor {times(figure.work_ratio)}" if figure.work_ratio else ""
        said += f" {times(figure.ratio)} {figure.against}{by_work}"
    if figure.promise:
        said += f"  ({figure.promise}{': ' + figure.verdict if figure.verdict else ''})"
    return f"{said}  {figure.note}".rstrip()


def table(figures: Iterable[Figure]) -> list[str]:
    """Lines of a Markdown table, a row a figure."""
    lines = [
        "| what | measured | beside | by the clock | by processor | promised | |",
        "|---|---:|---|---:|---:|---|---|",
    ]
    for f in figures:
        what = f"{f.what} ({f.note})" if f.note else f.what
        cells = (
            what,
            f"{number(f.value)} {f.unit}",
            f.against,
            times(f.ratio),
            times(f.work_ratio),
            f.promise,
            f.verdict,
        )
        lines.append(f"| {' | '.join(cell.strip().replace('|', '/') for cell in cells)} |")
    return lines


def sections(figures: Sequence[Figure]) -> dict[str, list[Figure]]:
    """By section, in the order in which they were measured."""
    found: dict[str, list[Figure]] = {}
    for figure in figures:
        found.setdefault(figure.section, []).append(figure)
    return found


def markdown(run: dict[str, Any], figures: Sequence[Figure]) -> str:
    """The report of one size: what was missed, the machine, then each section."""
    missed = [f for f in figures if f.verdict in (MISSED, FAILED)]
    counted = sum(f.kept is not None for f in figures)
    lines = [f"# {run['deals']:,} generated deals, {run['date']}", ""]
    if not run["quiet"]:
        lines += [
            f"**The machine was busy** (load {run['load']} at the start and {run['load_after']} at "
            f"the end, on {run['cores']} cores): times by the clock are too long. Ratios by "
            "processor time change less, but count no parallel workers of PostgreSQL.",
            "",
        ]
    kept = sum(bool(f.kept) for f in figures)
    lines += [f"{kept} of {counted} promises kept in this run, judged by the clock."]
    if run["deals"] > PROMISED:
        lines += ["", "Milliseconds are promised of a million deals, so none are judged here."]
    lines += ["", *(f"* {f.verdict}: {f.section}: {line_plain(f)}" for f in missed), ""]
    lines += ["| machine | |", "|---|---|"]
    facts = {name: value for name, value in run.items() if name != "sections"}
    lines += [f"| {name.replace('_', ' ')} | {value} |" for name, value in facts.items()]
    for name, found in sections(figures).items():
        when = run.get("sections", {}).get(name)
        lines += ["", f"## {name}", "", *([when, ""] if when else []), *table(found)]
    return "\n".join([*lines, ""])


def line_plain(figure: Figure) -> str:
    """The same as `line` without columns."""
    return " ".join(line(figure).split())


def write(folder: Path, run: dict[str, Any], figures: Sequence[Figure]) -> None:
    """The report and its figures below a folder of `RESULTS`."""
    folder.mkdir(parents=True, exist_ok=True)
    said = {"run": run, "figures": [asdict(figure) for figure in figures]}
    text = json.dumps(said, ensure_ascii=False, indent=1)
    (folder / FIGURES).write_text(text + "\n", encoding="utf-8")
    (folder / REPORT).write_text(markdown(run, figures), encoding="utf-8")


def with_earlier(
    folder: Path, run: dict[str, Any], figures: Sequence[Figure]
) -> tuple[dict[str, Any], list[Figure]]:
    """A run together with the sections that the folder has of earlier runs and this one has not.

    `sections` of the run says of each when it was measured, and at which load.
    """
    mine = sections(figures)
    said = dict.fromkeys(mine, _when(run))
    if not (folder / FIGURES).exists():
        return run | {"sections": said}, list(figures)
    before, known = read(folder)
    whole = sections(known) | mine
    then = before.get("sections") or dict.fromkeys(whole, _when(before))
    quiet = run["quiet"] and (before["quiet"] or not whole.keys() - mine.keys())
    run = run | {"sections": then | said, "quiet": quiet}
    return run, [figure for found in whole.values() for figure in found]


def _when(run: dict[str, Any]) -> str:
    return f"At {run['time']}; load {run['load']} before, {run['load_after']} after."


def read(folder: Path) -> tuple[dict[str, Any], list[Figure]]:
    """What `write` wrote."""
    said = json.loads((folder / FIGURES).read_text(encoding="utf-8"))
    return said["run"], [from_dict(found) for found in said["figures"]]


def from_dict(found: dict[str, Any]) -> Figure:
    names = {field.name for field in fields(Figure)}
    return Figure(**{name: value for name, value in found.items() if name in names})


def newest(results: Path = RESULTS) -> dict[int, tuple[dict[str, Any], list[Figure]]]:
    """The last run of each size, the small ones first."""
    runs = [read(path.parent) for path in sorted(results.glob(f"*/{FIGURES}"))]
    runs.sort(key=lambda one: (one[0]["date"], one[0]["time"]))
    latest = {run["deals"]: (run, figures) for run, figures in runs}
    return dict(sorted(latest.items()))


def folder_name(date: str, deals: int) -> str:
    """ "2026-11-22-100k"."""
    for size, letter in ((1_000_000, "m"), (1_000, "k")):
        if deals % size == 0:
            return f"{date}-{deals // size}{letter}"
    return f"{date}-{deals}"
