"""The promises of docs/reliability.md, and what shows each of them."""

import re
from dataclasses import dataclass

from benchmarks.chaos_rig import ROOT

PAGE = ROOT / "docs" / "reliability.md"
TRIAL = re.compile(r"`TRIALS=([\w-]+) make bench-chaos`")
TEST = re.compile(r"`(tests/[\w/]+\.py::\w+)`")
WORD = re.compile(r"`make ([\w-]+)`")


@dataclass(frozen=True, slots=True)
class Promise:
    """A row of the page: trials by their codes, tests by their places, words of make."""

    promise: str
    figure: str
    trials: frozenset[str]
    tests: frozenset[str]
    words: frozenset[str]


def read(text: str | None = None) -> list[Promise]:
    """All rows of the page, in its order."""
    found = []
    for line in (PAGE.read_text() if text is None else text).splitlines():
        if not line.startswith("| ") or line.startswith("| promise |"):
            continue
        promise, figure, shown, *_ = (cell.strip() for cell in line[1:].split(" |"))
        trials, tests, words = (
            frozenset(pattern.findall(shown)) for pattern in (TRIAL, TEST, WORD)
        )
        found.append(Promise(promise, figure, trials, tests, words))
    return found
