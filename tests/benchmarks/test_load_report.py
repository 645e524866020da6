"""The report of a run under load: percentiles, what is an error, what grows."""

import json
import subprocess
import sys

import pytest

from benchmarks.load.imported import Imported
from benchmarks.load.report import Route, Run, markdown, numbers, percentile, read, write
from benchmarks.load.watch import MB, Taken, Watch, slope


def run(*, seconds: int = 60, growing: float = 0.0, **ended: int) -> Run:
    watch = Watch({"web": list})
    watch.seconds = float(seconds)
    points = [(float(at), int((100 + growing * at / 3600) * MB)) for at in range(seconds)]
    watch.taken["web"] = Taken(memory=points, processor=seconds / 2)
    routes = [Route("GET /", [10.0, 20.0, 30.0], {"good": 3, **ended})]
    imports = Imported(1000, "published", 4.0), Imported(1000, "running", 60.0)
    return Run(20, seconds, 1_000_000, routes, watch, *imports)


def judged(one: Run) -> list[str]:
    one.judge()
    return one.faults


def test_percentiles_are_the_smallest_value_that_enough_do_not_exceed() -> None:
    hundred = [float(n) for n in range(1, 101)]
    assert [percentile(hundred, share) for share in (0.5, 0.95, 0.99)] == [51, 96, 100]
    assert percentile([], 0.5) == 0


def test_whoever_is_told_to_come_again_has_met_no_error() -> None:
    told = {"429": 2, "503 with Retry-After": 1}
    one = run(**told)
    assert judged(one) == []
    assert (one.whole().told, one.whole().errors) == (3, 0)


def test_an_error_is_a_fault_that_names_its_route() -> None:
    assert judged(run(**{"error 500: Oops": 2})) == ["GET /: 2 × error 500: Oops"]


def test_an_import_that_failed_is_a_fault_and_one_still_at_work_is_none() -> None:
    one = run()
    one.beside = Imported(1000, "failed", 9.0)
    assert judged(one) == ["The import is failed."]


def test_a_long_run_may_not_grow_and_a_short_one_says_only_what_it_saw() -> None:
    assert judged(run(growing=60.0)) == []
    assert judged(run(seconds=900, growing=60.0)) == ["web grows by 60 MB an hour."]
    assert judged(run(seconds=900, growing=3.0)) == []


def test_the_slope_is_that_of_the_line_that_fits_best() -> None:
    assert slope([(0.0, 5), (1.0, 7), (2.0, 9)]) == pytest.approx(2)
    assert slope([(0.0, 5)]) == 0


PARENT = """
import subprocess, sys
for _ in sys.stdin:
    subprocess.run([sys.executable, "-c", "for _ in range(5_000_000): pass"])
    print(flush=True)
"""


def test_work_of_what_came_and_went_between_two_looks_is_counted_and_is_no_growth() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdin is not None
        assert parent.stdout is not None
        watch = Watch({"web": list, "makers": list}, {"makers": lambda: [parent.pid]})
        watch._begun = 0.0
        watch.look("makers", [])
        for _ in range(2):
            print(file=parent.stdin, flush=True)
            parent.stdout.readline()
            watch.look("makers", [])
        before = watch.taken["makers"].processor
        watch.look("makers", [parent.pid])
        parent.stdin.close()
    taken = watch.taken["makers"]
    assert taken.processor == before > 0.05
    assert taken.most() > 1
    one = run(seconds=900)
    one.watch.taken["makers"] = taken
    assert judged(one) == []
    assert f"|  |  | {taken.most():,.0f} |  |" in markdown(one)
    assert numbers(one)["processes"]["makers"]["growth_mb_per_hour"] is None


def test_the_report_has_routes_processes_and_the_import(tmp_path) -> None:
    one = run(**{"429": 2})
    text = markdown(one)
    assert "| GET / | 3 | 2 | 0 | 20 | 30 | 30 |" in text
    assert "| web | 50% | 100 | 100 | 100 | +0 |" in text
    assert "Import of 1,000 rows alone: 250 rows a second." in text
    assert "beside everybody: running after 60 s." in text
    path = write(one, tmp_path)
    assert json.loads((tmp_path / "report.json").read_text())["routes"] == numbers(one)["routes"]
    assert path.read_text().startswith("# Under load")


def test_what_people_saw_is_read_by_the_names_of_routes(tmp_path) -> None:
    seen = tmp_path / "seen.json"
    assert read(seen) == []
    seen.write_text(json.dumps({"GET /b": {"took": [1], "ended": {"good": 1}}}))
    assert [(one.name, one.at(0.5)) for one in read(seen)] == [("GET /b", 1)]
