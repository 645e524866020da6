"""The form of a deal: a version as it would be typed, what comes back, and what nobody may send."""

from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from deals.entry.facts import differing, of_bundle
from deals.entry.reading import read, readable
from deals.entry.typed import INVESTOR, MOST_ROWS, blank, complete, empty, from_form, typed_of
from deals.feeds.starter import load_starter
from deals.models import DealVersion
from deals.models.bundles import load
from tests.entry.generated_facts import PATIENT, facts

TODAY = date(2030, 1, 1)


def as_form(typed: dict[str, Any]) -> dict[str, list[str]]:
    """The fields of a form that a browser would send for this."""
    sent = {name: [value] for name, value in typed.items() if isinstance(value, str)}
    sent |= {f"target-{part}": [value] for part, value in typed["target"].items()}
    sent["sectors"] = list(typed["sectors"])
    for name in ("investors", "sources", "status_history"):
        for number, row in enumerate(typed[name]):
            sent |= {f"{name}-{number}-{part}": [value] for part, value in row.items()}
    return sent | {f"choice-{fact}": [why] for fact, why in typed["choices"].items()}


@settings(PATIENT, max_examples=40)
@given(facts())
def test_facts_that_are_typed_again_are_the_same_facts(found):
    again = read(typed_of(found), today=TODAY)
    assert again.faults == ()
    assert again.facts is not None
    assert differing(found, again.facts) == []


@settings(PATIENT, max_examples=40)
@given(facts())
def test_what_stays_as_it_was_typed_stays_to_the_letter(found):
    assert read(typed_of(found), found, today=TODAY).facts == found


@settings(PATIENT, max_examples=25)
@given(facts(), st.randoms())
def test_a_form_comes_back_as_it_was_whatever_the_order_of_its_fields(found, random):
    typed = typed_of(found)
    sent = list(as_form(typed).items())
    random.shuffle(sent)
    assert from_form(dict(sent)) == typed | {"population": ""}


@pytest.mark.django_db
def test_every_deal_of_the_register_can_be_typed_again(monkeypatch, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    monkeypatch.setattr("deals.feeds.starter._demonstration", lambda: "left out.")
    load_starter(lambda _line: None)
    bundles = load(list(DealVersion.objects.live().values_list("pk", flat=True)))
    assert len(bundles) == 64
    for bundle in bundles:
        found = of_bundle(bundle)
        assert read(typed_of(found), found).facts == found
        anew = read(typed_of(found))
        assert anew.facts is not None, anew.faults
        # Files of suppliers are carried along, and nobody types them; nor does anybody type on
        # which basis a country was stated.
        for party in (found["target"], *found["investors"], *anew.facts["investors"]):
            party["basis"] = anew.facts["target"]["basis"]
        assert set(differing(found, anew.facts)) <= {"sources"}


NASTY = [
    "", " ", "\0", "\ud800", "\u202e", "=1+1", "<script>", "9" * 400, "a" * 10_000, "１２", "²",
    "1e999999", "NaN", "-", "0", "¥", "03/04/2024", "2021-02-30", "led by", "D-", "http://",
    "javascript:alert(1)", "https://[", "'; --", "½", "٣", "1_0", "999999999999999999", "+∞",
]  # fmt: skip
TEXTS = st.sampled_from(NASTY) | st.text("ab 1.,-/%€¥亿年“", max_size=8)
NAMES = [*as_form(empty()), "target-id", "target-name", "target-country"]
ROWS = [
    f"{name}-{number}-{part}"
    for name in ("investors", "sources", "status_history")
    for number in (0, 1, 7, 9999)
    for part in (*INVESTOR, "url", "title", "stated", "field", "status", "date", "reason", "pk")
]


@settings(PATIENT, max_examples=100)
@given(st.dictionaries(st.sampled_from([*NAMES, *ROWS, "", "x"]), st.lists(TEXTS, max_size=2)))
def test_no_form_is_refused_by_anything_but_sentences(sent):
    sent.pop("part_of", None)
    typed = from_form(sent)
    for row in (typed["target"], *typed["investors"]):
        # Whether an id is known is asked of the register, in other tests.
        row["id"] = ""
    found = read(typed)
    assert (found.facts is None) == bool(found.faults)
    assert all(fault.field and fault.message for fault in found.faults)
    assert set(readable(typed)) == set(typed_of_facts())


def typed_of_facts() -> set[str]:
    return set(complete(blank())) - {"date_basis", "currency", "reason"}


def test_a_new_form_says_what_most_deals_are():
    form = blank()
    assert (form["kind"], form["status"], form["ai"]) == ("funding_round", "completed", "yes")
    assert len(form["investors"]) == 2
    assert [row["kind"] for row in form["sources"]] == ["page"]
    assert set(form) == set(empty())


def test_only_the_fields_of_the_form_are_taken():
    typed = from_form(QueryDict("target-name=A&population=demo&state=published&target-pk=3&id=7"))
    assert typed == empty() | {"target": {"id": "", "name": "A", "country": ""}}


def test_rows_with_nothing_in_them_are_left_out_and_the_others_keep_their_order():
    sent = QueryDict(
        "investors-10-name=Ten&investors-2-name=Two&investors-5-name=+&sources-0-kind=page"
        "&sources-1-url=https://a.example/&sources-1-kind=page&status_history-0-status="
    )
    typed = from_form(sent)
    assert [row["name"] for row in typed["investors"]] == ["Two", "Ten"]
    assert [row["url"] for row in typed["sources"]] == ["https://a.example/"]
    assert typed["status_history"] == []


def test_rows_stay_at_their_numbers_where_fields_are_asked_for_by_name():
    typed = from_form(QueryDict("investors-2-stake=5"), compact=False)
    assert [row["stake"] for row in typed["investors"]] == ["", "", "5"]


def test_what_cannot_be_stored_does_not_come_in_and_rows_have_an_end():
    sent = {"notes": ["a\0b\ud800c\r\nd"]}
    sent |= {f"investors-{n}-name": [f"Fund {n}"] for n in range(400)}
    typed = from_form(sent)
    assert typed["notes"] == "abc\nd"
    assert len(typed["investors"]) == MOST_ROWS


def test_of_a_name_sent_twice_the_last_holds():
    assert from_form(QueryDict("target-id=O-1&target-id="))["target"]["id"] == ""


def test_typing_does_not_change_the_facts_it_started_from():
    found = {"target": {"name": "A"}, "investors": [{"name": "B"}]}
    before = deepcopy(found)
    complete(found)["investors"][0]["name"] = "C"
    assert found == before
