"""A reader reports an error without an account, and the answer stands on a public page."""

import pytest
from django.test import Client
from django.utils import timezone

from deals.actions import NotAllowed, reports
from deals.models import OrganizationEdit, Report
from deals.web.reports_shown import outcomes
from tests.desk.runs import make_person
from tests.factories import make_deal, make_organization

pytestmark = pytest.mark.django_db
SCRIPT = '"><script>window.ran=1</script>'
TYPED = {
    "field": "amount", "text": f"It was more.\r\n{SCRIPT}\u202e", "homepage": "",
    "source_url": "https://news.example/a", "contact": "reader@example.org",
}  # fmt: skip


@pytest.fixture
def version():
    return make_deal(target=f"Horizon {SCRIPT}")


@pytest.fixture
def page(version):
    return f"/deals/{version.deal.public_id}/report/"


def test_a_report_becomes_a_ticket_whose_words_are_not_published(client, page, version):
    response = client.post(page, TYPED)
    assert response.status_code == 303
    report = Report.objects.get()
    assert response["Location"] == f"/reports/{report.token}/"
    assert (report.deal, report.field, report.state) == (version.deal, "amount", "open")
    assert report.text == f"It was more.\n{SCRIPT}\u202e"
    assert (report.source_url, report.contact) == (TYPED["source_url"], TYPED["contact"])
    shown = client.get(response["Location"])
    text = shown.content.decode()
    assert "has been received" in text
    assert report.token in text
    assert "The amount" in text
    for secret in ("It was more", "news.example", "reader@example.org", "<script>window"):
        assert secret not in text
    assert '<meta name="robots" content="noindex">' in text
    assert "no-store" in shown["Cache-Control"]


def test_nothing_but_the_named_fields_is_taken(client, page):
    client.post(page, TYPED | {"state": "accepted", "outcome": "x", "token": "AAA", "id": "7"})
    report = Report.objects.get()
    assert (report.state, report.outcome) == ("open", "")
    assert report.token != "AAA"


def test_an_organization_can_be_reported_too(client):
    one = make_organization("Bosch", "DE")
    page = f"/organizations/{one.public_id}/report/"
    assert 'value="owner" selected' in client.get(f"{page}?fact=owner").content.decode()
    response = client.post(page, TYPED | {"field": "owner"})
    assert response.status_code == 303
    assert Report.objects.get().organization == one
    assert b"Bosch" in client.get(response["Location"]).content


WRONG = {
    "field": "target_name", "text": " \0 ", "source_url": "javascript:alert(1)",
    "contact": "reader@", "homepage": "https://spam.example",
}  # fmt: skip


@pytest.mark.parametrize("field", WRONG)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_is_kept(client, page, field):
    response = client.post(page, TYPED | {field: WRONG[field]})
    text = response.content.decode()
    assert response.status_code == 400
    assert f'href="#{field}"' in text
    assert "<title>Error:" in text
    assert "<script>window" not in text
    assert not Report.objects.exists()
    if field != "text":
        assert "It was more." in text


def test_a_long_paste_gives_a_sentence(client, page):
    response = client.post(page, TYPED | {"text": "x" * 10_000})
    assert response.status_code == 400
    assert "at most 4,000 characters; this one has 10,000" in response.content.decode()
    assert client.post(page, TYPED | {"text": "x" * 4_000}).status_code == 303


def test_too_many_reports_are_refused_with_what_was_typed_kept(client, page, settings):
    settings.REPORTS_PER_HOUR = 1
    assert client.post(page, TYPED).status_code == 303
    response = client.post(page, TYPED | {"text": "Another thing"})
    assert response.status_code == 429
    assert response["Retry-After"] == "3600"
    assert "Another thing" in response.content.decode()
    assert Report.objects.count() == 1


def test_a_report_needs_the_forms_token_and_no_account(page):
    client = Client(enforce_csrf_checks=True)
    assert client.post(page, TYPED).status_code == 403
    client.get(page)
    token = client.cookies["csrftoken"].value
    assert list(client.cookies) == ["csrftoken"]
    assert client.post(page, TYPED | {"csrfmiddlewaretoken": token}).status_code == 303


@pytest.mark.parametrize("path", ["/deals/D-00000000/report/", "/organizations/x/report/"])
def test_what_is_not_there_cannot_be_reported(client, path):
    assert client.get(path).status_code == 404
    assert client.post(path, TYPED).status_code == 404


def test_only_who_has_the_address_finds_a_ticket(client):
    for token in ("AAAAAAAAAAAA", "%00", "%E6%B7%B1", "x" * 500):
        assert client.get(f"/reports/{token}/").status_code == 404


def test_the_outcome_is_public_and_names_the_version(client, page, version):
    client.post(page, TYPED)
    report = Report.objects.get()
    assert outcomes(deal=version.deal) == []
    edith = make_person("edith")
    reports.close(report=report, accepted=True, outcome=SCRIPT, by=edith, version=version)
    text = client.get(f"/reports/{report.token}/").content.decode()
    assert "The report was right" in text
    assert f"ledger no. {version.published_seq}" in text
    assert f'href="/deals/{version.deal.public_id}/?version=1"' in text
    assert "<script>window" not in text
    assert "edith" not in text
    (shown,) = outcomes(deal=version.deal)
    assert (shown.accepted, shown.number, shown.text) == (True, 1, SCRIPT)


def test_the_answer_about_an_organization_names_the_change_that_mends_it(client):
    one, now = make_organization("Bosch", "DE"), timezone.now()
    facts = {"changes": [], "reason": "moved", "created_at": now, "decided_at": now}
    waiting = OrganizationEdit.objects.create(
        organization=one, **facts | {"decided_at": None}, state="submitted"
    )
    mended = OrganizationEdit.objects.create(organization=one, **facts, state="published", seq=4711)
    report = reports.send(organization=one, field="domicile", text="x", address="::1")
    with pytest.raises(NotAllowed):
        reports.close(report=report, accepted=True, outcome="Yes.", by=None, edit=waiting)
    reports.close(report=report, accepted=True, outcome="Yes.", by=None, edit=mended)
    text = client.get(f"/reports/{report.token}/").content.decode()
    assert "Changed with ledger no. 4,711." in text
    (shown,) = outcomes(organization=one)
    assert (shown.number, shown.seq, shown.fact) == (None, 4711, "Where it is")


def test_pages_cost_a_fixed_number_of_queries(client, page, version, django_assert_num_queries):
    client.post(page, TYPED)
    report = Report.objects.get()
    reports.close(report=report, accepted=True, outcome="Yes.", by=None, version=version)
    with django_assert_num_queries(3):
        client.get(page)
    with django_assert_num_queries(4):
        client.get(f"/reports/{report.token}/")
    for number in range(3):
        more = reports.send(deal=version.deal, text=str(number), address="::1")
        reports.close(report=more, accepted=False, outcome="No.", by=None)
    with django_assert_num_queries(2):
        assert len(outcomes(deal=version.deal)) == 4
