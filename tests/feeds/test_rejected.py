"""What of a file's rejected rows a spreadsheet could run."""

import csv

import pytest

from deals.feeds.profile_toml import load_profile
from deals.feeds.receive import receive
from deals.feeds.rejected import rejected_rows
from deals.feeds.run import import_file
from tests.feeds.supplier import HEADER, PROFILE

pytestmark = pytest.mark.django_db
PREAMBLE = (
    'A supplier, Berlin\r\n"=HYPERLINK(""http://evil.example"",""x"")",@SUM(A1)\r\n+cmd|x!A1\n'
)


def test_no_line_above_the_header_is_a_formula_and_the_others_stay_as_they_are() -> None:
    text = f"{PREAMBLE}{HEADER}\nBad,Atlantis,2020-06-01,7,EUR,Tencent,CN\n"
    profile = load_profile(f"skip_rows = 3\n{PROFILE}")
    run = import_file(receive("a.csv", text.encode()), profile)
    said = b"".join(rejected_rows(run)).decode("utf-8-sig")
    assert said.startswith("A supplier, Berlin\r\n")
    assert said.splitlines()[3].startswith("row,reason,")
    cells = [cell for row in csv.reader(said.splitlines()) for cell in row]
    assert [cell for cell in cells if cell.startswith(("=", "+", "@"))] == []
    assert '\'=HYPERLINK("http://evil.example","x")' in cells
