"""Who is told that an import waits or has ended, and that they are told once."""

import pytest

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


def test_the_link_leads_to_the_import(edith, client):
    run = make_run("published", created_by=edith)
    tell_of_end(run.pk)
    client.force_login(edith)
    assert client.get(Notification.objects.get().link).status_code == 200
