"""One person's page, or a stranger's invention, that a cache gives to everybody."""

import pytest
from django.test import Client

from tests.desk.runs import make_person
from tests.factories import make_deal

pytestmark = pytest.mark.django_db
PAGES = (
    "/", "/flows/?investor=europe&target=CN", "/deals/", "/countries/", "/organizations/",
    "/methods/", "/data/", "/figures/", "/glossary/", "/status/", "/developers/", "/nothing/",
)  # fmt: skip
# They look like files, which caches keep without asking.
LOOK_LIKE_FILES = (
    "/desk/style.css", "/desk/activity/x.js", "/account/logo.png", "/account/keys/a.css",
    "/desk;x.css", "/desk/%2e%2e/static/x.css", "/account/.css", "/api/v1/me/a.js",
)  # fmt: skip


def kept_by_all(answer) -> bool:
    """Whether a cache between browser and server may give the answer to somebody else, unasked."""
    control = answer.get("Cache-Control", "")
    return "public" in control or "s-maxage" in control


def test_a_page_that_knows_who_looks_is_kept_for_nobody_else():
    make_deal()
    signed_in, stranger = Client(), Client()
    signed_in.force_login(make_person("ada"))
    for path in PAGES:
        mine, theirs = signed_in.get(path), stranger.get(path)
        if mine.content == theirs.content:
            continue
        for answer in (mine, theirs):
            assert "cookie" in answer.get("Vary", "").lower(), path
            assert not kept_by_all(answer), path


@pytest.mark.parametrize("path", LOOK_LIKE_FILES)
def test_what_looks_like_a_file_shows_no_page_of_ones_own(path):
    client = Client()
    client.force_login(make_person("ada"))
    answer = client.get(path)
    assert answer.status_code in (404, 405)
    assert not kept_by_all(answer)


SHARE, FLOWS = "/api/v1/flows/share/", "/flows/"


@pytest.mark.parametrize(
    ("path", "one", "other"),
    [
        ("/api/v1/deals/", "ai=all&kind=all", "kind=all&ai=all"),
        (SHARE, "investor=europe&target=CN", "target=CN&investor=europe"),
        (FLOWS, "investor=europe&target=CN", "target=CN&investor=europe"),
    ],
)
def test_one_question_is_one_answer_in_whatever_order_it_is_asked(client, path, one, other):
    make_deal()
    first = client.get(f"{path}?{one}", follow=True)
    second = client.get(f"{path}?{other}", follow=True)
    assert first.get("ETag") == second.get("ETag")
    if "html" not in first["Content-Type"]:
        assert first.content == second.content


@pytest.mark.parametrize("more", ["utm_source=x", "cb=1", "callback=alert", "_method=DELETE"])
@pytest.mark.parametrize("path", ["/flows/", "/api/v1/deals/", "/deals/", "/methods/"])
def test_a_parameter_that_nobody_knows_makes_no_second_copy_of_a_page(client, path, more):
    assert client.get(f"{path}?{more}").status_code == 400


def test_answers_of_the_api_to_a_key_are_nobody_elses(client):
    client.force_login(make_person("ada"))
    answer = client.get("/api/v1/me/")
    assert "no-store" in answer["Cache-Control"] or "private" in answer["Cache-Control"]
    assert not kept_by_all(answer)
