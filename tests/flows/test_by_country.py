"""Numbers alone by country are those of the charts, which read every deal."""

import pytest

from deals.flows.by_country import Counted, from_countries, into_countries, whole
from deals.flows.query import FlowQuery
from deals.flows.scope import resolve
from deals.flows.top import top_countries, top_target_countries
from deals.models.masks import countries_in
from tests.flows.registers import random_register

pytestmark = pytest.mark.django_db

# With and without the cells, which know whole years and the live state.
ASKED = (
    {"kind": "all", "ai": "all", "status": "all"},
    {"investor": "europe"},
    {"investor": "eu", "from": "2019", "to": "2021"},
    {"target": "china-hk-mo", "attribution": "ultimate", "kind": "all"},
    {"target": "europe", "from": "2018-03-05"},
    {"as_of": "60", "kind": "all", "ai": "all"},
)


def test_they_are_those_of_the_charts() -> None:
    random_register(5, 120)
    for params in ASKED:
        query = FlowQuery.from_params(params)
        scope = resolve(query)
        chart = top_target_countries(query, scope)
        total = chart["total"]
        assert whole(query, scope) == Counted(total["n"], total["disclosed_n"]), params
        expected = {
            row["code"]: Counted(row["n"], row["disclosed_n"]) for row in chart["rows"] if row["n"]
        }
        assert len(expected) > 1
        assert into_countries(query, scope) == expected, params
        if not query.investor:
            expected = {
                row["code"]: Counted(row["n"], row["disclosed_n"])
                for row in top_countries(query, scope)["rows"]
                if row["n"]
            }
            assert len(expected) > 1
            assert from_countries(query, scope) == expected, params


def test_a_mask_is_read_back_as_its_countries() -> None:
    bits = ["0"] * 676
    for code in ("AA", "CN", "ZZ"):
        bits[(ord(code[0]) - 65) * 26 + ord(code[1]) - 65] = "1"
    assert list(countries_in("".join(bits))) == ["AA", "CN", "ZZ"]
    assert list(countries_in("0" * 676)) == []
