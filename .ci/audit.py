"""`make audit`: is a known weakness named for any of the pinned packages?

Asks the service that pip-audit asks, about the pins as they stand in the requirements files.
Ends with 0 when nothing is named, 1 when something is or an answer could not be read, and with 0
and a sentence when the service cannot be reached: then nothing was checked, and that is said.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FILES = ("requirements.txt", "requirements-dev.txt")
UNREACHABLE = (
    "ConnectionError", "ProxyError", "ConnectTimeout", "ReadTimeout", "SSLError", "timed out",
    "ServiceError", "HTTPError",
)  # fmt: skip
Run = Callable[[list[str]], "subprocess.CompletedProcess[str]"]


def ask(command: list[str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=600)


def command() -> list[str]:
    files = [part for name in FILES for part in ("-r", name)]
    # Pins with hashes are whole, so that no package has to be fetched to know what it needs.
    options = ["--require-hashes", "--disable-pip", "--progress-spinner=off", "--format=json"]
    return [sys.executable, "-m", "pip_audit", *options, *files]


def weaknesses(answer: dict[str, Any]) -> list[str]:
    """A line for each: package, version, name of the weakness, the versions that mend it."""
    return [
        f"{one['name']} {one['version']}: {found['id']}, mended in "
        f"{', '.join(found['fix_versions']) or 'no version yet'}"
        for one in answer["dependencies"]
        for found in one.get("vulns", [])
    ]


def main(run: Run = ask) -> int:
    done = run(command())
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        said = done.stderr.strip().splitlines()[-1:] or ["It said nothing."]
        if any(word in done.stderr for word in UNREACHABLE):
            print(f"not checked: unreachable. {said[0][:300]}")
            return 0
        print(f"not checked: pip-audit failed. {said[0][:300]}", file=sys.stderr)
        return 1
    found = weaknesses(answer)
    skipped = [one["name"] for one in answer["dependencies"] if "skip_reason" in one]
    print(f"{len(answer['dependencies']) - len(skipped)} pinned packages asked about.")
    if skipped:
        print(f"not checked: {', '.join(skipped)}")
    print("\n".join(found) or "No weakness is named for any of them.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
