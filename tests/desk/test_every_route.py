"""Every address of the desk and of the API's imports, by every method, for every kind of person.

The expected codes follow from what each route is said to need, so a new route has to be entered
in tests/desk/routes.py, and a thing behind it in tests/desk/things.py, before it passes.
"""

from itertools import product

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import URLPattern, reverse

from deals.api.urls import urlpatterns as api_urls
from deals.desk.urls import urlpatterns as desk_urls
from deals.rules.roles import DECIDE
from tests.desk.routes import (
    API,
    DESK,
    METHODS,
    OPEN_TO_ALL,
    READ,
    VISITORS,
    expected,
    permissions,
)
from tests.desk.runs import make_person
from tests.desk.things import make_things
from tests.threats.headers import faults

pytestmark = pytest.mark.django_db


def names(patterns: list[URLPattern]) -> set[str]:
    return {pattern.name for pattern in patterns if pattern.name}


@pytest.fixture
def addresses(monkeypatch) -> dict[str, str]:
    return make_things(monkeypatch)


@pytest.fixture(params=VISITORS)
def visitor(request, db) -> tuple[str, Client]:
    # A page that fails is one more wrong code, not the end of the list.
    client = Client(raise_request_exception=False)
    if request.param == "no role":
        client.force_login(get_user_model().objects.create_user("nobody"))
    elif request.param != "anonymous":
        client.force_login(make_person(request.param, request.param))
    return request.param, client


def test_every_address_of_the_desk_is_in_the_table():
    assert names(desk_urls) == DESK.keys() | OPEN_TO_ALL


def test_every_address_about_imports_is_in_the_table():
    assert {name for name in names(api_urls) if name.startswith("api-import")} == API.keys()


def test_every_page_answers_every_method_of_everybody_as_it_says(addresses, visitor):
    person, client = visitor
    wrong = []
    # What changes nothing comes first, since a pair that was kept apart is no longer there.
    for name, method in sorted(product(DESK, METHODS), key=lambda each: each[1] == "POST"):
        response = client.generic(method, addresses[name])
        if response.status_code != expected(name, method, person):
            wrong.append((name, method, response.status_code, expected(name, method, person)))
        if response.status_code == 302 and person == "anonymous":
            assert response["Location"].startswith("/account/login/?next=/desk/")
        assert faults(response) == [], (name, method)
        if response.status_code < 400:
            assert response["X-Frame-Options"] == "DENY", name
    assert wrong == []


def test_nothing_is_done_without_the_forms_token(addresses):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_person("manager", "manager"))
    for name in (name for name, (_, allowed, *_) in DESK.items() if "POST" in allowed):
        assert client.post(addresses[name]).status_code == 403, name
    assert client.post(reverse("account_login")).status_code == 403


def test_everything_about_imports_in_the_api_needs_somebody(addresses, visitor):
    """Sessions read, and see their own imports or all; to change anything takes a key."""
    person, client = visitor
    wrong = []
    for (name, allowed), method in product(API.items(), METHODS):
        response = client.generic(method, addresses[name])
        if person == "anonymous":
            code = 401
        elif method not in allowed or method == "POST":
            code = 403 if method not in READ else 405
        elif name == "api-imports":
            code = 200
        else:
            code = 200 if DECIDE in permissions(person) else 404
        if name == "api-import-errors-csv" and code == 200:
            # The rows of a file that is gone.
            code = 410
        if response.status_code != code:
            wrong.append((name, method, response.status_code, code))
        assert response["Cache-Control"] == "no-store", name
        assert faults(response) == [], (name, method)
    assert wrong == []


NUMBERS = [0, 2**63 - 1, 2**63, 10**30]


def test_what_is_not_there_is_a_404_however_large_its_number(visitor):
    person, client = visitor
    if person != "administrator":
        pytest.skip("Only who may do everything comes as far as the number.")
    for pattern, number in product(desk_urls, NUMBERS):
        if "pk" not in pattern.pattern.converters:
            continue
        method = "GET" if "GET" in DESK[pattern.name][1] else "POST"
        code = client.generic(method, reverse(pattern.name, args=[number])).status_code
        # Of what somebody else has decided on, a page says so.
        assert code in (302, 404), (pattern.name, number, code)
    nul = reverse("desk-organization-split", args=["\0"])
    assert client.get(nul).status_code == 404
