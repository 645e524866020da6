"""Figures are judged, kept and shown as they were measured."""

from dataclasses import replace
from pathlib import Path

from benchmarks.report import (
    Figure,
    at_least,
    at_most,
    folder_name,
    line_plain,
    markdown,
    newest,
    number,
    promised_from,
    read,
    with_earlier,
    write,
)

RUN = {
    "deals": 1_000, "date": "2026-01-02", "time": "03:04 UTC", "cores": 2, "load": 0.1,
    "load_after": 0.2, "quiet": True,
}  # fmt: skip
LIST = Figure("API", "list", 500.0, "/s", "DRF", 40.0, 35.0, main=True, curve="list", cost=2.0)


def test_a_promise_is_kept_or_missed_by_its_number() -> None:
    assert at_least(LIST, 30).verdict == "kept"
    assert at_least(LIST, 41).verdict == "MISSED"
    assert at_most(LIST, 500).verdict == "kept"
    assert at_most(LIST, 499).verdict == "MISSED"
    assert LIST.verdict == ""


def test_a_ratio_that_could_not_be_measured_keeps_no_promise() -> None:
    assert at_least(Figure("API", "list", 1.0, "/s", "DRF", None), 30).kept is False


def test_what_is_promised_of_many_deals_is_not_asked_of_few() -> None:
    promised = at_least(LIST, 41)
    assert promised_from(promised, 1_000, 1_000).kept is False
    assert promised_from(promised, 999, 1_000).kept is None


def test_numbers_have_three_digits_and_no_exponent() -> None:
    shown = [number(value) for value in (None, 0, 0.01234, 1.239, 12.36, 123.6, 1_234_567.8)]
    assert shown == ["–", "0", "0.012", "1.24", "12.4", "124", "1,234,568"]


def test_a_line_says_what_beside_whom_and_the_verdict() -> None:
    said = line_plain(at_least(LIST, 30))
    assert said == "list 500 /s 40.0 × DRF, by processor 35.0 × (≥ 30 ×: kept)"


def test_figures_come_back_as_they_were_written(tmp_path: Path) -> None:
    figures = [at_least(LIST, 30), Figure("Export", "left out", None, "")]
    write(tmp_path / "one", RUN, figures)
    assert read(tmp_path / "one") == (RUN, figures)
    assert "1 of 1 promises kept" in (tmp_path / "one" / "report.md").read_text()


def test_sections_that_are_not_measured_again_stay_as_they_were(tmp_path: Path) -> None:
    other = Figure("Import", "rows", 9.0, "/s")
    write(tmp_path, *with_earlier(tmp_path, RUN, [LIST, other]))
    later = RUN | {"time": "05:06 UTC", "load": 0.3}
    slower = replace(LIST, value=400.0)
    run, figures = with_earlier(tmp_path, later, [slower])
    assert figures == [slower, other]
    assert {name: said[3:12] for name, said in run["sections"].items()} == {
        "API": "05:06 UTC",
        "Import": "03:04 UTC",
    }
    text = markdown(run, figures)
    assert text.index("## API") < text.index("05:06 UTC; load 0.3") < text.index("## Import")
    assert "03:04 UTC; load 0.1" in text
    write(tmp_path, run, figures)
    assert read(tmp_path) == (run, figures)


def test_a_run_beside_a_busy_one_is_busy_until_all_is_measured_again(tmp_path: Path) -> None:
    other = Figure("Import", "rows", 9.0, "/s")
    write(tmp_path, *with_earlier(tmp_path, RUN | {"quiet": False}, [LIST, other]))
    assert with_earlier(tmp_path, RUN, [LIST])[0]["quiet"] is False
    assert with_earlier(tmp_path, RUN, [LIST, other])[0]["quiet"] is True


def test_the_newest_run_of_each_size_counts(tmp_path: Path) -> None:
    for name, when, deals in (("a", "01:00 UTC", 10), ("b", "02:00 UTC", 10), ("c", "00:00", 5)):
        write(tmp_path / name, RUN | {"time": when, "deals": deals}, [])
    assert [(deals, run["time"]) for deals, (run, _) in newest(tmp_path).items()] == [
        (5, "00:00"),
        (10, "02:00 UTC"),
    ]


def test_a_report_says_on_top_what_was_missed_and_that_others_were_at_work() -> None:
    said = markdown(RUN | {"quiet": False, "load": 9.5}, [at_least(LIST, 41)])
    top = said.partition("| machine")[0]
    assert "busy" in top
    assert "9.5" in top
    assert "MISSED: API: list" in top
    assert "busy" not in markdown(RUN, [])


def test_folders_are_named_after_day_and_size() -> None:
    sizes = (1_000_000, 100_000, 350)
    assert [folder_name("2026-01-02", size) for size in sizes] == [
        "2026-01-02-1m",
        "2026-01-02-100k",
        "2026-01-02-350",
    ]
