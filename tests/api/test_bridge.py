"""GET /api/v1/flows/bridge/: the steps between two definitions."""

import pytest

from tests.factories import make_deals

BRIDGE = "/api/v1/flows/bridge/"


@pytest.fixture
def register(db):
    make_deals(
        [
            {"investors": [("A", "DE")], "date": "2018"},
            {"investors": [("A", "FR")], "date": "2012"},
            {"investors": [("C", "US")], "date": "2016"},
        ]
    )


def test_the_steps_lead_from_one_number_to_the_other(client, register):
    body = client.get(BRIDGE, {"a": "merics-2023", "b": "investor=US&target=CN"}).json()
    assert body["a"]["definition"] == "merics-2023"
    assert (body["a"]["n"], body["a"]["N"], body["a"]["share"]) == (1, 1, None)
    assert body["b"]["definition"] is None
    assert body["b"]["query"] == {"investor": "US", "target": "CN"}
    assert [step["part"] for step in body["steps"]] == ["investor", "years"]
    moved = sum(step["added"]["n"] - step["removed"]["n"] for step in body["steps"])
    assert body["a"]["n"] + moved == body["b"]["n"] == 1
    assert body["steps"][-1]["n"] == 1
    assert client.get(body["steps"][0]["removed"]["deals"]).status_code == 200
    assert client.get(body["links"]["page"]).status_code == 200


def test_an_unchanged_bridge_is_not_sent_again(client, register):
    first = client.get(BRIDGE, {"a": "cset-2023", "b": "merics-2023"})
    again = client.get(
        BRIDGE, {"a": "cset-2023", "b": "merics-2023"}, headers={"If-None-Match": first["ETag"]}
    )
    assert again.status_code == 304
    other = client.get(
        BRIDGE, {"a": "cset-2023", "b": "investtrack"}, headers={"If-None-Match": first["ETag"]}
    )
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("params", "names"),
    [
        ({}, {"a", "b"}),
        ({"a": "nobody", "b": "cset-2023"}, {"a"}),
        ({"a": "cset-2023", "b": "investor=XX9"}, {"b"}),
        ({"a": "cset-2023", "b": "merics-2023", "step": "x"}, {"step"}),
        ({"a": "cset-2023", "b": "merics-2023", "population": "x"}, {"population"}),
    ],
)
def test_bad_parameters_are_named(client, db, params, names):
    response = client.get(BRIDGE, params)
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert {error["parameter"] for error in response.json()["errors"]} == names
