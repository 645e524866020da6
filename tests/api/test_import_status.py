"""GET /api/v1/imports/…: what an import says of itself, to whom, and how it is stopped."""

import csv
from io import StringIO

import pytest
from django.utils import timezone

from deals import tasks
from deals.api.import_json import COUNTS
from deals.feeds import report
from deals.models import ImportRun, RowError
from tests.api.partners import HEADER, IMPORTS, OTHER_ROWS, Partner, make_key

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder", "rung")]
State = ImportRun.State


@pytest.fixture
def run(partner) -> ImportRun:
    return ImportRun.objects.get(pk=partner.form().json()["id"])


def add_errors(run: ImportRun, number: int) -> None:
    RowError.objects.bulk_create(
        RowError(
            import_run=run, row=index + 2, column="month", value=f"v{index}",
            code="date_not_understood", message=f"Row {index} is no date.", fatal=index % 2 == 0,
        )
        for index in range(number)
    )  # fmt: skip


def test_an_import_says_what_the_command_line_says_and_more(partner, run) -> None:
    add_errors(run, 60)
    run.rows_read, run.rows_used, run.rows_rejected, run.bytes_read = 4, 1, 3, 40
    run.state, run.impact = State.REVIEW, {"share": "0.1"}
    run.save()
    response = partner.get(f"{IMPORTS}{run.pk}/")
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    body = response.json()
    said = report.of_run(run)
    for name in said.keys() - {"errors", "errors_file"}:
        assert body[name] == said[name], name
    assert len(body["errors"]) == 50
    assert body["errors"][0]["message"] == "Row 0 is no date."
    assert body["errors_file"] == f"http://testserver{IMPORTS}{run.pk}/errors.csv"
    assert {"rows", "bytes", "bytes_total", "share", "seconds_left"} <= body["progress"].keys()
    assert body["progress"]["bytes"] == 40
    assert body["impact"] == {"share": "0.1"}
    assert body["problem"] is None
    assert body["created_at"].endswith("Z")
    assert set(COUNTS) <= body.keys()


def test_a_failed_import_says_why(partner, run) -> None:
    run.state, run.problem, run.finished_at = State.FAILED, "The column is missing.", timezone.now()
    run.save()
    body = partner.get(f"{IMPORTS}{run.pk}/").json()
    assert (body["state"], body["problem"]) == ("failed", "The column is missing.")
    assert body["errors_file"] is None
    assert body["finished_at"].endswith("Z")


@pytest.mark.parametrize("address", ["", "errors/", "errors.csv"])
def test_an_import_is_shown_to_who_sent_it_and_to_who_decides(run, address) -> None:
    run.state, run.delimiter, run.encoding = State.REVIEW, ",", "utf-8"
    run.save()
    path = f"{IMPORTS}{run.pk}/{address}"
    stranger = Partner(make_key("stranger", "write", "bring_import")).get(path)
    absent = Partner(make_key("stranger")).get(f"{IMPORTS}{run.pk + 999}/{address}")
    assert stranger.status_code == absent.status_code == 404
    assert stranger["Content-Type"] == "application/problem+json"
    assert stranger.json()["detail"].replace(str(run.pk), "N") == absent.json()["detail"].replace(
        str(run.pk + 999), "N"
    )
    for sees in (make_key("partner", "read"), make_key("decider", "read", "decide_import")):
        assert Partner(sees).get(path).status_code == 200


def test_a_number_no_database_has_is_not_found(partner) -> None:
    assert partner.get(f"{IMPORTS}{10**30}/").status_code == 404


def test_the_list_is_paged_newest_first_and_holds_own_imports_only(partner) -> None:
    numbers = [
        partner.form(HEADER + b"Acme,2019-05,%d\n" % index).json()["id"] for index in range(5)
    ]
    other = Partner(make_key("other")).form(OTHER_ROWS).json()["id"]
    seen, address = [], f"{IMPORTS}?page_size=2"
    while address:
        page = partner.get(address)
        seen += [row["id"] for row in page.json()["results"]]
        address = page.json()["next"]
        assert (f'<{address}>; rel="next"' in page.get("Link", "")) is bool(address)
    assert seen == numbers[::-1]
    decider = Partner(make_key("decider", "read", "decide_import"))
    assert decider.get().json()["results"][0]["id"] == other
    assert "errors" not in decider.get().json()["results"][0]


def test_the_list_is_asked_by_state_and_feed(partner, run) -> None:
    partner.form(OTHER_ROWS, profile='name = "x"\n[deal]\nkey = ["a"]\n[columns]\ntarget_name="a"')
    ImportRun.objects.filter(pk=run.pk).update(state=State.REVIEW)
    for params in ({"state": "review"}, {"feed": "small-supplier"}):
        assert [row["id"] for row in partner.get(**params).json()["results"]] == [run.pk]
    assert partner.get(feed="nul\x00").json()["errors"][0]["parameter"] == "feed"


def test_the_list_takes_few_queries(partner, run, django_assert_max_num_queries) -> None:
    for index in range(5):
        partner.form(HEADER + b"Acme,2019-05,%d\n" % index)
    with django_assert_max_num_queries(5):
        partner.get()


@pytest.mark.parametrize(
    ("params", "named"),
    [
        ({"page": "2"}, "page"),
        ({"page_size": "0"}, "page_size"),
        ({"page_size": "501"}, "page_size"),
        ({"cursor": "x"}, "cursor"),
        ({"cursor": "9" * 40}, "cursor"),
        ({"state": "done"}, "state"),
    ],
)
def test_wrong_parameters_of_the_list_are_named(partner, params, named) -> None:
    refused = partner.get(**params)
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["parameter"] == named


def test_errors_are_paged_and_complete(partner, run) -> None:
    add_errors(run, 7)
    rows, address = [], f"{IMPORTS}{run.pk}/errors/?page_size=3"
    while address:
        page = partner.get(address).json()
        rows += page["results"]
        address = page["next"]
    assert [row["row"] for row in rows] == list(range(2, 9))
    assert rows[0] == {
        "row": 2, "column": "month", "value": "v0", "code": "date_not_understood",
        "message": "Row 0 is no date.", "fatal": True,
    }  # fmt: skip
    assert partner.get(f"{IMPORTS}{run.pk}/errors/", x="1").status_code == 400


def test_only_the_bad_rows_come_as_a_file_in_the_order_of_the_file(partner) -> None:
    data = HEADER + b"Acme,2019-05,5\nBolt,2019-13,5\nCube,2019-05,5\nDome,never,5\n"
    run = _worked(partner.form(data).json()["id"])
    assert (run.state, run.rows_rejected) == (State.REVIEW, 2)
    response = partner.get(f"{IMPORTS}{run.pk}/errors.csv")
    assert response.status_code == 200
    assert response.streaming
    assert response["Content-Type"].startswith("text/csv")
    assert f"import-{run.pk}-errors.csv" in response["Content-Disposition"]
    assert "no-store" in response["Cache-Control"]
    rows = list(csv.reader(StringIO(b"".join(response.streaming_content).decode())))
    assert rows[0] == ["row", "reason", "company", "month", "raised"]
    assert [row[0] for row in rows[1:]] == ["3", "5"]
    assert all(row[1] for row in rows[1:])


def test_an_import_that_a_worker_did_says_how_it_ended(partner) -> None:
    run = _worked(partner.form().json()["id"])
    body = partner.get(f"{IMPORTS}{run.pk}/").json()
    assert (body["state"], body["rows_read"], body["deals_created"]) == ("review", 1, 1)
    assert body["progress"]["finished"] is True
    wrong = _worked(partner.form(b"other,columns\n1,2\n").json()["id"])
    body = partner.get(f"{IMPORTS}{wrong.pk}/").json()
    assert (body["state"], body["rows_read"]) == ("failed", 0)
    assert "company" in body["problem"]
    none = partner.get(f"{IMPORTS}{wrong.pk}/errors.csv")
    assert none.status_code == 409
    assert body["problem"] in none.json()["detail"]


def test_the_bad_rows_are_not_given_before_the_file_was_read(partner, run) -> None:
    early = partner.get(f"{IMPORTS}{run.pk}/errors.csv")
    assert early.status_code == 409
    assert "still being read" in early.json()["detail"]


def test_bad_rows_of_a_file_that_was_tidied_away_are_gone(partner, run, folder) -> None:
    run.state, run.encoding, run.delimiter = State.REVIEW, "utf-8", ","
    run.save()
    (folder / run.file_sha256).unlink()
    gone = partner.get(f"{IMPORTS}{run.pk}/errors.csv")
    assert gone.status_code == 410
    assert "no longer there" in gone.json()["detail"]


def test_an_import_is_cancelled_before_its_publication_and_not_after(partner, run) -> None:
    cancelled = partner.post(f"{IMPORTS}{run.pk}/cancel/")
    assert cancelled.status_code == 200
    assert cancelled.json()["state"] == "cancelled"
    ImportRun.objects.update(state=State.PUBLISHED)
    refused = partner.post(f"{IMPORTS}{run.pk}/cancel/")
    assert refused.status_code == 409
    run.refresh_from_db()
    assert run.state == State.PUBLISHED


@pytest.mark.parametrize(
    ("key", "status"),
    [(None, 401), (("partner", "read"), 403), (("stranger", "write"), 404)],
)
def test_only_who_sent_it_cancels_and_only_with_a_key_that_can_write(run, key, status) -> None:
    sender = Partner(make_key(*key) if key else None)
    assert sender.post(f"{IMPORTS}{run.pk}/cancel/").status_code == status
    run.refresh_from_db()
    assert run.state == State.QUEUED


def test_other_methods_are_told_which_there_are(partner, run) -> None:
    for path in (f"{IMPORTS}{run.pk}/", f"{IMPORTS}{run.pk}/errors/"):
        assert partner.post(path).status_code == 405
    refused = partner.client.delete(f"{IMPORTS}{run.pk}/", headers=partner.headers)
    assert refused.status_code == 405
    assert "GET" in refused["Allow"]
    assert partner.get(f"{IMPORTS}{run.pk}/cancel/").status_code == 405


def _worked(number: int) -> ImportRun:
    """The import after a worker had it."""
    tasks.run_import(number)
    return ImportRun.objects.get(pk=number)
