"""The walks in CONTRIBUTING.md lead to the lines where what they name begins.

`WALK=write pytest tests/test_walk.py` brings the lines in step with the code.
"""

import ast
import os
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
GUIDE = ROOT / "CONTRIBUTING.md"
# `deals/feeds/receive.py:65` `receive_stream`, or a template's first words.
STEP = re.compile(r"`((?:deals|investtrack|templates)/[\w/.-]+):(\d+)`\s+`([^`]+)`")


def begins(path: str, name: str) -> int:
    """The line on which a function, class, method, constant, or text of a template begins."""
    text = (ROOT / path).read_text()
    if not path.endswith(".py"):
        return next(at for at, line in enumerate(text.splitlines(), 1) if name in line)
    *owner, last = name.split(".")
    body = ast.parse(text).body
    for outer in owner:
        body = next(n.body for n in body if isinstance(n, ast.ClassDef) and n.name == outer)
    return next(node.lineno for node in body if last in _names(node))


def _names(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    targets = node.targets if isinstance(node, ast.Assign) else []
    if isinstance(node, ast.AnnAssign):
        targets = [node.target]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def corrected(step: re.Match[str]) -> str:
    path, _, name = step.groups()
    return f"`{path}:{begins(path, name)}` `{name}`"


if os.environ.get("WALK") == "write":
    GUIDE.write_text(STEP.sub(corrected, GUIDE.read_text()))
STEPS = STEP.findall(GUIDE.read_text())


def test_both_walks_are_there():
    assert len(STEPS) > 30


@pytest.mark.parametrize(("path", "line", "name"), STEPS, ids=[f"{p}-{n}" for p, _, n in STEPS])
def test_a_step_of_the_walk_is_where_the_guide_says(path, line, name):
    found = begins(path, name)
    assert int(line) == found, f"{path}:{found}; WALK=write brings the guide in step."
