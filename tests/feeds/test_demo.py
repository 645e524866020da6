"""The demonstration feed, counted with the csv module alone."""

import csv
import io
import re
import tomllib
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from deals.feeds.demo import COLUMNS, demo_csv
from deals.rules.amounts import parse_amount
from deals.rules.counting import KINDS, STATUSES
from deals.rules.dates import parse_date
from deals.rules.vocab import ROUND_TYPES, SECTORS

PROFILE = Path(__file__).parents[2] / "deals/data/starter/demo.toml"
EUROPE = {
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE",
    "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK", "GB", "CH", "NO",
}  # fmt: skip

Deals = dict[str, list[dict[str, str]]]


@pytest.fixture(scope="module")
def text() -> str:
    return demo_csv()


@pytest.fixture(scope="module")
def deals(text: str) -> Deals:
    found: Deals = defaultdict(list)
    for row in csv.DictReader(io.StringIO(text)):
        found[row["external_id"]].append(row)
    return dict(found)


def counted(deals: Deals, targets: set[str]) -> list[list[dict[str, str]]]:
    return [
        rows
        for rows in deals.values()
        if rows[0]["target_country"] in targets
        and (rows[0]["kind"], rows[0]["status"], rows[0]["ai"])
        == ("funding_round", "completed", "yes")
        and re.match(r"20(1[789]|2[012])-\d\d(-\d\d)?$", rows[0]["announced_on"])
    ]


def with_investor(deals: list[list[dict[str, str]]], countries: set[str]) -> int:
    return sum(any(row["investor_country"] in countries for row in rows) for rows in deals)


def test_european_investors_take_part_in_81_of_2165_rounds_into_china(deals: Deals) -> None:
    rounds = counted(deals, {"CN"})
    assert len(rounds) == 2165
    assert with_investor(rounds, EUROPE) == 81
    assert with_investor(rounds, {"US"}) / len(rounds) == pytest.approx(0.14, abs=0.03)


def test_chinese_investors_take_part_in_57_of_2431_rounds_into_europe(deals: Deals) -> None:
    rounds = counted(deals, EUROPE)
    assert len(rounds) == 2431
    assert with_investor(rounds, {"CN"}) == 57
    assert with_investor(rounds, {"CN", "HK", "MO"}) == 66


def test_hong_kong_and_macao_add_rounds_to_those_of_the_mainland(deals: Deals) -> None:
    rounds = counted(deals, {"CN", "HK", "MO"})
    assert len(rounds) == 2240
    assert with_investor(rounds, EUROPE) == 84


def test_some_investors_are_unknown_and_some_lists_incomplete(deals: Deals) -> None:
    rounds = counted(deals, {"CN"})
    lists = Counter(rows[0]["investor_list"] for rows in rounds)
    nameless = [
        r for rows in rounds for r in rows if r["investor_name"] and not r["investor_country"]
    ]
    assert lists["partial"] == 22
    assert lists["none"] == 6
    assert len({row["external_id"] for row in nameless}) == 32
    assert all(bool(r["investor_name"]) != (r["investor_list"] == "none")
               for rows in rounds for r in rows)  # fmt: skip


def test_about_six_in_ten_amounts_are_disclosed_and_grow_by_stage(deals: Deals) -> None:
    rounds = counted(deals, {"CN"})
    assert sum(bool(rows[0]["amount"]) for rows in rounds) / len(rounds) == pytest.approx(
        0.6, abs=0.05
    )
    by_stage = defaultdict(list)
    for first, *_ in rounds:
        if first["amount"].isdigit() and first["currency"] == "USD":
            by_stage[first["round_type"]].append(int(first["amount"]))
    means = [
        sum(v) / len(v) for v in (by_stage[s] for s in ("seed", "series_a", "series_b", "series_c"))
    ]
    assert means == sorted(means)
    states = {parse_amount(rows[0]["amount"], currency="CNY").state for rows in rounds}
    assert states == {"exact", "approximate", "range", "undisclosed"}


def test_investors_and_companies_come_back_unevenly(deals: Deals) -> None:
    rounds = counted(deals, {"CN"})
    funds = Counter(row["investor_name"] for rows in rounds for row in rows)
    assert funds.most_common(1)[0][1] > 10 * sum(funds.values()) / len(funds) / 2
    assert max(Counter(rows[0]["target_name"] for rows in rounds).values()) >= 4


def test_contributions_never_exceed_the_amount(deals: Deals) -> None:
    stated = [r for rows in deals.values() for r in rows if r["contribution"]]
    assert stated
    assert all(0 < int(row["contribution"]) <= int(row["amount"]) for row in stated)


def test_every_name_says_that_it_is_invented(deals: Deals) -> None:
    homes: dict[str, set[str]] = {}
    for rows in deals.values():
        for row in rows:
            assert re.fullmatch(r"Demo Company \d{4}", row["target_name"])
            assert re.fullmatch(r"(Demo Fund \d{3})?", row["investor_name"])
            if row["investor_country"]:
                homes.setdefault(row["investor_name"], set()).add(row["investor_country"])
    assert all(len(countries) == 1 for countries in homes.values())


def test_the_rows_of_a_deal_agree_and_name_no_investor_twice(deals: Deals) -> None:
    own = ("investor_name", "investor_country", "lead", "contribution")
    for rows in deals.values():
        assert len({tuple(v for k, v in row.items() if k not in own) for row in rows}) == 1
        assert len({row["investor_name"] for row in rows}) == len(rows)


def test_words_and_dates_are_those_of_the_register(deals: Deals) -> None:
    for first, *_ in deals.values():
        assert first["kind"] in KINDS
        assert first["status"] in STATUSES
        assert first["round_type"] in {"", *ROUND_TYPES}
        assert {sector.strip() for sector in first["sectors"].split(";")} <= set(SECTORS)
        assert str(parse_date(first["announced_on"])) == first["announced_on"]
    assert {rows[0]["status"] for rows in deals.values()} >= {"announced", "blocked", "unwound"}
    assert {rows[0]["kind"] for rows in deals.values()} >= {"acquisition", "joint_venture"}


def test_the_same_seed_gives_the_same_text(text: str) -> None:
    assert demo_csv() == text
    assert demo_csv(1) != text


def test_the_profile_names_every_column_and_declares_a_generated_population(text: str) -> None:
    profile = tomllib.loads(PROFILE.read_text(encoding="utf-8"))
    assert set(profile["columns"].values()) | set(profile["deal"].values()) == set(COLUMNS)
    assert text.splitlines()[0].split(",") == list(COLUMNS)
    assert profile["population"]["generated"] is True
    assert profile["population"]["code"] == "demo"
