"""What a web process keeps in memory from its start, and what it waits for somebody to need."""

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.as_installed import hidden
from tests.processes import ROOT

# Large, and needed by few requests or by workers only.
HEAVY = ("charset_normalizer", "numpy", "pyarrow", "rapidfuzz", "resvg_py")
STARTED = f"""
import sys, investtrack.wsgi
print(*(name for name in {HEAVY} if sys.modules.get(name)))
try:
    import pytest
except ModuleNotFoundError:
    print("no pytest")
"""


def test_what_requirements_bring_is_not_hidden_and_what_developers_have_is():
    found = set(hidden().split(","))
    assert {"pytest", "mypy", "rich", "requests"} <= found
    assert not found & {"django", "gunicorn", "psycopg", "pyarrow", "pip", "rest_framework"}


def test_a_web_process_starts_without_what_only_few_of_its_requests_need(tmp_path: Path):
    (tmp_path / "started.py").write_text(STARTED)
    said = subprocess.run(
        [sys.executable, "-m", "benchmarks.as_installed", "started"],
        cwd=ROOT,
        env=os.environ | {"HIDDEN_PACKAGES": hidden(), "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert (said.stdout, said.returncode) == ("\nno pytest\n", 0), said.stderr
