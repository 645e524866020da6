"""Rows of one deal are put together in a short way, which says what the long way says."""

from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deals.feeds import group, reading
from deals.feeds.group import RowOfDeal, put_together
from deals.feeds.reading import next_chunk, opened
from deals.feeds.rowtext import deal_text, parts, read_taking_part, row_text
from deals.feeds.run import Prepared
from tests.feeds.supplier import csv_of, file, prepared, profile

pytestmark = pytest.mark.django_db
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["Acme", "ACME Ltd", "Beta"]),
        st.sampled_from(["CN", ""]),
        st.sampled_from(["5", "5.0", "", "6", "x"]),
        st.sampled_from(["Fund", "Fund Ltd", "Bank", "", "undisclosed"]),
        st.sampled_from(["DE", "FR", ""]),
    ).map(lambda row: f"{row[0]},{row[1]},2019-05,{row[2]},USD,{row[3]},{row[4]}"),
    min_size=1,
    max_size=8,
)
BY_MONTH = {"text": profile().text.replace('["company", "month"]', '["month"]')}


def said(done: Prepared) -> object:
    deals = [(deal.key, deal.facts, deal.rows) for deal in done.deals]
    counts = done.rows_used, done.rows_duplicate, done.rows_rejected, done.participations
    return deals, done.problems, counts


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_the_short_way_says_what_the_long_way_says(rows: list[str]) -> None:
    short = said(prepared(rows, **BY_MONTH))
    slow = mock.patch.object(group, "_joined", return_value=False)
    with slow, mock.patch.object(group, "SeenRows", Remembered):
        assert said(prepared(rows, **BY_MONTH)) == short


class Remembered:
    """Compares every row with every other one, as facts."""

    def __init__(self) -> None:
        self.first: str | None = None
        self.rows: list[object] = []

    def again(self, deal: str, rest: str, partial: bool) -> bool:
        self.first = self.first or deal
        self.rows.append((group.read(deal + rest) | {"amount_text": ""}, partial))
        return self.rows[-1] in self.rows[:-1]


def test_what_the_row_before_says_is_not_written_again() -> None:
    rows = [f"Acme,CN,2019-05,5,USD,{name},DE" for name in ("A", "B")]
    rows += ["Acme,CN,2019-05,5.0,USD,C,DE", "Beta,CN,2019-05,5.0,USD,C,DE"]
    with opened(file(csv_of(rows)), profile()) as source:
        chunk = next_chunk(source.reader, profile(), 10, {})
    assert chunk is not None
    texts = [row.text or "" for _, row in chunk.staged]
    assert [text[0] for text in texts] == ["{", ",", "{", "{"]
    deal, rest = parts(texts[1], parts(texts[0], "")[0])
    assert deal == parts(texts[0], "")[0]
    taking_part = read_taking_part(rest)
    assert taking_part is not None
    assert taking_part["investors"][0][0] == "B"


def test_a_text_that_looks_like_the_second_part_stays_in_the_first() -> None:
    facts = {"notes": 'x,"investor_list":"none"', "sources": []}
    text = row_text(deal_text(facts), {"investor_list": "none", "investors": [], "ids": {}})
    assert parts(text, "")[0] == deal_text(facts)


def test_a_row_in_an_older_form_is_looked_at_as_a_whole() -> None:
    with opened(file(csv_of(["Acme,CN,2019-05,5,USD,A,DE"])), profile()) as source:
        chunk = next_chunk(source.reader, profile(), 10, {})
    assert chunk is not None
    (key, row) = chunk.staged[0]
    facts = group.read(row.text or "")
    older = group.read(row.text or "") | {"investors": [["B", "FR", "stated", None, None, None]]}
    texts = [reading.deal_text(one) + "}" for one in (facts, older)]
    done = put_together(key, [RowOfDeal(n, t, False) for n, t in enumerate(texts)], profile())
    assert done.deal is not None
    assert [investor[0] for investor in done.deal.facts["investors"]] == ["A", "B"]
