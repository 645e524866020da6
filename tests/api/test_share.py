"""GET /api/v1/flows/share/: the shape of the contract, refusals, and conditional requests."""

import json

import pytest

from deals.flows.asked import share_answer
from deals.flows.query import FlowQuery
from tests.factories import make_deals

SHARE = "/api/v1/flows/share/"
KEYS = {
    "query": set(),
    "population": {"code", "title", "accessed_on", "why_no_share"},
    "deals": {
        "n", "N", "share", "unknown", "share_max", "partial", "share_max_partial", "too_coarse",
        "undated", "unknown_target", "composition",
    },
    "with_hk_mo": {"n", "N", "share"},
    "amount": {
        "currency", "disclosed_n", "low", "split", "high", "N_disclosed", "N_total", "share_high",
        "not_convertible",
    },
    "definition": {"text", "investor_countries", "target_countries", "methods"},
    "as_of": {"change_seq", "release", "computed_at"},
    "links": {"page", "deals", "cite"},
}  # fmt: skip


@pytest.fixture
def some_deals(db):
    make_deals(
        [
            {"investors": [("A", "DE"), ("B", "CN")], "date": "2019-05", "population": "demo"},
            {"investors": [("B", "CN")], "date": "2019-06", "population": "demo"},
            {"investors": [("C", "US")], "date": "2020", "population": "demo"},
            {"investors": [(None, None)], "date": "2020-03", "population": "demo"},
        ]
    )


def ask(client, **params):
    return client.get(SHARE, params)


def test_the_answer_has_every_name_of_the_contract(client, some_deals):
    answer = ask(client, investor="europe", target="CN", population="demo").json()
    for name, inner in KEYS.items():
        assert inner <= set(answer[name]), name
    assert answer["deals"]["n"] == 1
    assert answer["deals"]["N"] == 4
    assert answer["deals"]["share"] == "0.250000"
    assert answer["deals"]["share_max"] == "0.500000"
    assert answer["compare"][0]["investor"] == "US"
    assert answer["compare"][0]["n"] == 1
    assert [row["year"] for row in answer["by_year"]] == [2019, 2020]
    assert {"year", "n", "N", "share", "low", "split", "high", "complete"} <= set(
        answer["by_year"][0]
    )


def test_it_is_the_very_answer_that_pages_and_commands_get(client, some_deals):
    params = {"investor": "europe", "target": "CN", "from": "2019"}
    over_http = ask(client, **params).json()
    direct, _ = share_answer(FlowQuery.from_params(params))
    for answer in (over_http, direct):
        answer["as_of"].pop("computed_at")
    assert over_http == json.loads(json.dumps(direct))
    assert over_http["query"] == params


def test_a_case_list_has_counts_and_says_why_it_has_no_share(client, some_deals):
    answer = ask(client, investor="DE", target="CN").json()
    assert answer["deals"]["n"] == 1
    assert answer["deals"]["share"] is None
    assert "case list" in answer["population"]["why_no_share"]


@pytest.mark.parametrize(
    ("params", "named"),
    [
        ({"investor": "europe"}, "target"),
        ({"investor": "eurpe", "target": "CN"}, "investor"),
        ({"investor": "europe", "target": "CN", "colour": "red"}, "colour"),
        ({"investor": "europe", "target": "CN", "from": "soon"}, "from"),
        ({"investor": "europe", "target": "CN", "from": "2020", "to": "2019"}, "from"),
        ({"investor": "europe", "target": "CN", "population": "nowhere"}, "population"),
        ({"investor": "europe", "target": "CN", "release": "1999.1"}, "release"),
        ({"investor": "europe", "target": "CN", "as_of": "999999"}, "as_of"),
        ({"investor": "europe", "target": "CN", "organization": "O-NOTHERE"}, "organization"),
        ({"investor": "europe", "target": "CN", "min_amount": "NaN"}, "min_amount"),
        ({"investor": "europe", "target": "CN", "kind": "gift"}, "kind"),
        ({"investor": "europe\x00", "target": "CN"}, "investor"),
    ],
)
def test_a_bad_parameter_is_named_in_a_problem_document(client, some_deals, params, named):
    response = ask(client, **params)
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert set(problem) == {"type", "title", "status", "detail", "errors"}
    assert problem["status"] == 400
    assert [error["parameter"] for error in problem["errors"]] == [named]
    assert problem["errors"][0]["detail"].endswith(".")


def test_a_parameter_given_twice_is_refused_by_name(client, some_deals):
    response = client.get(f"{SHARE}?investor=europe&target=CN&from=2017&from=2018")
    assert response.status_code == 400
    assert response.json()["errors"][0]["parameter"] == "from"


def test_an_unchanged_question_is_answered_with_304_until_the_ledger_moves(client, some_deals):
    first = ask(client, investor="europe", target="CN")
    again = client.get(
        SHARE, {"investor": "europe", "target": "CN"}, headers={"If-None-Match": first["ETag"]}
    )
    assert again.status_code == 304
    assert again.content == b""
    other = client.get(
        SHARE, {"investor": "DE", "target": "CN"}, headers={"If-None-Match": first["ETag"]}
    )
    assert other.status_code == 200
    make_deals([{"investors": [("A", "DE")]}])
    moved = client.get(
        SHARE, {"investor": "europe", "target": "CN"}, headers={"If-None-Match": first["ETag"]}
    )
    assert moved.status_code == 200
    assert moved.json()["deals"]["n"] == first.json()["deals"]["n"] + 1


def test_a_closed_register_answers_only_who_is_signed_in(
    client, some_deals, settings, django_user_model
):
    settings.PUBLIC_READ = False
    refused = ask(client, investor="europe", target="CN")
    assert refused.status_code == 401
    assert refused["WWW-Authenticate"].startswith("Bearer")
    assert refused["Content-Type"] == "application/problem+json"
    client.force_login(django_user_model.objects.create_user("reader"))
    assert ask(client, investor="europe", target="CN").status_code == 200


def test_the_share_takes_few_queries(client, some_deals, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        ask(client, investor="europe", target="CN", population="demo")


def test_other_methods_and_addresses_get_problem_documents(client, db):
    posted = client.post(SHARE, {})
    assert posted.status_code == 405
    assert posted["Content-Type"] == "application/problem+json"
    lost = client.get("/api/v1/nothing/")
    assert lost.status_code == 404
    assert lost["Content-Type"] == "application/problem+json"
