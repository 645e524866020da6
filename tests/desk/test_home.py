"""My desk: what waits for whom, what became of what one did, in as many queries for any size."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from deals import actions, journal
from deals.actions import reports
from deals.actions.deals import open_review
from deals.desk.home_lists import to_judge
from deals.flows.whatif_reviews import weigh
from deals.models import Draft, Review, Suggestion
from tests.desk.runs import make_person, make_run, stage
from tests.desk.waiting import amount, hand_in
from tests.factories import make_deal, make_organization, submit_version

pytestmark = pytest.mark.django_db
PAGE = "/desk/"
SCRIPT = "<script>window.ran=1</script>\u202e"


@pytest.fixture
def sign_in(client):
    def as_somebody(name, role):
        user = make_person(name, role)
        client.force_login(user)
        return user

    return as_somebody


def submitted(by, target="Horizon", days=0):
    """A deal that this person has handed in, so many days ago."""
    version = submit_version(target=target)
    type(version).objects.filter(pk=version.pk).update(created_by=by)
    version.refresh_from_db()
    review = open_review(version=version, by=by)
    moment = timezone.now() - timedelta(days=days)
    Review.objects.filter(pk=review.pk).update(submitted_at=moment)
    Draft.objects.create(
        owner=by, deal=version.deal, version=version, state="submitted", created_at=moment,
        saved_at=moment,
    )  # fmt: skip
    return version, review


def names(client, list_name):
    return [row.name for row in client.get(PAGE).context[list_name].rows]


def test_a_reviewer_sees_what_others_wrote_the_oldest_first_and_how_long_it_waits(sign_in, client):
    edith = make_person("edith", "editor")
    submitted(edith, "New"), submitted(edith, "Old", days=12)
    rita = sign_in("rita", "reviewer")
    submitted(rita, "Own", days=30)
    assert names(client, "reviews") == ["Old", "New"]
    text = client.get(PAGE).content.decode()
    assert "The oldest has waited for 12 days." in text
    assert [(row.name, row.said) for row in client.get(PAGE).context["submitted"]] == [
        ("Own", "waits for a decision")
    ]


def test_what_waits_is_told_in_a_line(sign_in, client):
    edith = make_person("edith", "editor")
    live = make_deal(target="Horizon", date="2021-02-09", amount="900", investors=[("Fund", "DE")])
    hand_in(edith, deal=live, amount=amount("120000000.00", text="¥1.2亿"))
    weigh(Review.objects.get())
    sign_in("rita", "reviewer")
    text = " ".join(strip_tags(client.get(PAGE).content.decode()).split())
    assert "change: Amount · 9 Feb 2021 · Funding round · CN¥120 m · edith" in text
    assert "moves no headline number" in text


def test_a_contributor_sees_questions_drafts_and_what_became_of_theirs(sign_in, client):
    carl = sign_in("carl", "contributor")
    _asked, review = submitted(carl, "Asked")
    Review.objects.filter(pk=review.pk).update(waiting_for="answer")
    turned_down, _ = submitted(carl, "Turned down")
    actions.reject(version=turned_down, by=make_person("rita", "reviewer"), reason="No source")
    actions.begin_draft(by=carl, typed={"target": {"name": SCRIPT}})
    actions.begin_draft(by=make_person("other", "contributor"), typed={})
    assert names(client, "questions") == ["Asked"]
    assert names(client, "drafts") == [SCRIPT]
    became = {row.name: row.said for row in client.get(PAGE).context["submitted"]}
    assert became == {"Asked": "waits for a decision", "Turned down": "not published"}
    page = client.get(PAGE)
    assert b"<script>window" not in page.content
    for of_others in ("reviews", "reports", "held", "judge"):
        assert of_others not in page.context


def test_reports_and_what_is_assigned_stand_there(sign_in, client):
    edith = sign_in("edith", "editor")
    first = reports.send(deal=make_deal(target="One").deal, text="x", address="::1")
    reports.send(deal=make_deal(target="Two").deal, text="x", address="::1")
    reports.assign(report=first, to=edith, by=None)
    assert names(client, "reports") == ["One", "Two"]
    assert names(client, "assigned") == ["One"]


def test_what_is_to_judge_is_what_the_pages_of_it_list(sign_in, client):
    sign_in("edith", "editor")
    assert to_judge() == {}
    run = make_run("published", deals_conflict=2, deals_held=1)
    stage(run, "conflict"), stage(run, "held", fields=["key"])
    stage(run, "conflict", decision="kept")
    Suggestion.objects.create(
        one=make_organization("One"), other=make_organization("Other"), score=80,
        created_at=timezone.now(),
    )  # fmt: skip
    assert to_judge() == {"conflicts": 2, "deals": 0, "organizations": 1}
    assert len(client.get("/desk/conflicts/").context["cases"]) == 2


def test_the_last_ten_acts_are_mine(sign_in, client):
    edith = sign_in("edith", "editor")
    for number in range(12):
        journal.record("commented", by=edith, text=f"no. {number}.")
    journal.record("commented", by=make_person("other"), text="theirs")
    shown = [entry.text for entry in client.get(PAGE).context["done"]]
    assert shown == [f"no. {number}." for number in range(11, 1, -1)]


def test_somebody_without_a_role_has_an_empty_desk(sign_in, client, django_user_model):
    client.force_login(django_user_model.objects.create_user("nobody"))
    text = client.get(PAGE).content.decode()
    assert "Nothing waits for you." in text
    assert "Add a deal" not in text


def test_the_page_costs_as_many_queries_for_any_size(
    sign_in, client, settings, django_assert_max_num_queries
):
    settings.REPORTS_PER_HOUR = settings.REPORTS_PER_DAY = 1000
    rita, edith = make_person("rita", "manager"), make_person("edith", "editor")
    for number in range(12):
        submitted(edith, f"Target {number}")
        submitted(rita, f"Own {number}")
        run = make_run("review", created_by=edith)
        make_run("running", created_by=rita), make_run("failed", created_by=rita)
        stage(make_run("published", feed=run.feed, deals_conflict=1), "conflict")
        actions.begin_draft(by=rita, typed={})
        report = reports.send(deal=make_deal().deal, text=str(number), address="::1")
        reports.assign(report=report, to=rita, by=edith)
    client.force_login(rita)
    with django_assert_max_num_queries(40):
        text = client.get(PAGE).content.decode()
    assert "and 4 more" in text
