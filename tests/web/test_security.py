"""The file that says where weaknesses are reported, as its standard (RFC 9116) wants it."""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from investtrack.contact import addresses

PATH = "/.well-known/security.txt"


@pytest.fixture
def named(settings):
    settings.SECURITY_CONTACT = ["mailto:security@example.org", "https://example.org/report"]
    settings.SECURITY_POLICY = ["https://example.org/security"]
    settings.SITE_URL = "https://register.example.org"


def test_it_names_whom_to_tell_in_their_order_and_until_when_it_holds(client, named):
    answer = client.get(PATH)
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    fields = [line.split(": ", 1) for line in answer.content.decode().splitlines()]
    contacts = [value for name, value in fields if name == "Contact"]
    assert contacts == ["mailto:security@example.org", "https://example.org/report"]
    once = {name: value for name, value in fields if name != "Contact"}
    assert once["Canonical"] == "https://register.example.org/.well-known/security.txt"
    assert once["Policy"] == "https://example.org/security"
    left = datetime.fromisoformat(once["Expires"]) - timezone.now()
    assert timedelta(days=150) < left < timedelta(days=365)
    assert len(fields) == len(contacts) + len(once), "Only contacts may stand there twice."


def test_where_nobody_is_named_there_is_no_such_file(client, db):
    assert client.get(PATH).status_code == 404


def test_an_installation_without_https_names_no_address_of_the_file(client, named, settings):
    settings.SITE_URL = "http://127.0.0.1:8000"
    assert "Canonical" not in client.get(PATH).content.decode()


def test_a_bare_mail_address_becomes_one_that_programs_understand():
    given = [" security@example.org", "tel:+49-30-1", "https://example.org/a", ""]
    assert addresses(given, "X") == [
        "mailto:security@example.org", "tel:+49-30-1", "https://example.org/a",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "wrong", ["http://example.org", "security", "a@b\nExpires: never", "javascript:alert(1)", "@"]
)
def test_what_is_no_address_stops_the_start_with_a_sentence(wrong):
    with pytest.raises(ImproperlyConfigured, match=r"SECURITY_CONTACT has .*Give mail addresses"):
        addresses([wrong], "SECURITY_CONTACT")
