"""The glossary: every word of the closed lists, each with examples and a rule that is there."""

import re
from html import unescape

import pytest

from deals.rules.counting import KINDS, STATUSES
from deals.rules.vocab import ROUND_TYPES, SECTORS
from deals.web.glossary import GROUPS, TERMS


@pytest.fixture
def page(client, db):
    response = client.get("/glossary/")
    assert response.status_code == 200
    return unescape(response.content.decode())


def test_every_code_of_the_closed_lists_is_explained():
    for prefix, codes in (
        ("kind", KINDS), ("status", STATUSES), ("round", ROUND_TYPES), ("sector", SECTORS),
    ):  # fmt: skip
        for code, title in codes.items():
            assert str(TERMS[f"{prefix}-{code.replace('_', '-')}"].title) == title


def test_every_word_that_a_number_stands_on_is_explained():
    assert {
        "deal", "target", "participation", "investor", "flow", "region", "immediate", "ultimate",
        "share", "population", "case-list", "n-of-n", "value", "too-coarse", "provisional",
        "version", "ledger", "release", "feed", "import", "change", "published-figure",
        "policy-event", "announced-date", "precision", "list-partial", "undisclosed",
    } <= set(TERMS)  # fmt: skip


def test_each_word_has_an_address_a_sentence_and_examples_in_and_out(page):
    for anchor, term in TERMS.items():
        assert page.count(f'id="{anchor}"') == 1
        for text in (term.definition, term.inside, term.outside):
            assert str(text) in page
            assert str(text).endswith((".", "”")), text


def test_no_word_stands_in_two_groups():
    assert sum(len(terms) for _anchor, _title, terms in GROUPS) == len(TERMS)


def test_each_word_leads_to_a_rule_that_is_there(client, db):
    methods = client.get("/methods/").content.decode()
    here = set(re.findall(r'id="([\w-]+)"', methods))
    assert {term.rule for term in TERMS.values()} <= here


def test_it_takes_no_parameters(client, db):
    assert client.get("/glossary/?q=deal").status_code == 400


def test_a_page_of_words_asks_only_how_current_the_data_are(client, db, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get("/glossary/")
