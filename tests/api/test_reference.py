"""GET /api/v1/regions/ and the other small tables."""

from datetime import date

import pytest

from deals.api.reference import TABLES
from deals.models import PolicyEvent, PublishedFigure, Release


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_table_is_given_whole_and_takes_no_parameters(client, db, name):
    response = client.get(f"/api/v1/{name}/")
    assert response.status_code == 200
    assert isinstance(response.json()["results"], list)
    again = client.get(f"/api/v1/{name}/", headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304
    refused = client.get(f"/api/v1/{name}/", {"page": "2"})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["parameter"] == "page"


def test_regions_say_who_belonged_to_them_and_when(client, db):
    regions = {row["code"]: row for row in client.get("/api/v1/regions/").json()["results"]}
    members = {row["country"]: row for row in regions["eu"]["members"]}
    assert members["GB"]["to"] == "2020-01-31"
    assert members["HR"]["from"] == "2013-07-01"
    assert {m["country"] for m in regions["china-hk-mo"]["members"]} == {"CN", "HK", "MO"}


def test_countries_and_rounds_have_their_words(client, db):
    countries = {row["code"]: row for row in client.get("/api/v1/countries/").json()["results"]}
    assert countries["NA"] == {"code": "NA", "alpha3": "NAM", "name": "Namibia"}
    rounds = [row["code"] for row in client.get("/api/v1/round-types/").json()["results"]]
    assert "series_a" in rounds


def test_tables_from_the_database_hold_its_rows(client, db):
    PublishedFigure.objects.create(
        code="F01", title="Share", value="3.7", unit="percent", measure="share",
        source_title="MERICS", shelf="figure",
    )  # fmt: skip
    PolicyEvent.objects.create(
        date=date(2020, 10, 11), jurisdiction="EU", title="Screening", kind="screening"
    )
    Release.objects.create(name="2026.11", seq=7, at="2026-11-22T00:00:00Z")
    figure = client.get("/api/v1/published-figures/").json()["results"][0]
    assert figure["code"] == "F01"
    assert figure["query"] is None
    event = client.get("/api/v1/policy-events/").json()["results"][0]
    assert event["date"] == "2020-10-11"
    assert client.get("/api/v1/releases/").json()["results"][0]["change_seq"] == 7
