"""Writes the last results of `make bench-chaos` into the table of docs/reliability.md."""

from benchmarks.chaos_promises import PAGE, TRIAL
from benchmarks.chaos_report import Row, kept
from benchmarks.chaos_sizes import RESULTS, TESTS

FACTS = 3
# Said first, whatever else was measured.
COUNTS = ("kills", "times", "proposals", "imports that wait")


def results(rows: list[Row]) -> dict[str, str]:
    """In a few words what became of each trial, by its name."""
    found: dict[str, list[str]] = {}
    for trial in rows:
        if trial["code"] == TESTS:
            continue
        known = sorted(trial["facts"].items(), key=lambda fact: fact[0] not in COUNTS)
        facts = [f"{what} {value}" for what, value in known if _short(value)]
        verdict = "**failed**" if trial["faults"] else "held"
        about = f"{trial['at'][:10]}{', quick' if trial['quick'] else ''}"
        said = f"{about}, {trial['broker']}: {verdict}; {'; '.join(facts[:FACTS])}".rstrip("; ")
        found.setdefault(trial["code"], []).append(said.replace("|", "/"))
    return {code: ". ".join(said) for code, said in found.items()}


def _short(value: object) -> bool:
    return not isinstance(value, dict) and len(str(value)) < 60


def filled(page: str, rows: list[Row]) -> str:
    """The page with the last cell of each row that names a trial written anew."""
    said = results(rows)
    lines = []
    for line in page.splitlines():
        trial = TRIAL.search(line)
        if trial and line.startswith("|") and trial[1] in said:
            *cells, _last, _end = line.split(" |")
            line = " |".join([*cells, f" {said[trial[1]]}", ""])
        lines.append(line)
    return "\n".join(lines) + "\n"


def main() -> None:
    PAGE.write_text(filled(PAGE.read_text(), kept(RESULTS)))


if __name__ == "__main__":
    main()
