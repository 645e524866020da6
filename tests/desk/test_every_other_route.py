"""Every address outside the desk, by every method, for every kind of person."""

import re
from collections.abc import Iterator
from itertools import product

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from deals.api.urls import urlpatterns as api_urls
from deals.web.urls import urlpatterns as reader_urls
from tests.api.test_every_power import CLOSED, PROPOSED, takes
from tests.desk.routes import METHODS, READ, VISITORS
from tests.desk.routes_elsewhere import ACCOUNT, DOORS, PARTNERS, READERS, made_up
from tests.desk.runs import make_person
from tests.factories import make_deal, make_organization
from tests.threats.headers import faults

pytestmark = pytest.mark.django_db
# Reading needs no role anywhere here, so that three kinds of people do all of it; whatever could
# change something is tried by everybody.
READ_BY = ("anonymous", "reader", "administrator")


@pytest.fixture(params=VISITORS)
def visitor(request, db, settings) -> tuple[str, Client]:
    # How often one may knock is another test's matter.
    settings.ACCOUNT_RATE_LIMITS = settings.MFA_RATE_LIMITS = False
    client = Client(raise_request_exception=False)
    if request.param != "anonymous":
        role = request.param if request.param != "no role" else ""
        person = make_person("vera", role or "reader")
        if not role:
            person.groups.clear()
        person.set_password("a long password")
        person.save()
        client.force_login(person)
    return request.param, client


def account_patterns() -> Iterator[tuple[str, str]]:
    """Names and addresses of all that is below /account/, django-allauth's pages too."""

    def walk(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, str]]:
        for entry in resolver.url_patterns:
            path = prefix + str(entry.pattern).lstrip("^").rstrip("$")
            if isinstance(entry, URLPattern):
                yield entry.name, path
            else:
                yield from walk(entry, path)

    (door,) = [one for one in get_resolver().url_patterns if str(one.pattern) == "account/"]
    for name, path in walk(door, "/account/"):
        made = re.sub(r"\(\?P<uidb36>.*?\)-\(\?P<key>.*?\)", "1-nothing", path)
        made = re.sub(r"\(\?P<key>.*?\)", "nothing", made)
        yield name, re.sub(r"<(int|slug):\w+>", "999999", made)


def methods_of(person: str) -> list[str]:
    return [method for method in METHODS if method not in READ or person in READ_BY]


def test_every_address_is_in_a_table():
    assert {one.name for one in reader_urls} == set(READERS)
    # Who writes and who sees what is not public is in tests/api/test_every_power.py.
    assert {one.name for one in api_urls if one.name} == set(PARTNERS) | set(CLOSED)
    assert {name for name, _ in account_patterns()} == set(ACCOUNT) | set(DOORS)


def test_readers_pages_say_the_same_to_everybody(visitor):
    person, client = visitor
    deal, organization = make_deal().deal, make_organization("Somebody")
    things = {
        "deal": [deal.public_id],
        "report-deal": [deal.public_id],
        "organization": [organization.public_id],
        "report-organization": [organization.public_id],
    }
    wrong = []
    for (name, (allowed, by_get, by_post)), method in product(READERS.items(), methods_of(person)):
        (pattern,) = [one for one in reader_urls if one.name == name]
        path = reverse(name, args=things.get(name) or made_up(str(pattern.pattern)))
        response = client.generic(method, path)
        code = response.status_code
        assert faults(response) == [], (name, method)
        expected = (by_post if method == "POST" else by_get) if method in allowed else 405
        if code != expected:
            wrong.append((name, method, code, expected))
    assert wrong == []


def test_the_api_is_read_by_everybody_and_written_by_nobody_without_a_key(visitor):
    person, client = visitor
    deal = make_deal().deal
    wrong = []
    for (name, by_get), method in product(PARTNERS.items(), methods_of(person)):
        (pattern,) = [one for one in api_urls if one.name == name]
        things = [deal.public_id] if name in ("api-deal", "api-versions") else None
        path = reverse(name, args=things or made_up(str(pattern.pattern)))
        response = client.generic(method, path)
        code = response.status_code
        assert faults(response) == [], (name, method)
        # A file holds one of the places for files until it has been read.
        b"".join(response)
        read = method in READ
        expected = by_get if read else 405
        if not read and name in PROPOSED and takes(name, method):
            expected = 401 if person == "anonymous" else 403
        if code != expected:
            wrong.append((name, method, code, expected))
    assert wrong == []


def test_an_account_is_its_owners_and_the_doors_are_open(visitor):
    person, client = visitor
    signed_in = person != "anonymous"
    wrong = []
    for name, path in account_patterns():
        if name in DOORS:
            by_get, by_post = DOORS[name][2:] if signed_in else DOORS[name][:2]
        elif signed_in:
            by_get, by_post = ACCOUNT[name]
        else:
            by_get = by_post = 302
        for method in methods_of(person):
            if name == "account_logout" and method == "POST":
                continue
            response = client.generic(method, path)
            code = response.status_code
            # allauth takes PUT for POST, and some of its pages DELETE for GET, none for more.
            expected = {by_get} if method in READ else {by_post, by_get, 405}
            if method == "POST":
                expected = {by_post}
            if name == "account-session-end" and not signed_in:
                expected = {302} if method == "POST" else {405}
            if name == "account" and not signed_in and method not in READ:
                expected = {405}
            if code not in expected:
                wrong.append((name, method, code, expected))
            assert faults(response) == [], (name, method)
    assert wrong == []


def test_the_admin_is_for_administrators_and_has_no_sign_in_of_its_own(visitor):
    person, client = visitor
    response = client.get("/admin/", follow=True)
    if person == "administrator":
        assert response.redirect_chain == []
        assert response.status_code == 200
        assert client.get("/admin/login/")["Location"] == "/admin/"
    elif person == "anonymous":
        assert response.request["PATH_INFO"] == "/account/login/"
        assert response.request["QUERY_STRING"] == "next=%2Fadmin%2F"
    else:
        assert response.status_code == 403
        assert "keep the reference data" in response.content.decode()
    password = {"username": "vera", "password": "a long password", "next": "/admin/"}
    assert client.post("/admin/login/", password).status_code in (302, 403)
