"""What somebody sends after their session's end: kept for them, and for nobody else."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path
from django.views.decorators.http import require_http_methods

from deals.desk import access
from investtrack.urls import urlpatterns as all_urls
from tests.desk.runs import make_person

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
FORM, PLAIN = "/form/", "/plain/"
TYPED = {"title": "智行者", "row": ["one", "two"]}


@require_http_methods(["GET", "POST"])
@access.needs("deals.propose_deal", parks=True)
def form(request):
    kept = access.parked(request)
    return HttpResponse(kept.urlencode() if kept else "nothing", content_type="text/plain")


@require_http_methods(["GET", "POST"])
@access.needs("deals.propose_deal")
def plain(request):
    return HttpResponse("in")


urlpatterns = [path("form/", form), path("plain/", plain), path("", include(all_urls))]


@pytest.fixture
def ada():
    return make_person("ada", "editor")


def lose_session(client: Client) -> None:
    Session.objects.all().delete()


@pytest.fixture
def client(ada) -> Client:
    """Ada's browser, in which she has worked and her session has ended."""
    client = Client()
    client.force_login(ada)
    assert client.get(FORM).content == b"nothing"
    lose_session(client)
    return client


def test_a_form_sent_too_late_is_there_after_signing_in_once(client, ada):
    answer = client.post(FORM, TYPED | {"csrfmiddlewaretoken": "x"})
    assert answer["Location"] == "/account/login/?next=/form/"
    assert "what you had typed is kept" in client.get(answer["Location"]).content.decode()
    client.force_login(ada)
    assert client.get(FORM).content.decode() == "title=%E6%99%BA%E8%A1%8C%E8%80%85&row=one&row=two"
    assert client.get(FORM).content == b"nothing"


def test_it_survives_a_real_sign_in_which_makes_a_new_session(client, ada):
    ada.set_password("a long password")
    ada.save()
    client.post(FORM, TYPED)
    sent = {"login": "ada", "password": "a long password", "next": FORM}
    assert client.post("/account/login/", sent)["Location"] == FORM
    assert b"row=two" in client.get(FORM).content


def test_another_person_at_the_same_browser_does_not_get_it(client):
    client.post(FORM, TYPED)
    client.force_login(make_person("eve", "editor"))
    assert client.get(FORM).content == b"nothing"


def test_strangers_can_keep_nothing_here(ada):
    stranger = Client()
    stranger.post(FORM, TYPED)
    assert Session.objects.count() == 0
    stranger.cookies["desk_person"] = "forged:signature"
    stranger.post(FORM, TYPED)
    assert Session.objects.count() == 0


def test_what_comes_from_another_site_is_not_kept(client, ada):
    client.post(FORM, TYPED, headers={"Origin": "https://evil.example"})
    client.force_login(ada)
    assert client.get(FORM).content == b"nothing"


def test_a_form_that_is_too_large_is_not_kept(client, ada):
    client.post(FORM, {"title": "x" * 300_001})
    client.force_login(ada)
    assert client.get(FORM).content == b"nothing"


def test_only_the_last_five_forms_are_kept(client):
    client.post(FORM, TYPED)
    for number in range(7):
        client.post(f"{FORM}?n={number}", TYPED)
    assert list(client.session["parked_forms"]) == [FORM]


def test_pages_that_do_not_say_so_keep_nothing(client, ada):
    assert client.post(PLAIN, TYPED)["Location"] == "/account/login/?next=/desk/"
    assert "parked_forms" not in client.session


def test_a_script_hears_that_the_session_has_ended_and_leads_nobody_away(client):
    for headers in (
        {"Accept": "application/json"},
        {"HX-Request": "true", "HX-Current-URL": "http://testserver/form/"},
    ):
        answer = client.post(FORM, TYPED, headers=headers)
        assert answer.status_code == 401
        assert "HX-Redirect" not in answer
        assert answer.json()["signed_out"] is True
        assert answer.json()["said"].startswith("You were signed out.")
        assert answer["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    looked_up = client.get(
        PLAIN, headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/form/?x=1"}
    )
    assert looked_up.status_code == 401
    assert looked_up.json()["sign_in"] == "/account/login/?next=/form/"
    elsewhere = client.get(
        PLAIN, headers={"HX-Request": "true", "HX-Current-URL": "https://evil.example/form/"}
    )
    assert elsewhere["HX-Redirect"] == "/account/login/?next=/desk/"


def test_a_page_that_was_open_while_one_signed_in_again_says_so_and_keeps_what_was_typed(ada):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    client.get(FORM)
    answer = client.post(FORM, TYPED, headers={"Origin": "http://testserver"})
    assert answer.status_code == 403
    said = re.sub(r"\s+", " ", answer.content.decode())
    assert "This page was open while you signed in again" in said
    assert 'href="/form/">Go on with it' in said
    assert b"row=two" in client.get(FORM).content


def test_a_forged_form_is_refused_and_not_kept(ada):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    client.get(FORM)
    answer = client.post(FORM, TYPED, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert "Go on with it" not in answer.content.decode()
    assert client.get(FORM).content == b"nothing"
    plain = client.post(PLAIN, TYPED)
    assert "Go back: what you typed is still there" in plain.content.decode()
