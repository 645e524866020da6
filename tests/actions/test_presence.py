"""Two people at one deal's form see each other while both are there, and not for long after."""

from datetime import timedelta

import pytest
from django.utils import timezone

from deals.actions.presence import AWAY, KEPT, here
from deals.models import Presence
from tests.desk.runs import make_person
from tests.factories import make_deal

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(db):
    return make_person("anna", "editor"), make_person("ben", "editor")


def test_each_sees_the_other_and_nobody_themselves(two):
    anna, ben = two
    deal = make_deal().deal
    assert here(deal=deal, by=anna) == []
    assert [one.user for one in here(deal=deal, by=ben)] == [anna]
    assert [one.user for one in here(deal=deal, by=anna)] == [ben]
    assert Presence.objects.count() == 2


def test_whoever_left_is_not_seen_and_not_kept(two):
    anna, ben = two
    deal, other = make_deal().deal, make_deal().deal
    here(deal=deal, by=anna)
    here(deal=other, by=ben)
    assert here(deal=deal, by=anna) == []
    Presence.objects.filter(user=anna).update(seen_at=timezone.now() - AWAY - timedelta(seconds=1))
    assert here(deal=deal, by=ben) == []
    Presence.objects.filter(user=anna).update(seen_at=timezone.now() - KEPT - timedelta(seconds=1))
    here(deal=deal, by=ben)
    assert not Presence.objects.filter(user=anna).exists()
