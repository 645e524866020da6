"""A profile that is written is read back as it was, whatever stands in headers and words."""

import tomllib
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deals.feeds.draft import ProfileDraft
from deals.feeds.profile_toml import load_profile
from deals.feeds.profile_write import profile_toml
from deals.feeds.refusals import Refused
from tests.feeds.test_profile_toml import PROMISED

nasty = st.text(
    st.one_of(
        st.sampled_from("\"'\\\n\r\t=[]{}#.,公司🦄é\x7f\x01\u2028 "),
        st.characters(exclude_characters="\x00", exclude_categories=("Cs",)),
    ),
    min_size=1,
    max_size=20,
)
words = nasty.filter(lambda text: bool(text.strip()))


@settings(max_examples=60, deadline=None)
@given(
    headers=st.lists(words.map(str.strip), min_size=3, max_size=3, unique=True),
    listed=st.lists(words, min_size=1, max_size=8),
    mapped=st.dictionaries(words, st.sampled_from(["series_a", "seed", ""]), min_size=1),
    name=words,
    unit=st.sampled_from([Decimal(1), Decimal(10_000), Decimal("0.001"), Decimal("1E+6")]),
)
def test_a_profile_is_read_back_as_it_was_written(headers, listed, mapped, name, unit):
    draft = ProfileDraft(
        name=name,
        code="any",
        rows="participation",
        skip_rows=3,
        fill_down=(headers[0],),
        skip_when=(headers[1], tuple(listed)),
        investors_separator=tuple(listed),
        sources_separator=listed[0],
        unknown=tuple(listed),
        key=(headers[0], headers[1]),
        columns={"target_name": headers[0], "announced_on": headers[1], "investors": headers[2]},
        date_order="dmy",
        unit=unit,
        decimal=",",
        constants={"currency": "USD"},
        population={"code": "p", "title": listed[0], "generated": True},
        values={"round_type": mapped},
        investors={listed[0]: "FR"},
        ai_when=(headers[2], tuple(listed)),
    )
    text = profile_toml(draft)
    found = load_profile(text)
    assert found.columns == draft.columns
    assert (found.fill_down, found.key) == (draft.fill_down, draft.key)
    assert found.investors_separator == tuple(listed)
    assert found.sources_separator == listed[0]
    assert found.skip_when
    assert found.skip_when.column == headers[1]
    assert found.unknown == {word.strip().casefold() for word in listed}
    assert (found.unit, found.decimal, found.date_order, found.skip_rows) == (unit, ",", "dmy", 3)
    assert [meaning for _, meaning in found.values["round_type"]] == list(mapped.values())
    assert found.ai
    assert found.ai.words == tuple(listed)
    assert tomllib.loads(text)["values"]["round_type"] == mapped
    assert profile_toml(tomllib.loads(text)) == text


def test_the_promised_profile_survives_being_written():
    tables: dict[str, Any] = tomllib.loads(PROMISED)
    again = tomllib.loads(profile_toml(tables))
    assert again == tables
    assert load_profile(profile_toml(tables)).columns == load_profile(PROMISED).columns


def test_keys_stand_in_the_order_of_the_documentation_with_comments():
    text = profile_toml(tomllib.loads(PROMISED))
    places = [text.index(f"\n{key}") for key in ("rows =", "fill_down", "unknown", "[deal]")]
    places += [text.index(f"\n[{table}]") for table in ("columns", "dates", "constants", "ai")]
    assert places == sorted(places)
    assert "# Which rows are the same deal." in text
    assert all(len(line) <= 140 for line in text.splitlines())


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ({"colour": "red"}, "colour"),
        ({"columns": "none"}, "columns"),
        ({"columns": {"target_nam": "A"}}, "target_nam"),
        ({"skip_rows": -1}, "skip_rows"),
    ],
)
def test_what_no_profile_knows_is_written_and_refused_by_name(tables, said):
    draft = {"name": "X", "deal": {"key": ["A"]}, "columns": {"target_name": "A"}} | tables
    with pytest.raises(Refused, match=said):
        load_profile(profile_toml(draft))
