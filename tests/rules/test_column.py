"""A rule over a column gives what the rule gives text by text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deals.rules.column import apply
from deals.rules.errors import RuleError


def even(text: str) -> int:
    if not text.isdigit() or int(text) % 2:
        raise RuleError("odd", f"{text} is not even.")
    return int(text)


def test_values_keep_their_places_and_errors_name_theirs() -> None:
    values, errors = apply(even, ["2", "3", "2", "x", "4"])
    assert values == [2, None, 2, None, 4]
    assert sorted(errors) == [1, 3]
    assert errors[3].message == "x is not even."


def test_a_text_that_occurs_often_is_judged_once() -> None:
    seen: list[str] = []

    def rule(text: str) -> str:
        seen.append(text)
        return even_or_same(text)

    apply(rule, ["2", "3", "2", "3"] * 100)
    assert seen == ["2", "3"]


def even_or_same(text: str) -> str:
    if text == "3":
        raise RuleError("three", "3 is refused.")
    return text


def test_a_value_of_none_is_not_judged_again_and_is_no_error() -> None:
    seen: list[str] = []
    assert apply(lambda text: seen.append(text), ["", "", ""]) == ([None] * 3, {})
    assert seen == [""]


def test_an_exception_that_is_not_a_rule_error_is_a_bug_and_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        apply(lambda text: 1 // int(text), ["0"])


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 20).map(str)))
def test_a_column_agrees_with_the_rule_applied_text_by_text(texts: list[str]) -> None:
    values, errors = apply(even, texts)
    assert len(values) == len(texts)
    for position, text in enumerate(texts):
        if int(text) % 2:
            assert values[position] is None
            assert errors[position].code == "odd"
        else:
            assert values[position] == int(text)
            assert position not in errors
