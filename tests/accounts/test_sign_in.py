"""Passwords, links, sessions and second factors, as far as no browser is needed."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import identify_hasher, make_password
from django.test import Client
from django.utils import timezone

from investtrack import account_settings
from tests.desk.runs import make_person

pytestmark = pytest.mark.django_db
PASSWORD, OTHER = "a long password", "another long password"


@pytest.fixture
def ada():
    person = make_person("ada", "reviewer")
    person.email = "ada@example.org"
    person.set_password(PASSWORD)
    person.save()
    return person


@pytest.fixture
def sign_in(ada):
    """`sign_in("Firefox")`: a client in which Ada has signed in."""

    def start(browser: str = "") -> Client:
        client = Client(headers={"User-Agent": browser})
        sent = {"login": "ada", "password": PASSWORD}
        assert client.post("/account/login/", sent).status_code == 302
        return client

    return start


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_passwords_are_kept_by_argon2(settings):
    settings.PASSWORD_HASHERS = account_settings.PASSWORD_HASHERS
    assert identify_hasher(make_password("x")).algorithm == "argon2"


@pytest.mark.parametrize("password", ["short", "password1234", "12345678901234", "ada@example"])
def test_a_new_password_is_long_and_hard_to_guess(sign_in, password):
    client = sign_in()
    sent = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    answer = client.post("/account/password/change/", sent)
    assert answer.status_code == 400
    assert "<title>Error: Change your password" in answer.content.decode()
    assert client.get("/desk/").status_code == 200


def test_changing_the_password_ends_every_other_session(sign_in):
    here, elsewhere = sign_in(), sign_in()
    sent = {"oldpassword": PASSWORD, "password1": OTHER, "password2": OTHER}
    assert here.post("/account/password/change/", sent).status_code == 302
    assert here.get("/desk/").status_code == 200
    assert elsewhere.get("/desk/").status_code == 302


def test_sessions_are_listed_and_ended_one_by_one_or_all(sign_in):
    here, phone, office = sign_in("Here"), sign_in("Phone \u202e<b>"), sign_in("Office")
    page = text(here.get("/account/sessions/"))
    assert "Here this one" in page
    assert "Phone ⟨U+202E⟩&lt;b&gt;" in page
    session = UserSession.objects.get(session_key=phone.session.session_key)
    assert here.post(f"/account/sessions/{session.pk}/end/").status_code == 302
    assert phone.get("/desk/").status_code == 302
    assert office.get("/desk/").status_code == 200
    here.post("/account/sessions/")
    assert office.get("/desk/").status_code == 302
    assert here.get("/desk/").status_code == 200


def test_nobody_ends_the_session_of_another_or_their_own_by_mistake(sign_in):
    own = sign_in()
    mallory = Client()
    mallory.force_login(make_person("mallory", "administrator"))
    session = UserSession.objects.get(session_key=own.session.session_key)
    assert mallory.post(f"/account/sessions/{session.pk}/end/").status_code == 404
    own.post(f"/account/sessions/{session.pk}/end/")
    assert own.get("/desk/").status_code == 200


def test_the_last_use_of_a_session_is_noted_every_five_minutes(sign_in, monkeypatch):

    client, now = sign_in(), timezone.now()
    client.get("/desk/")
    for minutes, noted in ((4, False), (6, True)):
        monkeypatch.setattr(
            "deals.accounts.seen.timezone.now", lambda m=minutes: now + timedelta(minutes=m)
        )
        client.get("/desk/")
        assert (UserSession.objects.get().last_seen_at > now + timedelta(minutes=5)) is noted


def test_a_forgotten_password_is_set_by_mail_and_strangers_learn_nothing(ada, mailoutbox):
    client = Client()
    known = client.post("/account/password/reset/", {"email": "ADA@example.org"}, follow=True)
    unknown = client.post("/account/password/reset/", {"email": "eve@example.org"}, follow=True)
    assert text(known) == text(unknown)
    (mail,) = mailoutbox
    assert mail.subject == "InvestTrack: Set your password"
    link = re.search(r"https?://testserver(\S+)", mail.body).group(1)
    form = client.get(link, follow=True)
    sent = {"password1": OTHER, "password2": OTHER}
    done = client.post(form.request["PATH_INFO"], sent, follow=True)
    assert "The password is set" in text(done)
    ada.refresh_from_db()
    assert ada.check_password(OTHER)
    assert "This link is no longer good" in text(Client().get(link, follow=True))


def test_accounts_are_given_unless_the_installation_lets_readers_make_them(settings):
    sent = {
        "username": "eve", "email": "eve@example.org", "password1": OTHER, "password2": OTHER,
    }  # fmt: skip
    client = Client()
    assert "Accounts are given" in text(client.post("/account/signup/", sent))
    assert "Make one" not in text(client.get("/account/login/"))
    settings.SIGN_UP = True
    assert "Make one" in text(client.get("/account/login/"))
    assert client.post("/account/signup/", sent).status_code == 302
    page = text(client.get("/account/"))
    assert "reader: keep an account" in page


@pytest.fixture
def with_factors(settings):
    settings.REQUIRE_MFA = True


@pytest.mark.parametrize("role", ["reviewer", "manager", "administrator"])
def test_whoever_can_change_what_readers_see_sets_up_a_second_factor_first(role, with_factors):
    client, person = Client(), make_person("vera", role)
    client.force_login(person)
    assert client.get("/desk/imports/")["Location"] == "/account/2fa/"
    assert client.post("/desk/imports/1/decide/", {"decision": "publish"}).status_code == 302
    led = client.get("/admin/", follow=True)
    assert led.redirect_chain[-1][0] == "/account/2fa/"
    assert "Set up a second factor before you go on" in text(led)
    TOTP.activate(person, "JBSWY3DPEHPK3PXP")
    assert client.get("/desk/imports/").status_code == 200


@pytest.mark.parametrize("role", ["contributor", "editor"])
def test_whoever_only_proposes_needs_none(role, with_factors):
    client = Client()
    client.force_login(make_person("vera", role))
    assert client.get("/desk/").status_code == 200


def test_recovery_codes_alone_are_no_second_factor(with_factors):
    client, person = Client(), make_person("vera", "reviewer")
    Authenticator.objects.create(user=person, type=Authenticator.Type.RECOVERY_CODES, data={})
    client.force_login(person)
    assert client.get("/desk/")["Location"] == "/account/2fa/"


def test_what_changes_how_one_signs_in_asks_again_who_one_is(ada):
    client = Client()
    client.force_login(ada)
    for path in ("totp/activate/", "webauthn/add/", "recovery-codes/generate/"):
        answer = client.get(f"/account/2fa/{path}")
        assert answer["Location"].startswith("/account/reauthenticate/?next="), path


def test_ones_account_is_one_page(sign_in, django_assert_max_num_queries):
    client = sign_in()
    with django_assert_max_num_queries(12):
        page = text(client.get("/account/"))
    assert "reviewer: publish and turn down" in page
    assert "ada@example.org" in page
    assert "in 1 place" in page
