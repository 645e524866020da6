"""Every address of the API, by every method, for every power of a key and for who has none.

What an address does is other tests' matter: here a door stands in the place of its handler, and
the test is who gets through. A new address that is not simply public has to be entered below.
"""

from collections.abc import Iterable
from itertools import product
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deals.api.access import PublicRead
from deals.api.urls import urlpatterns
from deals.models import ApiKey
from tests.api.partners import make_key
from tests.desk.routes_elsewhere import made_up
from tests.desk.runs import make_person

pytestmark = pytest.mark.django_db
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
READ = ("GET", "HEAD")
# Reading these takes somebody who is known; writing takes what is named.
CLOSED = {
    "api-imports": "import",
    "api-import": "import",
    "api-import-errors": "import",
    "api-import-errors-csv": "import",
    "api-import-cancel": "import",
    "api-submissions": "write",
    "api-submission": "write",
}
# Anybody reads these; writing takes what is named.
PROPOSED = {"api-deals": "write", "api-deal": "write"}
GUARDED = CLOSED | PROPOSED
# Who asks: the power that the key has, and those that it holds at this moment.
WHO: dict[str, tuple[str, set[str]]] = {
    "read": ("read", set()),
    "import": ("import", {"import"}),
    "write": ("write", {"import", "write"}),
    "own write of an editor": ("write", {"import", "write"}),
    "own write of a contributor": ("write", {"write"}),
    "own write of a reader": ("write", set()),
    "own import of a reader": ("import", set()),
    "own import of an editor": ("import", {"import"}),
}
ROUTES = {one.name: one for one in urlpatterns if one.name and hasattr(one.callback, "cls")}


@pytest.fixture(autouse=True)
def doors(monkeypatch):
    def door(view: Any, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponse(status=204)

    for entry in ROUTES.values():
        for method in entry.callback.cls.http_method_names:
            if method != "options":
                monkeypatch.setattr(entry.callback.cls, method, door)


def key_of(who: str) -> str:
    """A key as granted, or one of somebody's own: "own write of a reader"."""
    words = who.split()
    if words[0] != "own":
        return make_key(who, WHO[who][0])
    user = make_person("vera", words[-1])
    key = make_key("vera", words[1])
    ApiKey.objects.update(granted_by=user)
    return key


def no_key(who: str, name: str = "one") -> dict[str, str]:
    """The header of a key that is good for nothing."""
    key = make_key(name, "write")
    mine = ApiKey.objects.filter(user__username=name)
    if who == "wrong":
        key += "x"
    elif who == "revoked":
        mine.update(revoked_at=timezone.now())
    elif who == "expired":
        mine.update(expires_at=timezone.now())
    else:
        get_user_model().objects.filter(username=name).update(is_active=False)
    return {"Authorization": f"Bearer {key}"}


def codes(
    headers: dict[str, str], client: Client | None = None, names: Iterable[str] = GUARDED,
    methods: Iterable[str] = METHODS,
) -> dict[tuple[str, str], int]:  # fmt: skip
    client = client or Client()
    return {
        (name, method): client.generic(method, address(name), headers=headers).status_code
        for name, method in product(names, methods)
    }


def address(name: str) -> str:
    return reverse(name, args=made_up(str(ROUTES[name].pattern)))


def takes(name: str, method: str) -> bool:
    return method.lower() in ROUTES[name].callback.cls.http_method_names


def guarded(name: str, method: str) -> bool:
    """Whether a key has to open it: a method that an address for all does not have, none can."""
    return name in CLOSED or (method not in READ and takes(name, method) and name in PROPOSED)


def test_every_address_that_is_not_simply_public_is_in_the_table():
    other = {
        name for name, one in ROUTES.items() if one.callback.cls.permission_classes != [PublicRead]
    }
    assert other == GUARDED.keys()


@pytest.mark.parametrize("who", WHO)
def test_a_key_opens_what_it_says_and_no_more(who):
    holds = WHO[who][1]
    wrong = []
    for (name, method), code in codes({"Authorization": f"Bearer {key_of(who)}"}).items():
        expected = 204 if takes(name, method) else 405
        if method not in READ and guarded(name, method) and GUARDED[name] not in holds:
            expected = 403
        if code != expected:
            wrong.append((name, method, code, expected))
    assert wrong == []


def test_any_key_reads_what_is_public():
    headers = {"Authorization": f"Bearer {make_key(power='read')}"}
    assert set(codes(headers, names=ROUTES.keys() - GUARDED.keys(), methods=READ).values()) == {204}


def test_without_a_key_what_is_public_is_read_and_nothing_else():
    for (name, method), code in codes({}, names=ROUTES, methods=("GET", "POST")).items():
        if guarded(name, method):
            assert code == 401, (name, method)
        else:
            assert code == (204 if takes(name, method) else 405), (name, method)


@pytest.mark.parametrize("who", ["wrong", "revoked", "expired", "closed account"])
def test_a_key_that_is_none_opens_nothing(who):
    found = codes(no_key(who), names=ROUTES, methods=["GET"]) | codes(no_key(who, "other"))
    assert set(found.values()) == {401}


def test_a_browser_reads_and_writes_nothing():
    client = Client()
    client.force_login(make_person("vera", "administrator"))
    for (name, method), code in codes({}, client).items():
        there = 204 if takes(name, method) else 405
        shut = method not in READ and guarded(name, method)
        assert code == (403 if shut else there), (name, method)


@pytest.mark.parametrize("how", ["browser", "own key", "given key"])
def test_what_is_not_public_waits_for_the_second_factor_of_who_has_to_have_one(how, settings):
    settings.REQUIRE_MFA = True
    person, client, headers = make_person("vera", "reviewer"), Client(), {}
    if how == "browser":
        client.force_login(person)
    else:
        headers = {"Authorization": f"Bearer {make_key('vera', 'write')}"}
        ApiKey.objects.update(granted_by=person if how == "own key" else None)
    found = codes(headers, client, methods=["GET"])
    for name in CLOSED:
        assert found[name, "GET"] in ({204, 405} if how == "given key" else {403}), name
    assert found["api-deals", "GET"] == 204


def test_a_closed_register_opens_to_any_key_and_to_nobody_else(settings):
    settings.PUBLIC_READ = False
    assert set(codes({}, names=ROUTES, methods=["GET"]).values()) == {401}
    headers = {"Authorization": f"Bearer {make_key(power='read')}"}
    assert codes(headers, names=["api-deals"], methods=["GET"])["api-deals", "GET"] == 204
