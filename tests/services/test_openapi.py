"""The description is true: ten thousand requests that it allows, or forbids, and no surprise."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from deals.models import ledger
from tests.api.narrowed import narrowed
from tests.api.register import Register
from tests.processes import ROOT

# Ids begin anew, so that those in the description are the same in every run, and so the questions.
pytestmark = [
    pytest.mark.services,
    pytest.mark.django_db(transaction=True, reset_sequences=True),
]

CONFIG = """
hooks = "tests.services.openapi_hooks"

[checks]
negative_data_rejection.expected-statuses = [
  400, 401, 403, 404, 405, 409, 411, 412, 413, 414, 415, 422, 428,
]
positive_data_acceptance.expected-statuses = ["2xx", "3xx", 401, 403, 404, 409]

# What a proposal or a file says is looked at by the register, beyond its shape.
[[operations]]
include-method-regex = "POST|PATCH"
checks.positive_data_acceptance.expected-statuses = [
  "2xx", 400, 401, 403, 404, 409, 411, 412, 413, 415, 422,
]
checks.missing_required_header.expected-statuses = [400, 401, 403, 404, 422, 428]
"""
LEAST = 10_000


def ask(server: str, folder: Path, key: str, *options: str) -> tuple[int, str]:
    """Run schemathesis; the number of its cases, and what it said."""
    (folder / "schemathesis.toml").write_text(CONFIG)
    command = [sys.executable, "-m", "schemathesis.cli"]
    command += ["--config-file", str(folder / "schemathesis.toml"), "run", "openapi.json"]
    command += ["--url", server, "--checks", "all", "--continue-on-failure", "--workers", "2"]
    # The same questions every time, so that what is found can be found again; others with SEED=5.
    seed = os.environ.get("SEED", "4")
    command += ["--suppress-health-check", "all", "--request-timeout", "60", "--seed", seed]
    command += ["--header", f"Authorization: Bearer {key}"] if key else []
    done = subprocess.run(
        [*command, *options],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
    )
    found = re.search(r"([\d,]+) generated", done.stdout)
    assert found, done.stdout + done.stderr
    assert done.returncode == 0, done.stdout[-8000:]
    return int(found[1].replace(",", "")), done.stdout


def test_what_the_description_allows_is_answered_as_it_says_and_nothing_else_is(
    server: str, register: Register, tmp_path: Path
) -> None:
    whole = narrowed(register.known, ledger.head())
    (tmp_path / "openapi.json").write_text(json.dumps(whole))
    cases, _ = ask(
        server, tmp_path, register.keys["write"],
        "--phases", "examples,coverage,fuzzing,stateful", "--max-examples", "80",
    )  # fmt: skip
    for power in ("read", "import", ""):
        more, _ = ask(
            server, tmp_path, register.keys.get(power, ""),
            "--phases", "examples,fuzzing", "--max-examples", "20",
        )  # fmt: skip
        cases += more
    assert cases >= LEAST
