"""Imports through a broker of the other kind; what is killed meanwhile is in test_chaos.py."""

import os
import subprocess
import sys

import pytest

from tests.processes import ROOT

pytestmark = pytest.mark.services


def test_imports_go_through_rabbitmq_as_they_go_through_redis(rabbitmq) -> None:
    environment = {**os.environ, "BROKER_URL": rabbitmq, "TRIALS": "plain"}
    environment |= {"FILES": "3", "FILE_ROWS": "200"}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.chaos"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=170,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 lost, 0 doubled." in done.stdout
