"""How much is known, by year: a naive count over versions agrees, and every number has deals."""

from decimal import ROUND_HALF_EVEN, Decimal
from itertools import product
from random import Random

import pytest

from deals.flows.coverage import MEASURES, coverage
from deals.flows.query import FlowQuery
from deals.flows.scope import resolve
from deals.models import DealVersion
from tests.factories import make_deal, make_deals, make_population

pytestmark = pytest.mark.django_db


COUNTRIES = ("DE", "CN", None)
LISTS = ("complete", "partial", "none")
SOURCES = (("A",), ("A", "A"), ("A", "B"))
DATES = ("2019-05", "2020", "2021-03-04", None, ("2019-12-20", "2020-01-31"))


@pytest.fixture
def register():
    """Every combination of what is known of a deal, with kinds and statuses that do not count."""
    rng = Random(3)
    make_population("supplier")
    make_population("invented", generated=True)
    facts = [
        {
            "investors": [("Fund", first), ("Other", second)][: 0 if listed == "none" else 2],
            "investor_list": listed,
            "sources": sources,
            "date": rng.choice(DATES),
            "amount": rng.choice((None, "5", ("1", "9"))),
            "kind": rng.choice(("funding_round", "funding_round", "acquisition")),
            "status": rng.choice(("completed", "unwound", "blocked")),
            "ai": rng.choice(("yes", "yes", "no")),
            "population": rng.choice((None, "supplier", "invented")),
        }
        for first, second, listed, sources in product(COUNTRIES, COUNTRIES, LISTS, SOURCES)
    ] * 2
    umbrella = make_deals(facts)[0]
    make_deals([{"part_of": umbrella}])


def period(version: DealVersion) -> str:
    if version.date_first is None:
        return "no_date"
    same = version.date_first.year == version.date_last.year
    return str(version.date_first.year) if same else "several_years"


def naive(population: str) -> dict[str, dict[str, int]]:
    """A loop over every live version, rule by rule."""
    live = list(DealVersion.objects.live().prefetch_related("participations", "citations"))
    umbrellas = {version.part_of_id for version in live if version.part_of_id}
    found: dict[str, dict[str, int]] = {}
    for version in live:
        code = version.population.code if version.population else ""
        generated = bool(version.population and version.population.generated)
        past = {step["status"] for step in version.status_history} | {version.status}
        if (
            version.deal_id in umbrellas
            or version.kind != "funding_round"
            or version.ai != "yes"
            or not past & {"completed", "divestment_ordered", "unwound"}
            or (code != population if population else generated)
        ):
            continue
        parts = list(version.participations.all())
        row = found.setdefault(period(version), dict.fromkeys(("n", *MEASURES), 0))
        row["n"] += 1
        row["with_amount"] += version.amount_state != "undisclosed"
        row["all_known"] += (
            version.investor_list == "complete" and bool(parts) and all(p.country for p in parts)
        )
        row["two_sources"] += len({one.source_id for one in version.citations.all()}) > 1
    return found


@pytest.mark.parametrize("population", ["", "supplier", "invented"])
def test_both_ways_of_counting_agree(register, population):
    query = FlowQuery(population=population)
    found = coverage(query, resolve(query))
    expected = naive(population)
    assert expected
    got = {
        row["period"]: {"n": row["n"], **{name: row[name]["n"] for name in MEASURES}}
        for row in found["rows"]
    }
    assert got == expected
    for name in MEASURES:
        assert found["total"][name]["n"] == sum(row[name] for row in expected.values())
        whole = sum(row["n"] for row in expected.values())
        part = Decimal(found["total"][name]["n"]) / whole
        rounded = part.quantize(Decimal("0.000001"), ROUND_HALF_EVEN)
        assert found["total"][name]["share"] == str(rounded)


def test_every_number_leads_to_exactly_its_deals(register, client):
    query = FlowQuery(population="supplier")
    found = coverage(query, resolve(query))
    cells = [
        cell
        for row in [*found["rows"][:4], *found["rows"][-2:], found["total"]]
        for cell in (row, *(row[name] for name in MEASURES))
        if cell["deals"]
    ]
    assert len(cells) > 15
    for cell in cells:
        assert client.get(cell["deals"]).context["total"] == cell["n"], cell


def test_an_empty_register_has_a_total_of_nothing():
    found = coverage(FlowQuery(), resolve(FlowQuery()))
    assert found["rows"] == []
    assert found["total"]["n"] == 0
    assert found["total"]["with_amount"]["share"] is None


def test_the_same_source_twice_is_one_source():
    make_deal(sources=("A", "A"))
    assert coverage(FlowQuery(), resolve(FlowQuery()))["total"]["two_sources"]["n"] == 0


def test_one_statement_counts_everything(register, django_assert_num_queries):
    scope = resolve(FlowQuery())
    with django_assert_num_queries(1):
        coverage(FlowQuery(), scope)
    with django_assert_num_queries(0):
        coverage(FlowQuery(), scope)
