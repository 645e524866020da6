"""A session that somebody else has chosen, stolen or kept.

Ending sessions elsewhere, changed passwords and closed accounts: tests/accounts/test_sign_in.py and
tests/accounts/test_people.py.
"""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from investtrack.https import https_settings
from tests.desk.runs import make_person

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture
def ada():
    user = make_person("ada")
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client: Client, **more) -> None:
    answer = client.post("/account/login/", {"login": "ada", "password": PASSWORD}, **more)
    assert answer.status_code == 302


def test_signing_in_begins_another_session_than_the_one_that_was_brought(client, ada):
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["sessionid"] = planted = session.session_key
    sign_in(client)
    assert client.cookies["sessionid"].value != planted
    assert not Session.objects.filter(session_key=planted).exists()


def test_a_name_for_a_session_that_the_server_did_not_give_is_none(ada):
    client = Client()
    client.cookies["sessionid"] = "a" * 32
    assert client.get("/desk/").status_code == 302
    sign_in(client)
    assert client.cookies["sessionid"].value != "a" * 32


def test_signing_out_ends_it_on_the_server(client, ada):
    sign_in(client)
    kept = client.cookies["sessionid"].value
    client.post("/account/logout/")
    thief = Client()
    thief.cookies["sessionid"] = kept
    assert thief.get("/desk/").status_code == 302
    assert not Session.objects.filter(session_key=kept).exists()


def test_by_https_its_cookie_is_this_hosts_alone_and_out_of_reach_of_scripts(ada, settings):
    for name, value in https_settings(["testserver"]).items():
        setattr(settings, name, value)
    client = Client()
    client.get("/account/login/", secure=True)
    sign_in(client, secure=True)
    session, token = client.cookies["__Host-session"], client.cookies["__Host-csrf"]
    for cookie in (session, token):
        # What the name promises, without which browsers refuse the cookie.
        assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")
        assert cookie["samesite"] == "Lax"
    assert session["httponly"]
    assert 0 < session["max-age"] <= 14 * 24 * 3600
    assert len(session.value) >= 32


def test_sessions_are_text_that_runs_nothing_when_it_is_read(settings, client, ada):
    sign_in(client)
    assert settings.SESSION_SERIALIZER.endswith("JSONSerializer")
    assert settings.SESSION_ENGINE.endswith("backends.db")


def test_no_address_of_a_page_has_a_session_in_it(client, ada):
    sign_in(client)
    kept = client.cookies["sessionid"].value
    for path in ("/", "/desk/", "/account/"):
        assert kept not in client.get(path).content.decode()
