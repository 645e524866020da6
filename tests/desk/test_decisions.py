"""Deciding on an import: each action works, is forbidden to others, and refuses without a trace."""

import re
from html import unescape

import pytest
from django.urls import reverse

from deals.desk import decisions
from deals.feeds.review import NotDecidableError
from deals.models import Change, ImportRun
from tests.desk.runs import make_person, make_run, stage

pytestmark = pytest.mark.django_db
ACTIONS = ("desk-import-decide", "desk-import-cancel", "desk-import-retry")


@pytest.fixture
def people(db):
    return make_person("anna"), make_person("rita", "reviewer")


@pytest.fixture
def called(monkeypatch):
    """What the views asked of the queue and the review; nothing is done."""
    asked: list[tuple[str, int, dict[str, object]]] = []

    def note(name):
        return lambda run_id, **given: asked.append((name, run_id, given))

    monkeypatch.setattr(decisions.review, "approve", note("approve"))
    monkeypatch.setattr(decisions.review, "reject", note("reject"))
    monkeypatch.setattr(decisions.queue, "cancel", note("cancel"))
    monkeypatch.setattr(decisions.queue, "retry", note("retry"))
    return asked


def at(name, run):
    return reverse(name, args=[run.pk])


def text_of(response):
    plain = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(unescape(plain).split())


@pytest.mark.parametrize("name", ACTIONS)
def test_strangers_and_guests_decide_nothing(client, django_user_model, called, name) -> None:
    run = make_run("review")
    assert client.post(at(name, run)).status_code == 302
    client.force_login(django_user_model.objects.create_user("guest"))
    assert client.post(at(name, run)).status_code == 403
    assert called == []


def test_an_editor_does_not_decide(client, people, called) -> None:
    run = make_run("review", created_by=people[1])
    client.force_login(people[0])
    response = client.post(at("desk-import-decide", run), {"choice": "approve"})
    assert response.status_code == 403
    assert "reviewer" in text_of(response)
    assert called == []


@pytest.mark.parametrize("name", ["desk-import-cancel", "desk-import-retry"])
def test_only_post_changes_anything(client, people, called, name) -> None:
    client.force_login(people[1])
    assert client.get(at(name, make_run("failed"))).status_code == 405
    assert called == []


def test_changes_need_the_forms_token(people) -> None:
    from django.test import Client

    careful = Client(enforce_csrf_checks=True)
    careful.force_login(people[1])
    run = make_run("review")
    for name in ACTIONS:
        assert careful.post(at(name, run), {"choice": "reject", "reason": "x"}).status_code == 403
    run.refresh_from_db()
    assert run.state == "review"


def test_the_page_says_what_will_be_published_and_what_not(client, people) -> None:
    client.force_login(people[1])
    run = make_run(
        rows_used=900, rows_rejected=20, deals_created=300, deals_updated=1, deals_conflict=3,
        deals_held=2, organizations_new=44,
    )  # fmt: skip
    said = text_of(client.get(at("desk-import-decide", run)))
    assert "300 new deals, with 44 organizations new to the register" in said
    assert "1 deal updated" in said
    assert "3 deals in conflict" in said
    assert "2 held deals" in said
    assert "20 rows with errors" in said


def test_an_approval_goes_to_the_worker_with_its_reason(client, people, called) -> None:
    client.force_login(people[1])
    run = make_run("review", created_by=people[0])
    response = client.post(
        at("desk-import-decide", run), {"choice": "approve", "reason": " seen \0"}
    )
    assert response["Location"] == at("desk-import", run)
    ((name, pk, given),) = called
    assert (name, pk, given["by"], given["reason"]) == ("approve", run.pk, people[1], "seen")
    assert callable(given["ring"])


def test_a_rejection_is_kept_with_its_reason(client, people) -> None:
    client.force_login(people[1])
    run = make_run("review", created_by=people[0])
    data = {"choice": "reject", "reason": "The amounts are in thousands."}
    response = client.post(at("desk-import-decide", run), data, follow=True)
    run.refresh_from_db()
    assert (run.state, run.decided_by) == ("rejected", people[1])
    said = text_of(response)
    assert "The import was rejected" in said
    assert "By rita: The amounts are in thousands." in said


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"choice": "reject", "reason": "  "}, "Say why"),
        ({"choice": "approve", "reason": "x" * 2001}, "at most 2,000 characters"),
    ],
)
def test_a_reason_that_does_not_do_is_explained_and_nothing_changes(
    client, people, called, data, sentence
) -> None:
    client.force_login(people[1])
    run = make_run("review")
    response = client.post(at("desk-import-decide", run), data)
    assert response.status_code == 400
    said = text_of(response)
    assert said.startswith("Error: ")
    assert sentence in said
    assert 'aria-invalid="true"' in response.content.decode()
    assert called == []


def test_a_post_without_a_choice_asks_again(client, people, called) -> None:
    client.force_login(people[1])
    response = client.post(at("desk-import-decide", make_run("review")), {"choice": "burn"})
    assert response.status_code == 200
    assert called == []


def test_who_brought_a_file_in_cannot_approve_it(client, people, settings) -> None:
    settings.SELF_APPROVAL = False
    rita = people[1]
    client.force_login(rita)
    run = make_run("review", created_by=rita)
    said = text_of(client.get(at("desk-import", run)))
    assert "somebody else decides" in said
    assert "Decide…" not in said
    assert "somebody else has to decide" in text_of(client.get(at("desk-import-decide", run)))
    data = {"choice": "approve", "reason": "mine"}
    said = text_of(client.post(at("desk-import-decide", run), data, follow=True))
    assert "somebody else has to approve it" in said
    run.refresh_from_db()
    assert (run.state, Change.objects.count()) == ("review", 0)


def test_a_one_person_desk_may_and_the_page_says_so(client, people, settings, called) -> None:
    settings.SELF_APPROVAL = True
    rita = people[1]
    client.force_login(rita)
    run = make_run("review", created_by=rita)
    assert "this desk allows you to decide" in text_of(client.get(at("desk-import", run)))
    assert "This desk allows you" in text_of(client.get(at("desk-import-decide", run)))
    client.post(at("desk-import-decide", run), {"choice": "approve"})
    assert [name for name, *_ in called] == ["approve"]


def test_an_editor_is_told_who_decides(client, people) -> None:
    client.force_login(people[0])
    run = make_run("review", created_by=people[0])
    assert "somebody else decides on it: rita" in text_of(client.get(at("desk-import", run)))


@pytest.mark.parametrize("state", [s for s in ImportRun.State.values if s != "review"])
def test_what_has_moved_on_cannot_be_decided_and_says_so(client, people, called, state) -> None:
    client.force_login(people[1])
    run = make_run(state)
    data = {"choice": "approve", "reason": "late"}
    response = client.post(at("desk-import-decide", run), data, follow=True)
    assert "it cannot be decided on now" in text_of(response)
    assert called == []


def test_the_second_of_two_people_reads_that_a_colleague_was_first(
    client, people, monkeypatch
) -> None:
    def too_late(run_id, **_):
        raise NotDecidableError("Import 7 is published; only an import in review can be.")

    monkeypatch.setattr(decisions.review, "approve", too_late)
    client.force_login(people[1])
    run = make_run("review")
    response = client.post(at("desk-import-decide", run), {"choice": "approve"}, follow=True)
    assert "Import 7 is published" in text_of(response)


@pytest.mark.parametrize("action", ["cancel", "retry"])
def test_ones_own_import_can_be_stopped_and_tried_again(client, people, called, action) -> None:
    client.force_login(people[0])
    run = make_run("failed" if action == "retry" else "queued", created_by=people[0])
    assert at(f"desk-import-{action}", run) in client.get(at("desk-import", run)).content.decode()
    response = client.post(at(f"desk-import-{action}", run))
    assert response["Location"] == at("desk-import", run)
    ((name, pk, given),) = called
    assert (name, pk, given["by"]) == (action, run.pk, people[0])


@pytest.mark.parametrize("action", ["cancel", "retry"])
def test_somebody_else_s_only_by_a_reviewer(client, people, called, action) -> None:
    run = make_run("failed" if action == "retry" else "running")
    client.force_login(people[0])
    assert client.post(at(f"desk-import-{action}", run)).status_code == 403
    assert called == []
    client.force_login(people[1])
    assert client.post(at(f"desk-import-{action}", run)).status_code == 302
    assert [name for name, *_ in called] == [action]


def test_an_import_being_written_offers_no_way_to_stop(client, people) -> None:
    client.force_login(people[1])
    run = make_run("running", phase="publishing")
    assert "Cancel the import" not in text_of(client.get(at("desk-import", run)))


def test_a_refusal_to_cancel_is_shown(client, people, monkeypatch) -> None:
    def too_late(run_id, **_):
        raise NotDecidableError("It is being published; undo it afterwards.")

    monkeypatch.setattr(decisions.queue, "cancel", too_late)
    client.force_login(people[1])
    run = make_run("queued")
    response = client.post(at("desk-import-cancel", run), follow=True)
    assert "It is being published" in text_of(response)


def test_an_approved_import_reaches_the_register(client, people) -> None:
    """The whole way, with the real review: what was staged is staged until the worker runs."""
    client.force_login(people[1])
    run = make_run("review", created_by=people[0], deals_created=1)
    stage(run, "created")
    client.post(at("desk-import-decide", run), {"choice": "approve", "reason": "read it"})
    run.refresh_from_db()
    assert run.decided_by == people[1]
    assert run.state in ("queued", "published")


def test_a_failed_import_whose_file_is_gone_says_so(client, people) -> None:
    client.force_login(people[1])
    run = make_run("failed")
    response = client.post(at("desk-import-retry", run), follow=True)
    assert "no longer there" in text_of(response)
    run.refresh_from_db()
    assert run.state == "failed"
