"""How many requests a partner has: counted exactly, told with every answer."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from deals import tasks
from deals.accounts.keys_counted import count, days_of, forget_counts, standing, used_lately
from deals.api import limits
from deals.models import ApiCount, ApiKey
from tests.api.partners import Partner, make_key
from tests.desk.runs import make_person

pytestmark = pytest.mark.django_db
REGIONS = "/api/v1/regions/"


def counts() -> dict[str, tuple[int, int]]:
    return {row.subject: (row.used, row.refused) for row in ApiCount.objects.all()}


def test_every_answer_says_what_is_left(client):
    first, second = client.get(REGIONS), client.get(REGIONS)
    assert first["RateLimit-Policy"] == '"hour";q=2000;w=3600'
    name, left, seconds = first["RateLimit"].split(";")
    assert (name, left) == ('"hour"', "r=1999")
    assert 0 < int(seconds.removeprefix("t=")) <= 3600
    assert ";r=1998;" in second["RateLimit"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/nothing/", 404),
        ("/api/v1/deals/?colour=red", 400),
        ("/api/v1/imports/", 401),
        ("/api/v1/", 404),
        ("/api/v1/regions", 308),
    ],
)
def test_answers_that_say_no_are_counted_and_say_so_too(client, path, status):
    response = client.get(path)
    assert response.status_code == status
    assert ";r=1999;" in response["RateLimit"]


def test_an_unchanged_answer_says_so_too(client):
    etag = client.get(REGIONS)["ETag"]
    response = client.get(REGIONS, headers={"If-None-Match": etag})
    assert response.status_code == 304
    assert ";r=1998;" in response["RateLimit"]


def test_pages_are_not_counted(client):
    assert "RateLimit" not in client.get("/glossary/")
    assert counts() == {}


def test_beyond_the_limit_the_answer_says_when_to_come_back(client, settings):
    settings.API_PER_HOUR_OPEN = 2
    assert [client.get(REGIONS).status_code for _ in range(4)] == [200, 200, 429, 429]
    refused = client.get(REGIONS)
    assert refused["Content-Type"] == "application/problem+json"
    assert refused["RateLimit"].startswith('"hour";r=0;t=')
    assert refused["Retry-After"] == refused["RateLimit"].rpartition("=")[2]
    assert "2 requests in an hour" in refused.json()["detail"]
    assert counts() == {"address:127.0.0.1": (2, 3)}


def test_the_next_hour_begins_anew(client, settings):
    settings.API_PER_HOUR_OPEN = 1
    assert [client.get(REGIONS).status_code for _ in range(2)] == [200, 429]
    row = ApiCount.objects.get()
    ApiCount.objects.update(hour=row.hour - timedelta(hours=1))
    assert client.get(REGIONS).status_code == 200


def test_one_partner_at_the_limit_does_not_hinder_another(settings):
    settings.API_PER_HOUR = 1
    mine, theirs = Partner(make_key("one")), Partner(make_key("other"))
    assert [mine.get(REGIONS).status_code for _ in range(2)] == [200, 429]
    assert theirs.get(REGIONS).status_code == 200
    assert Client().get(REGIONS).status_code == 200


def test_a_key_has_its_own_limit_and_nought_is_none(settings):
    settings.API_PER_HOUR = 1
    large, none = make_key("large"), make_key("none")
    ApiKey.objects.filter(user__username="large").update(hourly_limit=3)
    ApiKey.objects.filter(user__username="none").update(hourly_limit=0)
    codes = [Partner(large).get(REGIONS).status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]
    answers = [Partner(none).get(REGIONS) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {200}
    assert "RateLimit" not in answers[0]
    # Its requests are still counted, for the page that shows them.
    assert (3, 0) in counts().values()


def test_without_a_limit_strangers_are_not_counted(client, settings):
    settings.API_PER_HOUR_OPEN = 0
    assert "RateLimit" not in client.get(REGIONS)
    assert counts() == {}


def test_a_signed_in_browser_is_counted_by_its_person(client, settings):
    settings.API_PER_HOUR = 5
    user = make_person("vera")
    client.force_login(user)
    assert client.get(REGIONS)["RateLimit-Policy"] == '"hour";q=5;w=3600'
    assert counts() == {f"user:{user.pk}": (1, 0)}


def test_wrong_keys_are_counted_by_the_address_and_end_with_it(client, settings):
    settings.API_PER_HOUR_OPEN = 3
    codes = [
        client.get(REGIONS, headers={"Authorization": f"Bearer itk_r_{number}"}).status_code
        for number in range(5)
    ]
    assert codes == [401, 401, 401, 429, 429]
    assert Partner(make_key()).get(REGIONS).status_code == 200


def test_revoked_keys_are_counted_by_the_address(client):
    key = make_key()
    ApiKey.objects.update(revoked_at=timezone.now())
    assert Partner(key).get(REGIONS).status_code == 401
    assert list(counts()) == ["address:127.0.0.1"]


def test_a_network_of_addresses_is_one_stranger(client):
    for last in ("1", "2"):
        client.get(
            REGIONS, REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": f"2001:db8::{last}"}
        )
    assert counts() == {"address:2001:db8::/64": (2, 0)}


def test_a_limit_that_is_raised_within_the_hour_lets_more_pass():
    assert [count("key:1", 1).allowed for _ in range(3)] == [True, False, False]
    assert [count("key:1", 3).allowed for _ in range(3)] == [True, True, False]
    assert counts() == {"key:1": (3, 3)}


def test_looking_counts_nothing():
    count("key:1", 10)
    assert standing("key:1", 10).left == standing("key:1", 10).left == 9
    assert standing("key:2", 10).left == 10


@pytest.mark.parametrize("name", ["key", "api_key", "API_KEY", "token", "access_token"])
def test_a_key_in_the_address_is_refused_and_not_repeated(client, name):
    key = make_key(power="read")
    refused = client.get(REGIONS, {name: key})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["parameter"] == name
    assert "Revoke this key" in refused.json()["detail"]
    assert key not in refused.content.decode()


def test_a_key_under_any_other_name_is_refused_as_well(client):
    key = make_key(power="read")
    for params in ({"q": key}, {key: "1"}, {"q": key}, {"q": "long " * 300 + key, "place": key}):
        refused = client.get("/api/v1/deals/", params)
        assert refused.status_code == 400
        assert key not in refused.content.decode()


def test_a_database_that_is_away_is_a_503(monkeypatch):
    def away(*_):
        raise OperationalError("the connection is gone")

    monkeypatch.setattr(limits, "count", away)
    response = Client(raise_request_exception=False).get(REGIONS)
    assert response.status_code == 503
    assert response["Retry-After"]
    assert response["Content-Type"] == "application/problem+json"


def test_days_without_requests_are_there_too_and_old_counts_are_forgotten():
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    for days, used in ((0, 5), (29, 3), (30, 7), (91, 9)):
        hour = now - timedelta(days=days)
        ApiCount.objects.create(subject="key:1", hour=hour, used=used, refused=1)
    days = days_of("key:1", now.date())
    assert [(day.used, day.refused) for day in (days[0], days[1], days[-1])] == [
        (3, 1), (0, 0), (5, 1),
    ]  # fmt: skip
    assert (days[0].day, len(days)) == (date(2026, 10, 24), 30)
    assert used_lately(["key:1", "key:2"], now.date()) == {"key:1": 8}
    assert forget_counts(now) == 1
    assert ApiCount.objects.count() == 3


def test_the_nightly_tidying_forgets_old_counts(folder):
    old = timezone.now() - timedelta(days=91)
    ApiCount.objects.create(subject="key:1", hour=old, used=1)
    ApiCount.objects.create(subject="key:1", hour=timezone.now(), used=1)
    assert tasks.tidy()["counts"] == 1
    assert ApiCount.objects.count() == 1


def test_counting_is_one_statement_and_knowing_the_key_another(django_assert_num_queries):
    partner = Partner(make_key())
    partner.get(REGIONS)
    with django_assert_num_queries(1):
        count("key:1", 10)
    with django_assert_num_queries(2):
        partner.get("/api/v1/nothing/")
