"""Whether a name has an account, guessed from how signing in answers.

That failures lock out, and codes too: tests/accounts/test_lockout.py; keys: tests/api/
test_limits.py.
"""

import re

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from deals.models import ApiKey
from tests.api.partners import make_key
from tests.desk.runs import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    user = make_person("qadaq")
    user.email = "qadaq@example.org"
    user.set_password("correct horse battery")
    user.save()
    return user


@pytest.fixture
def hashed(monkeypatch) -> list[str]:
    """One entry for each password that was hashed: what takes the time of an answer."""
    seen: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(self, password, salt):
        seen.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    return seen


def sign_in(name: str) -> tuple[int, str]:
    answer = Client().post("/account/login/", {"login": name, "password": "a wrong one"})
    text = re.sub(r'csrf\w*" value="[^"]+', "", answer.content.decode())
    return answer.status_code, text.replace(name, "")


@pytest.mark.parametrize(
    ("known", "unknown"), [("qadaq", "qeveq"), ("qadaq@example.org", "qeveq@example.org")]
)
def test_a_name_that_nobody_has_costs_a_hash_and_is_answered_the_same(ada, hashed, known, unknown):
    answers, costs = [], []
    for name in (known, unknown):
        hashed.clear()
        answers.append(sign_in(name))
        costs.append(len(hashed))
    assert answers[0] == answers[1]
    assert costs[0] == costs[1] > 0


def test_a_closed_account_is_not_told_from_none(ada):
    ada.is_active = False
    ada.save()
    assert sign_in("qadaq") == sign_in("qeveq")


def test_a_key_is_found_by_its_digest_and_compared_with_none():
    """No comparison of our own could tell by its time how much of a key was right."""
    key = make_key("partner", "read")
    kept = ApiKey.objects.get()
    assert key not in str(vars(kept))
    assert len(kept.digest) == 64
    for wrong in (key[:-1], f"{key}x", kept.digest, kept.prefix):
        headers = {"Authorization": f"Bearer {wrong}"}
        assert Client().get("/api/v1/me/", headers=headers).status_code == 401
