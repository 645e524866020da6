"""Framing, sniffing, leaking referrers, plain HTTP: what answers tell a browser to refuse.

Every address of the URL tables is held to the same by the tests that walk over them, in
tests/desk/test_every_route.py, tests/desk/test_every_other_route.py and
tests/web/test_valid_html.py; here are the answers that no table has.
"""

from collections.abc import Iterator

import pytest
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client

from deals.web import deals as deals_page
from investtrack.https import https_settings
from tests.desk.runs import make_person
from tests.threats.headers import faults, rules_of

pytestmark = pytest.mark.django_db
HSTS = "max-age=31536000; includeSubDomains; preload"


@pytest.fixture
def by_https(settings):
    """As an installation behind TLS has it; only there HSTS and secure cookies are sent."""
    for name, value in https_settings(["testserver"]).items():
        setattr(settings, name, value)


def refused(client: Client, settings, monkeypatch) -> Iterator[tuple[int, HttpResponse]]:
    strict = Client(enforce_csrf_checks=True)
    yield 403, strict.post("/account/login/")
    yield 400, client.get("/", headers={"host": "evil.example"})
    yield 400, client.get("/deals/?colour=red")
    yield 404, client.get("/nothing/")
    yield 404, client.get("/static/nothing.css")
    yield 404, client.get("/desk/nothing/")
    yield 404, client.get("/api/v1/nothing/")
    yield 405, client.put("/deals/")
    yield 405, client.post("/api/v1/regions/")
    yield 414, client.get("/api/v1/deals/?q=" + "x" * 50_000)
    yield 401, client.get("/api/v1/imports/")
    settings.API_PER_HOUR_OPEN = 1
    client.get("/api/v1/regions/")
    yield 429, client.get("/api/v1/regions/")
    login = {"login": "nobody", "password": "a wrong one"}
    answers = [client.post("/account/login/", login) for _ in range(6)]
    yield 429, answers[-1]
    monkeypatch.setattr(deals_page, "snapshot", lambda: 1 / 0)
    yield 500, client.get("/deals/")


def test_answers_that_say_no_are_held_to_the_same(settings, monkeypatch):
    client = Client(raise_request_exception=False)
    for code, response in refused(client, settings, monkeypatch):
        path = response.wsgi_request.path
        assert (response.status_code, path, faults(response)) == (code, path, [])


def refuse(*_given: object) -> None:
    raise OperationalError("no")


@pytest.mark.parametrize("path", ["/deals/", "/api/v1/deals/", "/account/login/"])
def test_without_a_database_they_are_too(path):
    client = Client(raise_request_exception=False)
    client.get("/deals/")
    with connection.execute_wrapper(refuse):
        response = client.get(path, headers={"Cookie": "sessionid=x"})
    assert response.status_code in (200, 503)
    assert faults(response) == []


def test_too_large_a_body_is_too(settings, client):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    client.force_login(make_person("ada"))
    client.raise_request_exception = False
    response = client.post("/desk/notifications/", {"read": "x" * 1000})
    assert (response.status_code, faults(response)) == (400, [])


@pytest.mark.parametrize("name", ["css/base.css", "js/theme.js", "fonts/OFL.txt"])
def test_static_files_run_nothing_and_are_what_they_say(client, name):
    response = client.get(f"/static/deals/{name}")
    assert (response.status_code, bool(response.getvalue())) == (200, True)
    assert response["X-Content-Type-Options"] == "nosniff"
    rules = rules_of(response)
    assert (rules["default-src"], rules["frame-ancestors"]) == ("'none'", "'none'")
    assert "script-src" not in rules


@pytest.mark.parametrize(
    "path", ["/", "/api/v1/regions/", "/nothing/", "/desk/", "/static/nothing.css"]
)
def test_by_https_every_answer_keeps_browsers_with_https(client, by_https, path):
    assert client.get(path, secure=True)["Strict-Transport-Security"] == HSTS


def test_plain_http_is_led_to_https_without_a_word_more(client, by_https):
    response = client.get("/deals/?q=a")
    assert (response.status_code, response["Location"]) == (301, "https://testserver/deals/?q=a")
    assert response.content == b""


def test_a_page_of_ones_own_is_loaded_by_no_other_site_and_public_ones_are(client):
    client.force_login(make_person("ada"))
    assert client.get("/desk/")["Cross-Origin-Resource-Policy"] == "same-origin"
    assert not client.get("/deals/").has_header("Cross-Origin-Resource-Policy")
