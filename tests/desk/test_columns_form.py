"""The step “Columns” as a form: a profile goes in and comes out as it was, and faults are found."""

import tomllib

from django.http import QueryDict

from deals.desk.columns_form import ColumnsForm, separators_of
from deals.desk.fact_choices import FACTS
from deals.feeds.fields import FIELDS
from deals.feeds.profile_toml import load_profile
from deals.feeds.profile_write import profile_toml

PROFILE = """
name = "Supplier"
rows = "participation"
fill_down = ["Firma"]
skip_when = { column = "Datum", in = ["", "Summe"] }
investors_separator = [" und ", ";"]
sources_separator = "|"
unknown = ["k. A.", "-"]

[deal]
key = ["Firma", "Datum"]

[columns]
target_name = "Firma"
announced_on = "Datum"
kind = "Art"
round_type = "Art"
status = "Art"
investor_name = "Investor"
amount = "Betrag"

[amounts]
unit = 1000000
decimal = ","

[constants]
currency = "EUR"
notes = "from the supplier"
"""
HEADER = ["Firma", "Datum", "Art", "Investor", "Betrag", "Sonst", ""]


def sent(form: ColumnsForm, **changes) -> ColumnsForm:
    """What a browser would send of the form as it is shown."""
    data = QueryDict(mutable=True)
    for at, facts in enumerate(form.facts):
        data[f"fact-{at}"] = facts[0] if facts else ""
        data.setlist(f"also-{at}", facts[1:])
    data.setlist("key", [str(at) for at in form.key])
    data.setlist("fill_down", [str(at) for at in form.fill_down])
    data.update(
        {
            "rows": form.rows, "separators": form.separators, "unknown": form.unknown,
            "skip_column": form.skip_column, "skip_words": form.skip_words, "unit": form.unit,
        }
    )  # fmt: skip
    if form.skip_blank:
        data["skip_blank"] = "on"
    for name, value in form.constants.items():
        data[f"constant-{name}"] = value
    for name, value in changes.items():
        values = value if isinstance(value, list) else [value]
        data.setlist(name.replace("__", "-"), values)
    return ColumnsForm.of_post(data, form.header)


def shown(header=HEADER) -> ColumnsForm:
    return ColumnsForm.of_draft(tomllib.loads(PROFILE), header, ("Firma", "Datum"))


def messages(form: ColumnsForm) -> dict[str, str]:
    return {fault.field: fault.message for fault in form.faults()}


def test_every_fact_of_a_profile_can_be_chosen():
    assert set(FACTS) == set(FIELDS)


def test_a_profile_comes_out_as_it_went_in_with_what_has_no_field_here():
    before = load_profile(PROFILE)
    form = sent(shown())
    assert form.faults() == []
    after = load_profile(profile_toml(form.written_into(tomllib.loads(PROFILE))))
    for name in ("columns", "key", "rows", "fill_down", "skip_when", "investors_separator",
                 "sources_separator", "unknown", "unit", "decimal", "constants"):  # fmt: skip
        assert getattr(after, name) == getattr(before, name), name


def test_one_column_can_be_several_facts():
    assert shown().facts[2] == ["kind", "round_type", "status"]


def test_what_names_a_column_that_the_file_lacks_is_left_out():
    form = shown(["Firma", "Investor"])
    assert form.facts == [["target_name"], ["investor_name"]]
    assert form.key == {0}
    assert sent(form).written_into({})["columns"] == {
        "target_name": "Firma", "investor_name": "Investor"
    }  # fmt: skip


def test_a_fact_chosen_twice_is_named_with_both_columns():
    found = messages(sent(shown(), fact__5="amount"))
    assert found == {"fact-5": "“Sonst” and “Betrag” are both “Amount”: choose one of them."}


def test_a_target_and_a_key_are_needed():
    found = sent(shown(), fact__0="", key=[]).faults()
    assert [fault.field for fault in found] == ["columns", "columns"]
    assert "target’s name" in found[0].message
    assert "tell one deal from another" in found[1].message


def test_rows_of_investors_need_an_investor():
    assert list(messages(sent(shown(), fact__3=""))) == ["rows-participation"]


def test_a_rule_that_skips_nothing_is_asked_for_its_words():
    form = sent(shown(), skip_words=" ")
    form.skip_blank = False
    assert list(messages(form)) == ["skip_words"]


def test_a_header_that_stands_twice_cannot_be_used():
    header = ["Firma", "Datum", "Investor", "Investor"]
    form = ColumnsForm.of_draft(tomllib.loads(PROFILE), header, ("Firma",))
    assert form.facts[3] == []
    assert "several columns called “Investor”" in messages(sent(form))["fact-2"]


def test_nothing_that_is_sent_breaks_the_form():
    form = sent(shown(), key=["0", "99", "-1", "²", "9" * 30], fact__0="no_such_fact", rows="both")
    assert form.key == {0}
    assert form.facts[0] == []


def test_separators_that_are_words_stand_between_blanks():
    assert separators_of(";\n ， \nund\n\n&") == [";", "，", " und ", "&"]
