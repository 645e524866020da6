"""Two people's changes: kept where they go together, a clash where they do not."""

from copy import deepcopy

from hypothesis import given
from hypothesis import strategies as st

from deals.entry.facts import FACTS, same
from deals.entry.three_way import three_way


def investor(name, **more):
    return {
        "id": "", "name": name, "country": "DE", "basis": "stated", "lead": None,
        "contribution": None, "stake": None, **more,
    }  # fmt: skip


def source(url, **more):
    return {
        "kind": "page", "url": url, "title": url, "publisher": "", "published_on": None,
        "accessed_on": None, "field": "", "quote": "", "locator": "", "stated": "", **more,
    }  # fmt: skip


BASE = {
    "target": {"id": "O-1", "name": "Horizon", "country": "CN", "basis": "stated"},
    "kind": "funding_round", "round_type": "", "status": "completed", "status_history": [],
    "date": {"first": "2021-09-09", "last": "2021-09-09", "precision": "day",
             "basis": "announced"},
    "recorded_on": None,
    "amount": {"state": "exact", "low": "5.00", "high": "5.00", "currency": "USD", "text": "5"},
    "investor_list": "complete", "investors": [investor("One"), investor("Two")],
    "ai": "yes", "ai_basis": "", "sectors": ["robotics"], "part_of": "", "population": "",
    "external_id": "", "notes": "", "choices": {}, "sources": [source("https://a.example/")],
}  # fmt: skip
# Several values of each fact; the first is the base's.
VALUES = {
    name: [BASE[name], *others]
    for name, others in {
        "target": [{**BASE["target"], "country": "HK"}],
        "round_type": ["seed", "series_a"],
        "notes": ["one", "two"],
        "amount": [{**BASE["amount"], "low": "6.00", "high": "6.00"}],
        "investors": [
            [investor("One")],
            [investor("One"), investor("Two"), investor("Three")],
            [investor("One", lead=True), investor("Two")],
            [investor("One", lead=False), investor("Two")],
        ],
        "sectors": [["robotics", "health"], ["health"], []],
        "sources": [[*BASE["sources"], source("https://b.example/")]],
        "choices": [{"amount": "The register's own."}, {"amount": "The company's."}],
    }.items()
}


@st.composite
def sides(draw):
    return {**BASE, **{name: draw(st.sampled_from(values)) for name, values in VALUES.items()}}


def elements(name, value):
    """A fact as named parts, told apart in another way than the code does."""
    if name == "investors":
        return {entry["name"]: repr(entry) for entry in value}
    if name == "sources":
        return {entry["url"] + entry["field"]: repr(entry) for entry in value}
    if name == "sectors":
        return dict.fromkeys(value, "in")
    if name == "choices":
        return value
    return {
        "": repr({k: v for k, v in value.items() if k != "text"} if name == "amount" else value)
    }


@given(sides(), sides())
def test_a_second_naive_comparison_agrees(theirs, mine):
    compared = three_way(BASE, theirs, mine)
    for name in FACTS:
        base, there, here = (elements(name, side[name]) for side in (BASE, theirs, mine))
        clash = any(
            len({base.get(k), there.get(k), here.get(k)}) == 3
            for k in {**base, **there, **here}
        )  # fmt: skip
        assert (name in compared.clashes) == clash, name
        merged = elements(name, compared.merged[name])
        if clash:
            assert merged == there
            continue
        wanted = {}
        for key in {**base, **there, **here}:
            value = here.get(key) if there.get(key) == base.get(key) else there.get(key)
            if value is not None:
                wanted[key] = value
        assert merged == wanted, name


@given(sides(), sides())
def test_each_fact_that_somebody_changed_is_named_once(theirs, mine):
    compared = three_way(BASE, theirs, mine)
    named = [*compared.by_them, *compared.by_me, *compared.by_both, *compared.clashes]
    assert len(named) == len(set(named))
    changed = {
        name
        for name in FACTS
        if not (same(name, BASE[name], theirs[name]) and same(name, BASE[name], mine[name]))
    }
    assert set(named) == changed


@given(sides(), sides())
def test_the_other_way_round_the_same_facts_clash(theirs, mine):
    one, other = three_way(BASE, theirs, mine), three_way(BASE, mine, theirs)
    assert one.clashes == other.clashes
    assert one.by_them == other.by_me


@given(sides())
def test_where_only_one_side_moved_its_word_stands(mine):
    compared = three_way(BASE, deepcopy(BASE), mine)
    assert compared.clashes == compared.by_them == ()
    assert all(same(name, compared.merged[name], mine[name]) for name in FACTS)


def test_both_add_an_investor_and_both_stay():
    theirs = {**BASE, "investors": [*BASE["investors"], investor("Three")]}
    mine = {**BASE, "investors": [investor("Two"), investor("One"), investor("Four")]}
    compared = three_way(BASE, theirs, mine)
    assert compared.by_both == ("investors",)
    names = [entry["name"] for entry in compared.merged["investors"]]
    assert names == ["One", "Two", "Three", "Four"]


def test_two_unnamed_investors_cannot_be_told_apart_so_a_person_chooses():
    nobody = [investor(""), investor("")]
    theirs = {**BASE, "investors": [*nobody, investor("Three")]}
    mine = {**BASE, "investors": [*nobody, investor("Four")]}
    assert three_way({**BASE, "investors": nobody}, theirs, mine).clashes == ("investors",)
