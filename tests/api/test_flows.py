"""GET /api/v1/flows/series/, top/ and matrix/: shapes, refusals, and conditional requests."""

import pytest

from deals.flows.asked import ask
from deals.flows.query import FlowQuery
from tests.factories import make_deals

ADDRESSES = ("series", "matrix", "top")
SIDES = {"investor": "europe", "target": "CN"}
EXTRA = {"top": {"of": "countries"}}
EVERY_ANSWER = {"query", "population", "rows", "total", "beside", "as_of", "links"}
NUMBERS = {"n", "N", "share", "low", "split", "high", "disclosed_n", "deals"}
OWN = {
    "series": {"period", "from", "to", "complete", "provisional"},
    "matrix": {"investor", "target"},
    "top": {"rank", "code", "name", "country"},
}


@pytest.fixture
def some_deals(db):
    make_deals(
        [
            {
                "investors": [("A", "DE"), ("B", "FR")],
                "date": "2019-05",
                "population": "demo",
                "amount": "8",
                "currency": "EUR",
                "sectors": ["robotics", "lidar"],
            },
            {"investors": [("A", "DE")], "date": "2019-11-02", "population": "demo"},
            {"investors": [("C", "CN")], "date": "2020", "population": "demo"},
        ]
    )


def get(client, name, **params):
    return client.get(f"/api/v1/flows/{name}/", SIDES | EXTRA.get(name, {}) | params)


@pytest.mark.parametrize("name", ADDRESSES)
def test_every_answer_has_its_question_its_rows_and_their_numbers(client, some_deals, name):
    answer = get(client, name, population="demo").json()
    assert set(answer) >= EVERY_ANSWER
    assert (answer["total"]["n"], answer["total"]["N"]) == (2, 3)
    assert answer["total"]["share"] == "0.666667"
    assert answer["rows"]
    for row in answer["rows"]:
        assert set(row) == NUMBERS | OWN[name]


def test_a_series_is_by_year_unless_quarters_or_months_are_asked_for(client, some_deals):
    periods = {
        by: [(row["period"], row["n"]) for row in get(client, "series", by=by).json()["rows"]]
        for by in ("", "year", "quarter", "month")
    }
    assert periods[""] == periods["year"] == [("2019", 2), ("2020", 0)]
    assert periods["quarter"][0] == ("2019-Q2", 1)
    assert periods["month"][-1] == ("2019-11", 1)


def test_a_top_list_is_of_what_was_asked_for(client, some_deals):
    def codes(**params):
        return [(row["name"], row["n"]) for row in get(client, "top", **params).json()["rows"]]

    assert codes(of="countries") == [("Germany", 2), ("France", 1)]
    assert codes(of="countries", side="investor") == codes(of="countries")
    assert codes(of="countries", side="target") == [("China", 2)]
    assert codes(of="investors") == [("A", 2), ("B", 1)]
    assert [n for _, n in codes(of="targets")] == [1, 1]
    assert codes(of="sectors") == [("Lidar", 1), ("Robotics", 1), ("not stated", 1)]
    assert codes(of="rounds") == [("not stated", 2)]


@pytest.mark.parametrize("side", ["investor", "target"])
def test_a_top_list_says_what_it_is_of_in_the_words_of_the_question(client, some_deals, side):
    answer = get(client, "top", of="countries", side=side).json()
    assert (answer["of"], answer["side"]) == ("countries", side)
    again = get(client, "top", of=answer["of"], side=answer["side"]).json()
    assert again["rows"] == answer["rows"]
    assert get(client, "top", of="countries").json()["side"] == "investor"
    assert get(client, "top", of="sectors").json()["side"] is None


def test_a_limit_says_what_it_leaves_out(client, some_deals):
    answer = get(client, "top", of="investors", limit="1").json()
    assert (len(answer["rows"]), answer["limit"], answer["rows_all"]) == (1, 1, 2)
    assert get(client, "top", of="investors").json()["limit"] == 25


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_case_list_has_counts_and_no_shares(client, some_deals, name):
    answer = get(client, name).json()
    assert "case list" in answer["population"]["why_no_share"]
    assert {row["share"] for row in [*answer["rows"], answer["total"]]} == {None}
    assert answer["total"]["n"] == 2


def test_it_is_the_very_answer_that_pages_get(client, some_deals):
    over_http = get(client, "matrix", population="demo").json()
    direct, _ = ask("matrix", FlowQuery.from_params(SIDES | {"population": "demo"}))
    for answer in (over_http, direct):
        answer["as_of"].pop("computed_at")
    assert over_http == direct


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize(
    ("params", "named"),
    [
        ({"target": ""}, "target"),
        ({"investor": "eurpe"}, "investor"),
        ({"colour": "red"}, "colour"),
        ({"from": "2020", "to": "2019"}, "from"),
        ({"population": "nowhere"}, "population"),
        ({"as_of": "999999"}, "as_of"),
        ({"organization": "O-NOTHERE"}, "organization"),
    ],
)
def test_a_bad_parameter_of_the_question_is_named(client, some_deals, name, params, named):
    refused(get(client, name, **params), named)


@pytest.mark.parametrize(
    ("name", "params", "named"),
    [
        ("series", {"by": "week"}, "by"),
        ("series", {"by": ["year", "month"]}, "by"),
        ("series", {"of": "targets"}, "of"),
        ("matrix", {"by": "year"}, "by"),
        ("top", {"of": ""}, "of"),
        ("top", {"of": "friends"}, "of"),
        ("top", {"of": "targets", "side": "target"}, "side"),
        ("top", {"side": "left"}, "side"),
        ("top", {"limit": "0"}, "limit"),
        ("top", {"limit": "501"}, "limit"),
        ("top", {"limit": "-1"}, "limit"),
        ("top", {"limit": "٣"}, "limit"),
        ("top", {"limit": "1\x00"}, "limit"),
        ("top", {"by": "year"}, "by"),
    ],
)
def test_a_bad_parameter_of_the_rows_is_named(client, some_deals, name, params, named):
    refused(get(client, name, **params), named)


def refused(response, named):
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert [error["parameter"] for error in response.json()["errors"]] == [named]


@pytest.mark.parametrize("name", ADDRESSES)
def test_an_unchanged_question_is_answered_with_304_until_the_ledger_moves(
    client, some_deals, name
):
    first = get(client, name)
    same = SIDES | EXTRA.get(name, {})
    headers = {"If-None-Match": first["ETag"]}
    again = client.get(f"/api/v1/flows/{name}/", same, headers=headers)
    assert (again.status_code, again.content) == (304, b"")
    other = client.get(f"/api/v1/flows/{name}/", same | {"kind": "all"}, headers=headers)
    assert other.status_code == 200
    make_deals([{"investors": [("A", "DE")]}])
    moved = client.get(f"/api/v1/flows/{name}/", same, headers=headers)
    assert moved.status_code == 200
    assert moved.json()["total"]["n"] == first.json()["total"]["n"] + 1


def test_other_arguments_are_other_answers(client, some_deals):
    tags = {get(client, "series", by=by)["ETag"] for by in ("year", "quarter", "month")} | {
        get(client, "top", limit=limit)["ETag"] for limit in ("1", "2", "25")
    }
    assert len(tags) == 6


@pytest.mark.parametrize("name", ADDRESSES)
def test_rows_take_few_queries(client, some_deals, name, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):
        get(client, name, population="demo")
