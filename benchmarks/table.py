"""What the kept results say together: the plot of cost against size, and the README's table."""

import sys
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.plot import cost_against_size
from benchmarks.report import KEPT, MISSED, PROMISED, RESULTS, Figure, newest, number, times

README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
PLOT, COSTS = "cost.svg", "cost.md"
NONE_YET = 'A curve needs runs of two sizes: `SIZES="100000 1000000" make bench`.'
Runs = dict[int, tuple[dict[str, Any], list[Figure]]]


def curves(runs: Runs) -> dict[str, list[tuple[float, float]]]:
    """(deals, milliseconds of processor time) by name, where there are two sizes or more."""
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for deals, (_, figures) in runs.items():
        for figure in figures:
            if figure.curve and figure.cost:
                found[figure.curve].append((float(deals), figure.cost))
    return {name: points for name, points in found.items() if len(points) > 1}


def costs(found: dict[str, list[tuple[float, float]]], runs: Runs) -> str:
    """The same as a table, with how many times the largest costs of what the smallest does."""
    sizes = list(runs)
    lines = [
        "# Cost against size",
        "",
        "Milliseconds of processor time, the database's included, from the last run of each size. "
        "Promised: from each size to the next, ten times the deals cost at most ten times as much.",
        "",
        f"![Processor time by number of deals]({PLOT})" if found else NONE_YET,
        "",
        f"| | {' | '.join(f'{size:,} deals' for size in sizes)} | largest : smallest | each step |",
        f"|---|{'---:|' * (len(sizes) + 1)}---|",
    ]
    for name, points in found.items():
        at = dict(points)
        cells = [number(at.get(float(size))) for size in sizes]
        grown = points[-1][1] / points[0][1]
        more = points[-1][0] / points[0][0]
        grows = f"{times(grown)} for {more:g} × the deals"
        lines.append(f"| {name} | {' | '.join(cells)} | {grows} | {_kept(points)} |")
    busy = [f"{size:,}" for size, (run, _) in runs.items() if not run["quiet"]]
    if busy:
        lines += ["", f"The machine was busy in the runs of {', '.join(busy)} deals."]
    return "\n".join([*lines, ""])


def _kept(points: list[tuple[float, float]]) -> str:
    """Whether from each size to the next the cost grew at most as the deals did."""
    steps = pairwise(points)
    return KEPT if all(c2 * d1 <= c1 * d2 for (d1, c1), (d2, c2) in steps) else MISSED


def readme_table(runs: Runs) -> str:
    """The main figures of a million deals, of which most is promised, or else of the largest size.

    Ratios and verdicts are those by the clock.
    """
    latest: dict[tuple[str, str], tuple[int, dict[str, Any], Figure]] = {}
    for deals, (run, figures) in runs.items():
        for figure in figures:
            known = latest.get((figure.section, figure.what))
            if figure.main and not (known and known[0] == PROMISED):
                latest[figure.section, figure.what] = deals, run, figure
    lines = ["| | measured | beside | promised | | deals |", "|---|---:|---|---|---|---:|"]
    for deals, run, f in latest.values():
        beside = f"{times(f.ratio)} {f.against}" if f.against else ""
        busy = "" if run["quiet"] else " (busy)"
        measured = f"{number(f.value)} {f.unit}{busy}"
        lines.append(
            f"| {f.what} | {measured} | {beside} | {f.promise} | {f.verdict} | {deals:,} |"
        )
    if any(not run["quiet"] for _, run, _ in latest.values()):
        lines += ["", "“Busy”: others were at work on the machine, so times are too long."]
    return "\n".join(lines)


def with_table(text: str, table: str) -> str:
    """The README with this table between its two marks; raises ValueError without them."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"The README has no {BEGIN} … {END}.")
    return f"{before}{BEGIN}\n{table}\n{END}{after}"


def show(results: Path = RESULTS, readme: Path = README) -> None:
    """Write the plot, its table and the README's table from the newest results."""
    runs = newest(results)
    found = curves(runs)
    text = with_table(readme.read_text(encoding="utf-8"), readme_table(runs))
    readme.write_text(text, encoding="utf-8")
    if found:
        drawing = str(cost_against_size(found)) + "\n"
        (results / PLOT).write_text(drawing, encoding="utf-8")
    (results / COSTS).write_text(costs(found, runs), encoding="utf-8")


if __name__ == "__main__":
    show()
    sys.exit(0)
