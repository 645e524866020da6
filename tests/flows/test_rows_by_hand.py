"""Rows of charts worked out on paper, what they are called, and what they cost."""

from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from deals.flows.asked import QUESTIONS, ask, ask_all
from deals.flows.query import BadParameters, FlowQuery
from deals.flows.scope import resolve
from deals.flows.top_organizations import top_investors
from deals.models import Organization, Ownership
from tests.factories import make_deal, make_deals, make_organization
from tests.flows.comparing_rows import ROWS, assert_links, assert_same_rows, fast_rows
from tests.flows.naive import load_register

pytestmark = pytest.mark.django_db

RHEIN, SEINE, WALL = ("Rhein", "DE"), ("Seine", "FR"), ("Great Wall", "CN")
QUERY = FlowQuery(investor=("europe",), target=("china-hk-mo",), population="hand", currency="EUR")
PAYLOAD = "<script>alert(1)</script>=cmd()"


@pytest.fixture
def answers() -> dict[str, dict[str, Any]]:
    """Every question of the same register, after both implementations agreed on each."""
    plain = {"population": "hand", "currency": "EUR", "round_type": "seed"}
    rows: list[dict[str, Any]] = [
        # A = 12, three investors without a stated part: low 0; split 4 to each; high 12.
        {
            "target": "Alpha",
            "date": "2018-05-13",
            "amount": "12",
            "investors": [RHEIN, SEINE, WALL],
            "sectors": ["robotics", "lidar"],
        },
        # Rhein states 3 of 5, and the rest is Seine's alone.
        {
            "target": "Alpha",
            "date": "2018-06",
            "amount": "5",
            "investors": [RHEIN, SEINE],
            "contributions": ["3", None],
            "sectors": ["lidar"],
        },
        # No single quarter and no month has it.
        {"target": "Beta", "date": "2019", "amount": "7", "investors": [(None, "DE")]},
        # Neither a year.
        {
            "target": "Gamma",
            "target_country": "HK",
            "date": ("2018-12-01", "2019-01-31"),
            "investors": [RHEIN],
            "round_type": "",
        },
        {"target": "Beta", "date": "2018", "amount": "9", "investors": [WALL]},
        {"target": "Delta", "date": None, "investors": [WALL], "sectors": ["robotics"]},
    ]
    make_deals(plain | row for row in rows)
    register = load_register()
    return {name: assert_same_rows(name, QUERY, register) for name in ROWS}


def table(answer: dict[str, Any], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in answer["rows"]]


def test_a_deal_is_in_the_period_that_holds_its_whole_interval(answers) -> None:
    year = answers["series"]
    assert table(year, "period", "n", "N", "share") == [
        ("2018", 2, 3, "0.666667"),
        ("2019", 1, 1, "1.000000"),
    ]
    assert table(year, "from", "to", "low", "split", "high")[0] == (
        "2018-01-01", "2018-12-31", "5.00", "13.00", "17.00",
    )  # fmt: skip
    places = ("several_periods", "undated")
    assert [(year["beside"][p]["n"], year["beside"][p]["N"]) for p in places] == [(1, 1), (0, 1)]
    quarter = answers["series-quarter"]
    assert table(quarter, "period", "n") == [("2018-Q2", 2)]
    assert quarter["beside"]["several_periods"]["n"] == 2
    assert table(answers["series-month"], "period", "n") == [("2018-05", 1), ("2018-06", 1)]
    assert year["total"]["n"] == quarter["total"]["n"] == 4


def test_bands_of_countries_are_of_their_own_investors(answers) -> None:
    # Germany: 0 + 3 + 7, 4 + 3 + 7, 12 + 5 + 7. France: 0 + 2, 4 + 2, 12 + 5.
    assert table(answers["top-countries"], "rank", "code", "name", "n", "low", "split", "high") == [
        (1, "DE", "Germany", 4, "10.00", "14.00", "24.00"),
        (2, "FR", "France", 2, "2.00", "6.00", "17.00"),
    ]
    # Together each deal counts once: 0 + 5 + 7, 8 + 5 + 7, 12 + 5 + 7.
    total = answers["top-countries"]["total"]
    assert [total[name] for name in ("n", "low", "split", "high")] == [4, "12.00", "20.00", "24.00"]


def test_investors_are_ranked_with_what_each_put_in(answers) -> None:
    assert table(answers["top-investors"], "rank", "name", "country", "n", "low", "high") == [
        (1, "Rhein", "DE", 3, "3.00", "17.00"),
        (2, "Seine", "FR", 2, "2.00", "17.00"),
        (3, "not stated", None, 1, "7.00", "7.00"),
    ]
    assert table(answers["top-targets"], "rank", "name", "n", "N", "share") == [
        (1, "Alpha", 2, 2, "1.000000"),
        (2, "Beta", 1, 2, "0.500000"),
        (2, "Gamma", 1, 1, "1.000000"),
    ]


def test_sectors_and_rounds_have_an_N_of_their_own_and_name_what_is_not_stated(answers) -> None:
    assert table(answers["top-sectors"], "rank", "code", "name", "n", "N") == [
        (1, "lidar", "Lidar", 2, 2),
        (1, "", "not stated", 2, 3),
        (3, "robotics", "Robotics", 1, 2),
    ]
    assert table(answers["top-rounds"], "code", "name", "n", "N") == [
        ("seed", "Seed", 3, 5),
        ("", "not stated", 1, 1),
    ]


def test_the_matrix_and_the_diagram_count_each_deal_once_in_their_totals(answers) -> None:
    matrix = answers["matrix"]
    assert (matrix["investors"], matrix["targets"]) == (["DE", "FR"], ["CN", "HK"])
    assert table(matrix, "investor", "target", "n", "N") == [
        ("DE", "CN", 3, 5),
        ("DE", "HK", 1, 1),
        ("FR", "CN", 2, 5),
    ]
    assert [(row["country"], row["n"]) for row in matrix["investor_totals"]] == [
        ("DE", 4),
        ("FR", 2),
    ]
    assert [(row["country"], row["n"], row["N"]) for row in matrix["target_totals"]] == [
        ("CN", 3, 5),
        ("HK", 1, 1),
    ]
    diagram = answers["diagram"]
    assert diagram["total"]["n"] == 4
    assert {row["code"]: row["n"] for row in diagram["nodes"]["sectors"]} == {
        "lidar": 2,
        "robotics": 1,
        "": 2,
    }
    assert ("DE", "CN", "lidar", 2) in table(diagram, "investor", "target", "sector", "n")
    assert set(diagram["links"]) == {"page", "deals", "investor_target", "target_sector"}


@pytest.mark.parametrize("name", ROWS)
def test_every_link_of_the_register_on_paper_lists_its_deals(answers, name) -> None:
    assert assert_links(name, QUERY, load_register()) > 0


def test_values_of_several_kinds_are_never_added() -> None:
    make_deals([{"amount": "5"}, {"amount": "7", "kind": "acquisition"}])
    for kind, low in ((("all",), None), (("grant",), None), (("acquisition",), "7.00")):
        query = QUERY.but(kind=kind, population="", currency="USD")
        for name in ROWS:
            answer = fast_rows(name, query)
            if name != "diagram":
                assert answer["total"]["low"] == low, (name, kind)
                assert bool(answer["why_no_value"]) is (low is None)


def test_a_country_that_left_the_union_is_linked_only_until_it_left() -> None:
    make_deals({"investors": [("Thames", "GB"), RHEIN], "date": d} for d in ("2019", "2021"))
    query = FlowQuery(investor=("eu",), target=("CN",))
    rows = {row["code"]: row for row in fast_rows("top-countries", query)["rows"]}
    assert (rows["DE"]["n"], rows["GB"]["n"]) == (2, 1)
    assert "to=2020-01-31" in rows["GB"]["deals"]
    assert assert_links("top-countries", query, load_register()) == 2
    assert assert_links("matrix", FlowQuery(investor=("CN",), target=("eu",)), load_register()) == 0


def test_merged_organizations_are_one_row_under_the_one_that_remains() -> None:
    make_deals([{"investors": [("Old", "DE")]}, {"investors": [("Older", "DE"), ("New", "DE")]}])
    old, older, new = (Organization.objects.get(name=name) for name in ("Old", "Older", "New"))
    older.merged_into = old
    older.save()
    old.merged_into = new
    old.save()
    query = FlowQuery(investor=("DE",), target=("CN",))
    (row,) = fast_rows("top-investors", query)["rows"]
    assert (row["code"], row["n"]) == (new.public_id, 2)
    assert assert_links("top-investors", query, load_register()) == 1


def test_two_organizations_of_one_name_stay_two_rows() -> None:
    make_deals([{"investors": [("Same", "DE")]}, {"investors": [("Same", "FR")]}])
    rows = fast_rows("top-investors", FlowQuery(investor=("europe",), target=("CN",)))["rows"]
    assert [(row["name"], row["country"]) for row in rows] in (
        [("Same", "DE"), ("Same", "FR")],
        [("Same", "FR"), ("Same", "DE")],
    )


def test_a_limit_keeps_the_strongest_and_says_how_many_there_are() -> None:
    make_deals({"investors": [(f"Fund {n}", "DE")] * 1} for n in (1, 2, 2, 3, 3, 3))
    query = FlowQuery(investor=("DE",), target=("CN",))
    answer = top_investors(query, resolve(query), limit=2)
    assert table(answer, "name", "n", "rank") == [("Fund 3", 3, 1), ("Fund 2", 2, 2)]
    assert (answer["limit"], answer["rows_all"], answer["total"]["n"]) == (2, 3, 6)


def test_an_organization_asked_for_stays_in_the_links_of_others() -> None:
    make_deals([{"investors": [RHEIN, SEINE]}, {"investors": [SEINE]}])
    rhein = make_organization("Rhein", "DE")
    query = FlowQuery(investor=("europe",), target=("CN",), organization=rhein.public_id)
    assert assert_links("top-investors", query, load_register()) == 2


def test_ultimate_owners_are_the_countries_of_the_rows_where_they_are_asked_for() -> None:
    fund = make_organization("Alliance", "NL")
    for name, country in (("Losange", "FR"), ("Hinomaru", "JP")):
        owner = make_organization(name, country)
        Ownership.objects.create(owned=fund, owner=owner, share=50, controlling=True)
    make_deal(investors=[("Alliance", "NL")])
    query = FlowQuery(investor=("europe", "JP"), target=("CN",))
    assert table(fast_rows("top-countries", query), "code") == [("NL",)]
    query = query.but(attribution="ultimate")
    assert table(fast_rows("top-countries", query), "code") == [("FR",), ("JP",)]
    assert assert_links("diagram", query, load_register()) > 0


def test_names_are_given_as_they_are_and_escaped_where_they_are_shown() -> None:
    make_deal(target=PAYLOAD, investors=[(PAYLOAD, "DE")])
    query = FlowQuery(investor=("DE",), target=("CN",))
    for name in ("top-investors", "top-targets"):
        assert table(fast_rows(name, query), "name") == [(PAYLOAD,)]


@pytest.mark.parametrize("name", ROWS)
def test_a_question_is_one_statement_however_many_rows_it_has(name, answers) -> None:
    """Organizations also ask what was merged, and targets for the N of those that are shown."""
    scope = resolve(QUERY)
    cache.clear()
    with CaptureQueriesContext(connection) as asked:
        QUESTIONS[name](QUERY, scope)
    assert len(asked) == {"top-investors": 2, "top-targets": 3}.get(name, 1)


def test_several_questions_see_one_ledger_and_are_kept(answers) -> None:
    names = ("share", "series", "top-investors", "matrix")
    first, scope = ask_all(names, QUERY)
    assert list(first) == list(names)
    assert {answer["as_of"]["change_seq"] for answer in first.values()} == {scope.change_seq}
    with CaptureQueriesContext(connection) as again:
        assert ask("matrix", QUERY)[0] == first["matrix"]
    assert not any("deals_dealfact" in entry["sql"] for entry in again)
    make_deal(population="hand", investors=[RHEIN])
    assert ask("matrix", QUERY)[0]["total"]["n"] == first["matrix"]["total"]["n"] + 1


def test_a_code_that_is_not_there_is_refused_by_name() -> None:
    with pytest.raises(BadParameters, match="population"):
        ask("series", QUERY.but(population="nobody"))
