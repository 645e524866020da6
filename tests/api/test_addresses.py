"""Addresses below /api/v1/ that are not quite right: led on, or told where all of them are."""

import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "path",
    ["deals", "deals?q=a%20b&page_size=2", "docs", "deals/D-X", "deals/D-X/versions",
     "flows/share?investor=DE&target=CN", "regions", "releases/2026.11/changes"],
)  # fmt: skip
def test_a_forgotten_slash_is_added_and_the_question_kept(client, path) -> None:
    bare, mark, asked = path.partition("?")
    for ask in (client.get, client.head):
        response = ask(f"/api/v1/{path}")
        assert response.status_code == 308
        assert response["Location"] == f"/api/v1/{bare}/{mark}{asked}"
        assert response["Cache-Control"] == "no-cache"


def test_what_is_written_is_not_led_on(client) -> None:
    """A program that sends a body should be told, not have it sent about."""
    for ask in (client.post, client.put, client.patch, client.delete):
        response = ask("/api/v1/deals")
        assert response.status_code == 404


@pytest.mark.parametrize("path", ["", "nothing", "nothing/", "deals/D-X/versions/x", "/deals"])
def test_what_is_not_there_is_told_where_all_addresses_are(client, path) -> None:
    response = client.get(f"/api/v1/{path}")
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    assert "/api/v1/docs/" in response.json()["detail"]
    assert client.get("/api/v1/docs/").status_code == 200
