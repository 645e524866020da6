"""Caveats are written for the selection: each appears when its condition holds, and only then."""

import pytest

from deals.flows.query import FlowQuery
from deals.web.caveats import MOST, caveats

QUERY = FlowQuery(investor=("europe",), target=("CN",))
BARE = {
    "population": {"why_no_share": None},
    "deals": {"n": 81, "N": 2165, "share": "0.037413", "unknown": 0, "share_max": "0.037413",
              "partial": 0, "share_max_partial": "0.037413", "too_coarse": 0, "undated": 0,
              "unknown_target": 0},
    "amount": {"disclosed_n": 81, "low": None, "high": None},
    "by_year": [],
    "with_hk_mo": None,
}  # fmt: skip


def said(query: FlowQuery = QUERY, **changes: object) -> str:
    answer = {
        name: value | changes.get(name, {}) if isinstance(value, dict) else changes.get(name, value)
        for name, value in BARE.items()
    }
    return " ".join(caveats(query, answer))


def test_a_flawless_answer_has_no_caveat():
    assert said() == ""


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"population": {"why_no_share": "…"}}, "documented cases"),
        ({"deals": {"unknown": 30, "share_max": "0.05127"}}, "would be 5.1\u202f%"),
        ({"deals": {"partial": 12}}, "partial for 12 deals outside the flow"),
        ({"deals": {"too_coarse": 4, "undated": 1}}, "5 deals that may belong here"),
        ({"deals": {"n": 3}}, "With 3 deals"),
        ({"amount": {"disclosed_n": 60, "low": "1"}}, "60 of 81 deals"),
        ({"amount": {"disclosed_n": 60, "high": "2000000"}}, "full value"),
        ({"by_year": [{"year": 2022, "provisional": True, "N": 5}]}, "2022 is provisional"),
        ({"with_hk_mo": {"n": 84}}, "the count is 84 deals"),
    ],
)
def test_a_caveat_appears_when_its_condition_holds(changes, words):
    assert words in said(**changes)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (QUERY.but(status=("announced",)), "never completed"),
        (QUERY.but(kind=("all",)), "never added"),
        (QUERY.but(attribution="ultimate"), "Owners are known for some"),
        (QUERY.but(investor=("eu",)), "31 January 2020"),
    ],
)
def test_a_caveat_follows_the_question(query, words):
    assert words in said(query)


def test_no_more_than_five_are_shown():
    answer = BARE | {
        "population": {"why_no_share": "…"},
        "deals": BARE["deals"] | {"partial": 1, "undated": 1},
        "amount": {"disclosed_n": 1, "low": "1", "high": "1"},
        "by_year": [{"year": 2022, "provisional": True, "N": 5}],
        "with_hk_mo": {"n": 84},
    }
    query = QUERY.but(kind=("all",), attribution="ultimate", investor=("eu",))
    assert len(caveats(query, answer)) == MOST
