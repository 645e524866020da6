"""Texts that would end a statement, and others that break a database, in every parameter.

Pages for readers and the API: tests/web/test_query_strings.py, tests/api/test_hostile.py. Forms of
the desk: tests/desk/test_abuse.py. Here: what stands after the question mark at the desk, about an
account and in the admin.
"""

import inspect
import re
import sys
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import resolve

from tests.desk.routes import DESK
from tests.desk.runs import make_person
from tests.desk.things import make_things

pytestmark = pytest.mark.django_db
VALUES = ("1\0'; DROP TABLE deals_deal; -- %s{0}\ud800\u202e" + "x" * 3_000, "9" * 30)
NAMED = re.compile(r"""GET(?:\.get(?:list)?\(|\[)\s*["'](\w+)|["'](\w+)["'] in request\.GET""")
OFTEN = {"q", "before", "after", "show", "state", "feed", "kind", "country", "population", "form"}
ADMIN = ("/admin/deals/policyevent/", "/admin/deals/change/", "/admin/auth/user/")
ASKED_OF_ADMIN = {"q", "o", "p", "all", "e"}


def parameters(path: str) -> set[str]:
    """What the module behind an address reads after the question mark, and what others do."""
    module = sys.modules[inspect.unwrap(resolve(path).func).__module__]
    if "request.GET" not in inspect.getsource(module):
        return set()
    return OFTEN | {one or other for one, other in NAMED.findall(inspect.getsource(module))}


def broken(client: Client, path: str, names: set[str]) -> list[tuple[str, str, int]]:
    found = []
    for value in VALUES:
        query = urlencode(dict.fromkeys(sorted(names), value), errors="surrogatepass")
        code = client.get(f"{path}?{query}").status_code
        if code >= 500:
            found.append((path, value, code))
    return found


def test_no_parameter_of_the_desk_breaks_a_page(monkeypatch):
    client = Client(raise_request_exception=False)
    client.force_login(make_person("root", "administrator"))
    things = make_things(monkeypatch)
    asked = {
        path: names
        for name, path in things.items()
        if name in DESK and "GET" in DESK[name][1] and (names := parameters(path))
    }
    assert len(asked) > 15
    assert [one for path, names in asked.items() for one in broken(client, path, names)] == []


@pytest.mark.parametrize("path", ADMIN)
def test_no_parameter_of_the_admin_breaks_a_list(path):
    client = Client(raise_request_exception=False)
    client.force_login(make_person("root", "administrator"))
    wrong = [
        (name, value)
        for name in ASKED_OF_ADMIN
        for value in ("\0", "';--", "9" * 30)
        if client.get(path, {name: value}).status_code >= 500
    ]
    assert wrong == []
