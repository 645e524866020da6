"""Rows become deals: nothing is lost, nothing is used twice, and contradictions are shown."""

import csv
import io
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deals.feeds.run import prepare
from tests.feeds.supplier import HEADER, PROFILE, file, prepared, profile

ROW = st.tuples(
    st.sampled_from(["Acme", "Beta", "", "x" * 301]),
    st.sampled_from(["CN", "Germany", "", "Atlantis", "-"]),
    st.sampled_from(["2019-05", "2019", "", "soon", "2019-02-30"]),
    st.sampled_from(["5", "7m", "", "0", "-1", "undisclosed"]),
    st.sampled_from(["USD", "EUR", ""]),
    st.sampled_from(["Fund", "Bank", "", "Not Published"]),
    st.sampled_from(["DE", "FR", "", "Nowhere"]),
)


def counts(rows: list[str], text: str = PROFILE, **changes: str) -> tuple[int, ...]:
    done = prepared(rows, text, **changes)
    return (
        done.rows_read, done.rows_used, done.rows_skipped, done.rows_duplicate, done.rows_rejected,
    )  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=12), st.sampled_from(["participation", "deal"]))
def test_every_row_is_used_skipped_a_duplicate_or_rejected(rows, kind) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([HEADER.split(","), *rows])
    text = PROFILE.replace("participation", kind)
    read = prepare(file(out.getvalue()), profile(text))
    assert read.rows_read == len(rows)
    assert read.rows_used == sum(len(deal.rows) for deal in read.deals)
    parts = (read.rows_used, read.rows_skipped, read.rows_duplicate, read.rows_rejected)
    assert sum(parts) == len(rows)
    used = [row for deal in read.deals for row in deal.rows]
    fatal = {problem.row for problem in read.problems if problem.fatal}
    assert len(set(used)) == len(used)
    assert not fatal & set(used)
    assert len(fatal) == read.rows_rejected
    assert len({deal.key for deal in read.deals}) == len(read.deals)


def test_one_row_an_investor_makes_one_deal_with_both() -> None:
    done = prepared(["Acme,CN,2019-05,5,USD,Fund,DE", "Acme,CN,2019-05,5,USD,Bank,FR"])
    (deal,) = done.facts.values()
    assert [investor[:2] for investor in deal["investors"]] == [["Fund", "DE"], ["Bank", "FR"]]
    assert (done.deals[0].rows, done.participations) == ([2, 3], 2)


def test_a_duplicate_equals_an_earlier_row_after_normalising() -> None:
    rows = ["Acme,CN,2019-05,5000000,USD,Fund,DE", "Acme,China,2019-05,5.0m,$,Fund,Germany"]
    assert counts(rows) == (2, 1, 0, 1, 0)


def test_blanks_yield_to_values_whichever_row_has_them() -> None:
    rows = ["Acme,,2019-05,,USD,Fund,", "Acme,CN,2019-05,5,USD,Fund,DE"]
    for order in (rows, rows[::-1]):
        done = prepared(order)
        (deal,) = done.facts.values()
        assert (deal["target_country"], deal["amount"]["low"]) == ("CN", "5.00")
        assert deal["investors"] == [["Fund", "DE", "stated", None, None, None]]
        assert done.rows_used == 2


def test_of_two_amounts_the_first_stands_and_the_later_row_is_rejected_as_a_whole() -> None:
    done = prepared(["Acme,CN,2019-05,5,USD,Fund,DE", "Acme,CN,2019-05,7,USD,Bank,FR"])
    (deal,) = done.facts.values()
    assert (deal["amount"]["low"], len(deal["investors"])) == ("5.00", 1)
    (problem,) = done.problems
    assert (problem.row, problem.column, problem.code) == (3, "raised_usd", "conflicts_with_row")
    assert "row 2" in problem.message
    assert done.rows_rejected == 1


def test_with_a_row_a_deal_two_lists_of_investors_conflict() -> None:
    text = PROFILE.replace("participation", "deal")
    done = prepared(["Acme,CN,2019-05,5,USD,Fund,DE", "Acme,CN,2019-05,5,USD,Bank,FR"], text)
    assert [p.code for p in done.problems] == ["conflicts_with_row"]


@pytest.mark.parametrize(
    ("rows", "state", "investors"),
    [
        (["Acme,CN,2019-05,5,USD,Fund,DE"], "complete", 1),
        (["Acme,CN,2019-05,5,USD,Fund,DE", "Acme,CN,2019-05,5,USD,Not Published,"], "partial", 2),
        (["Acme,CN,2019-05,5,USD,,"], "none", 0),
        (["Acme,CN,2019-05,5,USD,Not Published,CN"], "partial", 1),
    ],
)
def test_an_investor_not_named_makes_the_list_partial_or_none(rows, state, investors) -> None:
    (deal,) = prepared(rows).facts.values()
    assert (deal["investor_list"], len(deal["investors"])) == (state, investors)


def test_contributions_above_the_amount_reject_the_deal() -> None:
    text = PROFILE.replace('currency = "ccy"', 'contribution = "ccy"')
    rows = ["Acme,CN,2019-05,5,3,Fund,DE", "Acme,CN,2019-05,5,4,Bank,FR"]
    assert counts(rows, text) == (2, 0, 0, 0, 2)
    (first, _) = prepared(rows, text).problems
    assert first.code == "contributions_exceed_amount"


def test_one_name_in_two_countries_is_two_investors() -> None:
    rows = ["Acme,CN,2019-05,5,USD,Fund,DE", "Acme,CN,2019-05,5,USD,Fund,FR"]
    assert prepared(rows).participations == 2


def test_an_investor_of_a_rejected_row_is_missing_from_the_list() -> None:
    good = "Acme,CN,2019-05,5,USD,Fund,CN"
    (deal,) = prepared([good, "Acme,CN,2019-05,5,USD,Bank,Atlantis"]).facts.values()
    assert (deal["investor_list"], len(deal["investors"])) == ("partial", 1)
    (deal,) = prepared([good, "Acme,CN,2019-05,7,USD,Bank,DE"]).facts.values()
    assert (deal["investor_list"], len(deal["investors"])) == ("partial", 1)
    # The row that contradicts names nobody who is not in the list already.
    (deal,) = prepared([good, "Acme,CN,2019-05,7,USD,Fund,CN"]).facts.values()
    assert deal["investor_list"] == "complete"


def test_a_continuation_row_without_a_name_makes_a_list_in_cells_partial() -> None:
    text = PROFILE.replace('investor_name = "investor"', 'investors = "investor"')
    rows = ["Acme,CN,2019-05,5,USD,Fund [DE]; Bank [FR],", "Acme,CN,2019-05,5,USD,Not Published,"]
    (deal,) = prepared(rows, text).facts.values()
    assert (deal["investor_list"], len(deal["investors"])) == ("partial", 3)


@pytest.mark.parametrize("text", [PROFILE, PROFILE.replace("participation", "deal")])
def test_a_key_that_lumps_everything_together_ends_in_row_errors(text: str) -> None:
    text = text.replace('investor_name = "investor"', 'investors = "investor"')
    rows = [f"Acme,CN,2019-05,5,USD,Fund {number},DE" for number in range(1_010)]
    done = prepared(rows, text)
    assert max(len(deal.facts["investors"]) for deal in done.deals) <= 1_000
    rows = ['Acme,CN,2019-05,5,USD,"' + ";".join(map(str, range(1_001))) + '",']
    (problem,) = prepared(rows, text).problems
    assert problem.code == "too_many_investors"


def test_a_tranche_of_itself_is_refused_since_it_would_never_count() -> None:
    text = PROFILE.replace('["company", "month"]', '["company"]').replace(
        'currency = "ccy"', 'part_of = "ccy"'
    )
    rows = ["A,CN,2019-05,5,B,Fund,DE", "B,CN,2019-05,5,A,Fund,DE", "C,CN,2019-05,5,A,Fund,DE"]
    done = prepared([*rows, "D,CN,2019-05,5,D,Fund,DE", "E,CN,2019-05,5,,Fund,DE"], text)
    assert [(p.row, p.code) for p in done.problems] == [
        (row, "part_of_itself") for row in (2, 3, 5)
    ]
    assert [deal.key for deal in done.deals] == ["C", "E"]


def test_a_deal_of_twenty_thousand_rows_takes_no_time_for_all_their_pairs() -> None:
    rows = [f"Acme,CN,2019-05,5,USD,Fund {number},DE" for number in range(20_000)]
    begun = process_time()
    done = prepared(rows)
    assert (done.rows_used, done.rows_rejected) == (1_000, 19_000)
    assert process_time() - begun < 20
