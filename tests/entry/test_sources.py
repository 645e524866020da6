"""Sources of a typed deal: what one needs, what is carried along, and which value was believed."""

from typing import Any

import pytest

from deals import actions
from deals.entry.reading import read
from deals.entry.typed import typed_of
from tests.entry.test_reading import TODAY, faults, form
from tests.factories import make_deal

PAGE = "https://a.example/deal"


def source(**typed: str) -> dict[str, str]:
    return {"kind": "page", "url": PAGE, **typed}


def typed(*sources: dict[str, str], **more: Any) -> dict[str, Any]:
    return form(target="Horizon", sources=list(sources), **more)


@pytest.mark.parametrize(
    ("row", "field", "says"),
    [
        ({"url": "javascript:alert(1)"}, "url", "begins with http:// or https://"),
        ({"url": "ftp://a.example/"}, "url", "begins with http:// or https://"),
        ({"url": "https://a.example/ and b"}, "url", "no spaces"),
        ({"url": "https://a.example/" + "x" * 1_000}, "url", "at most 1,000 bytes"),
        ({"url": "", "publisher": "Caixin"}, "url", "needs a page’s address or a title"),
        ({"title": "x" * 501}, "title", "more than 500"),
        ({"publisher": "x" * 201}, "publisher", "more than 200"),
        ({"published_on": "2021"}, "published_on", "is not one day"),
        ({"accessed_on": "soon"}, "accessed_on", "is not a date we can read"),
        ({"quote": "x" * 10_000}, "quote", "has 10,000 characters, more than 5,000"),
        ({"locator": "x" * 101}, "locator", "more than 100"),
        ({"stated": "x" * 301, "field": "amount"}, "stated", "more than 300"),
        ({"field": "population"}, "field", "Choose the fact"),
        ({"stated": "6m USD"}, "field", "Choose the fact of which this source says “6m USD”."),
    ],
)
def test_what_is_wrong_with_a_source_is_said_in_its_row(row, field, says):
    found = faults(typed(source(), source(**row)))
    assert list(found) == [f"sources-1-{field}"]
    assert says in found[f"sources-1-{field}"]


def test_a_title_is_enough_and_an_address_stands_in_for_it():
    found = read(typed(source(url="", title=" A  book "), source(accessed_on="9 Sep 2021"))).facts
    assert found is not None
    assert [one["title"] for one in found["sources"]] == ["A book", PAGE]
    assert found["sources"][1]["accessed_on"] == "2021-09-09"


def test_rows_that_only_a_form_filled_are_no_sources():
    empty = {"kind": "page", "url": "", "field": "amount", "accessed_on": "2021-09-09"}
    assert "at least one source" in faults(typed(empty))["sources-0-url"]


def test_a_quote_keeps_its_lines_and_shows_nothing_hidden_as_something_else():
    found = read(typed(source(quote="one\r\ntwo\u202e", url="https://a.example/"))).facts
    assert found is not None
    assert found["sources"][0]["quote"] == "one\ntwo\u202e"


def test_where_a_source_says_something_else_a_reason_is_needed():
    other = source(field="amount", stated="6m USD")
    assert list(faults(typed(source(), other))) == ["choice-amount"]
    why = {"amount": " The filing has it. ", "date": "Nobody asked."}
    found = read(typed(source(), other, choices=why)).facts
    assert found is not None
    assert found["choices"] == {"amount": "The filing has it."}
    assert (
        "more than 1,000" in faults(typed(other, choices={"amount": "x" * 1_001}))["choice-amount"]
    )


def test_more_sources_than_a_deal_needs_are_refused():
    rows = [source(locator=str(number)) for number in range(31)]
    assert "31 sources, more than 30" in faults(typed(*rows))["sources-30-url"]


@pytest.fixture
def imported() -> Any:
    """A version with a page and the file of a supplier."""
    found = actions.facts_of(make_deal(target="Horizon", sources=("A page",)))
    file = {"kind": "feed_file", "title": "Supplier: rounds.csv", "url": "", "locator": "row 17"}
    return found | {"sources": [*found["sources"], found["sources"][0] | file]}


@pytest.mark.django_db
def test_the_file_of_a_supplier_stays_a_source_whatever_a_form_says(imported):
    typed = typed_of(imported)
    gone = read(typed | {"sources": [source()]}, imported, today=TODAY).facts
    assert gone is not None
    assert [one["kind"] for one in gone["sources"]] == ["feed_file", "page"]
    assert gone["sources"][0] == imported["sources"][1]


@pytest.mark.django_db
def test_nobody_can_make_up_the_file_of_a_supplier(imported):
    forged = {"kind": "feed_file", "title": "Another supplier: rounds.csv", "locator": "row 1"}
    again = read(typed_of(imported) | {"sources": [forged]}, imported, today=TODAY).facts
    assert again is not None
    assert [one["title"] for one in again["sources"]] == ["Supplier: rounds.csv"]
    assert "at least one source" in faults(typed(forged))["sources-0-url"]


@pytest.mark.django_db
def test_a_source_about_a_column_of_a_file_is_about_the_fact(imported):
    imported["sources"][0]["field"] = "announced_on"
    typed = typed_of(imported)
    assert typed["sources"][0]["field"] == "date"
    assert read(typed | {"notes": "x"}, imported).facts == imported | {"notes": "x"}
