"""What is stored of an answer: once for a question and point, with the rules that computed it."""

import re

import pytest

from deals.flows import frozen
from deals.flows.frozen import TABLES, changed_reference, held, keep, question, same, stored
from deals.flows.query import FlowQuery

pytestmark = pytest.mark.django_db

QUESTION = FlowQuery.from_params({"investor": "europe", "target": "CN", "from": "2017"})


def test_a_question_at_a_point_is_stored_once_however_it_named_the_point() -> None:
    view = keep(QUESTION, 7, {"share": {"n": 1}})
    assert re.fullmatch(r"[a-z2-9]{12}", view.token)
    again = keep(QUESTION.but(as_of=7), 7, {"share": {"n": 2}})
    assert again.pk == keep(QUESTION.but(release="2026.11"), 7, {}).pk == view.pk
    assert again.answers == {"share": {"n": 1}}
    other = keep(QUESTION, 8, {})
    assert other.token != view.token


def test_a_stored_view_is_found_by_its_address_and_by_its_question() -> None:
    view = keep(QUESTION, 7, {})
    assert stored(view.token) == same(QUESTION.but(as_of=3), 7) == view
    assert stored("nothing") is None
    assert same(QUESTION, 8) is None
    assert question(view) == held(QUESTION, 7) == QUESTION.but(as_of=7)


def test_a_view_knows_which_rules_and_tables_computed_it(monkeypatch, tmp_path) -> None:
    view = keep(QUESTION, 7, {})
    assert set(view.reference) == {"code", "tables", "rates"}
    assert set(view.reference["tables"]) == set(TABLES)
    assert changed_reference(view) == []
    for name in TABLES:
        (tmp_path / f"{name}.csv").write_text("other" if name == "regions" else "")
    monkeypatch.setattr(frozen, "CODE_VERSION", -1)
    monkeypatch.setattr(frozen, "_last_rate", lambda: "1999-01-04")
    assert changed_reference(view) == ["code", "rates"]
    monkeypatch.setattr(frozen, "DATA", tmp_path)
    assert changed_reference(view) == ["code", *TABLES, "rates"]
