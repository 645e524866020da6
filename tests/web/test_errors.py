"""Errors: what, where, and what to do; a page for readers, a problem document for partners."""

from html import unescape

import pytest
from django.db import OperationalError, connection
from django.test import Client

from deals.web import deals as deals_page


@pytest.fixture
def calm():
    """A client that shows the error page in place of raising the exception."""
    return Client(raise_request_exception=False)


def text(response):
    return unescape(response.content.decode())


def test_an_unknown_address_gets_one_sentence_and_a_search_box(client, db):
    response = client.get("/nothing/")
    assert response.status_code == 404
    assert "There is no page at this address." in text(response)
    assert 'action="/deals/"' in text(response)


def test_an_unknown_address_of_the_api_gets_a_problem_document(client, db):
    response = client.get("/api/v1/nothing/")
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["status"] == 404


def test_bad_parameters_are_all_named_and_the_rest_is_kept(client, db):
    response = client.get("/deals/?target=DE&kind=sale&colour=<b>red</b>")
    assert response.status_code == 400
    assert "2 parts of the" in text(response)
    assert "<code>kind</code>" in text(response)
    assert "<b>red</b>" not in response.content.decode()
    assert 'href="/deals/?target=DE">Go on without them' in text(response)


def test_a_long_or_unprintable_value_is_shown_short_and_visibly(client, db):
    response = client.get("/deals/?kind=" + "x" * 5000)
    assert "x" * 100 not in text(response)
    response = client.get("/deals/?kind=a%00%1bb")
    assert "a\u2400\u241bb" in text(response)
    assert "\0" not in text(response)


def test_a_mistake_of_the_server_is_a_plain_page_without_details(calm, db, monkeypatch):
    monkeypatch.setattr(deals_page, "snapshot", lambda: 1 / 0)
    response = calm.get("/deals/")
    assert response.status_code == 500
    assert "Something went wrong on our side" in text(response)
    assert "ZeroDivisionError" not in text(response)


@pytest.mark.parametrize("path", ["/deals/", "/figures/", "/deals/D-00000000/", "/flows/", "/"])
def test_pages_without_a_database_are_a_503_that_says_try_again(calm, db, path):
    def refuse(*args):
        raise OperationalError("could not connect to server at 10.0.0.1")

    with connection.execute_wrapper(refuse):
        response = calm.get(path)
    assert response.status_code == 503
    assert response["Retry-After"] == "30"
    assert "The register does not answer at the moment" in text(response)
    assert "10.0.0.1" not in text(response)


def test_the_api_without_a_database_is_a_503_problem(calm, db):
    def refuse(*args):
        raise OperationalError("no")

    with connection.execute_wrapper(refuse):
        response = calm.get("/api/v1/deals/")
    assert response.status_code == 503
    assert response["Content-Type"] == "application/problem+json"
    assert response["Retry-After"] == "30"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("path", "said"),
    [("/flows/", "This question takes too long"), ("/api/v1/flows/share/", "narrow it down")],
)
def test_a_question_that_takes_too_long_is_given_up_and_says_so(calm, settings, path, said):
    settings.QUESTION_MAX_SECONDS = 0.05

    def slowly(execute, sql, params, many, context):
        if "deals_dealfact" in sql:
            execute("SELECT pg_sleep(2)", None, many, context)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(slowly):
        response = calm.get(f"{path}?investor=europe&target=CN&known_by=2021")
    assert response.status_code == 503
    assert said in text(response)


def test_a_forged_host_is_a_400_page(calm, db):
    assert calm.get("/methods/", headers={"host": "evil.example"}).status_code == 400


@pytest.mark.parametrize("path", ["/methods/", "/deals/", "/figures/", "/healthz", "/readyz"])
def test_pages_are_only_read(client, db, path):
    assert client.post(path).status_code in (403, 405)
