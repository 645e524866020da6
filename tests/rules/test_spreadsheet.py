"""Texts on their way into a spreadsheet and back: none runs, none is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deals.rules.spreadsheet import FORMULA_STARTS, bare_cell, safe_cell

SIGNS = st.text(st.sampled_from("'=+-@\t\r\n＝＋－＠a1."), max_size=6)


@given(SIGNS | st.text(max_size=6))
def test_every_text_comes_back_as_it_was(text):
    assert bare_cell(safe_cell(text)) == text


@given(SIGNS | st.text(max_size=6))
def test_no_cell_begins_like_a_formula_but_a_number(text):
    cell = safe_cell(text)
    assert not cell.startswith(FORMULA_STARTS) or cell.lstrip("-").replace(".", "", 1).isdigit()


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("'=1", "''=1"),
        ("-5.20", "-5.20"),
        ("-abc", "'-abc"),
        ("'s-Hertogenbosch", "'s-Hertogenbosch"),
        (None, ""),
    ],
)
def test_only_what_would_run_or_be_mistaken_gets_an_apostrophe(text, cell):
    assert safe_cell(text) == cell
