"""What a web process loads before anybody asks for more than pages, lists and JSON lines."""

import subprocess
import sys

from tests.processes import ROOT

# Together they are as large as everything else.
HEAVY = ("pyarrow", "numpy", "pandas", "openpyxl", "xlsxwriter", "fontTools")
LOADED = f"""
import sys, investtrack.wsgi
from django.urls import get_resolver
get_resolver().url_patterns
import deals.exports.files
print(*sorted(sys.modules.keys() & {set(HEAVY)!r}))
"""


def test_a_web_process_loads_no_library_for_columns_before_somebody_wants_columns():
    said = subprocess.run(
        [sys.executable, "-c", LOADED], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert said.stdout.split() == []
