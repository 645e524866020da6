"""What is hidden before a line is written or an error told, and what stays readable."""

from types import SimpleNamespace

import pytest

from deals.rules.keys import new_key
from investtrack.redaction import HIDDEN, redact_within, redactor, secrets_of

SECRET = 'secret "key" of 50\\characters'
redact = redactor([SECRET])


@pytest.mark.parametrize(
    ("said", "hidden"),
    [
        ("postgres://user:pa$$w0rd@db:5432/x", "pa$$w0rd"),
        ("amqp://guest:guest1@host//", "guest1"),
        ("connection to host=db password='two words' failed", "two words"),
        ("password=plain", "plain"),
        ("GET /deals/?target=DE&q=Unicorn+GmbH", "Unicorn"),
        ("/api/v1/deals/?access_token=abcdef&x=1", "abcdef"),
        ("POST /token?client_secret=abcdef", "abcdef"),
        ("https://files.example.org/deals.csv?key=abcdef&x=1", "abcdef"),
        ("https://files.example.org/deals.csv?sv=1&sig=abcdef%3D", "abcdef"),
        ("{'Authorization': 'Bearer abc.def-ghi'}", "abc.def"),
        ("Authorization: Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"),
        ('{"authorization": "Bearer abc"}', "abc"),
        ('{\\"HTTP_AUTHORIZATION\\": \\"Bearer abc\\"}', "abc"),
        ("Cookie: sessionid=s3ss10n; csrftoken=t0k3n", "s3ss10n"),
        ("Cookie: sessionid=s3ss10n; csrftoken=t0k3n", "t0k3n"),
        ("'HTTP_COOKIE': 'sessionid=s3ss10n'", "s3ss10n"),
        ("sessionid=s3ss10n expired", "s3ss10n"),
        ("signed with whsec_abc/def+ghi=", "abc/def"),
        ("Not found: /account/password/reset/key/1-cx9z-ab12/", "cx9z"),
        ("/account/confirm-email/MTA:1x/", "MTA:1x"),
        (f"settings: {SECRET}!", SECRET),
        ('"settings: secret \\"key\\" of 50\\\\characters"', "50"),
    ],
)
def test_a_secret_is_hidden_wherever_it_stands(said, hidden):
    assert hidden in said
    assert hidden not in redact(said)
    assert HIDDEN in redact(said)


@pytest.mark.parametrize("power", ["read", "import", "write"])
def test_of_a_key_only_the_beginning_stays_by_which_people_know_it(power):
    key = new_key(power)
    said = redact(f'the key "{key}" was sent as {key}x')
    assert key not in said
    assert said.count(f"{key[:14]}…") == 2


@pytest.mark.parametrize(
    "said",
    [
        "GET /deals/?target=DE&from=2017 https://example.org/x?page=2",
        "monkey=1 nonsecret=2",
        "12 rows of supplier@example.org, at 10:30:00",
        "The header Authorization has to be given.",
        "itk_ is how keys begin",
    ],
)
def test_what_is_no_secret_stays_as_it_is(said):
    assert redact(said) == said


def test_members_with_the_name_of_a_secret_are_hidden_at_any_depth():
    event = {"request": {"headers": [{"Cookie": "x=1"}], "data": None}, "password": "p", "n": 3}
    assert redact_within(event, redact) == {
        "request": {"headers": [{"Cookie": HIDDEN}], "data": None},
        "password": HIDDEN,
        "n": 3,
    }


def test_the_secrets_of_an_installation_are_found_in_its_settings():
    settings = SimpleNamespace(
        SECRET_KEY="signing key",
        SECRET_KEY_FALLBACKS=["older key"],
        DATABASES={"default": {"PASSWORD": "of database"}, "replica": {}},
        CACHES={"default": {"LOCATION": "redis://:of-cache@host/1"}},
        CELERY_BROKER_URL="amqp://user:of-broker@host//",
        EMAIL_HOST_PASSWORD="of mail",
        METRICS_TOKEN="of metrics",
        BACKUP_URL="postgres://copier:of-backups@host/postgres",
    )
    assert set(secrets_of(settings)) == {
        "signing key", "older key", "of database", "of-cache", "of-broker", "of mail",
        "of metrics", "of-backups",
    }  # fmt: skip


def test_a_secret_too_short_to_be_one_does_not_blank_the_log():
    assert redactor(["a", ""])("a calm day") == "a calm day"
