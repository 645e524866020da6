"""Guessing: how often, from where, and until when nothing more is tried."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from axes.models import AccessAttempt
from django.test import Client

from deals.accounts import lockout
from tests.desk.runs import make_person

pytestmark = pytest.mark.django_db
LOGIN, CODE = "/account/login/", "/account/2fa/authenticate/"
PASSWORD = "a long password"
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def ada():
    person = make_person("ada", "reviewer")
    person.email = "ada@example.org"
    person.set_password(PASSWORD)
    person.save()
    return person


def attempt(name="ada", password="wrong", address="192.0.2.1", client=None):
    sent = {"login": name, "password": password}
    return (client or Client()).post(LOGIN, sent, REMOTE_ADDR=address)


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def later(**passed):
    for one in AccessAttempt.objects.all():
        AccessAttempt.objects.filter(pk=one.pk).update(
            attempt_time=one.attempt_time - timedelta(**passed)
        )


def test_the_fifth_failure_locks_out_and_says_until_when(ada):
    assert [attempt().status_code for _ in range(4)] == [400] * 4
    fifth = attempt()
    assert fifth.status_code == 429
    last = AccessAttempt.objects.get().attempt_time + timedelta(minutes=30)
    assert f"until {last:%H:%M} UTC on {last.day} " in text(fifth)
    assert attempt(password=PASSWORD).status_code == 429, "with the right password neither"
    assert AccessAttempt.objects.get().failures_since_start == 5, "trying does not prolong it"


def test_a_name_is_one_name_however_it_is_written(ada):
    for name in ("ada", "ADA", " ada ", "Ada@Example.org"):
        assert attempt(name).status_code == 400
    assert attempt().status_code == 429


def test_names_that_nobody_has_are_locked_like_any_other(ada):
    said = [text(attempt("nobody")) for _ in range(5)]
    known = [text(attempt("ada")) for _ in range(5)]
    assert "Too many failed attempts" in said[4]
    token = re.compile(r"value=\S+")
    assert token.sub("", said[0]) == token.sub("", known[0])


def test_the_pause_ends_after_half_an_hour_and_does_not_hold_elsewhere(ada):
    for _ in range(5):
        attempt()
    assert attempt(password=PASSWORD, address="192.0.2.2").status_code == 302
    later(minutes=31)
    assert attempt(password=PASSWORD).status_code == 302


def test_one_address_has_twenty_failures_under_any_names(ada):
    codes = [attempt(f"name-{number}").status_code for number in range(20)]
    assert codes == [400] * 19 + [429]
    assert attempt(password=PASSWORD).status_code == 429


def test_signing_in_oneself_does_not_win_back_an_addresss_failures(ada):
    for number in range(19):
        attempt(f"name-{number}")
    assert attempt(password=PASSWORD).status_code == 302
    assert attempt("another").status_code == 429


def test_an_ipv6_network_is_one_address_and_a_proxys_word_is_taken_only_from_inside():
    for number in range(5):
        attempt("ada", address=f"2001:db8::{number}")
    assert AccessAttempt.objects.get().ip_address == "2001:db8::"
    client = Client()
    client.post(
        LOGIN,
        {"login": "x", "password": "y"},
        REMOTE_ADDR="8.8.8.8",
        headers={"X-Forwarded-For": "198.51.100.7"},
    )
    assert AccessAttempt.objects.filter(ip_address="8.8.8.8").exists()


def test_nothing_typed_is_kept_beside_a_failure(ada):
    attempt(password="my real password, mistyped")
    kept = AccessAttempt.objects.get()
    assert "mistyped" not in kept.post_data
    assert "ada" not in kept.post_data


def code_now() -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(SECRET, counter))


def test_wrong_codes_are_counted_over_addresses_and_processes(ada, django_user_model):
    TOTP.activate(ada, SECRET)
    for number in range(9):
        client = Client()
        address = f"192.0.2.{number // 4}"
        assert attempt(password=PASSWORD, client=client, address=address)["Location"] == CODE
        client.post(CODE, {"code": "000000"}, REMOTE_ADDR=address)
    client = Client()
    attempt(password=PASSWORD, client=client, address="192.0.2.77")
    tenth = client.post(CODE, {"code": "000000"}, REMOTE_ADDR="192.0.2.77")
    assert tenth.status_code == 429
    right = client.post(CODE, {"code": code_now()}, REMOTE_ADDR="192.0.2.77")
    assert right.status_code == 429
    assert "_auth_user_id" not in client.session
    lockout.unlock("ada")
    assert client.post(CODE, {"code": code_now()}, REMOTE_ADDR="192.0.2.77").status_code == 302
    assert Authenticator.objects.filter(user=ada).exists()


def test_a_code_is_good_once(ada):
    TOTP.activate(ada, SECRET)
    code, first, second = code_now(), Client(), Client()
    for client in (first, second):
        attempt(password=PASSWORD, client=client)
    assert first.post(CODE, {"code": code}).status_code == 302
    assert second.post(CODE, {"code": code}).status_code == 400


def test_who_is_locked_out_is_listed_with_the_end_of_it(ada):
    for _ in range(5):
        attempt()
    (until,) = lockout.locked_until(["ada", "bob"]).values()
    assert until == AccessAttempt.objects.get().attempt_time + timedelta(minutes=30)
    lockout.unlock("ada")
    assert lockout.locked_until(["ada"]) == {}
    assert attempt(password=PASSWORD).status_code == 302


@pytest.mark.parametrize(
    "typed", ["a\0b", "x" * 10_000, "\u202eada", "<script>alert(1)</script>", ""]
)
def test_whatever_is_typed_for_a_name_is_refused_in_words(typed):
    answer = attempt(typed)
    assert answer.status_code == 400
    assert "<script>alert" not in answer.content.decode()
    assert Client().post(CODE, {"code": typed}).status_code == 302
