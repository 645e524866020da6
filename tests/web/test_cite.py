"""Citations: the number, its point of the ledger, an address that stays, and no broken TeX."""

import re
from datetime import date
from html import unescape
from urllib.parse import urlsplit

import pytest

from deals.web.cite import Quoted, bibtex, forms, tex
from tests.factories import make_deal, make_deals, make_population

QUESTION = "investor=europe&target=CN&from=2017&to=2022&population=supplier"


@pytest.fixture
def rounds(db):
    make_population("supplier")
    make_deals(
        {"population": "supplier", "investors": [("E", "DE" if n == 0 else "CN")]} for n in range(8)
    )


def quoted(**facts):
    given = {
        "title": "Rounds", "result": "1 of 8 (12.5 %)", "seq": 8, "release": None,
        "data_of": date(2026, 11, 21), "seen_on": date(2026, 11, 22), "generated": False,
        "url": "https://example.org/flows/?as_of=8",
    }  # fmt: skip
    return Quoted(**(given | facts))


def test_the_page_shows_every_form_of_the_citation_as_text(client, rounds):
    body = unescape(client.get(f"/flows/?{QUESTION}").content.decode())
    for place in ("cite-text", "cite-apa", "cite-footnote", "cite-bibtex"):
        assert re.search(rf'id="{place}"[^>]*>[^<]*InvestTrack', body), place
        assert f'data-copy-from="#{place}" hidden' in body
    assert "1 of 8 (12.5\u202f%)" in body
    assert "Data as of ledger no. 8." in body
    assert f'href="/flows/freeze/?{QUESTION}&as_of=8"' in body


def test_the_address_of_a_citation_still_gives_the_number_after_the_ledger_moved(client, rounds):
    body = unescape(client.get(f"/flows/?{QUESTION}").content.decode())
    url = re.search(r'id="cite-text">[^<]* (http\S+)</p>', body)[1]
    make_deal(population="supplier", investors=[("E", "FR")])
    parts = urlsplit(url)
    assert "1 of 8 (12.5\u202f%)" in unescape(
        client.get(f"{parts.path}?{parts.query}").content.decode()
    )


def test_the_bibliography_file_is_one_entry(client, rounds):
    response = client.get(f"/flows/cite.bib?{QUESTION}")
    assert response["Content-Type"].startswith("application/x-bibtex")
    assert 'filename="investtrack-8.bib"' in response["Content-Disposition"]
    text = response.content.decode()
    assert text.startswith("@misc{investtrack-8-")
    assert r"1 of 8 (12.5~\%)" in text
    assert f"url = {{http://testserver/flows/?{QUESTION}&as_of=8}}" in text
    assert "year = {20" in text


def test_the_bibliography_file_of_a_bad_question_names_the_parameter(client, db):
    response = client.get("/flows/cite.bib?investor=Atlantis")
    assert response.status_code == 400
    assert b"investor" in response.content


def test_texts_are_escaped_for_tex_and_braces_stay_balanced() -> None:
    assert tex("50 % of R&D_{x} ~ #1 $2 \\end^") == (
        r"50 \% of R\&D\_\textbraceleft{}x\textbraceright{} \textasciitilde{} \#1 \$2"
        r" \textbackslash{}end\textasciicircum{}"
    )
    entry = bibtex(quoted(title="A } bad { title", url="https://example.org/}{?q=%7B"))
    depth = 0
    for char in entry:
        depth += (char == "{") - (char == "}")
        assert depth >= 0
    assert depth == 0


def test_a_release_and_generated_data_are_said_in_every_form() -> None:
    found = forms(quoted(release="2026.11", generated=True))
    for name in ("text", "apa", "footnote", "bibtex"):
        assert "release 2026.11 (ledger no. 8)" in found[name]
        assert "generated, not real" in found[name]


def test_two_questions_have_two_keys_and_one_question_has_one() -> None:
    one, again = bibtex(quoted()), bibtex(quoted(result="2 of 9"))
    assert one.splitlines()[0] == again.splitlines()[0]
    other = bibtex(quoted(url=quoted().url + "&investor=DE"))
    assert other.splitlines()[0] != one.splitlines()[0]
