"""The tests that docs/reliability.md names, each as a row of the chaos report.

What races, lies or is refused is tried by tests and not by killing, and so are promises of which
the trials are only the large form. All of them are run in one go, those with real servers as well.
"""

import os
import subprocess
import sys
import xml.etree.ElementTree as tree
from collections import defaultdict

from benchmarks import chaos_promises
from benchmarks.chaos_broom import swept
from benchmarks.chaos_report import Row, keep, measured
from benchmarks.chaos_rig import ROOT
from benchmarks.chaos_sizes import TESTS, results

# The full number of what tests do less of otherwise.
LARGE = {"RETRIES": "10000"}


def run(seed: int) -> list[tuple[str, bool]]:
    """Run and keep them; the place of each, and whether it went wrong."""
    names = sorted({name for promise in chaos_promises.read() for name in promise.tests})
    print(f"\n{len(names)} tests of docs/reliability.md:", flush=True)
    with swept() as folder:
        report = folder / "junit.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--reuse-db"]
        command += [f"--junitxml={report}", *names]
        # Tests with a SEED mean one of their own.
        plain = {name: value for name, value in os.environ.items() if name != "SEED"}
        subprocess.run(command, cwd=ROOT, env={**LARGE, **plain})
        rows = read(report.read_text() if report.exists() else "<none/>", names, seed)
    keep(rows, results())
    return [(row["name"], bool(row["faults"])) for row in rows]


def read(report: str, names: list[str], seed: int) -> list[Row]:
    """A row for each test, of pytest's report in the form of JUnit; what did not run has failed."""
    cases: dict[str, list[tree.Element]] = defaultdict(list)
    for case in tree.fromstring(report).iter("testcase"):
        path = case.get("classname", "").replace(".", "/")
        cases[f"{path}.py::{case.get('name', '').partition('[')[0]}"].append(case)
    return [_row(name, cases[name], measured(seed)) for name in names]


def _row(name: str, cases: list[tree.Element], about: Row) -> Row:
    faults = [
        f"{case.get('name')}: {found.tag}, {(found.get('message') or '').partition(chr(10))[0]}"
        for case in cases
        for found in case
        if found.tag in ("failure", "error", "skipped")
    ]
    return {
        "broker": "none",
        "code": TESTS,
        "name": name,
        "faults": faults if cases else ["It did not run."],
        "facts": {"cases": len(cases)},
        "seconds": sum(float(case.get("time", 0)) for case in cases),
        **about,
    }
