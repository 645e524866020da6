"""Undoing an import: the page counts what will happen before anybody decides."""

import re
from html import unescape

import pytest
from django.urls import reverse

from deals.desk import undoing
from deals.feeds.publish import publish
from deals.feeds.retracting import retract_versions
from deals.models import ImportRun
from tests.desk.runs import make_person, make_run, stage
from tests.factories import submit_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewer(client):
    person = make_person("rita", "reviewer")
    client.force_login(person)
    return person


@pytest.fixture
def called(monkeypatch):
    asked: list[tuple[int, str, str]] = []
    monkeypatch.setattr(
        undoing,
        "ask_undo",
        lambda run_id, *, by, reason, ring: asked.append((run_id, by.get_username(), reason)),
    )
    return asked


def at(run):
    return reverse("desk-import-undo", args=[run.pk])


def text_of(response):
    plain = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(unescape(plain).split())


def imported(run, outcome, deal=None, **facts):
    """A version that the import published, staged as it would be."""
    version = submit_version(deal, **facts)
    version.import_run = run
    version.save(update_fields=["import_run"])
    publish([version.pk], by="system", reason="", import_run=run.pk)
    stage(run, outcome, deal=version.deal, version=version)
    return version


def test_the_page_counts_what_will_be_retracted_restored_and_kept(client, reviewer) -> None:
    run = make_run("published", deals_created=3, deals_updated=1)
    for _ in range(2):
        imported(run, "created")
    edited = imported(run, "created")
    publish([submit_version(edited.deal, amount="7").pk], by="anna", reason="")
    before = submit_version()
    publish([before.pk], by="system", reason="")
    imported(run, "updated", before.deal, amount="8")
    retract_versions([imported(run, "created").pk], by="anna", reason="", import_run=None)
    said = text_of(client.get(at(run)))
    assert "2 new deals that stand as imported will be retracted" in said
    assert "1 updated deal gets back the facts" in said
    assert "2 deals stay as later edits left them" in said
    assert "edited since by anna" in said
    assert "retracted already" in said


def test_an_undo_is_asked_for_with_its_reason(client, reviewer, called) -> None:
    run = make_run("published")
    assert at(run) in client.get(reverse("desk-import", args=[run.pk])).content.decode()
    response = client.post(at(run), {"reason": " wrong currency "})
    assert response["Location"] == reverse("desk-import", args=[run.pk])
    assert called == [(run.pk, "rita", "wrong currency")]


def test_without_a_reason_nothing_is_undone(client, reviewer, called) -> None:
    response = client.post(at(make_run("published")), {"reason": " "})
    assert response.status_code == 400
    assert "Say why the import is undone" in text_of(response)
    assert called == []


def test_an_editor_undoes_nothing_and_is_not_offered_it(client, called) -> None:
    client.force_login(make_person("anna"))
    run = make_run("published")
    assert client.post(at(run), {"reason": "x"}).status_code == 403
    assert at(run) not in client.get(reverse("desk-import", args=[run.pk])).content.decode()
    assert called == []


@pytest.mark.parametrize("state", [s for s in ImportRun.State.values if s != "published"])
def test_only_what_is_published_can_be_undone(client, reviewer, called, state) -> None:
    response = client.post(at(make_run(state)), {"reason": "x"}, follow=True)
    assert "it cannot be undone now" in text_of(response)
    assert called == []


def test_afterwards_the_page_says_what_was_kept_and_why(client, reviewer) -> None:
    report = {"retracted": 9_800, "restored": 12, "kept": [{"deal": "D-7KQ3ZZZZ", "why": "edited"}]}
    run = make_run("undone", undo_report=report, undo_reason="wrong", undone_by=reviewer)
    response = client.get(reverse("desk-import", args=[run.pk]))
    said = text_of(response)
    assert "9,800 deals retracted" in said
    assert "12 deals given back" in said
    assert "By rita: wrong" in said
    assert "/deals/D-7KQ3ZZZZ/" in response.content.decode()
