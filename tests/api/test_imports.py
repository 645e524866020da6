"""POST /api/v1/imports/: what is taken, and what comes of it."""

import gzip

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from deals import tasks
from deals.api import once
from deals.models import ImportRun
from tests.api.partners import HEADER, IMPORTS, PROFILE, ROWS, Partner, make_key

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder", "rung")]


def test_a_form_with_file_and_profile_waits_for_a_worker_and_then_for_review(
    partner, folder, rung, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        taken = partner.form()
    assert taken.status_code == 202
    run = ImportRun.objects.get()
    body = taken.json()
    assert taken["Location"] == f"http://testserver{IMPORTS}{run.pk}/" == body["links"]["self"]
    assert "no-store" in taken["Cache-Control"]
    assert "Idempotent-Replayed" not in taken
    assert (body["state"], body["feed"], body["replayed"]) == ("queued", "small-supplier", False)
    assert (run.channel, run.publish, run.file_name) == ("api", False, "rounds.csv")
    assert (run.created_by.username, run.api_key.power) == ("partner", "write")
    assert (folder / run.file_sha256).read_bytes() == ROWS
    assert rung == [run.pk]


def test_the_profile_can_be_a_file_of_the_form_too(partner) -> None:
    profile = SimpleUploadedFile("p.toml", b"\xef\xbb\xbf" + PROFILE.encode())
    assert partner.form(profile=profile).status_code == 202
    latin = SimpleUploadedFile("p.toml", PROFILE.encode() + b"# \xe9")
    refused = partner.form(b"other", profile=latin)
    assert refused.status_code == 422
    assert "UTF-8" in refused.json()["detail"]


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("text/csv", ROWS),
        ("text/csv; charset=utf-8", ROWS),
        ("application/octet-stream", ROWS),
        ("application/gzip", gzip.compress(ROWS, mtime=0)),
    ],
)
def test_the_body_can_be_the_file_of_a_known_feed(partner, feed, folder, kind, data) -> None:
    taken = partner.body(data, "feed=small-supplier&name=C:\\exports\\rounds.csv", kind)
    assert taken.status_code == 202, taken.content
    run = ImportRun.objects.get()
    assert (run.file_name, run.feed, run.profile) == ("rounds.csv", feed, PROFILE)
    assert (folder / run.file_sha256).read_bytes() == data


def test_a_large_file_is_passed_on_in_pieces(partner, feed, monkeypatch) -> None:
    seen: list[int] = []
    keep = once.receive_stream

    def watched(name, pieces):
        return keep(name, (seen.append(len(piece)) or piece for piece in pieces))

    monkeypatch.setattr(once, "receive_stream", watched)
    data = HEADER + b"".join(b"Company %d,2019-05,5\n" % number for number in range(150_000))
    assert partner.body(data).status_code == 202
    assert partner.form(data + b"\n", feed="small-supplier").status_code == 202
    assert max(seen) <= 1 << 20
    assert sum(seen) == 2 * len(data) + 1


@pytest.mark.parametrize(
    ("permissions", "self_approval", "published"),
    [((), True, False), (("decide_import",), False, False), (("decide_import",), True, True)],
)
def test_publication_without_review_needs_the_right_and_a_desk_of_one(
    settings, permissions, self_approval, published
) -> None:
    settings.SELF_APPROVAL = self_approval
    partner = Partner(make_key("partner", "write", *permissions))
    taken = partner.form(publish="true").json()
    assert ImportRun.objects.get().publish is published is taken["publish"]
    assert ("note" in taken) is not published


def test_an_upload_works_while_the_broker_is_down(
    partner, monkeypatch, django_capture_on_commit_callbacks
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(tasks.run_import, "delay", _no_broker)
    with django_capture_on_commit_callbacks(execute=True):
        assert partner.form().status_code == 202
    assert ImportRun.objects.get().state == "queued"


def _no_broker(*_: object) -> None:
    raise ConnectionError("no broker")
