"""What an installation reached by HTTPS sends and demands, and the headers that all have."""

import os
import subprocess
import sys
from pathlib import Path

from investtrack.https import https_settings

ROOT = Path(__file__).parents[2]


def test_djangos_own_check_of_a_deployment_finds_nothing():
    """In a process of its own, since settings are read once."""
    given = {
        "HTTPS": "true",
        "ALLOWED_HOSTS": "investtrack.example.org",
        "SECRET_KEY": "x7" * 10 + "abcdefghijklmnopqrstuvwxyz0123456789",
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=os.environ | given,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_forms_are_taken_from_the_servers_own_names():
    found = https_settings(["a.example.org", ".example.net", "*"])
    assert found["CSRF_TRUSTED_ORIGINS"] == ["https://a.example.org", "https://*.example.net"]


def test_plain_http_is_led_to_https_but_for_the_checks_of_health(client, db, settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_REDIRECT_EXEMPT = https_settings([])["SECURE_REDIRECT_EXEMPT"]
    assert client.get("/account/login/")["Location"] == "https://testserver/account/login/"
    assert client.get("/healthz").status_code == 200


def test_every_answer_says_what_a_browser_may_tell_and_use(client, db):
    for path in ("/", "/account/login/", "/api/v1/regions/", "/nothing/"):
        answer = client.get(path)
        assert answer["Referrer-Policy"] == "same-origin", path
        assert "camera=()" in answer["Permissions-Policy"], path
        assert "publickey-credentials-get=(self)" in answer["Permissions-Policy"], path
