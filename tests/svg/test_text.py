"""Texts in drawings: shortened and wrapped by their estimated width."""

from hypothesis import given, settings
from hypothesis import strategies as st

from deals.svg.text import shortened, text_width, wrapped


def test_chinese_signs_are_twice_as_wide():
    assert text_width("深度求索") > 1.5 * text_width("abcd")


def test_what_fits_stays_as_it_is():
    assert shortened("Bosch", 100) == "Bosch"


def test_lines_break_between_words_and_units_stay_together():
    assert wrapped("Robert Bosch Venture Capital", 80, lines=3) == [
        "Robert Bosch", "Venture", "Capital",
    ]  # fmt: skip
    assert wrapped("3.7\u202f% of all", 40, lines=3)[0].startswith("3.7\u202f%")


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=80), st.integers(40, 300))
def test_no_line_is_wider_than_asked(text, width):
    lines = wrapped(text, width)
    assert len(lines) <= 2
    assert all(text_width(line) <= width for line in lines)
