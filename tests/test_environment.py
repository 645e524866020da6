"""Settings from the environment and secrets from files; what is wrong is said in one sentence."""

import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from investtrack.environment import SECRETS, Environment
from tests.processes import ROOT

env = Environment()


@pytest.fixture(autouse=True)
def nothing_given(monkeypatch):
    for name in SECRETS:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "secret"
    path.write_text("s3cret, with words\n")
    return path


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_a_secret_is_read_from_a_file_without_the_end_of_its_line(name, secret, monkeypatch):
    monkeypatch.setenv(f"{name}_FILE", str(secret))
    assert env.str(name, "") == "s3cret, with words"


def test_urls_and_lists_come_from_files_too(tmp_path, monkeypatch):
    (tmp_path / "url").write_text("postgres://me:p%40ss@db:5433/register\n")
    (tmp_path / "list").write_text("older,oldest\n")
    monkeypatch.setenv("DATABASE_URL_FILE", str(tmp_path / "url"))
    monkeypatch.setenv("SECRET_KEY_FALLBACKS_FILE", str(tmp_path / "list"))
    found = env.dj_db_url("DATABASE_URL")
    assert (found["HOST"], found["PORT"], found["PASSWORD"]) == ("db", 5433, "p@ss")
    assert env.list("SECRET_KEY_FALLBACKS", []) == ["older", "oldest"]


def test_a_variable_that_is_no_secret_has_no_file(secret, monkeypatch):
    monkeypatch.setenv("SITE_URL_FILE", str(secret))
    assert env.str("SITE_URL", "as it was") == "as it was"


def test_an_empty_variable_beside_a_file_counts_as_not_given(secret, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "")
    monkeypatch.setenv("SECRET_KEY_FILE", str(secret))
    assert env.str("SECRET_KEY", "") == "s3cret, with words"


def test_both_at_once_are_refused(secret, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "one")
    monkeypatch.setenv("SECRET_KEY_FILE", str(secret))
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY and SECRET_KEY_FILE are both set"):
        env.str("SECRET_KEY", "")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "which cannot be read (No such file or directory): let it name a file"),
        (b" \n", "which is empty: write the secret into it."),
        (b"\xff\xfe", "which cannot be read (it is no text in UTF-8)"),
    ],
)
def test_a_file_that_gives_nothing_says_what_to_do(content, sentence, tmp_path, monkeypatch):
    path = tmp_path / "secret"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setenv("CACHE_URL_FILE", str(path))
    with pytest.raises(ImproperlyConfigured) as refused:
        env.str("CACHE_URL", "")
    assert str(refused.value).startswith(f"CACHE_URL_FILE names {path}")
    assert sentence in str(refused.value)


def test_the_whole_system_starts_with_its_secrets_in_files(tmp_path):
    said = {
        "DATABASE_URL": "postgres://me@db.example.org/register?tcp_user_timeout=9000",
        "REPLICA_URL": "postgres://me@replica.example.org/register",
        "SECRET_KEY": "k" * 50,
        "SECRET_KEY_FALLBACKS": "older,oldest",
        "CELERY_BROKER_URL": "redis://broker.example.org/0",
        "CACHE_URL": "redis://cache.example.org/1",
        "EMAIL_URL": "submission://me:word@mail.example.org:587",
    }
    given = {name: value for name, value in os.environ.items() if name not in SECRETS}
    for name, value in said.items():
        (tmp_path / name).write_text(f"{value}\n")
        given[f"{name}_FILE"] = str(tmp_path / name)
    code = (
        "from investtrack import settings as s; print(s.DATABASES['default']['HOST'],"
        " s.DATABASES['replica']['HOST'], len(s.SECRET_KEY), s.SECRET_KEY_FALLBACKS,"
        " *(s.DATABASES['default']['OPTIONS'][name] for name in ('connect_timeout',"
        " 'keepalives_idle', 'tcp_user_timeout')),"
        " s.CELERY_BROKER_URL, s.CACHES['default']['LOCATION'], s.EMAIL_HOST)"
    )
    given["VAR_DIR"] = str(tmp_path / "var")
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=given, capture_output=True, text=True
    )
    assert done.stdout.split() == [
        "db.example.org", "replica.example.org", "50", "['older',", "'oldest']", "4",
        "10", "9000", "redis://broker.example.org/0", "redis://cache.example.org:6379/1",
        "mail.example.org",
    ], done.stderr  # fmt: skip
