"""The parts of a form's page that say what was understood, and the rows read from an article."""

import re

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from deals.entry.reading import read
from deals.rules.counting import STATUSES
from tests.desk.runs import make_person
from tests.factories import make_organization

pytestmark = pytest.mark.django_db
PAGE = {"kind": "page", "url": "https://a.example/"}
WORDS = {"kind": "funding_round", "status": "completed"}
READ, INVESTORS = "/desk/read/", "/desk/read/investors/"


@pytest.fixture
def contributor(client):
    client.force_login(make_person("ada", "contributor"))
    return client


def text(response) -> str:
    """What a reader sees, on one line."""
    return " ".join(re.sub("<[^>]+>", " ", response.content.decode()).split())


def test_the_addresses_are_those_of_the_form():
    assert (reverse("desk-read"), reverse("desk-read-investors")) == (READ, INVESTORS)


def test_a_field_is_read_back_in_its_own_place(contributor, django_assert_max_num_queries):
    sent = {"of": "amount", "amount": "¥1.2亿", "date": "2021-09-09"}
    with django_assert_max_num_queries(4):
        response = contributor.post(READ, sent)
    assert response.status_code == 200
    part = response.content.decode()
    assert '<p class="meaning" id="meaning-amount" role="status">' in part
    assert "hx-swap-oob" not in part
    assert "CNY 120,000,000, exactly = €15.7" in text(response)


@pytest.mark.parametrize("of", [["amount,date"], ["amount", "date"], ["amount, date", "date"]])
def test_several_fields_find_their_places_by_themselves(contributor, of):
    part = contributor.post(READ, {"of": of, "amount": "$5m", "date": "Q1 2024"}).content.decode()
    assert re.findall('id="meaning-([a-z]+)" role="status" hx-swap-oob="true"', part) == [
        "amount",
        "date",
    ]
    assert "1 Jan 2024 to 31 Mar 2024 (quarter)" in part


def test_what_is_wrong_stands_where_the_meaning_would(contributor):
    response = contributor.post(READ, {"of": "date", "date": "03/04/2024"})
    assert text(response).startswith("Error: “03/04/2024” can be")


def test_a_row_is_found_by_its_number_though_rows_above_it_are_empty(contributor):
    sent = {"of": "investors-3-stake", "investors-3-stake": "12,5", "investors-1-name": ""}
    assert text(contributor.post(READ, sent)).startswith("12.5")


@pytest.mark.parametrize(
    "of", ["", "notes", "amount,notes", "investors-0-id", "investors-0-pk", "x" * 10_000, "\0"]
)
def test_fields_that_mean_nothing_are_refused_in_words(contributor, of):
    response = contributor.post(READ, {"of": of, "notes": "x"})
    assert response.status_code == 400
    assert response.content.decode().startswith("of names no field")


def test_too_many_fields_at_once_are_refused(contributor):
    of = [f"investors-{number}-stake" for number in range(61)]
    assert contributor.post(READ, {"of": of}).status_code == 400


NASTY = ["<script>alert(1)</script>", "=cmd()", "\u202eevil", "a" * 10_000, "\0", "１２"]


@pytest.mark.parametrize("typed", NASTY)
def test_nothing_that_is_typed_runs_or_turns_the_page_around(contributor, typed):
    of = "amount,currency,date,target-country,round_type,investors-0-contribution"
    sent = dict.fromkeys(of.split(","), typed) | {"of": of}
    part = contributor.post(READ, sent).content.decode()
    rows = contributor.post(INVESTORS, {"line": f"led by GV, {typed}"}).content.decode()
    for page in (part, rows):
        assert "<script>" not in page
        assert "\u202e" not in page
    assert 'value="GV"' in rows or "more than 5,000" in rows


@pytest.mark.parametrize("part", ["faults", "fault"])
def test_a_sentence_that_quotes_what_was_typed_does_not_turn_around(part):
    (fault,) = read(
        {"target": {"name": "A"}, "date": "\u202e<b>", "sources": [PAGE]} | WORDS
    ).faults
    shown = render_to_string(
        f"desk/parts/{part}.html", {"faults": [fault], "text": fault.message, "name": "date"}
    )
    assert "“⟨U+202E⟩&lt;b&gt;” is not a date we can read" in shown


def test_a_line_becomes_rows_behind_those_of_the_form(contributor):
    sent = {
        "line": "领投方为红杉中国，凯辉基金跟投",
        "investors-0-name": "",
        "investors-1-name": "Bosch",
    }
    response = contributor.post(INVESTORS, sent)
    page = response.content.decode()
    assert 'name="investors-2-name" value="红杉中国"' in page
    assert 'name="investors-3-name" value="凯辉基金"' in page
    assert page.count('<option value="yes" selected>') == 1
    assert page.count('<option value="no" selected>') == 1
    assert "2 investors were read: check the rows." in text(response)


def test_who_stands_in_the_form_already_is_not_added_again(contributor):
    sent = {"line": "GV GmbH, Northzone [DE] and others", "investors-0-name": "gv"}
    response = contributor.post(INVESTORS, sent)
    assert response.content.decode().count('class="row investor-row"') == 1
    assert '<option value="DE" selected>' in response.content.decode()
    said = text(response)
    assert "1 investor was read" in said
    assert "1 was named above already." in said
    assert "the list is partial" in said


def test_investors_of_the_register_are_recognised(contributor, django_assert_max_num_queries):
    bosch = make_organization("Bosch", "DE")
    make_organization("Alpha", "DE")
    make_organization("Alpha", "CN")
    make_organization("Made Up", "FR", generated=True)
    with django_assert_max_num_queries(7):
        response = contributor.post(INVESTORS, {"line": "Bosch GmbH, Alpha, Made Up, Nobody"})
    page = response.content.decode()
    assert f'name="investors-0-id" value="{bosch.public_id}"' in page
    assert page.count('-id" value="O-') == 1
    assert "1 of them is in the register." in text(response)


@pytest.mark.parametrize("line", ["", "2021", "…", "The company will hire more people."])
def test_a_text_without_investors_says_so(contributor, line):
    response = contributor.post(INVESTORS, {"line": line})
    assert "No investor was found in this text" in text(response)
    assert "<li" not in response.content.decode()


def test_a_text_that_is_too_long_says_so(contributor):
    response = contributor.post(INVESTORS, {"line": "GV, " * 3_000})
    assert "has 12,000 characters, more than 5,000" in text(response)


@pytest.mark.parametrize("address", [READ, INVESTORS])
def test_only_who_writes_deals_may_ask(client, address):
    assert client.post(address).status_code == 302
    client.force_login(make_person("reader", "reader"))
    assert client.post(address, {"of": "date"}).status_code == 403


def test_each_status_has_words(contributor):
    for status in STATUSES:
        assert text(contributor.post(READ, {"of": "status", "status": status})) == STATUSES[status]
