"""What people do with imports, feeds, conflicts and organizations stands in the log."""

from datetime import UTC, datetime

import pytest

from deals import organizations, tasks
from deals.models import Activity, FeedSchedule, FeedSlot, Notification, Suggestion
from tests.desk.runs import make_person, make_run
from tests.factories import make_organization

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def mona(client, monkeypatch):
    monkeypatch.setattr(tasks, "ring", lambda _: None)
    user = make_person("mona", "manager")
    client.force_login(user)
    return user


def acts():
    return list(Activity.objects.order_by("pk").values_list("verb", "by__username", "text"))


@pytest.mark.parametrize(
    ("state", "end", "sent", "verb", "text"),
    [
        ("review", "decide/", {"choice": "approve", "reason": "fine"}, "published", "fine"),
        ("review", "decide/", {"choice": "reject", "reason": "old"}, "rejected", "old"),
        ("queued", "cancel/", {}, "cancelled", ""),
    ],
)
def test_what_is_done_with_an_import_is_recorded_once(client, mona, state, end, sent, verb, text):
    run = make_run(state)
    for _again in range(2):
        client.post(f"/desk/imports/{run.pk}/{end}", sent)
    assert acts() == [(verb, "mona", text)]
    assert Activity.objects.get().import_run == run


def test_a_refused_decision_is_not_recorded(client, mona):
    run = make_run("review", created_by=mona)
    client.post(f"/desk/imports/{run.pk}/decide/", {"choice": "approve"})
    assert acts() == []


def test_whoever_brought_a_file_is_told_why_it_was_turned_down(client, mona):
    edith = make_person("edith", "editor")
    run = make_run("review", created_by=edith)
    client.post(f"/desk/imports/{run.pk}/decide/", {"choice": "reject", "reason": "old"})
    (told,) = Notification.objects.all()
    assert (told.user, told.kind, told.text) == (edith, "rejected", "old")
    assert told.link == f"/desk/imports/{run.pk}/"


def test_schedules_and_held_files_are_recorded(client, mona):
    run = make_run("published")
    address = f"/desk/feeds/{run.feed.code}/schedule/"
    sent = {
        "url": "https://feeds.example.org/a.csv", "every": "60", "publish": "no",
        "first_at": "2026-11-30T05:00",
    }  # fmt: skip
    client.post(address, sent | {"every": "never"})
    assert acts() == []
    client.post(address, sent)
    schedule = FeedSchedule.objects.get()
    slot = FeedSlot.objects.create(schedule=schedule, due_at=NOON, state="held", said="smaller")
    FeedSchedule.objects.update(held="smaller")
    client.post(f"/desk/feeds/turns/{slot.pk}/discard/")
    assert acts() == [
        ("scheduled", "mona", run.feed.name), ("dropped_held", "mona", run.feed.name),
    ]  # fmt: skip


def test_merging_splitting_and_keeping_organizations_apart_is_recorded(mona):
    one, other = make_organization("One"), make_organization("Other")
    organizations.merge(one=one, into=other, by=mona, reason="the same")
    organizations.split(organization=one, by=mona, reason="not the same")
    third, fourth = make_organization("Third"), make_organization("Fourth")
    pair = Suggestion.objects.create(one=third, other=fourth, score=80, created_at=NOON)
    organizations.keep_apart(suggestion=pair, by=mona)
    with pytest.raises(organizations.NotAllowed):
        organizations.keep_apart(suggestion=pair, by=mona)
    assert acts() == [
        ("merged", "mona", "the same"), ("split", "mona", "not the same"),
        ("kept_apart", "mona", "Fourth"),
    ]  # fmt: skip
