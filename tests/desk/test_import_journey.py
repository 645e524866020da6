"""From a file to the register and back, through the pages alone, with the real pipeline."""

import re
from html import unescape

import pytest
from django.urls import reverse

from deals import tasks
from deals.feeds import queue
from deals.models import DealVersion, ImportRun
from tests.desk.runs import make_person
from tests.feeds.supplier import csv_of, file, profile

pytestmark = pytest.mark.django_db
ROWS = [
    "Acme,CN,2019-05,5,USD,Fund,DE",
    "Acme,CN,2019-05,5,USD,Other,Ruritania",
    "Beta,CN,2020-01,lots,USD,Fund,DE",
    "Gamma,CN,2021-02,7,USD,Fund,FR",
    "Gamma,CN,2021-02,7,USD,Fund,FR",
]


@pytest.fixture
def run(settings, tmp_path, monkeypatch):
    """Anna's file, checked by the worker, waiting for a decision."""
    settings.IMPORTS_DIR = tmp_path
    monkeypatch.setattr(tasks, "ring", lambda _: None)
    anna = make_person("anna")
    run = queue.enqueue(
        file(csv_of(ROWS)), profile(), publish=False, by=anna.pk, ring=lambda _: None
    )
    return worked(run)


@pytest.fixture
def rita(client):
    person = make_person("rita", "reviewer")
    client.force_login(person)
    return person


def worked(run):
    tasks.run_import(run.pk)
    return ImportRun.objects.get(pk=run.pk)


def said(response):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def at(name, run):
    return reverse(name, args=[run.pk])


def test_the_report_adds_up_and_names_what_is_wrong(client, rita, run) -> None:
    assert run.state == "review"
    text = said(client.get(at("desk-import", run)))
    assert "5 rows read" in text
    assert "1 duplicate" in text
    assert f"{run.rows_rejected} rejected" in text
    assert "lots" in text or "Ruritania" in text
    assert "Acme" in text


def test_the_rejected_rows_come_with_their_reasons(client, rita, run) -> None:
    content = client.get(at("desk-import-errors", run)).getvalue().decode()
    lines = content.splitlines()
    assert lines[0].startswith("row,reason,company")
    assert len(lines) > 1


def test_an_approval_publishes_and_an_undo_takes_it_back(client, rita, run) -> None:
    client.post(at("desk-import-decide", run), {"choice": "approve", "reason": "read it"})
    assert said(client.get(at("desk-import", run))).startswith("Being published")
    run = worked(run)
    assert run.state == "published"
    text = said(client.get(at("desk-import", run)))
    assert "approved by rita" in text
    assert DealVersion.objects.live().count() == run.deals_created > 0
    text = said(client.get(at("desk-import-undo", run)))
    assert f"{run.deals_created} new deals that stand as imported will be retracted" in text
    client.post(at("desk-import-undo", run), {"reason": "wrong currency"})
    run = worked(run)
    assert run.state == "undone"
    text = said(client.get(at("desk-import", run)))
    assert f"{run.deals_created} deals retracted" in text
    assert "wrong currency" in text
    assert not DealVersion.objects.live().exists()


def test_a_cancelled_import_is_not_worked_on(client, rita, run) -> None:
    assert client.post(at("desk-import-cancel", run), follow=True).status_code == 200
    run = worked(run)
    assert (run.state, run.staged.count()) == ("cancelled", 0)
    assert "Cancelled" in said(client.get(at("desk-import", run)))


def test_a_failed_import_is_tried_again(client, rita, run) -> None:
    ImportRun.objects.filter(pk=run.pk).update(state="failed", phase="grouping", problem="Dark.")
    client.post(at("desk-import-retry", run))
    run.refresh_from_db()
    assert (run.state, run.problem) == ("queued", "")
