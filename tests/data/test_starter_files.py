"""The data files shipped with the code: every fact has a source and is written in valid words."""

import csv
import tomllib
from collections import Counter
from datetime import date
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from deals.rules.amounts import parse_amount
from deals.rules.counting import DEFAULT_KIND, KINDS, STATUSES
from deals.rules.countries import COUNTRIES
from deals.rules.dates import parse_date
from deals.rules.names import split_investors
from deals.rules.regions import REGIONS, side
from deals.rules.vocab import ROUND_TYPES, SECTORS

DATA = Path(__file__).parents[2] / "deals/data"
QUERY = {
    "investor", "target", "from", "to", "ai", "sector", "round", "kind", "status",
    "attribution", "currency", "min_amount", "max_amount", "organization", "population",
    "compare", "known_by", "release", "as_of",
}  # fmt: skip
INTERNAL = ("seed article", "seed brief", "seed says", "trap", "(check)", "dedup", "remark")


def read(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


DEALS = read("starter/deals.csv")
BY_ID = {row["external_id"]: row for row in DEALS}
PROFILE = tomllib.loads((DATA / "starter/deals.toml").read_text(encoding="utf-8"))
ORGANIZATIONS = read("starter/organizations.csv")
OWNERSHIPS = read("starter/ownerships.csv")
FIGURES = read("published_figures.csv")
EVENTS = read("policy_events.csv")


def investors(row: dict[str, str]) -> list[tuple[str, str | None]]:
    return split_investors(row["investors"], PROFILE["investors_separator"])


def named() -> set[str]:
    found = {row["target_name"] for row in DEALS} | {n for row in DEALS for n, _ in investors(row)}
    return found | {row["owner"] for row in OWNERSHIPS}


def test_the_profile_reads_every_column_and_declares_no_population() -> None:
    assert set(PROFILE["columns"].values()) == set(DEALS[0])
    assert PROFILE["code"] == "starter"
    assert "population" not in PROFILE


def test_ids_are_unique_and_umbrellas_stand_before_their_tranches() -> None:
    order = [row["external_id"] for row in DEALS]
    assert len(set(order)) == len(order) >= 60
    for row in DEALS:
        if row["part_of"]:
            assert order.index(row["part_of"]) < order.index(row["external_id"])
            assert BY_ID[row["part_of"]]["target_name"] == row["target_name"]


@pytest.mark.parametrize("row", DEALS, ids=list(BY_ID))
def test_a_deal_has_sources_and_valid_words(row: dict[str, str]) -> None:
    titles = row["source_title"].split(" | ")
    assert all(titles)
    for column in ("source_url", "source_field", "source_quote"):
        assert not row[column] or len(row[column].split(" | ")) == len(titles)
    assert all(url.startswith(("http://", "https://")) for url in row["source_url"].split(" | "))
    assert set(row["source_field"].split(" | ")) <= {"", *row}
    assert row["kind"] in KINDS
    assert row["status"] in STATUSES
    assert row["round_type"] in {"", *ROUND_TYPES}
    assert row["target_country"] in COUNTRIES
    assert row["ai"] in {"yes", "no", "unknown"}
    assert row["ai_basis"].startswith("editor: ")
    assert row["investor_list"] in {"complete", "partial", "none"}
    assert {s.strip() for s in row["sectors"].split(";")} <= {"", *SECTORS}
    assert not any(word in row["notes"] for word in INTERNAL)


@pytest.mark.parametrize("row", DEALS, ids=list(BY_ID))
def test_dates_amounts_and_investors_of_a_deal_can_be_read(row: dict[str, str]) -> None:
    assert str(parse_date(row["announced_on"])) == row["announced_on"]
    assert bool(row["date_basis"]) == bool(row["announced_on"])
    amount = parse_amount(row["amount"], currency=row["currency"] or None)
    assert (amount.currency or "") == row["currency"]
    names = [name for name, _ in investors(row)]
    assert len(set(names)) == len(names)
    assert bool(names) == (row["investor_list"] != "none")
    for _, bracket in investors(row):
        code, _, basis = (bracket or "").partition(" ")
        assert code in {"", *COUNTRIES}
        assert basis in {"", "stated", "headquarters"}
    assert {n.strip() for n in row["lead"].split(";")} <= {"", *names}
    assert not row["stake"] or 0 < float(row["stake"]) <= 100


@pytest.mark.parametrize("row", DEALS, ids=list(BY_ID))
def test_the_status_history_ends_with_the_status_and_runs_forward(row: dict[str, str]) -> None:
    if not row["status_history"]:
        assert row["status"] == "completed"
        return
    steps = [entry.split("|")[0].split() for entry in row["status_history"].split(";")]
    assert {status for status, *_ in steps} <= set(STATUSES)
    assert steps[-1][0] == row["status"]
    days = [parse_date(when[0]).first for _, *when in steps if when]
    assert days == sorted(day for day in days if day)


def test_an_organization_has_one_country_wherever_it_is_named() -> None:
    found: dict[str, set[str]] = {}
    for row in DEALS:
        for name, bracket in investors(row):
            if bracket:
                found.setdefault(name, set()).add(bracket.split()[0])
    for row in ORGANIZATIONS:
        if row["country_basis"] == "headquarters" and row["name"] in found:
            found[row["name"]].add(row["country"])
    assert {name: codes for name, codes in found.items() if len(codes) > 1} == {}


def test_deals_that_never_happened_or_are_no_investment_do_not_count() -> None:
    expected = {"D016": ("acquisition", "blocked"), "D017": ("licence", "blocked"),
                "D018": ("acquisition", "unwound"), "D019": ("acquisition", "blocked"),
                "D021": ("acquisition", "withdrawn"), "D022": ("acquisition", "divestment_ordered"),
                "D036": (DEFAULT_KIND, "rumoured"), "D040": ("listed_stake", "completed"),
                "D055": ("partnership", "announced"), "D056": ("partnership", "terminated"),
                "D058": ("listed_stake", "completed"), 
                "D059a": ("greenfield", "completed")}  # fmt: skip
    assert {i: (BY_ID[i]["kind"], BY_ID[i]["status"]) for i in expected} == expected


def test_what_is_not_known_stays_blank() -> None:
    assert BY_ID["D052"]["announced_on"] == BY_ID["D054"]["announced_on"] == ""
    assert BY_ID["D003"]["investors"] == ""
    assert BY_ID["D001"]["amount"] == ""
    assert dict(investors(BY_ID["D009"]))["Hongkou Capital"] is None


def test_sources_that_disagree_stand_side_by_side() -> None:
    momenta = BY_ID["D033"]
    cited = list(
        zip(momenta["source_field"].split(" | "), momenta["source_quote"].split(" | "), strict=True)
    )
    assert {quote for field, quote in cited if field == "amount"} == {
        "USD 46 million",
        "USD 57 million in total",
    }


def test_organizations_are_those_of_the_deals() -> None:
    for row in ORGANIZATIONS:
        assert row["name"] in named()
        assert row["kind"] in {"company", "fund", "government", "university", "consortium"}
        assert row["country"] in COUNTRIES
        assert row["country_basis"] in {"headquarters", "incorporation", "operations"}
        assert row["source_url"]
        assert row["source_title"]
        for name in filter(None, row["other_names"].split("; ")):
            assert name.partition(":")[0] in {"Latn", "Hans"}
            assert name.partition(":")[2]
    facts = [(r["name"], r["country"], r["country_basis"]) for r in ORGANIZATIONS]
    assert max(Counter(facts).values()) == 1


def test_ownerships_have_sources_and_reach_the_known_owners() -> None:
    for row in OWNERSHIPS:
        assert row["owned"] in named()
        assert row["owner_country"] in COUNTRIES
        assert row["controlling"] in {"yes", "no"}
        assert row["state_linked"] in {"", "yes", "no"}
        assert row["source_url"]
        assert not row["share_percent"] or 0 < float(row["share_percent"]) <= 100
        assert not row["from"] or date.fromisoformat(row["from"])
    control = {(r["owned"], r["owner_country"]) for r in OWNERSHIPS if r["controlling"] == "yes"}
    assert control >= {("Nexperia", "CN"), ("Silex Microsystems", "CN"), ("Canyon Bridge", "CN"),
                       ("SoftBank Vision Fund", "JP"), ("FTDI Holding Ltd", "CN"),
                       ("Alliance Ventures", "FR"), ("Alliance Ventures", "JP")}  # fmt: skip


def test_a_published_figure_has_a_value_a_source_and_a_query_or_a_reason() -> None:
    assert len({row["id"] for row in FIGURES}) == len(FIGURES)
    for row in FIGURES:
        assert float(row["value"])
        assert row["unit"]
        assert row["definition"]
        assert row["source_title"]
        assert row["evidence"]
        assert row["measure"] in {"share", "deals", "amount", "companies", "investors", "context"}
        assert row["shelf"] in {"figure", "context"}
        assert row["query"] or row["comparable_note"] or row["shelf"] == "context", row["id"]
        for column in ("period_from", "period_to"):
            assert str(parse_date(row[column])) == row[column]
        query = dict(parse_qsl(row["query"], strict_parsing=True)) if row["query"] else {}
        assert set(query) <= QUERY
        for name in ("investor", "target"):
            assert side(query.get(name, "")).codes or name not in query
        assert not any(word in " ".join(row.values()) for word in INTERNAL)


def test_the_reference_figure_asks_the_reference_question() -> None:
    (figure,) = [row for row in FIGURES if row["id"] == "F01"]
    assert (figure["value"], figure["numerator"], figure["denominator"]) == ("3.7", "81", "2165")
    assert figure["query"] == "investor=europe&target=CN&from=2017&to=2022"
    assert "europe" in REGIONS


def test_policy_events_are_dated_in_order_and_say_how_sure_the_date_is() -> None:
    days = [date.fromisoformat(row["date"]) for row in EVENTS]
    assert days == sorted(days)
    for row in EVENTS:
        assert row["jurisdiction"] in {"EU", *COUNTRIES}
        assert row["title"]
        assert row["kind"]
        assert row["evidence"]
        assert not row["applies_to_deals_from"] or date.fromisoformat(row["applies_to_deals_from"])
        assert not any(word in " ".join(row.values()) for word in INTERNAL)
