"""What a file is called, and what it says about itself."""

from datetime import UTC, date, datetime

import pytest

from deals.exports.about import LONGEST_QUESTION, facts, file_name, lines
from deals.flows.listing import Wanted
from deals.flows.query import FlowQuery
from deals.flows.scope import Scope
from deals.models import Population

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def scope(release=None, population=None):
    return Scope(population, (), None, 40_213, NOW, release, NOW.date(), NOW)


@pytest.mark.parametrize(
    ("params", "wanted", "name"),
    [
        (
            {"investor": "europe", "target": "CN", "from": "2017", "to": "2022"},
            {},
            "europe-to-CN_2017-2022_ledger-40213",
        ),
        ({}, {}, "ledger-40213"),
        ({"target": "DE,FR"}, {}, "anyone-to-DE+FR_ledger-40213"),
        ({"investor": "AT,BE,DE,FR"}, {}, "4-places-to-anywhere_ledger-40213"),
        ({"from": "2017"}, {}, "from-2017_ledger-40213"),
        ({"to": "2017-06"}, {}, "until-2017-06_ledger-40213"),
        ({"from": "2017", "to": "2017"}, {}, "2017_ledger-40213"),
        ({"kind": "acquisition", "ai": "all"}, {}, "ai-all_kind-acquisition_ledger-40213"),
        ({}, {"place": "unknown", "q": "../\r\n"}, "unknown_search_ledger-40213"),
        ({}, {"updated_since": NOW}, "since-2026-11-22_ledger-40213"),
    ],
)
def test_a_name_says_question_point_and_day(params, wanted, name):
    query = FlowQuery.from_params(params)
    made = file_name("deals", "csv", query, scope(), Wanted(**wanted), date(2026, 11, 23))
    assert made == f"investtrack-deals_{name}_2026-11-23.csv"


def test_a_name_is_of_one_release_packed_and_never_too_long():
    query = FlowQuery.from_params({"sector": "robotics,speech,drug_discovery"})
    made = file_name(
        "participations", "csv", query, scope("2026.11"), Wanted(), date(2026, 11, 23), ".gz"
    )
    assert made.startswith("investtrack-participations_sector-")
    assert made.endswith("_release-2026.11_2026-11-23.csv.gz")
    long = FlowQuery.from_params({"population": "p" * 64, "organization": "O-" + "1" * 60})
    made = file_name("deals", "csv", long, scope("r" * 32), Wanted(), date(2026, 11, 23))
    assert made.endswith(f"_release-{'r' * 32}_2026-11-23.csv")
    assert len(made) < LONGEST_QUESTION + 80


def test_a_file_of_invented_deals_says_so_first():
    population = Population(code="demo", title="Demonstration", generated=True)
    query = FlowQuery.from_params({"investor": "europe", "target": "CN", "population": "demo"})
    said = lines(query, scope("2026.11", population), Wanted())
    assert said[0][0] == "Demonstration"
    words = dict(said)
    assert "China" in words["Question"]
    assert words["Point of the ledger"] == "entry 40213, release 2026.11"
    assert dict(facts(query, scope("2026.11"))) == {
        "question": "/deals/?investor=europe&target=CN&population=demo",
        "change_seq": "40213",
        "release": "2026.11",
    }
