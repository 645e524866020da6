"""Who is told that an import waits or has ended, and that they are told once."""

import threading

import pytest
from django.db import connection
from django.utils import timezone

from deals import journal
from deals.actions.imports import tell_of_end
from deals.models import Notification
from tests.desk.runs import make_person, make_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def edith(db):
    return make_person("edith", "editor")


def told():
    return sorted(Notification.objects.values_list("user__username", "kind", "link"))


def test_whoever_may_decide_is_told_that_it_waits_but_not_who_brought_it(edith, settings):
    rita, otto = make_person("rita", "reviewer"), make_person("otto", "reviewer")
    run = make_run("review", created_by=rita)
    for _again in range(2):
        tell_of_end(run.pk)
    assert told() == [("otto", "to_decide", f"/desk/imports/{run.pk}/")]
    settings.SELF_APPROVAL = True
    Notification.objects.filter(user=otto).delete()
    tell_of_end(run.pk)
    assert {name for name, *_ in told()} == {"rita", "otto"}


@pytest.mark.parametrize("state", ["published", "failed", "undone"])
def test_whoever_brought_it_is_told_of_its_end(edith, state):
    make_person("rita", "reviewer")
    run = make_run(state, created_by=edith, problem="Why." if state == "failed" else "")
    for _again in range(2):
        tell_of_end(run.pk)
    assert told() == [("edith", "import_done", f"/desk/imports/{run.pk}/")]
    assert Notification.objects.get().subject == run.file_name


@pytest.mark.parametrize("state", ["queued", "running", "rejected"])
def test_nobody_is_told_of_what_goes_on_or_was_decided(edith, state):
    make_person("rita", "reviewer")
    tell_of_end(make_run(state, created_by=edith).pk)
    tell_of_end(0)
    assert told() == []


def test_a_message_that_comes_late_tells_nobody_who_has_read_of_it(edith):
    run = make_run("published", created_by=edith, finished_at=timezone.now())
    tell_of_end(run.pk)
    Notification.objects.update(read_at=timezone.now())
    tell_of_end(run.pk)
    assert Notification.objects.count() == 1
    # It was undone since, which is another end.
    run.state, run.finished_at = "undone", timezone.now()
    run.save()
    tell_of_end(run.pk)
    assert Notification.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_messages_at_the_same_instant_tell_once(edith, monkeypatch):
    run = make_run("published", created_by=edith)
    notify, others = journal.notify, []

    def again():
        tell_of_end(run.pk)
        connection.close()

    def slowly(*arguments, **options):
        """The second looks before the first has written."""
        if not others:
            others.append(threading.Thread(target=again))
            others[0].start()
            others[0].join(1)
        notify(*arguments, **options)

    monkeypatch.setattr(journal, "notify", slowly)
    tell_of_end(run.pk)
    others[0].join()
    assert Notification.objects.count() == 1


def test_the_link_leads_to_the_import(edith, client):
    run = make_run("published", created_by=edith)
    tell_of_end(run.pk)
    client.force_login(edith)
    assert client.get(Notification.objects.get().link).status_code == 200
