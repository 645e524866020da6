"""`make check`: everything that can be said of the code without running it; types beside the rest.

Types take as long as all others together, so they get a core of their own. Each check prints what
it said when it has ended; ends with 1 when any of them found something.
"""

import subprocess
import sys
from collections.abc import Sequence

PYTHON = sys.executable
MANAGE = (PYTHON, "manage.py")
TYPES = (PYTHON, "-m", "mypy")
OTHERS: Sequence[Sequence[str]] = (
    (PYTHON, "-m", "ruff", "check", "."),
    (PYTHON, "-m", "ruff", "format", "--check", "."),
    (*MANAGE, "check"),
    (*MANAGE, "makemigrations", "--check", "--dry-run"),
    (PYTHON, "-m", "investtrack.migrating.lint"),
    (PYTHON, "-m", "pytest", "-q", "tests/test_architecture.py"),
)


def main() -> int:
    types = subprocess.Popen(TYPES, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    failed = [command for command in OTHERS if not _passes(command)]
    said, _ = types.communicate()
    print(_line(TYPES), said, sep="\n", end="", flush=True)
    if types.returncode:
        failed.append(TYPES)
    for command in failed:
        print("FAILED:", _line(command))
    return 1 if failed else 0


def _passes(command: Sequence[str]) -> bool:
    print(_line(command), flush=True)
    return subprocess.run(command).returncode == 0


def _line(command: Sequence[str]) -> str:
    return " ".join(["python", *command[1:]])


if __name__ == "__main__":
    sys.exit(main())
