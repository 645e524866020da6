"""Deals of the register that may be the one being typed, and pairs stored for a person."""

from datetime import timedelta

import pytest
from django.utils import timezone

from deals import actions, tasks
from deals.entry import likely_open, likely_pairs
from deals.entry.likely import likely
from deals.feeds.spellings import spell_missing
from deals.models import DealSuggestion, Feed, FeedRecord, Suggestion
from tests.factories import (
    make_deal,
    make_deals,
    make_population,
    submit_version,
)

pytestmark = pytest.mark.django_db
FACTS = {"target": "Horizon Robotics", "date": "2019-05-13", "amount": "10"}


def typed(name="Horizon Robotics", **facts):
    return {"target": {"id": "", "name": name, "country": None}} | facts


def when(first, last=None, precision="day"):
    return {"date": {"first": first, "last": last or first, "precision": precision}}


def ids(found):
    return [one.public_id for one in found]


@pytest.mark.parametrize(
    "name", ["Horizon Robotics", "HORIZON ROBOTICS LTD", "horizon robotic", "地平线", "Dipingxian"]
)
def test_a_deal_is_found_by_any_way_to_write_its_target(name):
    version = make_deal(**FACTS)
    version.target.names.create(name="地平线", key="地平线", script="Hans")
    spell_missing()
    facts = typed(name, **when("2019-05-14"))
    assert ids(likely(facts)) == [version.deal.public_id]


def test_the_likest_comes_first_and_what_is_far_away_is_left_out():
    far, near, exact = make_deals(
        [FACTS | {"date": day} for day in ("2017-01-01", "2019-05-20", "2019-05-13")]
    )
    facts = typed(**when("2019-05-13"))
    assert ids(likely(facts)) == [exact.deal.public_id, near.deal.public_id]
    assert far.deal.public_id in ids(likely(typed()))


def test_the_deal_that_is_edited_and_invented_ones_are_never_meant():
    real = make_deal(**FACTS)
    make_deal(**FACTS, population=make_population("demo", generated=True))
    assert ids(likely(typed())) == [real.deal.public_id]
    assert likely(typed(), exclude=real.deal.public_id) == []


def test_without_a_target_nothing_is_looked_for(django_assert_num_queries):
    make_deal(**FACTS)
    assert likely({}) == []
    assert likely({"target": {"id": "", "name": "", "country": None}} | when("2019-05-13")) == []


def test_it_takes_the_same_queries_however_many_deals(django_assert_max_num_queries):
    make_deals([FACTS] * 8)
    with django_assert_max_num_queries(15):
        assert len(likely(typed(**when("2019-05-13")))) == 5


def pairs():
    return list(DealSuggestion.objects.values_list("one", "other", "state"))


def test_pairs_are_stored_once_and_decided_ones_never_come_back():
    one, other = make_deals([FACTS, FACTS | {"date": "2019-05-16"}])
    assert likely_pairs.suggest_all() == 1
    assert likely_pairs.suggest_all() == 0
    assert pairs() == [(one.deal_id, other.deal_id, "open")]
    DealSuggestion.objects.update(state="distinct")
    assert likely_pairs.suggest_all() == 0
    assert pairs() == [(one.deal_id, other.deal_id, "distinct")]


def test_deals_of_targets_that_may_be_one_are_compared_while_that_is_open():
    one, other = make_deals([FACTS, FACTS | {"target": "Horizon Robotic"}])
    assert likely_pairs.suggest_all() == 0
    question = Suggestion.objects.create(
        one=one.target, other=other.target,
        score=95, created_at=timezone.now(),
    )  # fmt: skip
    assert likely_pairs.suggest_all() == 1
    assert pairs() == [(one.deal_id, other.deal_id, "open")]
    question.state = "distinct"
    question.save()
    assert likely_pairs.suggest([one.deal_id]) == 0
    assert pairs() == []


def test_an_edit_that_tells_two_apart_takes_the_question_away():
    one, other = make_deals([FACTS, FACTS])
    likely_pairs.suggest_all()
    edit = submit_version(other.deal, **FACTS | {"amount": "90", "round_type": "series_c"})
    actions.approve(version=edit, by=None)
    later = submit_version(one.deal, **FACTS | {"round_type": "series_a"})
    actions.approve(version=later, by=None)
    assert likely_pairs.suggest_since(timezone.now() - timedelta(days=1)) == 0
    assert pairs() == []


def test_what_a_person_has_just_published_is_looked_at_by_the_clock():
    one = make_deal(**FACTS)
    other = submit_version(**FACTS)
    actions.approve(version=other, by=None)
    assert tasks.suggest_lately() == 1
    assert pairs() == [(one.deal_id, other.deal_id, "open")]
    assert tasks.suggest_lately() == 0


def test_invented_deals_are_compared_only_among_themselves():
    demo = make_population("demo", generated=True)
    make_deals([FACTS, FACTS | {"population": demo}])
    assert likely_pairs.suggest_all() == 0
    make_deal(**FACTS, population=demo)
    assert likely_pairs.suggest_all() == 1


def test_a_deals_own_page_can_say_which_ones_it_may_be():
    one, other = make_deals([FACTS, FACTS])
    likely_pairs.suggest_all()
    (found,) = likely_open.others_of(one.deal_id)
    assert (found.public_id, found.score) == (other.deal.public_id, found.score)
    assert found.reasons[0].text == "Same target."
    actions.retract(deal=other.deal, by=None, reason="No")
    assert likely_open.others_of(one.deal_id) == []


def test_one_supplier_with_two_ids_is_asked_about_less():
    one, other = make_deals([FACTS | {"amount": None}, FACTS | {"amount": None, "date": "2019-05"}])
    assert likely_pairs.suggest_all() == 1
    feed = Feed.objects.create(code="f", name="F", profile="")
    for key, version in enumerate((one, other)):
        FeedRecord.objects.create(feed=feed, key=str(key), deal=version.deal, facts={})
    likely_pairs.suggest_all()
    assert pairs() == []


def test_at_night_what_people_published_is_looked_at():
    make_deals([FACTS, FACTS])
    tasks.tidy()
    assert len(pairs()) == 1
