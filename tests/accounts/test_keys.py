"""`/account/keys/`: a person's own keys, made, shown once, looked at, revoked."""

import logging
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from deals.accounts import keys
from deals.accounts.keys_counted import count
from deals.accounts.people import give_role
from deals.models import Activity, ApiCount, ApiKey
from deals.rules.keys import digest_of, looks_like_key
from tests.api.partners import make_key
from tests.desk.runs import make_person

pytestmark = pytest.mark.django_db
KEYS, ME = "/account/keys/", "/api/v1/me/"
FORM = {"name": "nightly copy", "power": "read", "days": "365"}


@pytest.fixture
def user():
    return make_person("vera", "editor")


@pytest.fixture
def visitor(user, client) -> Client:
    client.force_login(user)
    return client


def send(visitor, user, **changed):
    return visitor.post(KEYS, FORM | {"after": keys.newest_key(user)} | changed)


def shown(response) -> str:
    return unescape(response.content.decode().split('<code id="key">')[1].partition("<")[0])


def ask(key, path=ME):
    return Client().get(path, headers={"Authorization": f"Bearer {key}"})


def test_a_key_is_made_shown_once_and_works(visitor, user):
    response = send(visitor, user)
    key = shown(response)
    assert looks_like_key(key)
    assert "no-store" in response["Cache-Control"]
    kept = ApiKey.objects.get()
    assert (kept.digest, kept.power, kept.granted_by, kept.user) == (
        digest_of(key), "read", user, user,
    )  # fmt: skip
    assert abs(kept.expires_at - timezone.now() - timedelta(days=365)) < timedelta(minutes=1)
    assert ask(key).json()["user"] == "vera"
    page = visitor.get(KEYS).content.decode()
    assert key[:14] in page
    assert key not in page


def test_a_key_stands_in_no_session_message_address_or_log(visitor, user, caplog):
    caplog.set_level(logging.DEBUG)
    key = shown(send(visitor, user))
    ask(key)
    assert key not in caplog.text
    for session in Session.objects.all():
        assert key not in str(session.get_decoded())
    assert key not in "".join(Activity.objects.values_list("text", flat=True))
    assert visitor.get(KEYS).request["QUERY_STRING"] == ""


def test_a_form_that_is_sent_again_makes_no_second_key(visitor, user):
    first = visitor.post(KEYS, FORM | {"after": "0"})
    again = visitor.post(KEYS, FORM | {"after": "0"})
    assert (first.status_code, again.status_code) == (200, 400)
    assert "A key was made since this form was opened" in again.content.decode()
    assert ApiKey.objects.count() == 1


@pytest.mark.parametrize("after", ["", "-1", "x", "9" * 30, "٣"])
def test_a_form_without_its_number_makes_none(visitor, user, after):
    assert send(visitor, user, after=after).status_code == 400
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": ""}, "Give the key a name"),
        ({"name": " \0 "}, "Give the key a name"),
        ({"name": "x" * 10_000}, "at most 100 characters"),
        ({"power": "admin"}, "Choose one of the powers"),
        ({"power": ""}, "Choose one of the powers"),
        ({"days": "7"}, "Choose one of the ends"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(visitor, user, changed, said):
    response = send(visitor, user, **changed)
    page = response.content.decode()
    assert response.status_code == 400
    assert said in page
    assert "<title>Error: " in page
    assert "nightly copy" in page or "name" in changed
    assert not ApiKey.objects.exists()


def test_the_powers_offered_are_those_of_the_role(visitor, user, client):
    assert keys.powers_of(user) == ["read", "import", "write"]
    assert keys.powers_of(make_person("carl", "contributor")) == ["read", "write"]
    reader = make_person("rita", "reader")
    client.force_login(reader)
    page = client.get(KEYS).content.decode()
    assert 'value="read"' in page
    assert 'value="import"' not in page
    assert 'value="write"' not in page
    assert send(client, reader, power="write").status_code == 400


def test_other_fields_of_a_form_change_nothing(visitor, user):
    send(visitor, user, hourly_limit="0", user_id="1", granted_by="", digest="x", expires_at="")
    kept = ApiKey.objects.get()
    assert (kept.hourly_limit, kept.user, kept.granted_by) == (None, user, user)


def test_a_key_that_can_change_something_waits_until_one_has_said_who_one_is(client, user):
    user.set_password("a long password")
    user.save()
    client.force_login(user)
    typed = FORM | {"power": "write", "after": "0"}
    waits = client.post(KEYS, typed)
    assert waits.status_code == 302
    assert waits["Location"] == "/account/reauthenticate/?next=%2Faccount%2Fkeys%2F"
    assert not ApiKey.objects.exists()
    done = client.post(waits["Location"], {"password": "a long password", "next": KEYS})
    assert done.status_code == 200
    assert ask(shown(done)).json()["may"] == ["read", "import", "write"]
    # A reading key asks nothing, and the next powerful one not again.
    assert send(client, user, power="import").status_code == 200


def test_who_has_to_have_a_second_factor_makes_no_key_before(client, settings):
    settings.REQUIRE_MFA = True
    boss = make_person("boss", "reviewer")
    client.force_login(boss)
    response = send(client, boss)
    assert response.status_code == 400
    assert "Set up a second factor" in response.content.decode()
    assert not ApiKey.objects.exists()


def test_twenty_keys_are_enough(visitor, user):
    for _ in range(keys.MOST_LIVE):
        make_key("vera", "read")
    assert "Revoke one first" in visitor.get(KEYS).content.decode()
    refused = send(visitor, user)
    assert refused.status_code == 400
    assert ApiKey.objects.count() == keys.MOST_LIVE
    ApiKey.objects.filter(pk=keys.newest_key(user)).update(expires_at=timezone.now())
    assert send(visitor, user).status_code == 200


def test_revoking_asks_first_and_ends_the_key_at_once(visitor, user):
    key = shown(send(visitor, user))
    pk = keys.newest_key(user)
    assert "Revoke" in visitor.get(f"{KEYS}{pk}/revoke/").content.decode()
    assert ask(key).status_code == 200
    done = visitor.post(f"{KEYS}{pk}/revoke/", follow=True)
    assert "Requests under it are refused from now on" in done.content.decode()
    refused = ask(key)
    assert refused.status_code == 401
    assert "was revoked" in refused.json()["detail"]
    again = visitor.post(f"{KEYS}{pk}/revoke/", follow=True)
    assert "was revoked already" in again.content.decode()
    verbs = list(Activity.objects.order_by("id").values_list("verb", flat=True))
    assert verbs == ["key_made", "key_revoked"]


def test_anothers_keys_are_not_there(visitor):
    make_key("other", "read")
    pk = ApiKey.objects.get().pk
    for path in (f"{KEYS}{pk}/", f"{KEYS}{pk}/revoke/"):
        assert visitor.get(path).status_code == 404
    assert visitor.post(f"{KEYS}{pk}/revoke/").status_code == 404
    assert ApiKey.objects.get().revoked_at is None
    assert visitor.get(f"{KEYS}{10**30}/").status_code == 404


def test_its_page_shows_what_a_key_was_used_for(visitor, user, settings):
    settings.API_PER_HOUR = 2
    key = shown(send(visitor, user))
    assert [ask(key).status_code for _ in range(3)] == [200, 200, 429]
    hour = timezone.now() - timedelta(days=3)
    pk = keys.newest_key(user)
    ApiCount.objects.create(subject=f"key:{pk}", hour=hour, used=1234, refused=5)
    page = " ".join(visitor.get(f"{KEYS}{pk}/").content.decode().split())
    assert "1,236 requests were answered, and 6 were refused" in page
    assert "0; the next hour begins in" in page
    assert page.count("<rect") - page.count("hatch-ground") == 4
    assert "1,236" in visitor.get(KEYS).content.decode()


def test_names_that_are_code_are_only_text(visitor, user):
    send(visitor, user, name="<script>alert(1)</script>\u202e=cmd")
    pk = keys.newest_key(user)
    for path in (KEYS, f"{KEYS}{pk}/", f"{KEYS}{pk}/revoke/"):
        page = visitor.get(path).content.decode()
        assert "<script>alert" not in page
        assert "\u202e" not in page


def test_the_pages_ask_little_of_the_database(visitor, user, django_assert_max_num_queries):
    for _ in range(5):
        make_key("vera", "read")
    count(f"key:{keys.newest_key(user)}", 5)
    visitor.get(KEYS)
    with django_assert_max_num_queries(13):
        visitor.get(KEYS)
    with django_assert_max_num_queries(11):
        visitor.get(f"{KEYS}{keys.newest_key(user)}/")


def test_administrators_see_and_revoke_the_keys_of_others(client, user):
    key = make_key("vera", "write")
    stranger = make_key("stranger", "read")
    client.force_login(make_person("anna", "administrator"))
    path = f"/desk/people/{user.pk}/"
    page = client.get(path).content.decode()
    assert key[:14] in page
    assert stranger[:14] not in page
    other = ApiKey.objects.get(user__username="stranger")
    assert client.post(path, {"action": "key", "key": other.pk}).status_code == 400
    mine = ApiKey.objects.get(user=user)
    assert client.post(path, {"action": "key", "key": mine.pk}).status_code == 302
    assert ask(key).status_code == 401
    assert ask(stranger).status_code == 200
    assert client.post(path, {"action": "key", "key": mine.pk}).status_code == 400


@pytest.mark.parametrize(
    ("before", "after", "left"),
    [
        ("editor", "contributor", {"own write", "own read"}),
        ("editor", "reader", {"own read"}),
        ("contributor", "editor", {"own write", "own read", "own import", "given write"}),
    ],
)
def test_whoever_loses_a_role_loses_the_keys_that_need_it(before, after, left):
    user = make_person("paul", before)
    for name, by in (("own write", user), ("own read", user), ("own import", user)):
        keys.give_key(user=user, name=name, power=name.split()[1], days=0, by=by)
    keys.give_key(user=user, name="given write", power="write", days=0, by=None)
    give_role(user, after)
    assert set(keys.live_keys(user).values_list("name", flat=True)) == left


def test_the_command_gives_keys_an_end_and_a_limit(user, capsys):
    call_command("api_key", "create", "warehouse", user="vera", power="import", expires=30, limit=7)
    key = capsys.readouterr().out.strip()
    assert key.startswith("itk_i_")
    kept = ApiKey.objects.get()
    assert (kept.hourly_limit, kept.granted_by) == (7, None)
    call_command("api_key", "list")
    listed = capsys.readouterr().out
    assert f"until {kept.expires_at:%Y-%m-%d}, 7 an hour" in listed
    ApiKey.objects.update(expires_at=timezone.now())
    call_command("api_key", "list")
    assert "expired" in capsys.readouterr().out
    for wrong in ({"expires": -1}, {"limit": -1}, {"expires": 10**6}, {"limit": 10**12}):
        with pytest.raises(CommandError):
            call_command("api_key", "create", "x", user="vera", **wrong)
