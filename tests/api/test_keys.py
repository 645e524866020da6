"""`Authorization: Bearer <key>`: what a key opens, and when it is refused."""

import logging
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from deals.models import ApiKey
from deals.rules.keys import digest_of

pytestmark = pytest.mark.django_db
DEALS = "/api/v1/deals/"


@pytest.fixture
def user(django_user_model):
    return django_user_model.objects.create_user("partner")


def made(user, power="read", name="nightly") -> str:
    out = StringIO()
    call_command(
        "api_key", "create", name, "--user", user.username, "--power", power,
        stdout=out, stderr=StringIO(),
    )  # fmt: skip
    return out.getvalue().strip()


def ask(client, key, path=DEALS):
    return client.get(path, headers={"Authorization": f"Bearer {key}"})


def test_a_key_opens_a_register_that_is_closed_to_the_public(client, user, settings) -> None:
    settings.PUBLIC_READ = False
    key = made(user)
    assert client.get(DEALS).status_code == 401
    assert ask(client, key).status_code == 200
    assert ask(client, key, "/api/v1/regions/").status_code == 200


def test_an_open_register_needs_no_key_and_takes_one(client, user) -> None:
    assert client.get(DEALS).status_code == 200
    assert ask(client, made(user)).status_code == 200


@pytest.mark.parametrize("sent", ["", "itk_r_wrong", "two words", "itk_w_\x00", "é" * 40])
def test_a_wrong_key_is_refused_even_where_none_is_needed(client, user, sent) -> None:
    made(user)
    refused = ask(client, sent)
    assert refused.status_code == 401
    assert refused["Content-Type"] == "application/problem+json"
    assert refused["WWW-Authenticate"] == 'Bearer realm="InvestTrack"'
    assert refused.json()["status"] == 401


def test_a_revoked_key_is_refused_and_says_so(client, user) -> None:
    key = made(user)
    call_command("api_key", "revoke", key[:14], stdout=StringIO())
    refused = ask(client, key)
    assert refused.status_code == 401
    assert "was revoked" in refused.json()["detail"]
    assert key not in refused.content.decode()


def test_a_key_ends_with_its_account(client, user) -> None:
    key = made(user)
    user.is_active = False
    user.save()
    assert ask(client, key).status_code == 401


def test_another_scheme_is_no_key(client, user) -> None:
    key = made(user)
    refused = client.get(DEALS, headers={"Authorization": f"Basic {key}"})
    assert refused.status_code == 401
    assert "“Bearer”, a blank, and the whole key" in refused.json()["detail"]
    assert client.get(DEALS, headers={"Authorization": key}).status_code == 401
    assert client.get(DEALS, headers={"Authorization": f"bearer {key}x"}).status_code == 401


def test_the_latest_use_is_noted_at_most_once_a_minute(client, user) -> None:
    key = made(user)
    assert ApiKey.objects.get().last_used_at is None
    ask(client, key)
    first = ApiKey.objects.get().last_used_at
    assert timezone.now() - first < timedelta(seconds=30)
    ask(client, key)
    assert ApiKey.objects.get().last_used_at == first
    ApiKey.objects.update(last_used_at=first - timedelta(seconds=61))
    ask(client, key)
    assert ApiKey.objects.get().last_used_at >= first


def test_only_a_digest_is_kept_and_nothing_logs_the_key(client, user, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    key = made(user, "write")
    ask(client, key)
    ask(client, key + "x")
    kept = ApiKey.objects.values().get()
    assert kept["digest"] == digest_of(key)
    assert key not in str(kept)
    assert key not in caplog.text
