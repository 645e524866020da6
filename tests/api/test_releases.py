"""GET /api/v1/releases/ and below: names, files, and what changed."""

import hashlib

import pytest

from deals import actions
from deals.api.schema.document import document
from tests.exports.releases import released
from tests.factories import make_deal
from tests.flows.moves import edit, retract

pytestmark = pytest.mark.django_db
FACTS = {"target": "Momenta", "investors": [("Bosch", "DE")], "date": "2019-05-13"}


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.RELEASES_DIR = tmp_path
    return tmp_path


def test_a_release_says_what_it_holds_and_where(client):
    make_deal(**FACTS)
    released("2026.10")
    made = released("2026.11", notes="Second.", doi="10.5281/zenodo.1")
    one = client.get("/api/v1/releases/2026.11/").json()
    assert (one["change_seq"], one["notes"], one["previous"]) == (1, "Second.", "2026.10")
    assert one["doi_url"] == "https://doi.org/10.5281/zenodo.1"
    assert {file["name"] for file in one["files"]} == {file["name"] for file in made.files}
    listed = client.get("/api/v1/releases/").json()["results"]
    assert {row["name"] for row in listed} == {"2026.10", "2026.11"}
    assert {key: one[key] for key in listed[0]} in listed
    for file in one["files"]:
        body = b"".join(client.get(file["url"]).streaming_content)
        assert hashlib.sha256(body).hexdigest() == file["sha256"]
    assert client.get(one["changes"]).status_code == 200
    assert client.get(one["page"]).status_code == 200


def test_an_unchanged_release_is_304_and_a_file_comes_in_parts(client):
    released()
    for path in ("/api/v1/releases/", "/api/v1/releases/2026.11/",
                 "/api/v1/releases/2026.11/changes/",
                 "/api/v1/releases/2026.11/files/sectors.csv"):  # fmt: skip
        response = client.get(path)
        mark = response["ETag"]
        list(response)
        assert client.get(path, headers={"If-None-Match": mark}).status_code == 304, path
        assert client.head(path).status_code == 200, path
    part = client.get("/api/v1/releases/2026.11/files/sectors.csv", headers={"Range": "bytes=0-3"})
    assert (part.status_code, b"".join(part.streaming_content)) == (206, b"code")


@pytest.mark.parametrize(("is_open", "whose"), [(True, "public"), (False, "private")])
def test_no_proxy_hands_on_what_takes_a_key(client, admin_user, settings, is_open, whose):
    released()
    settings.PUBLIC_READ = is_open
    client.force_login(admin_user)
    for name, kept in (("sectors.csv", "immutable"), ("datapackage.json", "no-cache")):
        response = client.head(f"/api/v1/releases/2026.11/files/{name}")
        assert response["Cache-Control"].split(", ")[0] == whose
        assert kept in response["Cache-Control"]


def test_a_part_that_is_not_there_is_a_problem_that_nobody_keeps_for_the_file(client):
    released()
    address = "/api/v1/releases/2026.11/files/sectors.csv"
    size = len(b"".join(client.get(address).streaming_content))
    for asked in (f"bytes={size}-", "bytes=-0"):
        response = client.get(address, headers={"Range": asked})
        assert response.status_code == 416
        assert response["Content-Type"] == "application/problem+json"
        assert response["Content-Range"] == f"bytes */{size}"
        assert response["Cache-Control"] == "no-store"
        assert "Content-Disposition" not in response
        assert response.json()["type"].endswith("#problem-no-such-part")
    said = document()["paths"]["/api/v1/releases/{name}/files/{file}"]["get"]["responses"]
    assert {"206", "416"} < said.keys()


def test_changes_are_those_since_the_release_before_or_any_point(client):
    first = make_deal(**FACTS)
    released("2026.10")
    edit(first, **FACTS | {"round_type": "series_a"})
    gone = make_deal(target="Gone")
    released("2026.11")
    retract(gone)
    double = make_deal(target="Double")
    actions.merge(deal=double.deal, into=first.deal, by=None, reason="One round")
    released("2026.12")
    found = client.get("/api/v1/releases/2026.11/changes/").json()
    assert found["from"] == {"name": "2026.10", "change_seq": 1}
    assert found["counts"] == {"new": 1, "changed": 1}
    assert [(row["deal"], row["what"], row["fields"]) for row in found["results"]] == [
        (first.deal.public_id, "changed", ["round_type"]), (gone.deal.public_id, "new", []),
    ]  # fmt: skip
    whole = client.get("/api/v1/releases/2026.12/changes/", {"since": "0"}).json()
    assert whole["counts"] == {"new": 1}
    assert client.get("/api/v1/releases/2026.12/changes/").json()["counts"] == {"retracted": 1}


def test_changes_come_page_by_page(client):
    for number in range(5):
        make_deal(target=f"T{number}")
    released()
    url, names = "/api/v1/releases/2026.11/changes/?page_size=2", []
    while url:
        response = client.get(url)
        answer = response.json()
        names += [row["company"] for row in answer["results"]]
        url = answer["next"]
        assert response.get("Link") == (f'<{url}>; rel="next"' if url else None)
        assert answer["previous"] is None
    assert names == [f"T{number}" for number in range(5)]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"since": "nothing"}, "since"), ({"since": "999999"}, "since"),
        ({"since": "2026.12"}, "since"), ({"cursor": "x"}, "cursor"),
        ({"page_size": "0"}, "page_size"), ({"colour": "red"}, "colour"),
        ({"since": "a\0b"}, "since"),
    ],
)  # fmt: skip
def test_bad_parameters_are_named(client, query, parameter):
    released("2026.11", files=False)
    make_deal()
    released("2026.12", files=False)
    response = client.get("/api/v1/releases/2026.11/changes/", query)
    assert response.status_code == 400
    assert response.json()["errors"][0]["parameter"] == parameter


def test_what_is_not_there_is_a_problem_document(client):
    released()
    for path in ("nothing/", "nothing/changes/", "2026.11/files/secret.txt", "nothing/files/x",
                 "a%00b/", "2026.11/files/..%2F..%2Fx"):  # fmt: skip
        response = client.get(f"/api/v1/releases/{path}")
        assert response.status_code == 404, path
        assert response["Content-Type"] == "application/problem+json"
    assert client.get("/api/v1/releases/2026.11/?x=1").status_code == 400
