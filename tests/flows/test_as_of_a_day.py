"""As of a day: the ledger as it was when that day ended, in UTC."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from deals.flows.asked import ask
from deals.flows.query import BadParameters, FlowQuery
from deals.flows.scope import resolve
from deals.models import Change, ledger
from tests.factories import make_deal, make_deals
from tests.flows.comparing import comparable, fast_share
from tests.flows.comparing_rows import assert_same_rows
from tests.flows.moves import edit, page_of, retract
from tests.flows.naive import ledger_point, load_register, naive_share

pytestmark = pytest.mark.django_db

QUESTION = FlowQuery.from_params({"investor": "europe", "target": "CN"})
Clock = Callable[[str], None]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Sets what time it is when something is published."""

    def at(text: str) -> None:
        moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return at


def n_as_of(day: str) -> int:
    found: int = fast_share(asked(day))["deals"]["n"]
    return found


def asked(day: str) -> FlowQuery:
    return FlowQuery.from_params(QUESTION.to_params() | {"as_of": day})


def test_a_day_is_the_ledger_up_to_its_last_moment(clock: Clock) -> None:
    for moment in (
        "2026-03-30T23:59:59",
        "2026-03-31T00:00:00",
        "2026-03-31T23:59:59.999999",
        "2026-04-01T00:00:00",
    ):
        clock(moment)
        make_deal()
    days = ("2026-03-30", "2026-03-31", "2026-04-01", "2026-04-02", "2026-11-01")
    assert [n_as_of(day) for day in days] == [1, 3, 4, 4, 4]


def test_what_happens_later_never_changes_a_days_answer(clock: Clock) -> None:
    clock("2026-03-30T12:00:00")
    a, b, _ = make_deals([{}] * 3)
    clock("2026-03-31T12:00:00")
    make_deal(amount="7")
    query = asked("2026-03-31")
    before = comparable(fast_share(query))
    clock("2026-05-01T12:00:00")
    edit(a, investors=[("Bay", "US")])
    retract(b)
    make_deal()
    assert comparable(fast_share(query)) == before
    assert fast_share(QUESTION)["deals"]["n"] == 3
    assert naive_share(query, today=timezone.now().date()) == before
    assert page_of(query).total == before["deals"]["n"] == 4
    for name in ("series", "top-investors", "matrix"):
        assert_same_rows(name, query, load_register(ledger_point(query)))


def test_a_day_and_its_last_number_are_the_same_point(clock: Clock) -> None:
    clock("2026-03-31T12:00:00")
    make_deal()
    seq = ledger.head()
    clock("2026-04-02T12:00:00")
    make_deal()
    for name in ("share", "series"):
        day, _ = ask(name, asked("2026-04-01"))
        number, _ = ask(name, QUESTION.but(as_of=seq))
        assert day["as_of"]["change_seq"] == number["as_of"]["change_seq"] == seq
        assert day["query"]["as_of"] == "2026-04-01"
    assert day["total"] == number["total"]
    assert day["rows"][0]["n"] == 1


def test_a_day_before_the_ledger_began_is_refused_and_says_when_that_was(clock: Clock) -> None:
    clock("2026-03-31T12:00:00")
    make_deal()
    with pytest.raises(BadParameters, match="begins on 2026-03-31") as caught:
        resolve(asked("2026-03-30"))
    assert [problem.parameter for problem in caught.value.problems] == ["as_of"]


def test_a_ledger_without_entries_has_no_state_of_any_day() -> None:
    assert not Change.objects.exists()
    with pytest.raises(BadParameters, match="is empty"):
        resolve(asked("2026-03-30"))


@pytest.mark.parametrize("later", [0, 1, 4000])
def test_a_day_that_is_not_over_is_refused(later: int) -> None:
    day = datetime.now(UTC).date() + timedelta(days=later)
    with pytest.raises(BadParameters, match="not over yet") as caught:
        asked(day.isoformat())
    assert [problem.parameter for problem in caught.value.problems] == ["as_of"]


@pytest.mark.parametrize(
    "text", ["2026-02-30", "2026-3-1", "20260301", "2026-03", "-5", "1e3", "٣", "9" * 19, "now"]
)
def test_anything_else_is_refused(text: str) -> None:
    # Eight digits are a number of the ledger, which is not there.
    with pytest.raises(BadParameters) as caught:
        resolve(asked(text))
    assert [problem.parameter for problem in caught.value.problems] == ["as_of"]


def test_yesterday_is_over(clock: Clock) -> None:
    clock("2026-03-31T12:00:00")
    make_deal()
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    assert n_as_of(yesterday.isoformat()) == 1
    assert asked(yesterday.isoformat()).as_of == date.fromisoformat(yesterday.isoformat())


def test_over_http_the_parameter_is_named(client, clock: Clock) -> None:
    clock("2026-03-31T12:00:00")
    make_deal()
    today = datetime.now(UTC).date().isoformat()
    for address in ("/api/v1/flows/share/", "/api/v1/flows/series/", "/api/v1/flows/matrix/"):
        sides = {"investor": "europe", "target": "CN"}
        for day in (today, "2026-03-30"):
            response = client.get(address, sides | {"as_of": day})
            assert response.status_code == 400
            assert [e["parameter"] for e in response.json()["errors"]] == ["as_of"]
        assert client.get(address, sides | {"as_of": "2026-03-31"}).status_code == 200
