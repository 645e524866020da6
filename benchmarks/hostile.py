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

from benchmarks.report import Figure, at_most
from benchmarks.went import Say

MOST_SECONDS = 30
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


def judged(folder: Path, target: Path) -> list[Verdict]:
    """Judge every file of a folder and write the table with a line a file."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    verdicts = [judge(path, folder) for path in files]
    lines = ["| file | verdict | why | s |", "|---|---|---|---|"]
    for verdict in verdicts:
        why = "".join(c if c.isprintable() else "�" for c in verdict.why).replace("|", "\\|")
        lines.append(f"| {verdict.file} | {verdict.word} | {why[:300]} | {verdict.seconds:.2f} |")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return verdicts


def measure(say: Say, size: int) -> None:
    """The tables beside the checkout, if they are there; `size` is no matter."""
    from django.conf import settings

    if not BESIDE.is_dir():
        say(Figure("", "left out: no malformed tables beside this checkout", None, ""))
        return
    verdicts = judged(BESIDE, settings.VAR_DIR / "bench" / "hostile.md")
    for word, many in Counter(verdict.word for verdict in verdicts).most_common():
        say(Figure("", f"{word}, of {len(verdicts)}", many, "files"))
    slowest = max(verdict.seconds for verdict in verdicts)
    say(at_most(Figure("", "the slowest of them", slowest, "s"), MOST_SECONDS))


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "investtrack.settings")
    django.setup()
    from django.conf import settings

    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else BESIDE
    if not folder.is_dir():
        print(f"{folder} is not a folder.", file=sys.stderr)
        return 2
    target = settings.VAR_DIR / "bench" / "hostile.md"
    for word, many in Counter(one.word for one in judged(folder, target)).most_common():
        print(f"{many:>4}  {word}")
    print(f"The table is {target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
