"""A session that is not used ends for who has powers, whatever a page that stays open asks for."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from deals.tasks import tidy
from tests.desk.runs import make_person
from tests.factories import make_deal

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture
def later(monkeypatch):
    """Call it with minutes: it is so much later from then on."""
    begun = timezone.now()

    def go(minutes: int) -> None:
        now = begun + timedelta(minutes=minutes)
        monkeypatch.setattr("deals.accounts.seen.timezone.now", lambda: now)

    return go


def signed_in(role: str) -> Client:
    user = make_person("ada", role)
    user.set_password(PASSWORD)
    user.save()
    client = Client()
    answer = client.post("/account/login/", {"login": "ada", "password": PASSWORD})
    assert answer.status_code == 302
    return client


def test_two_hours_without_a_page_end_it_with_a_word(later):
    client = signed_in("contributor")
    for minutes in (100, 200, 300):
        later(minutes)
        assert client.get("/desk/").status_code == 200
    later(421)
    answer = client.get("/desk/", follow=True)
    assert answer.redirect_chain[0][0] == "/account/login/?next=/desk/"
    assert "done nothing here for 120 minutes" in answer.content.decode()
    assert not UserSession.objects.filter(session_key=client.session.session_key).exists()


@pytest.mark.parametrize("path", ["/admin/", "/account/password/change/"])
def test_work_on_any_page_of_people_keeps_it(later, path):
    client = signed_in("administrator")
    for minutes in (100, 200, 300):
        later(minutes)
        assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/desk/", "/account/password/change/", "/admin/"])
def test_it_has_ended_for_every_page_of_people(later, path):
    client = signed_in("administrator")
    later(121)
    answer = client.get(path)
    assert answer.status_code == 302
    assert "/login/?next=" in answer["Location"]


def test_a_cache_that_forgot_is_no_way_round_and_ends_nobody_early(later):
    client = signed_in("editor")
    later(60)
    client.get("/desk/")
    cache.clear()
    later(110)
    assert client.get("/desk/").status_code == 200
    later(140)
    assert client.get("/desk/").status_code == 200
    cache.clear()
    later(261)
    assert client.get("/desk/").status_code == 302


def test_what_an_open_page_asks_for_by_itself_keeps_it_from_nothing(later):
    client = signed_in("editor")
    deal = make_deal().deal
    for minutes in (50, 100):
        later(minutes)
        assert client.post(f"/desk/deals/{deal.public_id}/here/").status_code == 200
        client.get("/desk/imports/1/progress/", headers={"HX-Request": "true"})
    later(121)
    assert client.get("/desk/").status_code == 302


def test_a_reader_stays(later):
    client = signed_in("reader")
    later(10_000)
    assert client.get("/desk/").status_code == 200


def test_an_installation_may_have_no_such_limit(later, settings):
    settings.IDLE_MINUTES = 0
    client = signed_in("administrator")
    later(10_000)
    assert client.get("/desk/").status_code in (200, 302)
    assert client.session.get("_auth_user_id")


def test_sessions_that_have_ended_are_deleted_and_others_stay():
    ended, living = signed_in("editor"), Client()
    living.force_login(make_person("rita", "reviewer"))
    key = ended.session.session_key
    Session.objects.filter(pk=key).update(expire_date=timezone.now() - timedelta(days=1))
    assert tidy()["sessions"] == 1
    assert list(Session.objects.values_list("pk", flat=True)) == [living.session.session_key]
    assert not UserSession.objects.filter(session_key=key).exists()
