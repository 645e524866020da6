"""Places for files on their way: a few, and none lost."""

import pytest

from deals.exports import slots


def test_a_place_comes_back_once_however_often_it_is_closed():
    ended = []
    taken = [slots.Kept() for _ in range(slots.AT_ONCE)]
    with pytest.raises(slots.Busy):
        slots.Kept()
    first = taken[0].holding(iter([b"a"]), lambda: ended.append("statement"))
    assert list(first) == [b"a"]
    for _ in range(2):
        first.close()
    assert ended == ["statement"]
    again = slots.Kept()
    with pytest.raises(slots.Busy):
        slots.Kept()
    for kept in [*taken, again]:
        kept.close()


def test_a_place_comes_back_when_the_statement_cannot_be_ended():
    def broken():
        raise RuntimeError

    ended = []
    for _ in range(slots.AT_ONCE + 1):
        with pytest.raises(RuntimeError):
            slots.Kept().holding(iter(()), broken, lambda: ended.append(1)).close()
    assert len(ended) == slots.AT_ONCE + 1
