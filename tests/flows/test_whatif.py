"""What an import would do to the headline shares is what it does once it is published."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection

from deals import actions
from deals.feeds.profile import Profile
from deals.feeds.profile_toml import load_profile
from deals.feeds.receive import receive_path
from deals.feeds.run import approve, import_file
from deals.flows.query import FlowQuery
from deals.flows.scope import resolve
from deals.flows.share import flow_share
from deals.flows.whatif import impact
from deals.flows.whatif_questions import WAYS, WINDOWS
from deals.flows.wouldbe import as_if_published
from deals.models import (
    Change,
    DealFact,
    DealVersion,
    FeedRecord,
    ImportRun,
    Organization,
    Population,
    StagedDeal,
    ledger,
)
from tests.factories import make_deal, submit_version
from tests.feeds.supplier import csv_of, file
from tests.flows.comparing import fast_share
from tests.flows.moves import edit
from tests.flows.registers import random_register

pytestmark = pytest.mark.django_db

PROFILES = Path(__file__).resolve().parent.parent / "profiles"
HEADER = "id,name,country,date,investors,list,kind,status,ai,whole,amount,tags"
PROFILE = """
name = "Deal a row"
rows = "deal"
investors_separator = [";"]

[deal]
external_id = "id"

[columns]
external_id = "id"
target_name = "name"
target_country = "country"
announced_on = "date"
investors = "investors"
investor_list = "list"
kind = "kind"
status = "status"
ai = "ai"
part_of = "whole"
amount = "amount"
sectors = "tags"

[constants]
currency = "USD"
"""
DECLARED = '\n[population]\ncode = "{}"\ntitle = "Deals a row"\n'
COUNTRIES = ("CN", "CN", "CN", "HK", "DE", "FR", "GB", "US", "")
DATES = ("2018-05-13", "2019-05", "2017", "2021-03-01", "2016-12-31", "2023", "")
INVESTORS = ("Fund [DE]", "Seine [FR]", "Dragon [CN]", "Peak [HK]", "Bay [US]", "Nobody")


def profile(population: str | None, more: str = "") -> Profile:
    return load_profile(PROFILE + (DECLARED.format(population) if population else "") + more)


def row(key: str, **facts: str) -> str:
    """A European round in China, unless the facts say otherwise."""
    plain = {
        "id": key, "name": f"Company {key}", "country": "CN", "date": "2019-05",
        "investors": "Fund [DE]", "list": "complete", "kind": "funding_round",
        "status": "completed", "ai": "yes", "whole": "", "amount": "5000000", "tags": "",
    }  # fmt: skip
    return ",".join((plain | facts).values())


def brought(rows: Iterable[str], read: Profile, *, publish: bool = False) -> ImportRun:
    return import_file(file(csv_of(rows, HEADER)), read, publish=publish)


def random_facts(rng: Random) -> dict[str, str]:
    named = rng.sample(INVESTORS, rng.choice((0, 1, 1, 2, 3)))
    return {
        "country": rng.choice(COUNTRIES),
        "date": rng.choice(DATES),
        "investors": ";".join(named),
        "list": rng.choice(("complete", "partial")) if named else "none",
        "kind": rng.choice(("funding_round", "funding_round", "funding_round", "acquisition")),
        "status": rng.choice(("completed", "completed", "completed", "announced", "unwound")),
        "ai": rng.choice(("yes", "yes", "yes", "no", "unknown")),
        "tags": rng.choice(("", "robotics", "robotics;lidar")),
    }


def asked(query: FlowQuery) -> dict[str, dict[str, Any]]:
    """The product's answer without and with Hong Kong and Macao, in the preview's form."""
    answer = fast_share(query)
    names = ("n", "N", "share")
    return {
        "plain": {name: answer["deals"][name] for name in names},
        "with_hk_mo": {name: answer["with_hk_mo"][name] for name in names},
    }


def headline(population: str | None) -> dict[tuple[str, str | None], dict[str, dict[str, Any]]]:
    """Every headline question that the register can answer now."""
    return {
        (f"{way}, funding rounds, {window}", inside): asked(
            query.but(from_=first, to=last, population=inside or "")
        )
        for inside in dict.fromkeys((population, None))
        if inside is None or Population.objects.filter(code=inside).exists()
        for way, query in WAYS
        for window, first, last in WINDOWS
    }


def foreseen(answer: dict[str, Any], when: str) -> dict[tuple[str, str | None], Any]:
    return {
        (question["title"], question["population"]): {
            "plain": question[when],
            "with_hk_mo": question["with_hk_mo"][when],
        }
        for question in answer["questions"]
        if question[when] is not None
    }


def counted(answers: dict[Any, Any]) -> dict[Any, Any]:
    """Without the questions about nothing."""
    return {key: both for key, both in answers.items() if any(c["N"] for c in both.values())}


def state_of_the_database() -> dict[str, Any]:
    models = (Change, DealFact, DealVersion, FeedRecord, ImportRun, Organization, Population)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relnamespace = pg_my_temp_schema()")
        (temporary,) = cursor.fetchone()
    counts = {model.__name__: model.objects.count() for model in (*models, StagedDeal)}
    return counts | {"head": ledger.head(), "temporary": temporary}


def assert_foreseen(run: ImportRun, population: str | None) -> dict[str, Any]:
    """Preview, publish, ask again; returns the preview."""
    before, state = headline(population), state_of_the_database()
    answer = impact(run.pk, population=population)
    assert state_of_the_database() == state, "The preview left something behind."
    assert headline(population) == before
    assert answer["seq"] == ledger.head()
    assert answer == json.loads(json.dumps(answer))
    approve(run.pk)
    after = headline(population)
    shown = foreseen(answer, "after")
    assert shown.items() >= counted(after).items()
    assert after.items() >= shown.items()
    assert before.items() >= foreseen(answer, "before").items()
    for question in answer["questions"]:
        n = (question["before"] or {"n": 0})["n"]
        moved = question["enter_flow"] - question["leave_flow"]
        assert question["after"]["n"] - n == moved
    return answer


def random_import(rng: Random, read: Profile) -> ImportRun:
    """A second file of a feed, after its first was published and people worked on its deals."""
    first = {f"K{number}": random_facts(rng) for number in range(40)}
    first |= {f"T{n}": random_facts(rng) | {"whole": f"K{n}"} for n in range(4)}
    brought([row(key, **facts) for key, facts in first.items()], read, publish=True)
    deals = [DealVersion.objects.live().get(external_id=f"K{n}").deal for n in range(10, 20)]
    merged, into, gone, edited = deals[:4]
    actions.merge(deal=merged, into=into, by=None, reason="A test")
    actions.retract(deal=gone, by=None, reason="A test")
    version = DealVersion.objects.live().get(deal=edited)
    edit(version, population=version.population, target=version.target_name, ai="no")
    second: dict[str, dict[str, str]] = {}
    for key, facts in first.items():
        other = random_facts(rng)
        changed = rng.sample(sorted(other), rng.choice((0, 1, 2)))
        second[key] = facts | {name: other[name] for name in changed}
    second |= {f"N{number}": random_facts(rng) for number in range(30)}
    # New tranches of new deals, of deals delivered before, and of a deal that was merged.
    wholes = {"P0": "N0", "P1": "N1", "P2": "K5", "P3": "K10", "P4": "T1"}
    second |= {key: random_facts(rng) | {"whole": whole} for key, whole in wholes.items()}
    return brought([row(key, **facts) for key, facts in second.items()], read)


@pytest.mark.parametrize("population", ["declared", None])
@pytest.mark.parametrize("seed", range(4))
def test_a_random_import_moves_the_shares_as_it_was_foreseen(
    seed: int, population: str | None
) -> None:
    random_register(seed, 60)
    run = random_import(Random(seed), profile(population))
    answer = assert_foreseen(run, population)
    assert {run.deals_created > 20, run.deals_updated > 10} == {True}
    assert any(q["before"] != q["after"] for q in answer["questions"])


def test_a_first_import_has_no_before_inside_its_population() -> None:
    make_deal(investors=[("Old Fund", "FR")])
    rows = [row("A"), row("B", investors="Dragon [CN]"), row("C", country="HK")]
    answer = assert_foreseen(brought(rows, profile("fresh")), "fresh")
    inside = next(q for q in answer["questions"] if q["population"] == "fresh")
    assert inside["before"] is None
    assert inside["after"] == {"n": 1, "N": 2, "share": "0.500000"}
    assert inside["with_hk_mo"] == {"before": None, "after": {"n": 2, "N": 3, "share": "0.666667"}}
    assert inside["page"] == "/flows/?investor=europe&target=CN&population=fresh"
    outside = next(q for q in answer["questions"] if q["population"] is None)
    assert outside["title"] == "Europe → China, funding rounds, all years"
    assert outside["before"] == {"n": 1, "N": 1, "share": None}
    assert outside["after"] == {"n": 2, "N": 3, "share": None}
    assert answer["deals"] == {"enter_flow": 1, "leave_flow": 0}


def test_questions_come_in_one_order_and_those_about_nothing_are_left_out() -> None:
    run = brought([row("A", date="2015-03")], profile("fresh"))
    questions = impact(run.pk, population="fresh")["questions"]
    assert [(q["title"], q["population"]) for q in questions] == [
        ("Europe → China, funding rounds, all years", "fresh"),
        ("Europe → China, funding rounds, all years", None),
    ]


def test_invented_deals_of_a_new_population_stay_out_of_the_case_list() -> None:
    run = brought([row("A")], profile("invented", "generated = true\n"))
    questions = impact(run.pk, population="invented")["questions"]
    assert {q["population"] for q in questions} == {"invented"}


def test_deals_that_leave_the_flow_are_told_from_those_that_enter_it() -> None:
    read = profile("declared")
    brought([row("A"), row("B", investors="Bay [US]"), row("C")], read, publish=True)
    run = brought([row("A", investors="Bay [US]"), row("B"), row("C", date="2023")], read)
    answer = assert_foreseen(run, "declared")
    moved = {
        q["title"]: (q["enter_flow"], q["leave_flow"], q["after"]["n"] - q["before"]["n"])
        for q in answer["questions"]
        if q["population"]
    }
    assert moved == {
        "Europe → China, funding rounds, all years": (1, 1, 0),
        "Europe → China, funding rounds, 2017–2022": (1, 2, -1),
    }
    assert answer["deals"] == {"enter_flow": 1, "leave_flow": 2}


def test_an_umbrella_leaves_the_flow_when_its_first_tranche_arrives() -> None:
    read = profile("declared")
    brought([row("U")], read, publish=True)
    run = brought([row("U"), row("T", whole="U", investors="Bay [US]")], read)
    answer = assert_foreseen(run, "declared")
    assert answer["questions"][0]["after"] == {"n": 0, "N": 1, "share": "0.000000"}
    assert answer["deals"] == {"enter_flow": 0, "leave_flow": 1}


def test_conflicts_and_held_deals_move_nothing() -> None:
    read = profile("declared")
    brought([row("A"), row("B")], read, publish=True)
    version = DealVersion.objects.live().get(external_id="A")
    edit(version, population=version.population, target=version.target_name, ai="no")
    run = brought([row("A", ai="unknown"), row("B"), row("T", whole="nowhere")], read)
    assert (run.deals_conflict, run.deals_held) == (1, 1)
    answer = assert_foreseen(run, "declared")
    assert [q["after"]["N"] for q in answer["questions"]] == [1] * 4
    assert all(q["before"] == q["after"] for q in answer["questions"])
    assert answer["deals"] == {"enter_flow": 0, "leave_flow": 0}


def test_a_change_to_a_deal_that_was_merged_is_one_of_the_deal_it_went_into() -> None:
    read = profile("declared")
    brought([row("A"), row("B")], read, publish=True)
    deals = {v.external_id: v.deal for v in DealVersion.objects.live()}
    actions.merge(deal=deals["A"], into=deals["B"], by=None, reason="A test")
    run = brought([row("A", investors="Bay [US]")], read)
    assert run.deals_updated == 1
    answer = assert_foreseen(run, "declared")
    assert answer["questions"][0]["after"] == {"n": 0, "N": 1, "share": "0.000000"}
    assert answer["deals"] == {"enter_flow": 0, "leave_flow": 1}


def test_a_deal_that_was_completed_once_counts_whatever_it_is_now() -> None:
    read = load_profile(
        PROFILE.replace('status = "status"', 'status_history = "status"') + DECLARED.format("d")
    )
    course = "completed 2018 | | ; blocked 2019 | | "
    brought([row("A", status=course), row("B", status="announced 2018")], read, publish=True)
    rows = [
        row("A", status=course, kind="acquisition"),
        row("B", status="announced 2018; blocked 2019"),
        row("C", status=course),
        row("D", status="blocked 2019", date="2016-06 to 2017-03"),
        row("E", status=course, date="2022-06 to 2023-03"),
    ]
    answer = assert_foreseen(brought(rows, read), "d")
    inside = [q for q in answer["questions"] if q["population"]]
    assert [q["after"]["n"] for q in inside] == [2, 1]


def test_answers_of_readers_are_neither_used_nor_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    run = brought([row("A")], profile("declared"))

    def used(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("The preview touched the kept answers.")

    for name in ("get", "set", "get_or_set", "get_many", "set_many"):
        monkeypatch.setattr(cache, name, used, raising=False)
    assert impact(run.pk, population="declared")["questions"]


def test_inside_the_preview_the_ordinary_answer_is_the_one_of_tomorrow() -> None:
    """The whole answer of a reader's question, not only the numbers shown, comes from the view."""
    run = brought([row("A"), row("B", investors="Bay [US]")], profile(None))
    query = WAYS[0][1]
    with as_if_published(run.pk, None, seq=ledger.head() + 1):
        answer = flow_share(query, resolve(query))
    assert answer["deals"]["composition"]["other_foreign_only"] == 1
    assert [year["n"] for year in answer["by_year"]] == [1]
    assert fast_share(query)["deals"]["N"] == 0


ODD: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "a day that is none": lambda facts: facts | {"date": {"first": "2019-02-30", "last": "?"}},
    "a country of three letters": lambda facts: facts | {"target_country": "CHN"},
    "a fact that is missing": lambda facts: {k: v for k, v in facts.items() if k != "kind"},
    "investors that are no list": lambda facts: facts | {"investors": "Fund"},
    "nothing": lambda facts: {},
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_odd_staged_facts_are_a_sentence_and_no_failure(
    odd: Callable[[dict[str, Any]], dict[str, Any]],
) -> None:
    run = brought([row("A")], profile("declared"))
    staged = StagedDeal.objects.get(import_run=run)
    staged.facts = odd(staged.facts)
    staged.save()
    state = state_of_the_database()
    answer = impact(run.pk, population="declared")
    assert answer["problem"].startswith("What this import would change could not be computed")
    assert (answer["seq"], answer["questions"]) == (ledger.head(), [])
    assert state_of_the_database() == state


def test_an_import_that_is_not_there_changes_nothing() -> None:
    make_deal()
    (question, *_) = impact(0, population=None)["questions"]
    assert question["before"] == question["after"] == {"n": 1, "N": 1, "share": None}


@pytest.mark.django_db(transaction=True)
def test_with_a_transaction_of_its_own_it_leaves_nothing_behind_either() -> None:
    run = brought([row("A")], profile("declared"))
    state = state_of_the_database()
    assert not connection.in_atomic_block
    assert impact(run.pk, population="declared")["deals"]["enter_flow"] == 1
    assert state_of_the_database() == state
    assert submit_version().pk, "The connection still writes."


@pytest.mark.xdist_group("real_feeds")
def test_a_real_file_moves_the_shares_as_it_was_foreseen(shared_data: Path) -> None:
    text = (PROFILES / "unicorn_rounds.toml").read_text(encoding="utf-8")
    read = load_profile(text)
    assert read.population is not None
    run = import_file(receive_path(shared_data / "feeds" / "unicorn_rounds.csv"), read)
    answer = assert_foreseen(run, read.population.code)
    inside = answer["questions"][0]
    print(inside["title"], inside["after"])
    assert inside["before"] is None
    assert inside["after"]["N"] > 0
