"""An Excel workbook goes the way of a CSV file, cell by cell, or is refused in a sentence."""

import io
import zipfile
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from deals.feeds import workbook
from deals.feeds.receive import receive
from deals.feeds.refusals import Refused
from deals.feeds.run import import_file
from deals.models import DealVersion
from tests.feeds.supplier import HEADER, prepare_file, profile


def xlsx(*rows: list[object]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


HEAD: list[object] = [*HEADER.split(",")]
ACME = ["Acme", "NA", datetime(2019, 5, 13), 1234567.5, "USD", "Fund", "DE"]
BETA = ["贝塔", "中国", date(2020, 6, 1), 7, "EUR", None, None]


@pytest.mark.django_db
def test_a_workbook_is_published_like_a_csv_file() -> None:
    run = import_file(receive("rounds.xlsx", xlsx(HEAD, ACME, BETA)), profile(), publish=True)
    assert (run.rows_read, run.rows_used, run.deals_created) == (2, 2, 2)
    acme = DealVersion.objects.get(target_name="Acme")
    assert (acme.target_country, str(acme.amount_low), acme.date_first) == (
        "NA",
        "1234567.50",
        date(2019, 5, 13),
    )
    assert acme.citations.get().locator == "row 2"
    assert DealVersion.objects.get(target_name="贝塔").investor_list == "none"


def test_rows_are_numbered_as_in_the_sheet_and_a_preamble_can_be_skipped() -> None:
    data = xlsx(["Exported by somebody"], HEAD, ACME, ["", "CN", "2019-05", "x", "", "", ""])
    prepared = prepare_file(receive("rounds.xlsx", data), profile(top="skip_rows = 1"))
    assert {problem.row for problem in prepared.grouped.problems} == {4}
    assert prepared.grouped.rows_read == 2


def test_the_delimiter_of_the_profile_does_not_matter_to_a_workbook() -> None:
    file = receive("rounds.xlsx", xlsx(HEAD, ACME))
    assert prepare_file(file, profile(top='delimiter = ";"')).grouped.rows_used == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (xlsx(), "is empty"),
        (xlsx(HEAD), "no rows"),
        (xlsx(["something", "else"], ["1", "2"]), "has no column “company”"),
    ],
)
def test_a_workbook_without_the_table_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(Refused, match=words):
        prepare_file(receive("rounds.xlsx", data), profile())


def test_a_broken_workbook_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", "<not a workbook")
    with pytest.raises(Refused, match="cannot be read"):
        prepare_file(receive("rounds.xlsx", out.getvalue()), profile())


def test_a_workbook_that_unpacks_to_more_than_is_taken_is_refused(monkeypatch) -> None:
    monkeypatch.setattr(workbook, "LARGEST_UNPACKED", 1000)
    with pytest.raises(Refused, match="too large when unpacked"):
        prepare_file(receive("rounds.xlsx", xlsx(HEAD, ACME)), profile())
