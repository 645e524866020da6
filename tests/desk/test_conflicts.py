"""Conflicts and held deals of all imports, each with what the two sides say."""

import re
from html import unescape

import pytest

from deals.models import FeedRecord, StagedDeal
from tests.desk.runs import FACTS, make_person, make_run, stage
from tests.factories import make_deal

pytestmark = pytest.mark.django_db
PAGE = "/desk/conflicts/"


@pytest.fixture
def reviewer(client):
    person = make_person("rita", "reviewer")
    client.force_login(person)
    return person


@pytest.fixture
def conflict(db):
    """The register says 5 m, the file 12.34 m, and the feed 4 m before."""
    version = make_deal(target="Alpha", amount="5000000")
    run = make_run("published", deals_conflict=1)
    before = FACTS | {"amount": FACTS["amount"] | {"low": "4000000.00", "high": "4000000.00"}}
    FeedRecord.objects.create(feed=run.feed, key="a", deal=version.deal, facts=before)
    return stage(run, "conflict", "a", fields=["amount"], deal=version.deal, target_name="Alpha")


def text_of(response):
    plain = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(unescape(plain).split())


def test_the_page_needs_a_role(client, django_user_model) -> None:
    assert client.get(PAGE).status_code == 302
    client.force_login(django_user_model.objects.create_user("guest"))
    assert client.get(PAGE).status_code == 403


def test_without_conflicts_the_page_says_what_it_is_for(client, reviewer) -> None:
    assert "Nothing is in conflict" in text_of(client.get(PAGE))


def test_three_sides_stand_beside_each_other(client, reviewer, conflict) -> None:
    said = text_of(client.get(PAGE))
    assert "The register says This file says The feed said before" in said
    assert "Amount USD 5,000,000 USD 12,340,000 USD 4,000,000" in said


def test_an_editor_sees_them_without_buttons(client, conflict) -> None:
    client.force_login(make_person("anna"))
    said = text_of(client.get(PAGE))
    assert "USD 12,340,000" in said
    assert "Take the file’s values" not in said
    assert "A reviewer decides" in said


def test_what_a_later_file_repeats_is_listed_once(client, reviewer, conflict) -> None:
    again = make_run("published", feed=conflict.import_run.feed, deals_conflict=1)
    newest = stage(again, "conflict", "a", fields=["amount"], deal=conflict.deal)
    content = client.get(PAGE).content.decode()
    assert re.findall(r'id="deal-(\d+)"', content) == [str(newest.pk)]


def test_what_is_decided_or_not_published_is_not_listed(client, reviewer) -> None:
    stage(make_run("published", deals_held=1), "held", fields=["key"], decision="new_deal")
    stage(make_run("review", deals_held=1), "held", fields=["key"])
    stage(make_run("undone", deals_held=1), "held", fields=["key"])
    assert "Nothing is in conflict" in text_of(client.get(PAGE))


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        ("key", "may be one deal under a new key"),
        ("part_of", "part of a deal that is held"),
        ("newer", "A later file of this feed was published"),
    ],
)
def test_a_held_deal_says_why(client, reviewer, field, sentence) -> None:
    stage(make_run("published", deals_held=1), "held", fields=[field])
    assert sentence in text_of(client.get(PAGE))


def test_a_perhaps_rekeyed_deal_names_the_one_it_may_be(client, reviewer) -> None:
    version = make_deal(target="智行者", date="2019-05-01")
    run = make_run("published", deals_held=1, deals_absent=1)
    stage(run, "absent", "old", deal=version.deal, rows=[])
    FeedRecord.objects.create(feed=run.feed, key="old", deal=version.deal, facts=FACTS)
    stage(run, "held", "new", fields=["key"])
    content = client.get(PAGE).content.decode()
    assert f"/deals/{version.deal.public_id}/" in content


def test_a_deal_the_register_retracted_says_so(client, reviewer) -> None:
    stage(make_run("published", deals_conflict=1), "conflict", fields=["retracted"])
    assert "The register has retracted this deal" in text_of(client.get(PAGE))


def test_one_kind_alone(client, reviewer, conflict) -> None:
    stage(make_run("published", deals_held=1), "held", fields=["key"], target_name="Heldco")
    assert "Heldco" in text_of(client.get(f"{PAGE}?kind=held"))
    assert "Alpha" not in text_of(client.get(f"{PAGE}?kind=held"))
    assert "Heldco" not in text_of(client.get(f"{PAGE}?kind=conflict"))


def test_pages_follow_each_other_without_gap_or_overlap(client, reviewer) -> None:
    run = make_run("published", deals_held=45)
    for _ in range(45):
        stage(run, "held", fields=["newer"])
    seen, query = [], ""
    while True:
        content = unescape(client.get(PAGE + query).content.decode())
        seen += re.findall(r'id="deal-(\d+)"', content)
        found = re.search(r'rel="next" href="([^"]+)"', content)
        if not found:
            break
        query = found[1]
    newest_first = StagedDeal.objects.order_by("-pk").values_list("pk", flat=True)
    assert seen == [str(pk) for pk in newest_first]


def test_a_page_of_conflicts_takes_a_handful_of_queries(
    client, reviewer, django_assert_max_num_queries
) -> None:
    run = make_run("published", deals_conflict=10, deals_held=5)
    for number in range(10):
        version = make_deal(target=f"T{number}")
        stage(run, "conflict", fields=["amount"], deal=version.deal)
    for _ in range(5):
        stage(run, "held", fields=["key"])
    with django_assert_max_num_queries(21):
        client.get(PAGE)
