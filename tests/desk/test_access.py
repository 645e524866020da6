"""Signing in at the desk, its roles, and the queue that one meets there."""

import re
from io import StringIO

import pytest
from django.contrib.auth.models import Group, User
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import CommandError, call_command
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from deals.desk.access import needs
from deals.models import Feed, FeedSchedule, ImportRun
from deals.rules.roles import ROLES

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    """`account("editor")` is a user of that role, called like it."""

    def make(role, name=""):
        call_command("desk_user", name or role, role=role, stdout=StringIO())
        return User.objects.get(username=name or role)

    return make


def make_run(state, by=None, **facts):
    feed, _ = Feed.objects.get_or_create(code="supplier", defaults={"name": "A supplier"})
    return ImportRun.objects.create(
        feed=feed, state=state, file_name=f"{state}.csv", file_sha256="0" * 64,
        created_by=by, created_at=timezone.now(), **facts,
    )  # fmt: skip


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_a_stranger_is_led_to_sign_in_and_back(client):
    response = client.get("/desk/")
    assert response.status_code == 302
    assert response["Location"] == "/account/login/?next=/desk/"
    assert client.get("/account/login/").status_code == 200
    old = client.get("/desk/sign-in/?next=/desk/feeds/")
    assert old["Location"] == "/account/login/?next=/desk/feeds/"


def test_signing_in_leads_to_the_page_that_was_asked_for_but_never_to_another_server(client):
    User.objects.create_user("ada", password="right horse")
    wrong = client.post("/account/login/", {"login": "ada", "password": "wrong"})
    assert wrong.status_code == 400
    assert "Name and password do not belong together" in text(wrong)
    assert "<title>Error: Sign in" in wrong.content.decode()
    given = {"login": "ada", "password": "right horse"}
    evil = client.post("/account/login/", given | {"next": "https://evil.example/"})
    assert evil["Location"] == "/desk/"
    client.post("/desk/sign-out/")
    back = client.post("/account/login/", given | {"next": "/figures/"})
    assert back["Location"] == "/figures/"


def test_signing_out_takes_a_post(client, account):
    client.force_login(account("editor"))
    assert client.get("/desk/sign-out/").status_code == 405
    assert client.get("/desk/").status_code == 200
    assert client.post("/desk/sign-out/").status_code == 302
    assert client.get("/desk/").status_code == 302


def test_readers_see_a_way_in_and_people_of_the_desk_their_desk(client, account):
    assert 'href="/desk/sign-in/">Sign in' in client.get("/methods/").content.decode()
    client.force_login(account("editor"))
    page = client.get("/methods/").content.decode()
    assert '<li><a href="/desk/">Desk</a></li>' in page
    assert "Sign in" not in page


def test_each_role_has_what_the_one_before_it_has(account):
    given = {role: account(role) for role in ("editor", "reviewer", "manager")}
    has = {
        role: [
            name
            for name in ("bring_import", "decide_import", "manage_feeds")
            if user.has_perm(f"deals.{name}")
        ]
        for role, user in given.items()
    }
    assert has == {
        "editor": ["bring_import"],
        "reviewer": ["bring_import", "decide_import"],
        "manager": ["bring_import", "decide_import", "manage_feeds"],
    }


def test_the_groups_are_there_after_migrate_and_keep_what_was_added_by_hand():
    from deals.management.roles import settle_roles

    editors = Group.objects.get(name="Editors")
    given = {f"deals.{p.codename}" for p in editors.permissions.all()}
    assert given == set(ROLES["editor"].permissions)
    editors.permissions.add(*Group.objects.get(name="Reviewers").permissions.all())
    settle_roles()
    assert editors.permissions.filter(codename="decide_import").exists()


def test_the_command_prints_a_password_once_and_changes_roles_later(client):
    out = StringIO()
    call_command("desk_user", "grace", role="editor", stdout=out)
    password = re.search(r"Password \(shown only now\): (\S+)", out.getvalue()).group(1)
    assert User.objects.get(username="grace").check_password(password)
    out = StringIO()
    call_command("desk_user", "grace", role="manager", stdout=out)
    assert out.getvalue() == "grace is now feed manager.\n"
    groups = User.objects.get(username="grace").groups
    assert list(groups.values_list("name", flat=True)) == ["Feed managers"]
    assert User.objects.get(username="grace").check_password(password)


def test_the_command_refuses_a_name_that_nobody_could_sign_in_with():
    with pytest.raises(CommandError, match="valid username"):
        call_command("desk_user", "a b\n", role="editor", stdout=StringIO())
    assert not User.objects.exists()


@needs("deals.decide_import")
def guarded(request):
    return HttpResponse("in")


def answer(user, method="get", **headers):
    request = getattr(RequestFactory(), method)("/desk/somewhere/?page=2", headers=headers)
    request.user, request.session = user, SessionStore()
    return guarded(request)


def test_a_page_that_needs_a_role_says_which(account):
    response = answer(account("editor"))
    assert response.status_code == 403
    assert "may not publish, turn down and undo imports" in text(response)
    assert "needs the role reviewer or feed manager or administrator" in text(response)
    assert answer(account("reviewer")).content == b"in"


def test_nothing_of_the_desk_outlives_the_session_in_a_cache(account):
    assert "no-store" in answer(account("reviewer"))["Cache-Control"]


def test_a_lost_session_never_repeats_a_change_and_never_swaps_the_sign_in_page_in():
    from django.contrib.auth.models import AnonymousUser

    stranger = AnonymousUser()
    assert answer(stranger)["Location"] == "/account/login/?next=/desk/somewhere/%3Fpage%3D2"
    assert answer(stranger, "post")["Location"] == "/account/login/?next=/desk/"
    polled = answer(stranger, **{"HX-Request": "true"})
    assert polled["HX-Redirect"] == "/account/login/?next=/desk/"


def test_the_queue_shows_what_waits_for_whom(client, account, settings):
    editor, reviewer = account("editor"), account("reviewer")
    make_run("review", by=editor)
    make_run("running", by=editor)
    make_run("failed", by=editor, problem="The file is no longer there.")
    schedule = FeedSchedule(feed=Feed.objects.get(), url="https://example.org", minutes=60)
    schedule.first_at, schedule.held = timezone.now(), "It shrank by 40 %."
    schedule.save()
    client.force_login(reviewer)
    page = text(client.get("/desk/"))
    assert "Imports waiting for your decision 1 review.csv" in page
    assert "A supplier It shrank by 40 %." in page
    assert "running.csv" not in page
    client.force_login(editor)
    page = text(client.get("/desk/"))
    assert "Imports waiting for your decision" not in page
    assert "Your imports at work 1 running.csv" in page
    assert "failed.csv A supplier, brought by editor" in page
    assert "waiting for somebody else’s decision 1 review.csv" in page


def test_the_queue_of_one_person_has_their_own_imports(client, account, settings):
    settings.SELF_APPROVAL = True
    reviewer = account("reviewer")
    make_run("review", by=reviewer)
    client.force_login(reviewer)
    page = text(client.get("/desk/"))
    assert "Imports waiting for your decision 1" in page
    assert "somebody else" not in page


def test_an_empty_queue_says_so(client, account):
    client.force_login(account("editor"))
    assert "Nothing waits for you." in text(client.get("/desk/"))


def test_the_queue_costs_as_many_queries_for_many_imports(
    client, account, django_assert_max_num_queries
):
    editor = account("editor")
    for _ in range(12):
        make_run("running", by=editor)
        make_run("failed", by=editor)
    client.force_login(editor)
    with django_assert_max_num_queries(34):
        page = text(client.get("/desk/"))
    assert "and 4 more" in page
