"""`GET me/`: what a partner's program asks first, to see that its key works."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from deals.models import ApiKey
from tests.api.partners import Partner, make_key
from tests.desk.runs import make_person

pytestmark = pytest.mark.django_db
ME = "/api/v1/me/"


def test_a_key_hears_what_it_is_and_what_is_left():
    key = make_key(power="import")
    ApiKey.objects.update(expires_at=timezone.now() + timedelta(days=30), hourly_limit=10)
    kept = ApiKey.objects.get()
    response = Partner(key).get(ME)
    answer = response.json()
    assert answer["by"] == "key"
    assert answer["user"] == "partner"
    assert answer["key"] == {
        "name": "test",
        "beginning": key[:14],
        "power": "import",
        "created_at": f"{kept.created_at:%Y-%m-%dT%H:%M:%SZ}",
        "expires_at": f"{kept.expires_at:%Y-%m-%dT%H:%M:%SZ}",
    }
    assert answer["may"] == ["read", "import"]
    assert (answer["limit"], answer["left"]) == (10, 9)
    assert answer["resets_at"].endswith("Z")
    assert response["Cache-Control"] == "no-store"
    assert key not in response.content.decode()


def test_a_stranger_hears_the_open_limit_and_no_address(client):
    answer = client.get(ME).json()
    assert answer.pop("resets_at")
    assert answer == {
        "by": "address", "user": None, "key": None, "may": ["read"], "limit": 2000, "left": 1999,
    }  # fmt: skip
    assert b"127.0.0.1" not in client.get(ME).content


def test_a_signed_in_browser_hears_its_name():
    client = Client()
    client.force_login(make_person("vera"))
    answer = client.get(ME).json()
    assert (answer["by"], answer["user"], answer["key"]) == ("session", "vera", None)


def test_a_key_of_ones_own_loses_what_its_user_may_no_longer_do():
    user = make_person("vera", "editor")
    partner = Partner(make_key("vera"))
    ApiKey.objects.update(granted_by=user)
    assert partner.get(ME).json()["may"] == ["read", "import", "write"]
    user.groups.clear()
    assert partner.get(ME).json()["may"] == ["read"]


def test_without_a_limit_there_is_nothing_to_say(client, settings):
    settings.API_PER_HOUR_OPEN = 0
    answer = client.get(ME).json()
    assert (answer["limit"], answer["left"], answer["resets_at"]) == (None, None, None)


def test_a_closed_register_says_nothing_to_strangers(client, settings):
    settings.PUBLIC_READ = False
    assert client.get(ME).status_code == 401


def test_it_takes_no_parameters(client):
    assert client.get(ME, {"who": "1"}).status_code == 400
