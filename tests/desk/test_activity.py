"""The log: by person, thing, day and act; everybody's own, and all for reviewers."""

import pytest
from django.urls import reverse
from django.utils import timezone

from deals import journal
from deals.models import Activity
from tests.desk.runs import make_person, make_run
from tests.desk.waiting import hand_in_new
from tests.factories import make_deal, make_organization

pytestmark = pytest.mark.django_db
PAGE = "/desk/activity/"
SCRIPT = "<script>window.ran=1</script>\u202e"


@pytest.fixture
def rita(client):
    user = make_person("rita", "reviewer")
    client.force_login(user)
    return user


def texts(client, query=""):
    return [entry.text for entry in client.get(f"{PAGE}{query}").context["entries"]]


def test_reviewers_see_everybody_and_others_themselves(client, rita):
    edith = make_person("edith", "editor")
    journal.record("began", by=edith, text="hers")
    journal.record("published", by=rita, text="mine")
    journal.record("changed_person", by=None, text="nobody’s")
    assert texts(client) == ["nobody’s", "mine", "hers"]
    client.force_login(edith)
    assert texts(client) == ["hers"]
    assert texts(client, "?by=rita") == ["hers"]


def test_the_log_is_narrowed_by_person_thing_day_and_act(client, rita):
    version, run, one = make_deal(target="Horizon"), make_run(), make_organization("Bosch")
    journal.record("published", by=rita, version=version, text="deal")
    journal.record("brought", by=None, import_run=run, text="import")
    journal.record("merged", by=rita, organization=one, text="organization")
    today = f"{timezone.now():%Y-%m-%d}"
    expected = {
        f"?about={version.deal.public_id.lower()}": ["deal"],
        f"?about={run.pk}": ["import"],
        f"?about={one.public_id}": ["organization"],
        "?by=rita": ["organization", "deal"],
        "?by=system": ["import"],
        "?verb=brought": ["import"],
        f"?day={today}": ["organization", "import", "deal"],
        "?day=2020-01-01": [],
        "?about=D-00000000": [],
    }
    assert {query: texts(client, query) for query in expected} == expected
    page = client.get(PAGE).content.decode()
    assert f'href="/deals/{version.deal.public_id}/">Horizon</a>' in page
    assert f'href="/desk/imports/{run.pk}/"' in page


@pytest.mark.parametrize("query", ["by=nobody", "about=x", "day=0000-99-01", "verb=sold"])
def test_what_cannot_be_asked_is_said_at_its_field(client, rita, query):
    response = client.get(f"{PAGE}?{query}")
    assert response.status_code == 400
    assert f'href="#{query.partition("=")[0]}"' in response.content.decode()


def test_whatever_stands_in_the_address_is_answered(client, rita):
    for value in ("\0", SCRIPT, "x" * 5000, "9999-12-31", "-1", "D-" + "9" * 50):
        for name in ("by", "about", "day", "verb", "before"):
            response = client.get(PAGE, {name: value})
            assert response.status_code in (200, 400), (name, value)
            assert b"<script>window" not in response.content


def test_what_was_never_published_has_its_name_and_leads_to_its_review(client, rita):
    review = hand_in_new(make_person("anna"))
    entry = next(one for one in client.get(PAGE).context["entries"] if one.name == "Black Sesame")
    assert entry.link == reverse("desk-review", args=[review.pk])


def test_names_and_reasons_are_shown_and_never_run(client, rita):
    journal.record("published", by=rita, version=make_deal(target=SCRIPT), text=SCRIPT)
    text = client.get(PAGE).content.decode()
    assert "<script>window" not in text
    assert "\u202e" not in text


def test_pages_follow_one_another_with_each_entry_once_and_the_same_queries(
    client, rita, django_assert_max_num_queries
):
    for number in range(120):
        journal.record("published", by=rita, version=make_deal(), text=f"no. {number}")
    seen, address = [], PAGE
    while address:
        with django_assert_max_num_queries(9):
            response = client.get(address)
        seen += [entry.text for entry in response.context["entries"]]
        address = response.context["next"] and PAGE + response.context["next"]
    assert seen == [f"no. {number}" for number in range(119, -1, -1)]
    assert Activity.objects.count() == 120
