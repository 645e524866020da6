"""`manage.py` with no environment at all: no server until one is needed, and then its own."""

import os
import subprocess
import sys
from pathlib import Path

from tests.processes import ROOT, processes_of, wait_until

COUNT = "from django.contrib.auth.models import User; print(User.objects.count())"


def manage(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "VAR_DIR": str(home.parent),
        "DATABASE_URL": "",
        "TMPDIR": "/does/not/exist",
    }
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


def test_check_starts_no_server_and_keeps_one_private_key(home):
    outcome = manage(home, "check")
    assert outcome.returncode == 0, outcome.stderr
    assert not home.exists()
    key = home.parent / "secret-key"
    assert key.stat().st_mode & 0o777 == 0o600
    before = key.read_text()
    manage(home, "check")
    assert key.read_text() == before


def test_a_command_that_needs_the_database_gets_one_and_leaves_nothing_running(home):
    outcome = manage(home, "migrate", "-v0")
    assert outcome.returncode == 0, outcome.stderr
    outcome = manage(home, "shell", "-v0", "-c", COUNT)
    assert outcome.stdout == "0\n", outcome.stderr
    # Under /tmp everybody can get at the data: nothing was put elsewhere.
    assert not (home / "elsewhere").exists()
    wait_until(lambda: not processes_of(home))


def test_psql_is_there_without_an_installed_client(home):
    outcome = manage(home, "dbshell", "--", "-Atc", "SELECT current_user")
    assert outcome.stdout == "investtrack\n", outcome.stderr


def test_a_folder_that_cannot_be_written_is_explained(home):
    in_the_way = home.parent / "file"
    in_the_way.touch()
    outcome = manage(in_the_way / "postgres", "check")
    assert outcome.returncode == 1
    assert "SECRET_KEY is not set and none can be kept in VAR_DIR" in outcome.stderr
