"""The chaos report keeps what was last found of each trial, and says it of every promise."""

import json
from pathlib import Path

import pytest

from benchmarks.chaos_promises import read
from benchmarks.chaos_report import keep, kept, markdown, measured, said
from benchmarks.chaos_tests import read as read_tests

RACES = "tests/actions/test_races.py"
PAGE = """
| promise | figure | shown by | last result |
|---|---|---|---|
| workers die | 0 lost | `TRIALS=workers make bench-chaos` | |
| two people | 0 lost | `{RACES}::test_a`, `{RACES}::test_b` | |
| machines | no error | `make rehearse` | |
""".replace("{RACES}", RACES)
JUNIT = """<testsuites><testsuite>
<testcase classname="tests.actions.test_races" name="test_a[one]" time="1.5"/>
<testcase classname="tests.actions.test_races" name="test_a[two]" time="1"/>
<testcase classname="tests.actions.test_races" name="test_b" time="2">
<failure message="One is lost.&#10;And more."/></testcase>
</testsuite></testsuites>"""


def row(code: str = "workers", broker: str = "redis", faults: tuple[str, ...] = (), **more) -> dict:
    made = {"code": code, "broker": broker, "name": code, "faults": [*faults], "facts": {}}
    return made | {"seconds": 1.0} | measured(7) | more


def test_a_trial_takes_the_place_of_the_same_one_and_leaves_the_others(tmp_path: Path) -> None:
    keep([row(), row("doubled"), row("doubled", "rabbitmq")], tmp_path)
    keep([row("doubled", faults=("One is there twice.",))], tmp_path)
    found = {(one["broker"], one["code"]): one["faults"] for one in kept(tmp_path)}
    assert list(found) == [("redis", "workers"), ("redis", "doubled"), ("rabbitmq", "doubled")]
    assert found["redis", "doubled"] == ["One is there twice."]
    assert not found["rabbitmq", "doubled"]
    report = (tmp_path / "report.md").read_text()
    assert "**1 of 3 went wrong.**" in report
    assert "One is there twice." in report


def test_each_test_is_a_row_and_what_did_not_run_or_was_skipped_has_not_held() -> None:
    names = [f"{RACES}::test_a", f"{RACES}::test_b", f"{RACES}::test_c"]
    one, other, none = read_tests(JUNIT, names, 7)
    assert (one["faults"], one["facts"], one["seconds"]) == ([], {"cases": 2}, 2.5)
    assert other["faults"] == ["test_b: failure, One is lost."]
    assert none["faults"] == ["It did not run."]
    skipped = JUNIT.replace("failure", "skipped")
    assert read_tests(skipped, names, 7)[1]["faults"]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], ("not shown yet: `workers`", "not shown yet", "a run of its own")),
        ([row()], ("redis: held", "not shown yet", "a run of its own")),
        ([row(faults=("Lost.",))], ("redis: **FAILED**", "not shown yet", "a run of its own")),
        (
            read_tests(JUNIT, [f"{RACES}::test_a", f"{RACES}::test_b"], 7),
            ("not shown yet", "2 tests, 3 cases: **FAILED**", "a run of its own"),
        ),
    ],
)
def test_every_promise_says_what_became_of_it(rows: list[dict], words: tuple[str, ...]) -> None:
    for promise, word in zip(read(PAGE), words, strict=True):
        assert word in said(promise, rows)
        assert f"| {promise.promise} | {promise.figure} | " in markdown(rows, read(PAGE))


def test_a_report_that_cannot_be_written_leaves_the_one_before(tmp_path: Path) -> None:
    keep([row()], tmp_path)
    with pytest.raises(TypeError):
        keep([row("doubled", facts={("no", "key"): 1})], tmp_path)
    assert [one["code"] for one in json.loads((tmp_path / "report.json").read_text())["trials"]]
