"""`make restore-drill`: a server that archives, a backup, two writes, a crash, three ways back."""

import os
import subprocess
import sys

import pytest

from tests.processes import ROOT

pytestmark = pytest.mark.services


def test_a_backup_restores_to_its_moment_to_a_time_between_two_writes_and_to_the_end(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.restore"],
        cwd=ROOT,
        env={**os.environ, "BACKUP_DIR": str(tmp_path / "none")},
        capture_output=True,
        text=True,
        timeout=2400,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "A is there, B is not" in done.stdout
    assert "A and B are there" in done.stdout
    assert "The rehearsal passed." in done.stdout
