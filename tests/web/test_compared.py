"""Two periods side by side, in words: what moved, how sure that is, or why it is not said."""

import pytest

from deals.models import PolicyEvent
from deals.web.compared import around_event, before_window

ROW = {"from": "2014", "to": "2016", "n": 1, "N": 100, "share": "0.010000",
       "share_max": "0.020000", "deals": "/d", "counted": "/c", "page": "/p"}  # fmt: skip
LATER = ROW | {"from": "2017", "to": "2019", "n": 4, "share": "0.040000", "share_max": "0.050000"}
FOUND = {"earlier": ROW, "later": LATER, "change": "0.030000", "sure": True, "why_not": None,
         "ripe_on": "2022-01-01", "records_from": "2014-01-05", "instead": None}  # fmt: skip


def said(**changes: object) -> str:
    comparison = before_window(FOUND | changes)
    assert comparison is not None
    return comparison.sentence.replace("\u202f", " ")


def test_a_change_is_said_in_percentage_points():
    assert said() == "The share rose from 1.0 % to 4.0 %, by 3.0 percentage points."
    fallen = said(earlier=LATER, later=ROW, change="-0.030000")
    assert fallen == "The share fell from 4.0 % to 1.0 %, by 3.0 percentage points."


def test_what_would_round_to_nothing_is_no_change():
    assert said(change="0.000400") == "The share stayed at about 4.0 %."


def test_ranges_that_overlap_are_said():
    assert said(sure=False).endswith("overlap, so this is not certain.")


@pytest.mark.parametrize(
    ("earlier", "later", "words"),
    [
        (3, 5, "2 documented deals more than before."),
        (5, 4, "1 documented deal fewer than before."),
        (2, 2, "As many documented deals as before."),
        (0, 0, "No documented deal in either of them."),
    ],
)
def test_a_case_list_has_counts_and_no_trend(earlier, later, words):
    none = {"share": None, "share_max": None}
    found = said(
        earlier=ROW | none | {"n": earlier}, later=LATER | none | {"n": later}, change=None
    )
    assert found.startswith(words)


def test_a_comparison_that_is_withheld_gives_its_reason_and_no_numbers():
    found = before_window(FOUND | {"why_not": "young", "change": None, "instead": "/shorter"})
    assert (found.earlier, found.instead) == (None, "/shorter")
    assert "data collected on 1 Jan 2022 or later" in found.sentence
    assert "the first deal recorded here is of 5 Jan 2014" in said(why_not="no_records")


def test_periods_are_written_as_years_or_as_days():
    assert before_window(FOUND).earlier.period == "in 2014–2016"
    days = ROW | {"from": "2016-05-25", "to": "2018-05-24"}
    assert before_window(FOUND | {"earlier": days}).earlier.period == "25 May 2016 – 24 May 2018"
    months = ROW | {"from": "2020-11", "to": "2021-10"}
    assert before_window(FOUND | {"earlier": months}).earlier.period == "Nov 2020 – Oct 2021"


def test_an_event_after_the_data_has_no_comparison():
    event = PolicyEvent(date="2023-08-09", jurisdiction="US", title="A rule", kind="outbound")
    found = around_event(event, {"why_not": "not_yet", "seen_on": "2023-06-30"})
    assert (found.title, found.comparison) == ("A rule", None)
