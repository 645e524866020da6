"""A file that comes again says nothing new, in whatever order of columns or encoding it comes."""

import pytest

from deals.feeds.run import import_file
from deals.models import Change, DealVersion
from tests.feeds.supplier import HEADER, csv_of, file, profile

pytestmark = pytest.mark.django_db
ROWS = [
    "智行者,CN,2019-05,5,USD,Fund,DE",
    "Ünï Robotik,DE,2020-06-01,7,EUR,腾讯,CN",
    "Ünï Robotik,DE,2020-06-01,7,EUR,Zhōng Fund,CN",
]


def backwards(line: str) -> str:
    return ",".join(reversed(line.split(",")))


AGAIN = {
    "as it was": csv_of(ROWS).encode(),
    "once more": csv_of(ROWS).encode(),
    "columns the other way round": csv_of(map(backwards, ROWS), backwards(HEADER)).encode(),
    "UTF-16": csv_of(ROWS).encode("utf-16"),
    "UTF-8 with a mark": csv_of(ROWS).encode("utf-8-sig"),
    "GB18030": csv_of(ROWS).encode("gb18030"),
    "lines of Windows": csv_of(ROWS).replace("\n", "\r\n").encode(),
    "rows in another order": csv_of([ROWS[1], ROWS[2], ROWS[0]]).encode(),
}


def test_it_makes_no_new_version_however_often_and_however_it_is_written() -> None:
    first = import_file(file(csv_of(ROWS)), profile(), publish=True)
    assert (first.deals_created, first.deals_in_file) == (2, 2)
    before = DealVersion.objects.count(), Change.objects.count()
    for what, data in AGAIN.items():
        run = import_file(file(data), profile(), publish=True)
        told = run.deals_created, run.deals_updated, run.deals_conflict, run.deals_unchanged
        assert told == (0, 0, 0, 2), what
        assert (DealVersion.objects.count(), Change.objects.count()) == before, what
