"""A page of another site that sends a form in a reader's or an editor's name.

The desk's addresses are in tests/desk/test_every_route.py; the API takes no browser's session
(tests/api/test_every_power.py).
"""

import pytest
from django.test import Client
from django.urls import reverse

from deals.models import FrozenView, Report
from deals.web.urls import urlpatterns as reader_urls
from tests.desk.rendered import shown
from tests.desk.routes_elsewhere import DOORS, READERS, made_up
from tests.desk.runs import make_person
from tests.desk.test_every_other_route import account_patterns

pytestmark = pytest.mark.django_db
ADMIN = ("/admin/deals/policyevent/add/", "/admin/deals/publishedfigure/add/")


def strict(role: str = "") -> Client:
    """A browser as the server meets it, signed in when a role is given."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    if role:
        client.force_login(make_person("ada", role))
    return client


def test_nothing_of_a_reader_is_kept_without_the_forms_token():
    for name, (methods, *_codes) in READERS.items():
        if "POST" in methods:
            (pattern,) = [one for one in reader_urls if one.name == name]
            path = reverse(name, args=made_up(str(pattern.pattern)))
            assert strict().post(path, {"text": "Wrong."}).status_code == 403, name
    assert not FrozenView.objects.exists()
    assert not Report.objects.exists()


def test_nothing_about_an_account_or_reference_data_changes_without_it():
    client = strict("administrator")
    for name, path in account_patterns():
        assert client.post(path).status_code == 403, name
    for path in ADMIN:
        assert client.post(path, {"title": "x"}).status_code == 403, path


def test_signing_in_needs_it_too_so_that_nobody_is_signed_in_as_somebody_else():
    for name, path in account_patterns():
        if name in DOORS:
            assert strict().post(path).status_code == 403, name


def test_a_token_of_another_browser_is_none():
    theirs, mine = strict(), strict("administrator")
    token = theirs.get("/account/login/").context["csrf_token"]
    form = {"csrfmiddlewaretoken": str(token), "email": "evil@example.org", "action_add": ""}
    assert mine.post("/account/email/", form).status_code == 403


def test_by_https_a_form_of_another_origin_is_refused_although_its_token_is_right(settings):
    client = strict()
    token = str(client.get("/account/login/", secure=True).context["csrf_token"])
    form = {"csrfmiddlewaretoken": token, "login": "ada", "password": "x"}
    for headers in ({"Origin": "https://evil.example"}, {"Referer": "https://evil.example/"}, {}):
        answer = client.post("/account/login/", form, secure=True, headers=headers)
        assert answer.status_code == 403, headers
    own = {"Origin": "https://testserver"}
    assert client.post("/account/login/", form, secure=True, headers=own).status_code == 400


def test_every_form_about_an_account_carries_it_and_runs_nothing_of_its_own():
    """Pages of the desk and for readers are parsed by tests/web/test_valid_html.py."""
    seen = 0
    for client in (strict(), strict("administrator")):
        for name, path in account_patterns():
            response = client.get(path)
            if response.status_code != 200 or "html" not in response["Content-Type"]:
                continue
            _text, elements = shown(response.content.decode())
            posts = [at for tag, at in elements if tag == "form" and at.get("method") == "post"]
            names = [at.get("name") for _tag, at in elements]
            assert names.count("csrfmiddlewaretoken") >= len(posts), name
            assert [at for _tag, at in elements if any(key.startswith("on") for key in at)] == []
            assert all("src" in at for tag, at in elements if tag == "script" and "type" not in at)
            assert not any(tag in ("style", "base", "object", "iframe") for tag, _at in elements)
            seen += len(posts)
    assert seen > 20
