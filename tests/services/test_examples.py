"""Every example that partners copy is run as it stands: curl by a shell, Python by Python.

R and Power Query are written from the same table by the same steps; neither is installed here.
"""

import json
import os
import subprocess
from pathlib import Path

import pytest

from deals.api.schema import calls
from deals.api.schema.table import OPERATIONS
from deals.web import developers_examples as developers
from tests.api.register import OTHER_ROWS, Register

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
# Last, since they end what others look at.
LAST = ("import-cancel",)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch, register: Register) -> Path:
    """Where a partner sits, with a file to send and the key in the environment."""
    here = tmp_path / "partner"
    here.mkdir()
    (here / "rounds.csv").write_bytes(OTHER_ROWS)
    monkeypatch.chdir(here)
    monkeypatch.setenv("KEY", register.keys["write"])
    return here


def shown(base: str, known: dict[str, str], way: str) -> dict[str, str]:
    """Every example of that way, by what it is of."""
    found = {}
    for key, operation in sorted(OPERATIONS.items(), key=lambda one: one[1].id in LAST):
        found[operation.id] = calls.WAYS[way](calls.request(operation, key, base, known))
    guides = {
        "start": developers.start(base),
        "types": developers.types(base),
        "pages": developers.pages(base, known),
        "again": developers.again(base, known),
        "copy": developers.copy(base),
        "held": developers.release(base, known),
    }
    for name, ways in guides.items():
        found |= {name: dict(ways)[way]} if way in dict(ways) else {}
    return found


def test_every_python_example_runs(server: str, register: Register, folder: Path) -> None:
    faults = {}
    for name, code in shown(f"{server}/api/v1/", register.known, "Python").items():
        try:
            exec(compile(code, name, "exec"), {"__name__": name})
        except Exception as error:
            faults[name] = repr(error)[:300]
    assert not faults, faults
    assert (folder / "deals.xlsx").stat().st_size > 1000


def test_every_line_for_curl_runs(server: str, register: Register, folder: Path) -> None:
    faults = {}
    for name, code in shown(f"{server}/api/v1/", register.known, "curl").items():
        # What writes a file says -f itself, and curl takes only one of the two.
        lines = code.replace("curl ", "curl -sS --fail-with-body ")
        lines = lines.replace("--fail-with-body -f ", "-f ")
        done = subprocess.run(
            ["bash", "-euc", lines], capture_output=True, text=True, env=dict(os.environ)
        )
        if done.returncode:
            faults[name] = (done.stdout + done.stderr)[-300:]
    assert not faults, faults


def test_the_other_ways_name_the_same_address_and_parameters() -> None:
    for key, operation in OPERATIONS.items():
        sent = calls.request(operation, key, "https://example.org/api/v1/", {})
        r, m = calls.r(sent), calls.spreadsheet(sent)
        assert sent.address in r
        assert m or sent.method == "PATCH"
        for name, value in sent.query.items():
            assert f"{name} = " in r
            assert json.dumps(value) in r
            assert not m or f"{name} = " in m
        assert r.count("(") == r.count(")")
        assert m.count("[") == m.count("]")


def test_the_copy_that_is_shown_proves_itself(server: str, register: Register, capsys) -> None:
    exec(dict(developers.copy(f"{server}/api/v1/"))["Python"], {})
    assert capsys.readouterr().out.endswith("deals, equal: True\n")
