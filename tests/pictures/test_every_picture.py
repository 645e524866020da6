"""What holds for every chart of the registry, whoever drew it."""

import json
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from deals.flows.query import FlowQuery
from deals.pictures.registry import TABS, answers_for, picture
from tests.pictures.conftest import CODES, HOSTILE, QUERY, parsed

EMPTY = FlowQuery(investor=("AF",), target=("NO",))


@pytest.mark.parametrize("code", CODES)
def test_it_has_a_finding_a_summary_and_a_table(register, code):
    drawn, _scope = picture(code, QUERY)
    assert drawn.code == code
    assert all((drawn.title, drawn.subtitle, drawn.summary))
    assert all(panel.table.rows for panel in drawn.panels if panel.wide)
    assert "Population: Population test" in drawn.subtitle


@pytest.mark.parametrize("code", CODES)
def test_both_sizes_are_well_formed_and_share_no_id(register, code):
    drawn, _scope = picture(code, QUERY)
    sizes = [svg for panel in drawn.panels for svg in (panel.wide, panel.narrow) if svg]
    assert sizes
    whole = ElementTree.fromstring(f"<div>{''.join(sizes)}</div>")
    ids = [node.get("id") for node in whole.iter() if node.get("id")]
    assert len(ids) == len(set(ids))
    for url in re.findall(r"url\(#([^)]+)\)", "".join(sizes)):
        assert url in ids


@pytest.mark.parametrize("code", CODES)
def test_no_drawing_has_a_colour_or_a_coordinate_that_is_none(register, code):
    drawn, _scope = picture(code, QUERY)
    for panel in drawn.panels:
        for svg in (panel.wide, panel.narrow):
            assert not re.search(r"\b(None|nan|inf)\b", svg)
            # Colours are classes, so that themes and print apply.
            assert not re.search(r'(?:fill|stroke)="#', svg)


@pytest.mark.parametrize("code", CODES)
def test_every_mark_leads_to_deals_and_says_what_it_is(register, code):
    drawn, _scope = picture(code, QUERY)
    for panel in drawn.panels:
        for svg in filter(None, (panel.wide, panel.narrow)):
            links = list(parsed(svg).iter("a"))
            assert links
            for link in links:
                assert link.get("aria-label") or link.findtext("title")
                assert link.get("href").startswith("/deals/?")


def test_the_number_of_a_mark_is_that_of_its_deals(register, client):
    drawn, _scope = picture("matrix", QUERY)
    link = next(parsed(drawn.panels[0].wide).iter("a"))
    assert link.get("aria-label") == "Germany → China: 3 deals of 4 (75.0\u202f%)"
    assert client.get(link.get("href")).context["total"] == 3


@pytest.mark.parametrize("code", CODES)
def test_every_row_with_deals_leads_to_them(register, code):
    drawn, _scope = picture(code, QUERY)
    rows = [row for panel in drawn.panels for row in panel.table.rows if row["n"]]
    assert rows
    assert all(row["deals"].startswith("/deals/?") for row in rows)


@pytest.mark.parametrize("code", CODES)
def test_nothing_to_draw_is_a_sentence_and_no_broken_chart(register, code):
    drawn, _scope = picture(code, EMPTY)
    assert drawn.is_empty
    assert "No deal matches" in drawn.title
    assert all(panel.empty and not panel.narrow and not panel.figure for panel in drawn.panels)


@pytest.mark.parametrize("code", CODES)
def test_figures_are_json_and_their_texts_plain(hostile, code):
    drawn, _scope = picture(code, QUERY)
    for panel in drawn.panels:
        if panel.figure is None:
            continue
        text = json.dumps(panel.figure, allow_nan=False)
        assert "<" not in text.replace("<extra></extra>", "")
        assert "template" not in panel.figure["layout"]


@pytest.mark.parametrize("code", CODES)
def test_names_never_become_markup(hostile, code):
    drawn, _scope = picture(code, QUERY)
    for panel in drawn.panels:
        for svg in filter(None, (panel.wide, panel.narrow)):
            assert "<img" not in svg
            assert all(node.tag != "img" for node in parsed(svg).iter())


def test_names_are_shown_as_they_are(hostile):
    drawn, _scope = picture("organizations", QUERY)
    said = [node.get("aria-label") for node in parsed(drawn.panels[0].wide).iter("a")]
    assert any(HOSTILE in one for one in said)


@pytest.mark.parametrize("code", CODES)
def test_a_picture_asks_the_database_a_few_times_and_then_never(
    register, code, django_assert_max_num_queries
):
    with django_assert_max_num_queries(14):
        picture(code, QUERY)
    # Only the ledger's head, the population and the policy events are looked up again.
    with django_assert_max_num_queries(5):
        picture(code, QUERY)


@pytest.mark.parametrize("code", CODES)
def test_drawing_needs_no_database(register, code, django_assert_num_queries):
    answers, scope = answers_for(code, QUERY)
    with django_assert_num_queries(0):
        drawn = TABS[code].draw(QUERY, json.loads(json.dumps(answers)))
    assert replace(drawn, seq=scope.change_seq) == picture(code, QUERY)[0]
