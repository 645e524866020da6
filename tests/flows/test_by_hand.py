"""One small register worked out on paper: every place of a deal, every state of an amount.

The comments carry the working, so that a reader can check a number without running anything.
"""

from datetime import date
from typing import Any

import pytest

from deals.flows.query import FlowQuery
from deals.models import Ownership
from tests.factories import make_deal, make_deals, make_organization, make_population
from tests.flows.comparing import assert_same

pytestmark = pytest.mark.django_db

RHEIN, THAMES, SEINE = ("Rhein", "DE"), ("Thames", "GB"), ("Seine", "FR")
HOME, US = ("Great Wall", "CN"), ("Bay", "US")
QUESTION = {"investor": "europe", "target": "CN", "from": "2017", "to": "2022"}


def asked(**params: str) -> dict[str, Any]:
    """The answer, after both implementations agreed on it."""
    return assert_same(FlowQuery.from_params(params))


@pytest.fixture
def answer() -> dict[str, Any]:
    population = make_population("hand")
    population.accessed_on = date(2024, 1, 1)
    population.save()
    rows: list[dict[str, Any]] = [
        # In the flow. A = 12, u = 2, ux = 1: low 0, split 6, high 12.
        {"target": "Alpha", "date": "2017-03-01", "amount": "12000000", "investors": [RHEIN, HOME]},
        # The only investor: 5, 5, 5.
        {"target": "Alpha", "date": "2017", "amount": "5000000", "investors": [THAMES]},
        # S = 5, Sx = 2, R = 5 belongs to the unnamed investor: 2, 2, 10.
        {
            "target": "Beta",
            "date": "2018-05-13",
            "amount": "10000000",
            "amount_state": "approximate",
            "investors": [SEINE, US, (None, None)],
            "contributions": ["2000000", "3000000", None],
            "investor_list": "partial",
        },
        # Middle √(30·50) = 38.72983346; R = 34.72983346, ux/u = 1/2: 4, 21.36491673, 50, apart.
        {
            "target": "Gamma",
            "date": "2019-05",
            "amount": ("30000000", "50000000"),
            "investors": [RHEIN, SEINE, HOME],
            "contributions": ["4000000", None, None],
        },
        # Undisclosed, but 1 is stated: at least 1, 1, 1.
        {
            "target": "Gamma",
            "date": "2019-Q2",
            "investors": [("Helvetia", "CH"), HOME],
            "contributions": ["1000000", None],
            "currency": "USD",
        },
        # 1 EUR = 1.1838 USD on that day: 11.838, three times.
        {
            "target": "Delta",
            "date": "2021-09-09",
            "amount": "10000000",
            "currency": "EUR",
            "investors": [("Amstel", "NL")],
        },
        # Disclosed, and not convertible.
        {
            "target": "Epsilon",
            "date": "2022-12-31",
            "amount": "30000000",
            "currency": "TWD",
            "investors": [("Fjord", "NO")],
        },
        # Undone later, and it counts: 3, 3, 3.
        {
            "target": "Zeta",
            "date": "2022-03-03",
            "amount": "3000000",
            "status": "unwound",
            "investors": [RHEIN],
        },
        # Not in the flow, and counted.
        {"date": "2018-01-01", "amount": "20000000", "investors": [HOME]},
        {"date": "2020", "investors": [HOME], "investor_list": "partial"},
        {"date": "2020-06-30", "amount": "8000000", "investors": [US, HOME]},
        {"date": "2021-01-05", "amount": "1000000", "investors": [("Harbour", "HK")]},
        {"date": "2021-02-01", "investors": [HOME, ("Somebody", None)]},
        {"date": "2022-05-05", "investors": []},
        # Beside the counted.
        {"date": None, "investors": [RHEIN]},
        {"date": ("2016-11-01", "2017-02-28"), "investors": [RHEIN]},
        {"date": "2019", "investors": [RHEIN], "target_country": None},
        # Nowhere in this question.
        {"date": "2019-09-09", "investors": [SEINE], "target_country": "HK"},
        {"date": "2019-09-09", "investors": [RHEIN], "status": "announced"},
        {"date": "2019-09-09", "investors": [RHEIN], "kind": "acquisition"},
        {"date": "2019-09-09", "investors": [RHEIN], "ai": "no"},
        {"date": "2023-01-01", "investors": [RHEIN]},
        {"date": "2019-09-09", "investors": [RHEIN], "population": None},
    ]
    # An umbrella of 50 of which one tranche of 20 is known: only the tranche counts, 20, 20, 20.
    round_ = {"target": "Theta", "date": "2020-01-01", "investors": [RHEIN]}
    umbrella = make_deal(**round_, amount="50000000", population="hand")
    make_deals(
        {"population": "hand"} | row
        for row in (*rows, round_ | {"amount": "20000000", "part_of": umbrella})
    )
    return asked(**QUESTION, population="hand", currency="USD")


def test_the_counts_are_those_worked_out_on_paper(answer: dict[str, Any]) -> None:
    assert answer["deals"] == {
        "n": 9,
        "N": 15,
        "share": "0.600000",
        "unknown": 2,
        "share_max": "0.733333",
        "partial": 1,
        "share_max_partial": "0.800000",
        "too_coarse": 1,
        "undated": 1,
        "unknown_target": 1,
        "composition": {
            "target_side_only": 2,
            "with_investor": 9,
            "other_foreign_only": 2,
            "unknown": 2,
        },
    }
    assert (answer["companies"], answer["investors"]) == (7, 6)


def test_others_stand_beside_on_the_same_deals(answer: dict[str, Any]) -> None:
    (us,) = answer["compare"]
    assert (us["investor"], us["n"], us["share"]) == ("US", 2, "0.133333")
    wider = answer["with_hk_mo"]
    assert (wider["n"], wider["N"], wider["share"]) == (10, 16, "0.625000")
    assert answer["without_hk_mo"] is None


def test_the_band_is_that_worked_out_on_paper(answer: dict[str, Any]) -> None:
    amount = answer["amount"]
    assert (amount["low"], amount["split"], amount["high"]) == (
        "42838000.00",  # 0 + 5 + 2 + 1 + 11.838 + 3 + 20
        "48838000.00",  # 6 + 5 + 2 + 1 + 11.838 + 3 + 20
        "62838000.00",  # 12 + 5 + 10 + 1 + 11.838 + 3 + 20
    )
    assert amount["ranges"] == {
        "n": 1,
        "low": "4000000.00",
        "split": "21364916.73",
        "high": "50000000.00",
    }
    assert amount["N_total"] == "90838000.00"  # 12 + 5 + 10 + 11.838 + 3 + 20, and 20 + 8 + 1
    assert amount["share_high"] == "0.691759"  # 62.838 ÷ 90.838
    names = ("disclosed_n", "N_disclosed", "at_least_n", "not_convertible")
    assert [amount[name] for name in names] == [7, 10, 1, 1]


def test_the_years_are_those_worked_out_on_paper(answer: dict[str, Any]) -> None:
    names = ("year", "n", "N", "low", "high", "complete")
    assert [tuple(row[name] for name in names) for row in answer["by_year"]] == [
        (2017, 2, 2, "5000000.00", "17000000.00", True),
        (2018, 1, 2, "2000000.00", "10000000.00", True),
        (2019, 2, 2, "1000000.00", "1000000.00", True),
        (2020, 1, 3, "20000000.00", "20000000.00", True),
        # Seen on 1 January 2024, exactly 24 months after its end; 2022 is younger.
        (2021, 1, 3, "11838000.00", "11838000.00", True),
        (2022, 2, 3, "3000000.00", "3000000.00", False),
    ]


def test_without_a_population_there_are_counts_and_no_share(answer: dict[str, Any]) -> None:
    found = asked(**QUESTION)
    # The case list holds the population's deals and the one that belongs to none.
    assert (found["deals"]["n"], found["deals"]["N"]) == (10, 16)
    assert found["population"]["why_no_share"]
    shares = [found["deals"]["share"], found["amount"]["share_high"], found["compare"][0]["share"]]
    assert shares == [None, None, None]


def test_a_case_list_of_several_kinds_has_no_share_of_value_either(answer: dict[str, Any]) -> None:
    amount = asked(**QUESTION, kind="all")["amount"]
    assert [row["kind"] for row in amount["by_kind"]] == ["funding_round", "acquisition"]
    assert {row["share_high"] for row in amount["by_kind"]} == {None}
    assert amount["low"] is None


def test_the_united_kingdom_is_in_the_union_until_its_last_day() -> None:
    days = ["2020-01-31", "2020-01", "2019-12-31", "2020-02-01", "2020-02", "2020", "2020-Q1"]
    make_deals({"date": day, "investors": [THAMES], "population": "eu"} for day in days)
    # A second investor who is surely a member settles what the first leaves open.
    make_deal(date="2020", investors=[THAMES, SEINE], population="eu")
    deals = asked(investor="eu", target="CN", population="eu")["deals"]
    assert (deals["n"], deals["N"], deals["too_coarse"]) == (4, 6, 2)
    assert asked(investor="europe", target="CN", population="eu")["deals"]["n"] == 8


def test_a_target_in_the_union_needs_a_date_that_lies_on_one_side_of_leaving() -> None:
    for day in ("2020-01-31", "2020-02-01", "2020", None):
        make_deal(date=day, target_country="GB", investors=[HOME])
    deals = asked(investor="CN", target="eu")["deals"]
    # An undated deal may lie on either side, too, where no window is asked.
    assert (deals["n"], deals["N"], deals["too_coarse"], deals["undated"]) == (1, 1, 2, 0)


def test_a_jointly_controlled_fund_belongs_to_both_its_owners() -> None:
    fund = make_organization("Alliance", "NL")
    for name, country in (("Losange", "FR"), ("Hinomaru", "JP")):
        owner = make_organization(name, country)
        Ownership.objects.create(owned=fund, owner=owner, share=50, controlling=True)
    make_deal(investors=[("Alliance", "NL"), HOME], amount="8", population="hand")
    found = {
        (code, by): asked(investor=code, target="CN", attribution=by)["deals"]["n"]
        for code in ("NL", "FR", "JP")
        for by in ("immediate", "ultimate")
    }
    assert [key for key, n in found.items() if n] == [
        ("NL", "immediate"),
        ("FR", "ultimate"),
        ("JP", "ultimate"),
    ]
    value = asked(investor="JP", target="CN", attribution="ultimate", currency="USD")["amount"]
    assert (value["low"], value["split"], value["high"]) == ("0.00", "4.00", "8.00")


def test_a_stated_contribution_without_a_rate_is_counted_as_not_convertible() -> None:
    make_deal(investors=[RHEIN], contributions=["7"], currency="TWD")
    amount = asked(investor="europe", target="CN")["amount"]
    assert (amount["low"], amount["at_least_n"], amount["not_convertible"]) == (None, 1, 1)


def test_undated_deals_are_named_beside_the_years_with_and_without_a_window() -> None:
    make_deals({"date": day} for day in (None, ("2018-12-01", "2019-01-31"), "2018"))
    everything = asked(investor="europe", target="CN")
    assert everything["by_year_beside"] == {
        "several_years": {"n": 1, "N": 1},
        "too_coarse": {"N": 0},
        "undated": {"n": 1, "N": 1},
    }
    windowed = asked(investor="europe", target="CN", **{"from": "2018", "to": "2019"})
    assert windowed["by_year_beside"]["undated"] == {"n": 0, "N": 1}
    assert windowed["deals"]["undated"] == 1
