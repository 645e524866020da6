"""A link to the register that leads somebody to another server.

Forms of the desk: tests/desk/test_others.py.
"""

from urllib.parse import quote, urlsplit

import pytest
from django.test import Client

from tests.desk.runs import make_person
from tests.desk.test_every_other_route import account_patterns

pytestmark = pytest.mark.django_db
AWAY = (
    "https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example",
    "https:evil.example", "http:///evil.example", "/%09/evil.example", "\t//evil.example",
    "javascript:alert(1)", "data:text/html,x", "https://testserver@evil.example/",
    "https://testserver.evil.example/", "//evil.example\\@testserver", "/\n/evil.example",
)  # fmt: skip
PASSWORD = "correct horse battery"


def leads_off(answer) -> str:
    """The address outside the register that a browser would go to."""
    target = answer.get("Location", "")
    # Browsers read a backslash as a slash, and leave white space out.
    seen = target.replace("\\", "/").replace("\t", "").replace("\n", "").strip()
    parts = urlsplit(seen)
    inside = parts.scheme in ("", "http", "https") and parts.netloc in ("", "testserver")
    return "" if inside and not seen.startswith("///") else target


@pytest.mark.parametrize("away", AWAY)
def test_signing_in_leads_to_no_other_server(away):
    user = make_person("ada")
    user.set_password(PASSWORD)
    user.save()
    form = {"login": "ada", "password": PASSWORD, "next": away}
    for path in ("/account/login/", f"/account/login/?next={quote(away)}"):
        answer = Client().post(path, form)
        assert (answer.status_code, leads_off(answer)) == (302, "")


@pytest.mark.parametrize("signed_in", [False, True])
def test_no_page_of_an_account_and_no_door_leads_off(signed_in, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.MFA_RATE_LIMITS = False
    client = Client(raise_request_exception=False)
    if signed_in:
        client.force_login(make_person("ada", "administrator"))
    paths = [path for _name, path in account_patterns() if "logout" not in path]
    for path in [*paths, "/admin/", "/admin/login/", "/desk/", "/desk/sign-in/"]:
        away = f"{path}?next={quote(AWAY[0])}"
        assert leads_off(client.get(away)) == "", away
        assert leads_off(client.post(away, {"next": AWAY[0]})) == "", away


@pytest.mark.parametrize("away", AWAY[:4])
def test_signing_out_leads_to_no_other_server(client, away):
    client.force_login(make_person("ada"))
    for path in ("/account/logout/", "/desk/sign-out/"):
        assert leads_off(client.post(path, {"next": away})) == ""


@pytest.mark.parametrize("path", ["//evil.example", "//evil.example/..", "/\\evil.example/x"])
def test_a_slash_that_is_added_leads_to_no_other_server(client, path):
    answer = client.generic("GET", path)
    assert leads_off(answer) == ""
