"""A package with a known weakness: `make audit` names it, and never says "none" unasked."""

import json
import runpy
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
AUDIT = runpy.run_path(str(ROOT / ".ci" / "audit.py"))


def audit(stdout: Any = "", stderr: str = "") -> int:
    text = stdout if isinstance(stdout, str) else json.dumps(stdout)
    return AUDIT["main"](lambda command: CompletedProcess(command, 0, text, stderr))


def test_it_asks_about_every_file_of_pins_as_they_stand():
    command = AUDIT["command"]()
    for file in ROOT.glob("requirements*.txt"):
        assert file.name in command, file.name
    assert {"--require-hashes", "--disable-pip"} <= set(command)


def test_a_weakness_is_named_with_what_mends_it_and_fails(capsys):
    found = {"id": "CVE-2030-1", "fix_versions": ["2.1"]}
    packages = [{"name": "good", "version": "1", "vulns": []}]
    packages.append({"name": "bad", "version": "2", "vulns": [found]})
    assert audit({"dependencies": packages}) == 1
    assert "bad 2: CVE-2030-1, mended in 2.1" in capsys.readouterr().out


def test_nothing_named_is_said_with_the_number_that_was_asked_about(capsys):
    skipped = {"name": "odd", "skip_reason": "it is nowhere"}
    assert audit({"dependencies": [{"name": "a", "version": "1", "vulns": []}, skipped]}) == 0
    said = capsys.readouterr().out
    assert "1 pinned packages asked about." in said
    assert "not checked: odd" in said


@pytest.mark.parametrize(
    ("stderr", "code", "said"),
    [
        ("requests.exceptions.ProxyError: …", 0, "not checked: unreachable"),
        ("ERROR: requirements.txt has no hash", 1, "not checked: pip-audit failed"),
        ("", 1, "not checked: pip-audit failed"),
    ],
)
def test_what_could_not_be_checked_is_never_silently_green(capsys, stderr, code, said):
    assert audit("", stderr) == code
    printed = capsys.readouterr()
    assert said in printed.out + printed.err
