"""What the documents about security name is there: files, tests, and a verdict for each line."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = {name: (ROOT / "docs" / name).read_text() for name in ("threats.md", "asvs.md")}
NAMED = re.compile(
    r"`((?:deals|tests|docs|investtrack|templates|deploy)/[\w./-]+|[\w.-]+\.(?:txt|md|yml))(?:::(\w+))?`"
)
VERDICTS = {"met", "partly", "not", "n/a"}


def rows(name: str) -> list[list[str]]:
    """The cells of each line of each table, without the lines of their heads."""
    lines = [line for line in DOCS[name].splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@pytest.mark.parametrize("name", DOCS)
def test_every_file_and_test_that_is_named_is_there(name):
    named = NAMED.findall(DOCS[name])
    assert len(named) > 80
    missing = []
    for file, test in named:
        path = ROOT / file
        if not path.exists():
            missing.append(file)
        elif test and not re.search(rf"^def {test}\(", path.read_text(), re.M):
            missing.append(f"{file}::{test}")
    assert missing == []


def test_every_requirement_has_a_level_a_verdict_and_evidence():
    judged = [row for row in rows("asvs.md") if row[0] != "#"]
    assert len(judged) > 130
    for number, level, asked, verdict, evidence in judged:
        assert re.fullmatch(r"\d+(\.\d+\.\d+)?([,–] ?\d+\.\d+\.\d+)*", number), number
        assert re.fullmatch(r"[123](–[123])?", level), number
        assert verdict in VERDICTS, number
        assert asked, number
        # What is met is proved; what is not has a word why.
        assert "`" in evidence or (evidence and verdict in ("n/a", "not")), number


def test_every_chapter_of_the_standard_is_gone_through():
    chapters = {row[0].split(".")[0] for row in rows("asvs.md") if row[0] != "#"}
    assert chapters == {str(number) for number in range(1, 18)}


def test_every_threat_says_what_stands_against_it_what_proves_it_and_what_is_left():
    threats = [row for row in rows("threats.md") if len(row) == 5 and row[0] != "threat"]
    assert len(threats) > 35
    for threat, letters, against, proof, left in threats:
        assert set(letters.split()) <= set("STRIDE"), threat
        assert len(against) > 10, threat
        assert left, threat
        assert "`tests/" in proof, threat
