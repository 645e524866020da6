"""What becomes of hundreds of malformed tables that were brought to the desk, and why.

`python -m benchmarks.hostile FOLDER` prints how many are taken, taken with row errors, need a
person at the mapping, or are refused, and writes a table with a line a file to
VAR_DIR/bench/hostile.md.
"""

import os
import sys
from collections import Counter
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import django

BESIDE = Path(__file__).resolve().parents[2] / "shared" / "badinput"


class Verdict(NamedTuple):
    """One file: `word` is what became of it, `why` a sentence or the balance of its rows."""

    file: str
    word: str
    why: str
    seconds: float


def judge(path: Path, folder: Path) -> Verdict:
    """Take a file as the desk does: find out how it is read, propose a profile, read it all."""
    from deals.feeds.detect import detect
    from deals.feeds.profile_toml import load_profile
    from deals.feeds.profile_write import profile_toml
    from deals.feeds.propose import propose
    from deals.feeds.receive import receive_path
    from deals.feeds.refusals import Refused
    from deals.feeds.run import prepare

    begun = perf_counter()
    step = "refused"
    try:
        file = receive_path(path)
        draft = propose(detect(file, {}))
        step = "needs a person at the mapping"
        profile = load_profile(profile_toml(draft))
        step = "refused"
        done = prepare(file, profile)
    except Refused as refusal:
        word, why = step, str(refusal)
        if step != "refused":
            why = f"No column is recognised as the target of deals, so a person maps it. {why}"
    else:
        word = "taken with row errors" if done.problems else "taken"
        counts = f"{done.rows_read} rows = {done.rows_used} used + {done.rows_skipped} skipped + "
        why = f"{counts}{done.rows_duplicate} duplicate + {done.rows_rejected} rejected"
        if done.problems:
            first = done.problems[0]
            why += f"; row {first.row}, {first.column or 'whole row'}: {first.message}"
    return Verdict(str(path.relative_to(folder)), word, why, perf_counter() - begun)


def report(folder: Path, target: Path) -> Counter[str]:
    """Judge every file of a folder and write the table; returns how many had which verdict."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    verdicts = [judge(path, folder) for path in files]
    lines = ["| file | verdict | why | s |", "|---|---|---|---|"]
    for verdict in verdicts:
        why = "".join(c if c.isprintable() else "�" for c in verdict.why).replace("|", "\\|")
        lines.append(f"| {verdict.file} | {verdict.word} | {why[:300]} | {verdict.seconds:.2f} |")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("\n".join([*lines, ""]), encoding="utf-8")
    slowest = max(verdicts, key=lambda verdict: verdict.seconds)
    print(f"\n{len(verdicts)} malformed tables of {folder.name}; the table is {target}")
    counts = Counter(verdict.word for verdict in verdicts)
    for word, number in counts.most_common():
        print(f"  {number:>4}  {word}")
    print(f"  slowest: {slowest.file}, {slowest.seconds:.1f} s")
    return counts


def run(_: int) -> None:
    """For `make bench`: the tables beside the checkout, if they are there."""
    from django.conf import settings

    if not BESIDE.is_dir():
        print(f"\nNo malformed tables beside this checkout ({BESIDE}): left out.")
        return
    report(BESIDE, settings.VAR_DIR / "bench" / "hostile.md")


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "investtrack.settings")
    django.setup()
    from django.conf import settings

    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else BESIDE
    if not folder.is_dir():
        print(f"{folder} is not a folder.", file=sys.stderr)
        return 2
    report(folder, settings.VAR_DIR / "bench" / "hostile.md")
    return 0


if __name__ == "__main__":
    sys.exit(main())
