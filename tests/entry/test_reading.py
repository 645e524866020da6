"""A typed deal as a whole: what is asked for, in sentences that say what to write instead."""

from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from deals import actions
from deals.entry.reading import read, readable
from deals.entry.typed import blank, typed_of
from deals.models import Deal
from tests.factories import make_deal, make_organization, make_population

TODAY = date(2024, 6, 1)
pytestmark = pytest.mark.django_db


def form(**typed: Any) -> dict[str, Any]:
    """A form that can be handed in, with some fields of its own; `target` is a name."""
    found = blank() | {"date": "2021-09-09", "amount": "$5m", **typed}
    if isinstance(found["target"], str):
        found["target"] = {"id": "", "name": found["target"], "country": "CN"}
    return found


@pytest.fixture
def whole() -> dict[str, Any]:
    return form(target="Horizon", sources=[{"url": "https://a.example/", "kind": "page"}])


def faults(typed: dict[str, Any], **more: Any) -> dict[str, str]:
    return {fault.field: fault.message for fault in read(typed, today=TODAY, **more).faults}


def test_a_form_becomes_facts(whole, django_assert_num_queries):
    typed = whole | {
        "round_type": "B轮", "status": "completed", "sectors": ["robotics"], "notes": "x\r\ny ",
        "investors": [{"name": "Bosch ", "country": "Germany", "lead": "yes", "stake": "12,5 %"},
                      {"name": "", "country": "CN"}, {}],
    }  # fmt: skip
    with django_assert_num_queries(0):
        found = read(typed, today=TODAY)
    assert found.faults == ()
    assert found.facts == {
        "target": {"id": "", "name": "Horizon", "country": "CN", "basis": "stated"},
        "kind": "funding_round", "round_type": "series_b", "status": "completed",
        "status_history": [],
        "date": {"first": "2021-09-09", "last": "2021-09-09", "precision": "day",
                 "basis": "announced"},
        "recorded_on": None,
        "amount": {"state": "exact", "low": "5000000.00", "high": "5000000.00",
                   "currency": "USD", "text": "$5m"},
        "investor_list": "partial",
        "investors": [
            {"id": "", "name": "Bosch", "country": "DE", "basis": "stated", "lead": True,
             "contribution": None, "stake": "12.5000"},
            {"id": "", "name": "", "country": "CN", "basis": "stated", "lead": None,
             "contribution": None, "stake": None},
        ],
        "ai": "yes", "ai_basis": "editor", "sectors": ["robotics"], "part_of": "",
        "population": "", "external_id": "", "notes": "x\ny", "choices": {},
        "sources": [
            {"kind": "page", "url": "https://a.example/", "title": "https://a.example/",
             "publisher": "", "published_on": None, "accessed_on": None, "field": "",
             "quote": "", "locator": "", "stated": ""},
        ],
    }  # fmt: skip


def test_a_form_in_which_nothing_is_typed_asks_for_a_target_and_a_source():
    assert list(faults(blank())) == ["target-name", "sources-0-url"]


@pytest.mark.parametrize(
    ("field", "text", "says"),
    [
        ("kind", "gift", "“gift” is not a kind of deal"),
        ("kind", "", "A blank is not a kind of deal"),
        ("status", "maybe", "choose one"),
        ("round_type", "Series Q", "choose one"),
        ("ai", "perhaps", "choose one"),
        ("date_basis", "heard of", "choose one"),
        ("investor_list", "all", "choose one"),
        ("amount", "a lot", "or “undisclosed” if it was not published"),
        ("amount", "-5m USD", "is negative"),
        ("amount", "5m EUR or 6m USD", "“5m EUR or 6m USD”"),
        ("currency", "Taler", "three-letter code"),
        ("date", "03/04/2024", "can be 3 Apr 2024 or 4 Mar 2024: write 2024-04-03 or 2024-03-04."),
        ("date", "spring 2021", "does not say which months"),
        ("date", "2021-02-30", "not a day of the calendar"),
        ("date", "9/9/21", "write all four"),
        ("date", "2025-01-01", "in the future"),
        ("recorded_on", "soon", "is not a date we can read"),
        ("part_of", "D-NOWHERE", "is no deal that is live"),
        ("ai_basis", "x" * 301, "has 301 characters, more than 300: shorten it."),
        ("external_id", "x" * 10_000, "has 10,000 characters, more than 200"),
        ("notes", "x" * 10_000, "more than 5,000"),
        ("reason", "x" * 10_000, "more than 2,000"),
    ],
)
def test_what_cannot_be_read_is_said_at_its_field(whole, field, text, says):
    found = faults(whole | {field: text})
    assert list(found) == [field]
    assert says in found[field]


@pytest.mark.parametrize(
    "text",
    ["Anfang September 2021", "early September 2021", "mid-September 2021", "2021年9月初",
     "the end of September 2021", "début septembre 2021", "2021年9月下旬"],
)  # fmt: skip
def test_a_part_of_a_month_is_in_that_month_and_no_less_is_claimed(whole, text):
    found = read(whole | {"date": text}).facts["date"]
    assert (found["first"], found["last"]) == ("2021-09-01", "2021-09-30")
    assert found["precision"] == "month"


@pytest.mark.parametrize("text", ["early 2021", "Ende 2021", "2021年底", "Mitte Frühjahr 2021"])
def test_a_part_of_a_year_is_asked_for(whole, text):
    assert "does not say which months" in faults(whole | {"date": text})["date"]


def test_a_sector_that_is_none_is_said(whole):
    assert "choose one" in faults(whole | {"sectors": ["robotics", "alchemy"]})["sectors"]


def test_a_deal_that_is_only_announced_can_lie_ahead(whole):
    assert not faults(whole | {"status": "announced", "date": "2030-01-01"})


def test_facts_come_only_from_a_form_without_faults(whole):
    assert read(whole | {"kind": "gift"}).facts is None
    half = readable(whole | {"kind": "gift", "amount": "?!"})
    assert (half["kind"], half["amount"]["state"]) == ("", "undisclosed")
    assert half["target"]["name"] == "Horizon"


def step(status: str, day: str, **more: str) -> dict[str, str]:
    return {"status": status, "date": day, "authority": "", "reason": "", **more}


def test_the_course_of_a_deal_ends_with_its_status(whole):
    steps = [step("announced", "2016-05-18"), step("blocked", "Nov 2017", authority="UK")]
    assert faults(whole | {"status_history": steps}) == {
        "status_history-1-status": "The last step differs from the status of the deal: "
        "correct one of them."
    }
    found = read(whole | {"status": "blocked", "status_history": steps}, today=TODAY).facts
    assert found is not None
    assert found["status_history"][1] == {
        "status": "blocked", "first": "2017-11-01", "last": "2017-11-30", "precision": "month",
        "authority": "UK", "reason": "",
    }  # fmt: skip


def test_steps_go_from_the_oldest_to_the_newest(whole):
    steps = [step("announced", "2018"), step("completed", "2017-01")]
    assert list(faults(whole | {"status_history": steps})) == ["status_history-1-date"]


def test_a_step_needs_a_status_and_a_date_that_can_be_read(whole):
    found = faults(whole | {"status_history": [step("", "then", reason="x" * 1_001)]})
    assert set(found) == {f"status_history-0-{part}" for part in ("status", "date", "reason")}


def test_more_steps_than_any_deal_has_are_refused(whole):
    steps = [step("completed", "2017")] * 21
    assert list(faults(whole | {"status_history": steps})) == ["status_history-20-status"]


def test_a_tranche_names_a_live_deal_that_is_not_itself(whole):
    umbrella = make_deal(target="Umbrella")
    part = make_deal(target="Part", part_of=umbrella)
    top, below = umbrella.deal.public_id, part.deal.public_id
    found = read(whole | {"part_of": f" {top.lower()} "}, today=TODAY).facts
    assert found is not None
    assert found["part_of"] == top
    assert "part of itself" in faults(whole | {"part_of": top}, deal=top)["part_of"]
    # The umbrella cannot become a part of its own part.
    assert "part of itself" in faults(whole | {"part_of": below}, deal=top)["part_of"]
    actions.retract(deal=Deal.objects.get(public_id=top), by=None, reason="Never was.")
    assert "no deal that is live" in faults(whole | {"part_of": top})["part_of"]
    for odd in ("D-" + "7" * 400, "\0", "'; --", "\u202e"):
        assert "no deal that is live" in faults(whole | {"part_of": odd})["part_of"]


def test_a_merged_umbrella_leads_to_what_it_is_now(whole):
    one, other = make_deal(target="One"), make_deal(target="One")
    actions.merge(deal=one.deal, into=other.deal, by=None, reason="The same.")
    found = read(whole | {"part_of": one.deal.public_id}, today=TODAY).facts
    assert found is not None
    assert found["part_of"] == other.deal.public_id


def test_what_nobody_types_is_carried_from_the_version_before(whole):
    make_population("supplier")
    version = make_deal(target="Horizon", population="supplier", recorded_on=date(2022, 1, 1))
    before = actions.facts_of(version)
    typed = typed_of(before) | {"notes": "New.", "recorded_on": "", "population": "other"}
    found = read(typed, before, today=TODAY).facts
    assert found is not None
    assert found == before | {"notes": "New."}


def test_an_odd_fact_of_old_stands_until_somebody_touches_it(whole):
    before = actions.facts_of(make_deal(target="Horizon", amount="5", currency="USD"))
    before["sectors"], before["round_type"] = ["alchemy"], "series_z"
    before["amount"]["text"] = "12.34m"
    typed = typed_of(before)
    assert read(typed | {"notes": "x"}, before, today=TODAY).facts == before | {"notes": "x"}
    assert "sectors" in faults(typed | {"sectors": ["alchemy", "robotics"]}, before=before)


def test_an_invented_deal_stays_invented_and_among_its_own():
    make_population("demo", generated=True)
    real = make_organization("Bosch", "DE")
    before = actions.facts_of(make_deal(target="Made Up", population="demo"))
    typed = typed_of(before)
    typed["investors"] = [{"id": real.public_id, "name": "Bosch", "country": ""}]
    assert "only invented organizations" in faults(typed, before=before)["investors-0-name"]
    typed["investors"] = [{"id": "", "name": "New Fund", "country": "DE"}]
    assert "only invented organizations" in faults(typed, before=before)["investors-0-name"]


def test_an_invented_organization_takes_part_in_no_real_deal(whole):
    invented = make_organization("Made Up", "CN", generated=True)
    typed = whole | {"target": {"id": invented.public_id, "name": "Made Up", "country": ""}}
    assert "invented for the demonstration" in faults(typed)["target-name"]


def test_the_queries_of_a_reading_do_not_grow_with_the_investors(
    whole, django_assert_max_num_queries
):
    funds = [make_organization(f"Fund {n}", "DE") for n in range(30)]
    rows = [{"id": one.public_id, "name": one.name, "country": ""} for one in funds]
    with django_assert_max_num_queries(2):
        assert read(whole | {"investors": rows}, today=TODAY).faults == ()


def test_a_reading_changes_nothing_of_the_form(whole):
    before = deepcopy(whole)
    read(whole)
    assert whole == before
