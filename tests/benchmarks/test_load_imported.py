"""How long the large file of a run under load took."""

from datetime import UTC, datetime, timedelta

import pytest

from benchmarks.load.imported import Import
from tests.desk.runs import make_run

pytestmark = pytest.mark.django_db(transaction=True)


def an_import(begun: datetime, **facts: object) -> Import:
    made = object.__new__(Import)
    made.rows, made.at, made.pk = 1_000, begun, make_run(**facts).pk
    return made


def test_an_import_that_ended_long_ago_took_no_longer_for_being_looked_at_late() -> None:
    hour = datetime.now(UTC) - timedelta(hours=1)
    facts = {"state": "published", "finished_at": hour + timedelta(seconds=20)}
    found = an_import(hour, **facts).now()
    assert (found.state, found.seconds, found.rate) == ("published", 20, 50)


def test_one_at_work_has_taken_so_long_so_far() -> None:
    found = an_import(datetime.now(UTC) - timedelta(minutes=1), state="running").now()
    assert 60 <= found.seconds < 120
    assert found.rate == 0
