"""Fields that a form or a body does not have, sent along to become somebody or something else.

Every form of the desk: tests/desk/test_abuse.py. People, keys and reports: tests/accounts/
test_people.py, tests/accounts/test_keys.py, tests/web/test_report.py.
"""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from deals.models import Deal, DealVersion, FrozenView, Webhook
from tests.api.proposals import Writer, body, pointers
from tests.desk.runs import make_person
from tests.factories import make_deal

pytestmark = pytest.mark.django_db
MORE = {
    "is_staff": "on", "is_superuser": "on", "is_active": "", "role": "administrator", "groups": "1",
    "user_permissions": "1", "pk": "1", "id": "1", "username": "root", "last_login": "",
    "state": "published", "created_by": "1", "user": "1", "owner": "1", "email_verified": "on",
}  # fmt: skip
OF_A_VERSION = {
    "state": "published", "published_seq": 1, "superseded_seq": 1, "created_by": 1, "number": 9,
    "deal_id": 1, "id": "D-00000000", "population": "demo", "decided_by": "root", "version": 3,
    "is_staff": True, "self_approved": True, "import_run": 1,
}  # fmt: skip


def flags(user: User) -> tuple:
    user.refresh_from_db()
    roles = list(user.groups.values_list("name", flat=True))
    return (user.username, user.is_staff, user.is_superuser, user.is_active, roles)


def test_nobody_makes_an_account_for_more_than_reading(client, settings):
    settings.SIGN_UP = True
    form = {
        "username": "mallory", "email": "m@example.org", "password1": "correct horse battery",
        "password2": "correct horse battery",
    }  # fmt: skip
    answer = client.post("/account/signup/", MORE | form)
    assert answer.status_code == 302
    user = User.objects.get(username="mallory")
    assert flags(user) == ("mallory", False, False, True, ["Readers"])


def test_no_form_of_ones_account_gives_more_than_it_says(client):
    user = make_person("vera", "reader")
    user.set_password("an old password")
    user.save()
    client.force_login(user)
    before = flags(user)
    forms = {
        "/account/email/": {"email": "new@example.org", "action_add": ""},
        "/account/password/change/": {
            "oldpassword": "an old password", "password1": "correct horse battery",
            "password2": "correct horse battery",
        },
        "/account/webhooks/": {"name": "Copy", "url": "https://93.184.216.34/hook", "filter": ""},
        "/account/keys/": {"name": "Mine", "power": "write"},
        "/desk/notifications/": {"read": "all", "mail": "daily"},
    }  # fmt: skip
    for path, form in forms.items():
        assert client.post(path, MORE | form).status_code < 500, path
    assert flags(user) == before
    assert not User.objects.exclude(pk=user.pk).exists()
    assert {hook.user_id for hook in Webhook.objects.all()} <= {user.pk}


@pytest.mark.parametrize("name", OF_A_VERSION)
def test_a_partner_sends_only_fields_of_a_deal(name):
    answer = Writer().propose(body(**{name: OF_A_VERSION[name]}))
    assert pointers(answer) == [f"/{name}"]
    assert not Deal.objects.exists()


def test_a_change_publishes_nothing_and_moves_no_other_deal():
    live, other = make_deal(target="One"), make_deal(target="Other")
    writer = Writer()
    for name, value in OF_A_VERSION.items():
        answer = writer.change(live.deal.public_id, notes="Mended", **{name: value})
        assert answer.status_code in (202, 400), (name, answer.content)
    published = DealVersion.objects.filter(state="published")
    assert set(published) == {live, other}


def test_a_stored_number_takes_its_question_and_nothing_else():
    form = {"investor": "europe", "target": "CN", "token": "mine", "seq": "1", "answers": "{}"}
    assert Client().post("/flows/freeze/", form).status_code == 400
    assert not FrozenView.objects.exists()
