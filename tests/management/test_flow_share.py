"""`manage.py flow_share` and `headline`: the same answer as everywhere, in words or as JSON."""

import json

import pytest
from django.core.management import CommandError, call_command

from deals.flows.asked import share_answer
from deals.flows.query import FlowQuery
from tests.factories import make_deals, make_population

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def some_deals(db):
    make_population("invented", generated=True)
    make_deals(
        [
            {"investors": [("A", "DE")], "date": "2019", "amount": "3", "currency": "EUR"},
            {"investors": [("B", "CN")], "date": "2019-06"},
            {"investors": [("C", "FR")], "date": "2020", "population": "invented"},
            {"investors": [("D", "CN")], "date": "2020", "population": "invented"},
        ]
    )


def said(capsys, *arguments: str) -> str:
    call_command(*arguments)
    return capsys.readouterr().out


def test_json_is_the_answer_of_the_api(capsys) -> None:
    asked = {"investor": "europe", "target": "CN", "from": "2019", "compare": "US,DE"}
    options = [part for name, value in asked.items() for part in (f"--{name}", value)]
    printed = json.loads(said(capsys, "flow_share", *options, "--json"))
    answer, _ = share_answer(FlowQuery.from_params(asked))
    for one in (printed, answer):
        one["as_of"].pop("computed_at")
    assert printed == json.loads(json.dumps(answer))
    assert printed["deals"]["n"] == 1


def test_words_say_n_of_N_the_reason_for_no_share_and_the_definition(capsys) -> None:
    text = said(capsys, "flow_share", "--investor", "europe", "--target", "CN")
    assert "1 of 2 deals: no share" in text
    assert "case list" in text
    assert "EUR 0.0–" not in text.split("disclosed")[1]
    assert "at least one investor with headquarters in Europe" in text


def test_a_generated_population_is_called_generated(capsys) -> None:
    text = said(
        capsys, "flow_share", "--investor", "europe", "--target", "CN", "--population", "invented"
    )
    assert "1 of 2 deals: 50.0 %" in text
    assert "GENERATED, not real" in text
    assert "generated, not real" in said(capsys, "headline")


def test_underscores_and_dashes_are_the_same_option(capsys) -> None:
    for option in ("--min-amount", "--min_amount"):
        text = said(
            capsys, "flow_share", "--investor", "europe", "--target", "CN", option, "5000000"
        )
        assert "0 of 0 deals" in text
        assert "Value: not disclosed for any of these deals" in text


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--investor", "eurpe", "--target", "CN"], "--investor"),
        (["--investor", "europe"], "--target"),
        (["--investor", "europe", "--target", "CN", "--from", "soon"], "--from"),
        (["--investor", "europe", "--target", "CN", "--population", "lost"], "--population"),
    ],
)
def test_what_cannot_be_asked_is_named_and_ends_with_status_two(options, named) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("flow_share", *options)
    assert str(refused.value).startswith(f"{named}: ")
    assert refused.value.returncode == 2
