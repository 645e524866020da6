"""What a web process loads before anybody asks for more than pages, lists and JSON lines."""

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.as_installed import hidden
from tests.processes import ROOT

# Together they are as large as everything else.
HEAVY = ("pyarrow", "numpy", "pandas", "openpyxl", "xlsxwriter", "fontTools")
# Few requests need them, and workers.
SELDOM = ("charset_normalizer", "rapidfuzz", "resvg_py", "drf_spectacular.openapi", "django.test")
LOADED = f"""
import sys, investtrack.wsgi
from django.urls import get_resolver
get_resolver().url_patterns
import deals.exports.files
print(*sorted(sys.modules.keys() & {set(HEAVY + SELDOM)!r}))
try:
    import pytest
except ModuleNotFoundError:
    print("no pytest")
"""


def test_what_requirements_bring_is_not_hidden_and_what_developers_have_is():
    found = set(hidden().split(","))
    assert {"pytest", "mypy", "rich", "requests"} <= found
    assert not found & {"django", "gunicorn", "psycopg", "pyarrow", "pip", "rest_framework"}


def test_a_web_process_loads_no_library_for_columns_or_names_before_somebody_wants_them(
    tmp_path: Path,
):
    """Without the packages of developers: Django REST framework loads `requests` if it is there."""
    (tmp_path / "started.py").write_text(LOADED)
    said = subprocess.run(
        [sys.executable, "-m", "benchmarks.as_installed", "started"],
        cwd=ROOT,
        env=os.environ | {"HIDDEN_PACKAGES": hidden(), "PYTHONPATH": str(tmp_path)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert said.stdout.splitlines() == ["", "no pytest"]
