"""What belongs to somebody else, or to another thing, is out of reach by its number."""

import pytest
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from deals import actions, journal
from deals.actions import reports
from deals.desk.organization_edit import SALT
from deals.entry.evidence import record
from deals.models import Activity, Draft, Notification, OrganizationEdit, Report, Suggestion
from tests.desk.runs import make_person
from tests.desk.waiting import hand_in
from tests.factories import make_deal, make_organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(db):
    return make_person("owner", "contributor")


@pytest.fixture
def mallory(client):
    person = make_person("mallory", "reviewer")
    client.force_login(person)
    return person


@pytest.mark.parametrize("action", ["save", "submit", "discard", "take_back", "again"])
def test_not_even_a_reviewer_touches_somebody_elses_draft(client, owner, mallory, action):
    draft = actions.begin_draft(by=owner, typed={"notes": "mine"})
    for name in ("desk-draft", "desk-draft-save", "desk-draft-compare"):
        sent = {"action": action, "notes": "hers", "revision": "0"}
        assert client.post(reverse(name, args=[draft.pk]), sent).status_code == 404
    assert (Draft.objects.get().state, Draft.objects.get().typed) == ("open", {"notes": "mine"})
    assert client.get("/desk/deals/new/", {"source": draft.pk}).status_code == 404


def test_only_the_writer_takes_back_answers_or_withdraws(client, owner, mallory):
    review = hand_in(owner, notes="Mended")
    for name in ("desk-review-withdraw", "desk-draft"):
        address = reverse(name, args=[review.pk])
        assert client.post(address, {"action": "take_back"}).status_code == 404
    address = reverse("desk-review-comment", args=[review.pk])
    assert client.post(address, {"choice": "answer", "comment": "Yes"}).status_code == 400
    review.refresh_from_db()
    assert review.version.state == "submitted"
    assert review.comments.count() == 0


def test_somebody_elses_news_stay_unread(client, owner, mallory):
    journal.notify([owner.pk], "commented", by=mallory, subject="Horizon", link="/desk/")
    client.post("/desk/notifications/", {"read": str(Notification.objects.get().pk)})
    client.post("/desk/notifications/", {"read": "all"})
    assert Notification.objects.get().read_at is None


def test_an_answer_names_no_version_of_another_deal(client, mallory):
    mine, other = make_deal(), make_deal()
    report = reports.send(deal=mine.deal, text="Wrong", address="::1")
    sent = {"act": "accept", "outcome": "Mended", "mended": str(other.pk)}
    client.post(reverse("desk-report", args=[report.pk]), sent)
    assert Report.objects.get().state == "accepted"
    assert not Activity.objects.filter(version=other).exists()


def test_a_form_of_one_organization_changes_no_other(client, mallory):
    one, other = make_organization("One", "DE"), make_organization("Other", "FR")
    line = other.domiciles.create(country="FR", basis="headquarters")
    address = reverse("desk-organization-edit", args=[one.public_id])
    sent = {
        "name": "One", "kind": one.kind, "country": "DE", "reason": "Read", "action": "submit",
        "domiciles-0-row": str(line.pk), "domiciles-0-country": "CN",
        "domiciles-0-basis": "headquarters", "domiciles-0-url": "https://example.org/a",
        "domiciles-0-title": "Report",
    }  # fmt: skip
    own = signing.dumps({"id": one.public_id, "record": record(one)}, salt=SALT, compress=True)
    theirs = signing.dumps(
        {"id": other.public_id, "record": record(other)}, salt=SALT, compress=True
    )
    for opened in (own, theirs, own[:-2], "", "x" * 10_000):
        assert client.post(address, sent | {"opened": opened}).status_code == 400
    assert not OrganizationEdit.objects.exists()


@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example/", "/\\evil.example"])
def test_no_form_leads_off_the_register(client, mallory, away):
    one, other = make_organization("One", "DE"), make_organization("Other", "FR")
    pair = Suggestion.objects.create(
        one=one, other=other, score=95, created_at=timezone.now(), reasons=[]
    )
    address = reverse("desk-suggestion-apart", args=[pair.pk])
    assert client.post(address, {"next": away})["Location"].startswith("/desk/")
