"""Profiles that were written to trouble whoever reads them."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deals.feeds.profile_toml import load_profile
from deals.feeds.refusals import Refused
from deals.feeds.toml_text import LONGEST, read_toml
from tests.effort import at_most

PROFILE = 'name = "S"\n[columns]\ntarget_name = "T"\n[deal]\nkey = ["T"]\n'


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("skip_rows = " + "1" * 5_000, "too many digits"),
        ("skip_rows = 0x" + "f" * 5_000, "too many digits"),
        ("skip_rows = 9223372036854775808", "too many digits"),
        ("a" + ".a" * 2_000 + " = 1", "more than 20 parts"),
        ('"a"' + ' . "a"' * 2_000 + " = 1", "more than 20 parts"),
        ("[" + "a." * 2_000 + "a]", "more than 20 parts"),
        ("a = " + "[" * 5_000, "nested too deep"),
        ("a = " + "{a=" * 5_000, "nested too deep"),
        ('a = "\\u0000"', "NUL"),
        ("a = '" + "x" * LONGEST + "'", "more than the"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_hostile_profile_is_refused_with_a_sentence_and_at_once(text, sentence):
    with at_most(5), pytest.raises(Refused, match=sentence):
        load_profile(f"{text}\n{PROFILE}")


def test_texts_with_many_dots_and_ordinary_keys_are_read_as_ever():
    text = 'a.b.c = "see www.a.example, p. 1. 2. 3. ..........................."'
    assert read_toml(text) == {"a": {"b": {"c": text[9:-1]}}}


def pattern(word: str) -> re.Pattern[str]:
    values = f'[values.status]\n"{word}" = "completed"\n'
    return load_profile(PROFILE + values).values["status"][0][0]


def test_a_pattern_of_many_stars_answers_at_once_on_the_longest_cell():
    with at_most(5):
        assert not pattern("*a*a*a*a*b").fullmatch("a" * 100_000)


@settings(max_examples=200, deadline=None)
@given(
    st.text("aAb*(", min_size=1, max_size=8),
    st.text("aAb(\n", max_size=12),
)
def test_a_pattern_means_what_its_stars_say(word, cell):
    plain = ".*".join(map(re.escape, word.split("*")))
    expected = re.fullmatch(plain, cell, re.IGNORECASE | re.DOTALL)
    assert bool(pattern(word).fullmatch(cell)) == bool(expected)
