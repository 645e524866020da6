"""Free memory between blocks in use is given back while a file is on its way."""

import ctypes
import subprocess
import sys

import pytest

from deals.exports import holes, source
from tests.exports.test_source import lines
from tests.factories import make_deals
from tests.processes import ROOT

# Blocks of 64 kB lie beside each other; every second one is let go.
HALF_FREE = """
from pathlib import Path
from deals.exports.holes import EVERY, Holes

def held():
    text = Path("/proc/self/statm").read_text()
    return int(text.split()[1]) * 4096 / 1e6

blocks = [bytes([7]) * 65_536 for _ in range(800)]
del blocks[::2]
before, found = held(), Holes()
found.passed(EVERY - 1)
early = held()
found.passed(1)
print(before - early < 5, before - held() > 15)
"""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="not glibc")
def test_what_lies_free_between_blocks_goes_back_once_enough_has_passed():
    said = subprocess.run(
        [sys.executable, "-c", HALF_FREE], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert said.stdout.split() == ["True", "True"]


def test_every_document_counts(db, monkeypatch):
    passed: list[int] = []
    monkeypatch.setattr(holes.Holes, "passed", lambda _, size: passed.append(size))
    monkeypatch.setattr(source, "PER_MESSAGE", 1)
    texts = [version.document.json for version in make_deals([{} for _ in range(4)])]
    assert lines() == texts
    assert passed == [len(text.encode()) for text in texts]


def test_where_the_library_of_c_cannot_nothing_happens(monkeypatch):
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())
    holes.Holes().passed(2 * holes.EVERY)
