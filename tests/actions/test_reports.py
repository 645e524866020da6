"""Readers' reports: how many, about what, to whom, and answered once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from deals import actions
from deals.actions import reports
from deals.models import Activity, Notification, Report
from tests.desk.runs import make_person
from tests.factories import make_deal, make_organization, submit_version

pytestmark = pytest.mark.django_db
HERE, THERE = "192.0.2.1", "192.0.2.2"


@pytest.fixture
def version():
    return make_deal(target="Horizon")


@pytest.fixture
def edith(db):
    return make_person("edith", "editor")


def send(version, text="The amount is wrong.", address=HERE, **more):
    return reports.send(deal=version.deal, text=text, address=address, **more)


def test_whoever_may_answer_is_told_with_what_it_is_about(version, edith):
    make_person("carl", "contributor")
    report = send(version)
    (told,) = Notification.objects.all()
    assert (told.user, told.kind, told.subject) == (edith, "reported", "Horizon")
    assert told.link == f"/desk/reports/{report.pk}/"
    assert report.token.isalnum()
    assert len(report.token) == 12


def test_the_same_text_about_the_same_thing_is_one_ticket(version, edith):
    first = send(version)
    assert send(version, address=THERE) == first
    assert send(version, text="Another thing.") != first
    other = make_organization("Horizon")
    assert reports.send(organization=other, text=first.text, address=HERE) != first
    reports.close(report=first, accepted=False, outcome="It is right.", by=edith)
    assert send(version) != first


def test_one_address_sends_so_many_an_hour_and_a_day(version, settings):
    settings.REPORTS_PER_HOUR, settings.REPORTS_PER_DAY = 2, 3
    send(version, "1"), send(version, "2")
    with pytest.raises(reports.TooMany) as refused:
        send(version, "3")
    assert refused.value.wait == reports.HOUR
    assert send(version, "3", THERE)
    Report.objects.update(created_at=timezone.now() - timedelta(hours=2))
    send(version, "4")
    with pytest.raises(reports.TooMany) as refused:
        send(version, "5")
    assert refused.value.wait == reports.DAY
    assert send(version, "1"), "what is there already is no new report"


def test_no_address_is_kept_and_none_can_be_followed_to_the_next_day(version):
    today = timezone.now().date()
    hashes = {reports.hashed(HERE, today), reports.hashed(THERE, today)}
    assert len(hashes | {reports.hashed(HERE, today + timedelta(days=1))}) == 3
    assert send(version).address_hash == reports.hashed(HERE, today)


def test_an_answer_names_the_version_that_mends_it_and_stays_in_the_log(version, edith):
    report = send(version)
    reports.close(report=report, accepted=True, outcome="Right.", by=edith, version=version)
    report.refresh_from_db()
    assert (report.state, report.decided_by) == ("accepted", edith)
    entry = Activity.objects.get(verb="reported_closed")
    assert (entry.version, entry.deal, entry.by, entry.text) == (
        version, version.deal, edith, "Right.",
    )  # fmt: skip


def test_an_answer_is_given_once(version, edith):
    report = send(version)
    reports.close(report=report, accepted=False, outcome="It is right.", by=edith)
    with pytest.raises(actions.NotAllowed, match="already"):
        reports.close(report=report, accepted=True, outcome="Right.", by=edith)
    with pytest.raises(actions.NotAllowed, match="already"):
        reports.assign(report=report, to=edith, by=edith)
    assert Activity.objects.count() == 1
    assert Report.objects.get().state == "declined"


def test_an_answer_that_cannot_be_leaves_the_report_open(version, edith):
    report = send(version)
    others, waiting = make_deal(), submit_version(version.deal)
    for facts in ({"outcome": "  "}, {"version": others}, {"version": waiting}):
        with pytest.raises(actions.NotAllowed):
            reports.close(
                **{"report": report, "accepted": True, "outcome": "x", "by": edith} | facts
            )
    assert Report.objects.get().state == "open"
    assert not Activity.objects.exists()


def test_a_report_is_given_to_somebody_who_may_answer_and_they_are_told(version, edith):
    report = send(version)
    Notification.objects.all().delete()
    with pytest.raises(actions.NotAllowed):
        reports.assign(report=report, to=make_person("carl", "contributor"), by=edith)
    rita = make_person("rita", "reviewer")
    reports.assign(report=report, to=rita, by=edith)
    reports.assign(report=report, to=rita, by=edith)
    assert [(told.user, told.kind) for told in Notification.objects.all()] == [(rita, "assigned")]
    assert Activity.objects.filter(verb="assigned").count() == 1
    assert reports.assign(report=report, to=None, by=rita).assigned_to is None
