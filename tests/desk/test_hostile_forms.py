"""What nobody types, sent all the same, and what is sent twice: no page breaks by it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from deals import tasks
from deals.feeds.receive import imports_dir
from deals.models import ImportRun, Upload
from tests.desk.runs import make_person

pytestmark = pytest.mark.django_db
NEW = "/desk/imports/new/"
CSV = b"deal_id;company;country;investor;date;amount\n1;Horizon;CN;Bosch;2021-01-05;5\n"
COLUMNS = {
    "fact-0": "external_id", "fact-1": "target_name", "fact-2": "target_country",
    "fact-3": "investors", "fact-4": "announced_on", "fact-5": "amount", "key": "0",
    "rows": "deal",
}  # fmt: skip
CHECK = {"name": "A supplier", "delivery": "delta", "ai": "always-yes"}


@pytest.fixture
def address(client, monkeypatch) -> str:
    """The first step of the wizard for a file that an editor brought."""
    monkeypatch.setattr(tasks, "ring", lambda _: None)
    client.force_login(make_person("ada"))
    client.post(NEW, {"file": SimpleUploadedFile("rounds.csv", CSV)})
    return f"/desk/imports/files/{Upload.objects.get().pk}/"


READING = ("encoding", "other_encoding", "delimiter", "other_delimiter", "skip_rows", "decimal")


@pytest.mark.parametrize("field", READING)
@pytest.mark.parametrize(
    "text", ["\0", "a\0b", "0" * 4_999 + "1", "²"], ids=["nul", "in", "0", "2"]
)
def test_no_correction_breaks_the_page(client, address, field, text):
    assert client.post(address, {field: text}).status_code == 200
    assert client.get(address).status_code == 200


def test_a_number_of_lines_is_read_whole(client, address):
    page = client.post(address, {"skip_rows": "0000000009999999999"})
    assert "is no number of lines" in page.content.decode()


def test_a_file_that_is_gone_cannot_be_taken_as_a_known_format(client, address):
    for path in imports_dir().iterdir():
        path.unlink()
    response = client.post(address, {"as": "shipped:investtrack"}, follow=True)
    assert "The file is no longer there" in response.content.decode()


def test_a_button_pressed_twice_makes_one_import(client, address):
    client.post(f"{address}columns/", COLUMNS)
    start = CHECK | {"action": "start"}
    first = client.post(f"{address}check/", start)
    again = client.post(f"{address}check/", start)
    assert first["Location"] == again["Location"] == f"/desk/imports/{ImportRun.objects.get().pk}/"


def test_another_profile_makes_another_import_and_so_does_one_that_was_rejected(client, address):
    client.post(f"{address}columns/", COLUMNS)
    start = CHECK | {"action": "start"}
    client.post(f"{address}check/", start)
    client.post(f"{address}check/", start | {"ai": "always-no"})
    assert ImportRun.objects.count() == 2
    ImportRun.objects.update(state="cancelled")
    client.post(f"{address}check/", start | {"ai": "always-no"})
    assert ImportRun.objects.count() == 3


def test_a_form_of_many_files_is_refused_before_they_fill_the_disk(client, address):
    files = {f"file{n}": SimpleUploadedFile(f"{n}.csv", CSV) for n in range(9)}
    assert client.post(NEW, files).status_code == 400
    assert Upload.objects.count() == 1
