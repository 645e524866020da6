"""Giving accounts and roles: who may, what is refused, what it does at once, what the log says."""

import re
from smtplib import SMTPException

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from deals.accounts import people
from deals.models import Activity, ApiKey
from tests.api.partners import make_key
from tests.desk.runs import make_person

pytestmark = pytest.mark.django_db
LIST = "/desk/people/"


@pytest.fixture
def ada():
    return make_person("ada", "administrator")


@pytest.fixture
def client(ada) -> Client:
    client = Client()
    client.force_login(ada)
    return client


def page_of(user) -> str:
    return f"{LIST}{user.pk}/"


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def log() -> list[str]:
    return list(Activity.objects.filter(verb="changed_person").values_list("text", flat=True))


def test_a_new_person_sets_their_own_password_by_a_link_that_is_shown_once(client, mailoutbox):
    sent = {"name": "bob", "email": "bob@example.org", "role": "editor"}
    page = client.post(LIST, sent, follow=True)
    assert "bob has an account." in text(page)
    shown = re.compile(r"http://testserver(/account/password/reset/key/\S+?/)\s*<")
    link = shown.search(page.content.decode())
    (mail,) = mailoutbox
    assert mail.to == ["bob@example.org"]
    assert link.group(1) in mail.body
    assert "ada has made an account for you" in mail.body
    bob = User.objects.get(username="bob")
    assert link.group(1) not in client.get(page_of(bob)).content.decode()
    assert not bob.has_usable_password()
    own = Client()
    form = own.get(link.group(1), follow=True)
    words = {"password1": "a long new password", "password2": "a long new password"}
    own.post(form.request["PATH_INFO"], words)
    own.post("/account/login/", {"login": "bob", "password": words["password1"]})
    assert own.get("/desk/").status_code == 200
    assert people.role_of(bob) == "editor"
    assert log() == ["bob: editor"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": ""}, "This field cannot be blank"),
        ({"name": "two words"}, "valid username"),
        ({"name": "ADA"}, "Somebody has this name already."),
        ({"name": "x" * 10_000}, "valid username|at most 150"),
        ({"name": "a\0da"}, "Somebody has this name already."),
        ({"email": ""}, "Write an e-mail address"),
        ({"email": "bob"}, "Write an e-mail address"),
        ({"role": ""}, "Choose one of the roles."),
        ({"role": "owner"}, "Choose one of the roles."),
    ],
)
def test_what_is_wrong_with_a_new_person_is_said_and_nobody_is_added(client, changed, said):
    sent = {"name": "bob", "email": "bob@example.org", "role": "editor"} | changed
    page = client.post(LIST, sent)
    assert page.status_code == 400
    assert re.search(said, text(page))
    assert "<title>Error: People" in page.content.decode()
    assert set(User.objects.values_list("username", flat=True)) == {"ada"}
    assert log() == []


def test_no_field_of_the_form_but_the_three_is_taken(client):
    sent = {"name": "bob", "email": "b@example.org", "role": "reader"}
    client.post(LIST, sent | {"is_superuser": "on", "is_staff": "on", "password": "known"})
    bob = User.objects.get(username="bob")
    assert [bob.is_superuser, bob.is_staff, bob.has_usable_password()] == [False] * 3


def test_a_link_that_cannot_be_sent_is_still_shown(client, monkeypatch):
    def fail(*_):
        raise SMTPException("no server")

    monkeypatch.setattr("deals.desk.people.send_mail", fail)
    sent = {"name": "bob", "email": "bob@example.org", "role": "editor"}
    page = text(client.post(LIST, sent, follow=True))
    assert "The message could not be sent; give the link yourself." in page
    assert "/account/password/reset/key/" in page
    assert "It was sent to" not in page


def test_another_role_holds_from_the_next_page_on(client):
    bob, own = make_person("bob", "reviewer"), Client()
    own.force_login(bob)
    assert own.get("/desk/imports/").status_code == 200
    client.post(page_of(bob), {"action": "role", "role": "contributor"})
    assert own.get("/desk/imports/").status_code == 403
    client.post(page_of(bob), {"action": "role", "role": "administrator"})
    assert own.get("/admin/").status_code == 200
    client.post(page_of(bob), {"action": "role", "role": "editor"})
    assert own.get("/admin/", follow=True).status_code == 403
    assert log() == [
        "bob: administrator → editor",
        "bob: contributor → administrator",
        "bob: reviewer → contributor",
    ]


def test_a_key_that_writes_ends_with_the_role_that_could(client):
    bob = make_person("bob", "editor")
    write, read = make_key("bob", "write"), make_key("bob", "read")
    client.post(page_of(bob), {"action": "role", "role": "contributor"})
    codes = [
        Client().get("/api/v1/deals/", headers={"Authorization": f"Bearer {key}"}).status_code
        for key in (write, read)
    ]
    assert codes == [401, 200]


def test_a_closed_account_is_out_at_once_with_its_sessions_and_keys(client):
    bob, own = make_person("bob"), Client()
    own.force_login(bob)
    key = make_key("bob", "write")
    assert own.get("/desk/").status_code == 200
    client.post(page_of(bob), {"action": "close", "reason": "Has left."})
    assert own.get("/desk/").status_code == 302
    assert not ApiKey.objects.filter(revoked_at=None).exists()
    client.post(page_of(bob), {"action": "open"})
    assert own.get("/desk/").status_code == 302, "the old session stays ended"
    headers = {"Authorization": f"Bearer {key}"}
    assert Client().get("/api/v1/imports/", headers=headers).status_code == 401
    assert log() == ["bob: opened again", "bob: closed. Has left."]


def test_an_account_closed_in_the_database_opens_nothing_by_its_keys():
    bob, key = make_person("bob"), make_key("bob", "write")
    User.objects.filter(pk=bob.pk).update(is_active=False)
    refused = Client().get("/api/v1/imports/", headers={"Authorization": f"Bearer {key}"})
    assert refused.status_code == 401
    assert "was closed" in refused.json()["detail"]


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ({"action": "role", "role": "reader"}, "cannot change your own role"),
        ({"action": "close", "reason": "Bye"}, "cannot close your own account"),
        ({"action": "factors", "reason": "Lost"}, "Change your own second factors"),
    ],
)
def test_nobody_does_it_to_themselves(client, ada, action, said):
    page = client.post(page_of(ada), action)
    assert page.status_code == 400
    assert said in text(page)
    ada.refresh_from_db()
    assert (people.role_of(ada), ada.is_active) == ("administrator", True)


def test_the_last_administrator_stays(ada):
    with pytest.raises(people.Refused, match="last administrator"):
        people.close(user=ada, reason="x", by=None)
    with pytest.raises(people.Refused, match="last administrator"):
        people.change_role(user=ada, role="reader", by=None)
    eve = make_person("eve", "administrator")
    User.objects.filter(pk=eve.pk).update(is_active=False)
    with pytest.raises(people.Refused, match="last administrator"):
        people.close(user=ada, reason="x", by=eve)


def test_lost_second_factors_are_removed_with_a_reason(client):
    bob, own = make_person("bob", "reviewer"), Client()
    TOTP.activate(bob, "JBSWY3DPEHPK3PXP")
    own.force_login(bob)
    assert "Say why" in text(client.post(page_of(bob), {"action": "factors", "reason": " "}))
    assert Authenticator.objects.exists()
    client.post(page_of(bob), {"action": "factors", "reason": "Telephone stolen."})
    assert not Authenticator.objects.exists()
    assert own.get("/desk/").status_code == 302
    assert log() == ["bob: second factors removed. Telephone stolen."]
    again = client.post(page_of(bob), {"action": "factors", "reason": "Telephone stolen."})
    assert "has no second factor" in text(again)


def test_a_pause_is_ended(client):
    bob = make_person("bob")
    for _ in range(5):
        Client().post("/account/login/", {"login": "bob", "password": "wrong"})
    assert "locked until" in text(client.get(LIST))
    assert "locked until" in text(client.get(page_of(bob)))
    client.post(page_of(bob), {"action": "unlock"})
    assert "locked until" not in text(client.get(LIST))


def test_a_replayed_form_is_answered_in_words(client):
    bob = make_person("bob")
    for _ in range(2):
        answer = client.post(page_of(bob), {"action": "close", "reason": "Has left."})
    assert answer.status_code == 400
    assert "closed already" in text(answer)
    assert len(log()) == 1


def test_names_and_reasons_that_carry_scripts_are_shown_as_text(client):
    evil = "<script>alert(1)</script>\u202e"
    bob = make_person("bob")
    bob.email = "b@example.org"
    bob.save()
    ApiKey.objects.create(
        name=evil, prefix="itk_r_x", digest="0" * 64, user=bob, created_at=timezone.now()
    )
    page = client.post(page_of(bob), {"action": "close", "reason": evil * 100}).content.decode()
    assert "<script>alert" not in page
    assert "at most 500 characters" in page
    client.post(page_of(bob), {"action": "close", "reason": evil})
    assert "⟨U+202E⟩" in client.get(page_of(bob)).content.decode()
    assert "<script>alert" not in client.get("/desk/activity/").content.decode()


def test_the_list_costs_as_much_for_many(client, django_assert_max_num_queries):
    for number in range(30):
        make_person(f"person-{number}")
    with django_assert_max_num_queries(14):
        page = text(client.get(LIST))
    assert "person-29" in page
    assert "person-3 " not in text(client.get(f"{LIST}?q=person-29"))


def test_the_command_makes_administrators_who_open_the_admin(capsys):
    call_command("desk_user", "root", role="administrator", email="root@example.org")
    root = User.objects.get()
    assert (root.is_staff, root.email) == (True, "root@example.org")
    call_command("desk_user", "root", role="editor")
    root.refresh_from_db()
    assert not root.is_staff
    assert log() == ["root: editor", "root: administrator"]
