"""What does not fit into the time there is, is left out and said."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from benchmarks.__main__ import LONGEST, Budget, measured


def test_a_budget_ends_and_no_budget_never_does() -> None:
    assert 0 < Budget(5.0).left(20) <= 5
    assert Budget(0.001).left(20) < 1
    assert Budget(None).left(20) == Budget(None).left(1_000_000) == LONGEST
    assert Budget(10.0 * LONGEST).left(20) == LONGEST
    assert Budget(None).left(10_000_000) == 10 * LONGEST


def test_sections_without_time_are_left_out_and_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = SimpleNamespace(url="postgres://nowhere")
    figures = measured(["flows", "api"], 20, database, database, Budget(1.0), tmp_path, {})
    assert [(f.section, f.what) for f in figures] == [
        ("Questions", "left out: no time"),
        ("API", "left out: no time"),
    ]
    assert "API: left out" in capsys.readouterr().out
