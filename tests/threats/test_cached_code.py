"""A value in the shared cache that runs when it is read."""

import os
import pickle
from datetime import date
from decimal import Decimal

import pytest

from investtrack.shared_cache import SharedCache
from investtrack.signed_cache import NOT_OURS, SignedSerializer


class Harm:
    def __reduce__(self):
        return os.mkdir, ("/nowhere/that/could/be",)


@pytest.mark.parametrize(
    "value", ["text", b"bytes", {"n": Decimal("1.50"), "at": date(2026, 1, 2)}, (1, None), [], ""]
)
def test_what_was_kept_comes_back(value):
    one = SignedSerializer()
    assert one.loads(one.dumps(value)) == value


@pytest.mark.parametrize("number", [0, 1, -5, 10**12])
def test_numbers_stay_numbers_that_redis_can_count_in(number):
    one = SignedSerializer()
    assert one.dumps(number) == number
    assert one.loads(str(number).encode()) == number


def test_what_somebody_else_put_there_is_not_even_read(settings):
    one = SignedSerializer()
    ours = one.dumps({"n": 1})
    forged = [
        pickle.dumps(Harm()), bytes(32) + pickle.dumps(Harm()), ours[:32] + pickle.dumps(Harm()),
        ours[:-1] + b"x", ours[:31], b"",
    ]  # fmt: skip
    assert [one.loads(data) for data in forged] == [NOT_OURS] * len(forged)
    settings.SECRET_KEY = "another installation's"
    assert one.loads(ours) is NOT_OURS


def test_the_shared_cache_is_read_so():
    cache = SharedCache("redis://127.0.0.1:1/0", {})
    assert isinstance(cache._shared._cache._serializer, SignedSerializer)
