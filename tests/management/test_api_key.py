"""`manage.py api_key`: a key is shown once, listed by its beginning, and can be ended."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from deals.models import ApiKey
from deals.rules.keys import MARKS, RANDOM_BYTES

pytestmark = pytest.mark.django_db


@pytest.fixture
def user(django_user_model):
    return django_user_model.objects.create_user("partner")


def run(*words: str) -> str:
    out = StringIO()
    call_command("api_key", *words, stdout=out, stderr=StringIO())
    return out.getvalue()


@pytest.mark.parametrize("power", ["read", "write"])
def test_a_key_tells_its_power_and_stands_alone_on_the_output(user, power) -> None:
    key = run("create", "nightly", "--user", "partner", "--power", power).rstrip("\n")
    assert key.startswith(MARKS[power])
    assert len(key.split()) == 1
    assert len(key) - len(MARKS[power]) >= RANDOM_BYTES * 8 / 6
    kept = ApiKey.objects.get()
    assert (kept.power, kept.name, kept.user) == (power, "nightly", user)
    assert key.startswith(kept.prefix)


def test_no_two_keys_are_the_same_and_reading_is_the_default(user) -> None:
    assert run("create", "a", "--user", "partner") != run("create", "b", "--user", "partner")
    assert set(ApiKey.objects.values_list("power", flat=True)) == {"read"}


def test_the_list_shows_beginnings_and_who_answers(user) -> None:
    assert "no keys" in run("list")
    key = run("create", "nightly", "--user", "partner").strip()
    listed = run("list")
    assert key[:14] in listed
    assert key not in listed
    assert "partner" in listed
    assert "never used" in listed
    run("revoke", key[:14])
    assert "revoked" in run("list")


def test_a_key_is_revoked_once_by_its_beginning_or_as_a_whole(user) -> None:
    key = run("create", "nightly", "--user", "partner").strip()
    run("revoke", key)
    assert ApiKey.objects.get().revoked_at is not None
    with pytest.raises(CommandError, match="revoked already"):
        run("revoke", key[:14])
    with pytest.raises(CommandError, match="No key begins"):
        run("revoke", "itk_r_nothing")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("create", "x", "--user", "nobody"), "no user nobody"),
        (("create", " ", "--user", "partner"), "1 to 100"),
        (("create", "x", "--user", "partner", "--power", "all"), "invalid choice"),
    ],
)
def test_what_cannot_be_made_is_refused_and_nothing_is_kept(user, words, why) -> None:
    with pytest.raises(CommandError, match=why):
        run(*words)
    assert not ApiKey.objects.exists()
