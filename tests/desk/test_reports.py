"""Readers' reports at the desk: read, given to somebody, answered once in public."""

from datetime import timedelta

import pytest
from django.utils import timezone

from deals import actions
from deals.actions import reports
from deals.models import Draft, Notification, Report
from tests.desk.runs import make_person
from tests.factories import make_deal, make_organization, submit_version

pytestmark = pytest.mark.django_db
PAGE = "/desk/reports/"
SCRIPT = "<script>window.ran=1</script>\u202e https://evil.example"


@pytest.fixture
def edith(client):
    user = make_person("edith", "editor")
    client.force_login(user)
    return user


@pytest.fixture
def version():
    return make_deal(target="Horizon")


def send(version, text="Wrong.", **more):
    return reports.send(deal=version.deal, text=text, address="::1", **more)


def at(report):
    return f"{PAGE}{report.pk}/"


def test_the_oldest_waits_on_top_and_answered_ones_are_apart(client, edith, version, settings):
    settings.REPORTS_PER_HOUR = settings.REPORTS_PER_DAY = 100
    for number in range(45):
        send(version, f"no. {number}.")
    first = Report.objects.order_by("pk").first()
    Report.objects.filter(pk=first.pk).update(created_at=timezone.now() + timedelta(hours=1))
    seen, address = [], PAGE
    while address:
        response = client.get(address)
        seen += [line.report.text for line in response.context["lines"]]
        address = response.context["next"] and PAGE + response.context["next"]
    assert seen == [*(f"no. {number}." for number in range(1, 45)), "no. 0."]
    reports.close(report=first, accepted=False, outcome="It is right.", by=edith)
    assert "no. 0." not in client.get(f"{PAGE}?show=open").content.decode()
    assert "no. 0." in client.get(f"{PAGE}?show=answered").content.decode()
    assert "None is assigned to you" in client.get(f"{PAGE}?show=mine").content.decode()


def test_what_a_reader_wrote_is_shown_and_never_run_nor_linked(client, edith, version):
    report = send(version, SCRIPT, source_url="https://evil.example/page")
    for address in (PAGE, at(report)):
        text = client.get(address).content.decode()
        assert "<script>window" not in text
        assert "⟨U+202E⟩" in text
        assert 'href="https://evil' not in text


def test_a_report_is_given_to_somebody_and_back(client, edith, version):
    report, rita = send(version), make_person("rita", "reviewer")
    client.post(at(report), {"act": "assign", "to": rita.pk})
    report.refresh_from_db()
    assert report.assigned_to == rita
    assert Notification.objects.filter(user=rita, kind="assigned").exists()
    for wrong in (make_person("carl", "contributor").pk, "x"):
        client.post(at(report), {"act": "assign", "to": wrong})
    client.post(at(report), {"act": "assign", "to": ""})
    report.refresh_from_db()
    assert report.assigned_to is None


def test_an_answer_names_the_version_of_the_draft_that_was_begun_for_it(client, edith, version):
    report = send(version, contact="reader@example.org")
    now = timezone.now()
    mended = submit_version(version.deal, target="Horizon Robotics")
    actions.approve(version=mended, by=make_person("rita", "reviewer"))
    Draft.objects.create(
        owner=edith, deal=version.deal, version=mended, report=report, state="submitted",
        created_at=now, saved_at=now,
    )  # fmt: skip
    text = client.get(at(report)).content.decode()
    assert f'value="{mended.pk}" selected' in text
    assert "reader@example.org" not in text
    response = client.post(
        at(report), {"act": "accept", "outcome": "You are right.", "mended": mended.pk}, follow=True
    )
    assert "The answer is public now." in response.content.decode()
    public = client.get(f"/reports/{report.token}/").content.decode()
    assert "Changed in version 2" in public
    assert "You are right." in public


def test_an_answer_needs_words_and_what_was_typed_is_kept(client, edith, version):
    report = send(version)
    response = client.post(at(report), {"act": "decline", "outcome": " \0"})
    assert response.status_code == 400
    assert 'href="#outcome"' in response.content.decode()
    response = client.post(at(report), {"act": "decline", "outcome": "long " * 2_000})
    assert response.status_code == 400
    assert "at most 2,000 characters" in response.content.decode()
    assert "long long" in response.content.decode()
    assert Report.objects.get().state == "open"


def test_the_second_answer_changes_nothing_and_says_so(client, edith, version):
    report = send(version)
    client.post(at(report), {"act": "decline", "outcome": "It is right."})
    response = client.post(at(report), {"act": "accept", "outcome": "Yes"}, follow=True)
    assert "Somebody has answered this report already" in response.content.decode()
    assert Report.objects.get().outcome == "It is right."


def test_ids_of_other_things_link_nothing(client, edith, version):
    report, other = send(version), make_deal()
    client.post(at(report), {"act": "accept", "outcome": "Yes", "mended": other.pk})
    assert "ledger no." not in client.get(f"/reports/{report.token}/").content.decode().partition(
        "<main"
    )[2]  # fmt: skip
    one = reports.send(organization=make_organization("Bosch"), text="x", address="::1")
    client.post(at(one), {"act": "accept", "outcome": "Yes", "mended": "9" * 25})
    assert Report.objects.filter(state="accepted").count() == 2


def test_pages_cost_a_fixed_number_of_queries(
    client, edith, version, settings, django_assert_num_queries
):
    settings.REPORTS_PER_HOUR = settings.REPORTS_PER_DAY = 100
    first = send(version)
    client.get(PAGE)
    for number in range(2):
        with django_assert_num_queries(9):
            client.get(PAGE)
        for more in range(8):
            send(make_deal(), f"{number} {more}")
            reports.assign(report=first, to=(edith, None)[more % 2], by=edith)
    with django_assert_num_queries(15):
        client.get(at(first))
