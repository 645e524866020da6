"""A deal that a partner proposes: written as the desk would, waiting as everything else does."""

from collections.abc import Callable
from typing import Any

import pytest

from deals.actions.writing import facts_of
from deals.models import Activity, Change, Deal, DealVersion, Draft, Review
from tests.api.partners import Partner, make_key
from tests.api.proposals import DEALS, Writer, body, pointers
from tests.factories import make_deal, make_organization

pytestmark = pytest.mark.django_db
State = DealVersion.State


@pytest.fixture
def writer(db) -> Writer:
    return Writer()


def test_a_deal_is_proposed_and_waits_for_a_decision(writer) -> None:
    answer = writer.propose(
        body(
            status="completed",
            date={"first": "2024-03-01", "last": "2024-03-31", "basis": "completed"},
            amount={"low": "12800000", "high": "13000000.50", "currency": "EUR"},
            investors=[
                {"name": "Demo Fund", "country": "DE", "lead": True, "contribution": "5000000"},
                {"name": "Other Fund", "country": "France", "lead": False, "stake_percent": "12.5"},
            ],
            investor_list="complete",
            sectors=["ai_chips", "robotics"],
            notes="One line.\nAnother.",
            external_id="X-1",
            recorded_on="2024-04",
            status_history=[
                {"status": "announced", "date": "2024-02", "authority": "SAMR"},
                {"status": "completed", "first": "2024-03-14", "last": "2024-03-14"},
            ],
            sources=[
                {"url": "https://example.org/a", "title": "A", "quote": "“12.8”"},
                {"title": "B", "field": "amount", "stated": "€12m", "published_on": "2024-03-02"},
            ],
            choices={"amount": "The company itself says so."},
            reason="From our own records.",
        )
    )
    assert answer.status_code == 202, answer.content
    said = answer.json()
    assert answer["Location"] == said["links"]["self"]
    assert said["state"] == "submitted"
    assert said["waiting_for"] == "decision"
    assert said["decision"] is None
    assert said["reason"] == "From our own records."
    version = DealVersion.objects.get(pk=said["id"])
    assert version.state == State.SUBMITTED
    assert version.created_by.username == "partner"
    assert version.published_seq is None
    assert not Change.objects.exists()
    facts = facts_of(version)
    assert facts["date"] == {
        "first": "2024-03-01", "last": "2024-03-31", "precision": "month", "basis": "completed",
    }  # fmt: skip
    assert facts["amount"]["state"] == "range"
    assert (facts["amount"]["low"], facts["amount"]["high"]) == ("12800000.00", "13000000.50")
    assert facts["amount"]["currency"] == "EUR"
    assert [one["country"] for one in facts["investors"]] == ["DE", "FR"]
    assert [one["lead"] for one in facts["investors"]] == [True, False]
    assert facts["investors"][0]["contribution"] == "5000000.00"
    assert facts["investors"][1]["stake"] == "12.5000"
    assert facts["sectors"] == ["ai_chips", "robotics"]
    assert facts["notes"] == "One line.\nAnother."
    assert facts["recorded_on"] == "2024-04-30"
    assert [step["status"] for step in facts["status_history"]] == ["announced", "completed"]
    assert facts["choices"] == {"amount": "The company itself says so."}
    assert {one["title"] for one in facts["sources"]} == {"A", "B"}


def test_it_is_in_the_queue_and_in_the_log_with_the_key_that_sent_it(writer) -> None:
    number = writer.propose(body()).json()["id"]
    assert Review.objects.get(version_id=number).closed_at is None
    verbs = set(Activity.objects.filter(version_id=number).values_list("verb", flat=True))
    assert verbs == {"submitted", "sent"}
    assert Activity.objects.get(verb="sent").text.startswith("test (itk_w_")
    draft = Draft.objects.get(version_id=number)
    assert draft.state == Draft.State.SUBMITTED
    assert draft.owner.username == "partner"


@pytest.mark.parametrize(
    ("text", "state", "low", "high", "currency"),
    [
        ("€12.8m", "exact", "12800000.00", "12800000.00", "EUR"),
        ("30-50 million USD", "range", "30000000.00", "50000000.00", "USD"),
        (None, "undisclosed", None, None, ""),
        ("undisclosed", "undisclosed", None, None, ""),
        ({"text": "1.2亿元"}, "exact", "120000000.00", "120000000.00", "CNY"),
        ({"text": "5m", "currency": "SEK"}, "exact", "5000000.00", "5000000.00", "SEK"),
        ({"low": "7", "currency": "usd"}, "exact", "7.00", "7.00", "USD"),
        (
            {"low": "7", "high": "7", "state": "approximate", "currency": "USD"},
            "approximate", "7.00", "7.00", "USD",
        ),
        ({"state": "undisclosed"}, "undisclosed", None, None, ""),
    ],
)  # fmt: skip
def test_amounts_are_texts_or_ends(writer, text, state, low, high, currency) -> None:
    given = body() | {"amount": text}
    number = writer.propose(given).json()["id"]
    amount = facts_of(DealVersion.objects.get(pk=number))["amount"]
    assert (amount["state"], amount["low"], amount["high"], amount["currency"]) == (
        state, low, high, currency,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("date", "first", "last", "precision"),
    [
        ("2024-03-14", "2024-03-14", "2024-03-14", "day"),
        ("Q1 2024", "2024-01-01", "2024-03-31", "quarter"),
        ({"first": "2024-01-01", "last": "2024-12-31"}, "2024-01-01", "2024-12-31", "year"),
        (
            {"first": "2024-01-01", "last": "2024-03-31", "precision": "range"},
            "2024-01-01", "2024-03-31", "range",
        ),
        ({"first": "2024-03-14"}, "2024-03-14", "2024-03-14", "day"),
        (None, None, None, "none"),
        ({}, None, None, "none"),
    ],
)  # fmt: skip
def test_dates_are_texts_or_days(writer, date, first, last, precision) -> None:
    number = writer.propose(body() | {"date": date}).json()["id"]
    found = facts_of(DealVersion.objects.get(pk=number))["date"]
    assert (found["first"], found["last"], found["precision"]) == (first, last, precision)


WRONG: tuple[tuple[dict[str, Any], str], ...] = (
    ({"kind": "merger of equals"}, "/kind"),
    ({"kind": 5}, "/kind"),
    ({"kind": ["ipo"]}, "/kind"),
    ({"status": "dead"}, "/status"),
    ({"ai": "perhaps"}, "/ai"),
    ({"sectors": "ai_chips"}, "/sectors"),
    ({"sectors": [1]}, "/sectors/0"),
    ({"sectors": ["nothing"]}, "/sectors"),
    ({"target": None}, "/target"),
    ({"target": "Acme"}, "/target"),
    ({"target": {"name": "Acme", "country": "Atlantis"}}, "/target/country"),
    ({"target": {"name": "Acme", "city": "Ulm"}}, "/target/city"),
    ({"target": {"id": "O-NOBODY"}}, "/target/name"),
    ({"date": "yesterday"}, "/date"),
    ({"date": {"first": "2024-02-30"}}, "/date/first"),
    ({"date": {"first": 2024}}, "/date/first"),
    ({"date": {"last": "2024-02-28"}}, "/date/first"),
    ({"date": {"first": "2024-03-02", "last": "2024-03-01"}}, "/date/last"),
    ({"date": {"first": "2024-03-02", "precision": "month"}}, "/date/precision"),
    ({"date": {"first": "1700-03-02"}}, "/date/first"),
    ({"date": {"first": "2024-03-02", "basis": "guessed"}}, "/date/basis"),
    ({"date": "2999"}, "/date"),
    ({"amount": "a lot"}, "/amount"),
    ({"amount": 12.5}, "/amount"),
    ({"amount": {"low": 5}}, "/amount/low"),
    ({"amount": {"low": "5", "high": "4", "currency": "EUR"}}, "/amount/high"),
    ({"amount": {"high": "4", "currency": "EUR"}}, "/amount/low"),
    ({"amount": {"low": "-4", "currency": "EUR"}}, "/amount/low"),
    ({"amount": {"low": "4"}}, "/amount/currency"),
    ({"amount": {"low": "4", "currency": "XXQ"}}, "/amount/currency"),
    ({"amount": {"low": "4", "currency": "EUR", "state": "range"}}, "/amount/state"),
    ({"amount": {"low": "4", "currency": "EUR", "text": "€5"}}, "/amount/text"),
    ({"amount": {"low": "4", "currency": "EUR", "eur": None}}, "/amount/eur"),
    ({"investors": {"name": "X"}}, "/investors"),
    ({"investors": ["X"]}, "/investors/0"),
    ({"investors": [{"name": "X", "lead": "yes"}]}, "/investors/0/lead"),
    ({"investors": [{"name": "X", "stake_percent": "101"}]}, "/investors/0/stake_percent"),
    ({"investors": [{"name": "X"}, {"name": "X"}]}, "/investors/1/name"),
    ({"investors": [{"name": "X", "state_linked": True}]}, "/investors/0/state_linked"),
    ({"investor_list": "none"}, "/investor_list"),
    ({"status_history": [{"status": "blocked", "date": "2024"}]}, "/status_history/0/status"),
    ({"status_history": [{"precision": ["day"]}]}, "/status_history/0/precision"),
    ({"status_history": [{"precision": "day"}]}, "/status_history/0/first"),
    (
        {"status_history": [{"date": "2024", "first": "2024-01-01"}]},
        "/status_history/0/date",
    ),
    ({"date": {"first": "2024-01-01", "precision": 3}}, "/date/precision"),
    ({"sources": []}, "/sources"),
    ({"sources": [{"quote": "said"}]}, "/sources/0/url"),
    ({"sources": [{"url": "javascript:alert(1)"}]}, "/sources/0/url"),
    ({"sources": [{"title": "A", "kind": "feed_file"}]}, "/sources/0/kind"),
    ({"sources": [{"title": "A", "field": "amount", "stated": "€1"}]}, "/choices"),
    ({"choices": {"weather": "x"}}, "/choices/weather"),
    ({"choices": "because"}, "/choices"),
    ({"part_of": "D-NOWHERE"}, "/part_of"),
    ({"notes": {"a": 1}}, "/notes"),
    ({"generated": True}, "/generated"),
    ({"population": "demo"}, "/population"),
    ({"version": "7"}, "/version"),
    ({"published_seq": "7"}, "/published_seq"),
)


def test_what_is_wrong_is_pointed_at_and_nothing_is_written(writer) -> None:
    for change, pointer in WRONG:
        refused = writer.propose(body() | change)
        assert pointer in pointers(refused), change
        problem = refused.json()
        assert problem["type"].endswith("#problem-bad-body")
        assert pointer in problem["detail"]
    assert not DealVersion.objects.exists()
    assert not Deal.objects.exists()


def test_everything_that_is_wrong_is_said_at_once_with_value_and_what_is_allowed(writer) -> None:
    refused = writer.propose(body(kind="nonsense", date="yesterday", amount="a lot"))
    assert pointers(refused) == ["/kind", "/date", "/amount"]
    first = refused.json()["errors"][0]
    assert first["value"] == "nonsense"
    assert "ipo" in first["allowed"]
    assert first["parameter"] is None


def test_a_likely_duplicate_is_named_and_not_refused(writer) -> None:
    live = make_deal(target="Horizon Robotics", date="2024-03", amount="12800000", currency="EUR")
    answer = writer.propose(body())
    assert answer.status_code == 202
    (one,) = answer.json()["likely"]
    assert one["deal"] == live.deal.public_id
    assert one["score"] > 50
    assert "Same target." in one["reasons"]
    assert writer.client.get(one["link"]).json()["id"] == live.deal.public_id


def test_a_name_that_several_bear_asks_which_is_meant(writer) -> None:
    make_organization("Horizon Robotics", "US")
    cn = make_organization("Horizon Robotics", "CN")
    assert pointers(writer.propose(body(target={"name": "Horizon Robotics"}))) == ["/target/name"]
    answer = writer.propose(body(target={"name": "Horizon Robotics", "country": "CN"}))
    assert DealVersion.objects.get(pk=answer.json()["id"]).target_id == cn.pk
    answer = writer.propose(body(target={"id": cn.public_id}, date="2024-05"))
    assert DealVersion.objects.get(pk=answer.json()["id"]).target_id == cn.pk


def test_the_same_deal_again_is_the_one_that_waits(writer) -> None:
    first = writer.propose(body()).json()
    again = writer.propose(body())
    assert again.status_code == 200
    assert again.json()["id"] == first["id"]
    assert "handed this in before" in again.json()["note"]
    other = writer.propose(body(amount="€13m"))
    assert other.status_code == 202
    assert Writer("other").propose(body()).status_code == 202
    assert DealVersion.objects.count() == 3


@pytest.mark.parametrize(
    ("power", "status"), [(None, 401), ("read", 403), ("import", 403), ("write", 202)]
)
def test_only_a_key_with_the_power_to_write_proposes(db, power, status) -> None:
    writer = Writer()
    writer.headers = Partner(make_key("somebody", power) if power else None).headers
    answer = writer.propose(body())
    assert answer.status_code == status
    assert DealVersion.objects.exists() is (status == 202)


def test_a_signed_in_browser_does_not_propose(client, django_user_model) -> None:
    client.force_login(django_user_model.objects.create_user("ada"))
    answer = client.post(DEALS, data="{}", content_type="application/json")
    assert answer.status_code == 403
    assert answer["Content-Type"] == "application/problem+json"


def test_writing_takes_no_parameters(writer) -> None:
    refused = writer.send("POST", f"{DEALS}?publish=true", body(), "application/json", {})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["parameter"] == "publish"


def test_signs_of_scripts_and_formulas_are_kept_as_text(writer) -> None:
    name = "<script>alert(1)</script>=1+1"
    number = writer.propose(body(target={"name": name, "country": "CN"})).json()["id"]
    assert DealVersion.objects.get(pk=number).target_name == name


def test_proposing_costs_the_same_however_many_wait(
    writer, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    writer.propose(body())
    with django_assert_max_num_queries(65):
        writer.propose(body(date="2023-01"))
    for month in range(1, 9):
        writer.propose(body(date=f"2022-0{month}"))
    with django_assert_max_num_queries(65):
        writer.propose(body(date="2023-02"))
